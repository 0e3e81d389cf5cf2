"""The numbers beside the filters of the caseload: as many as each filter finds, for everybody who may ask."""

from datetime import timedelta

import pytest

from accounts.backend import Backend
from accounts.models import CareAssignment, Clinic, Patient
from plans.models import Flag, Plan, Reevaluation
from plans.views.clinician.caseload_asked import conditions, days_of
from plans.views.clinician.caseload_counts import COUNTED, counted
from tests.cast import NOON, TODAY, log_days, make_active_plan, make_member, make_patient
from tests.plans.inbox_rows import away
from tests.plans.test_patient_pages import do_session

pytestmark = pytest.mark.django_db


def found(user, clinic) -> dict[str, int]:
    """The same, counted by the conditions that choose the rows."""
    known = Patient.objects.visible_to(user, NOON).filter(clinic=clinic)
    filters = conditions(user, NOON, days_of(NOON, TODAY))
    return {name: known.filter(filters[name]).count() for name in COUNTED}


def asked(user, clinic) -> dict[str, int]:
    return counted(user=user, at=NOON, clinic=clinic.pk, on=days_of(NOON, TODAY))


@pytest.fixture
def everybody(alice, harbour):
    """One patient for each way to be counted, and one who is not."""
    known = {}
    names = ("Ada Active", "Sid Silent", "Sam Session", "Sue Score", "Pia Paused", "Noa New", "Dan Done", "Eve Ended")
    for name in names:
        known[name[:3]] = make_patient(name, harbour, alice)
    long_ago = NOON - timedelta(days=60)
    Patient.objects.update(created_at=long_ago)
    Patient.objects.filter(pk=known["Noa"].pk).update(created_at=NOON - timedelta(days=13))
    planned = [name for name in known if name != "Noa"]
    versions = {name: make_active_plan(known[name], alice) for name in planned}
    do_session(known["Sam"], versions["Sam"], at=NOON - timedelta(days=6))
    do_session(known["Sid"], versions["Sid"], at=NOON - timedelta(days=7))
    log_days(known["Sue"], [4.0], last=TODAY - timedelta(days=6))
    log_days(known["Ada"], [4.0], last=TODAY)
    Plan.objects.filter(patient=known["Pia"]).update(status=Plan.Status.PAUSED)
    # An ended plan whose re-evaluation was left open is found by the filter, so it counts.
    Plan.objects.filter(patient=known["Eve"]).update(status=Plan.Status.ENDED)
    Reevaluation.objects.exclude(plan__patient=known["Eve"]).update(due_on=TODAY + timedelta(days=8))
    Reevaluation.objects.filter(plan__patient__in=[known["Ada"], known["Eve"]]).update(due_on=TODAY + timedelta(days=7))
    Patient.objects.filter(pk=known["Dan"].pk).update(
        status=Patient.Status.DISCHARGED, discharged_at=NOON, discharged_by=alice
    )
    for name in ("Ada", "Dan"):
        Flag.objects.create(
            patient=known[name], rule="R5", rule_version=1, severity="watch", since_on=TODAY, first_alert_on=TODAY,
            last_alert_on=TODAY, raised_at=NOON,
        )  # fmt: skip
    return known


def test_each_number_is_what_the_filter_finds(alice, harbour, everybody):
    numbers = asked(alice, harbour)
    assert numbers == found(alice, harbour)
    assert numbers["discharged"] == 1 and numbers["flag"] == 2 and numbers["due"] == 2 and numbers["new"] == 1
    assert numbers["silent"] == 1 and numbers["no-plan"] == 2


def test_for_a_person_of_a_request_too(alice, harbour, everybody):
    read = Backend().get_user(alice.pk)
    assert asked(read, harbour) == found(alice, harbour)
    other = Clinic.objects.create(name="Other Clinic", slug="other", emergency_text="Call 999.")
    stranger = make_member("Stan Stranger", other)
    assert set(asked(Backend().get_user(stranger.pk), harbour).values()) == {0}
    assert set(asked(stranger, harbour).values()) == {0}


def test_only_whom_they_may_see_where_access_is_by_assignment(alice, harbour, everybody):
    Clinic.objects.filter(pk=harbour.pk).update(record_access=Clinic.RecordAccess.ASSIGNED)
    bob = make_member("Bert Baker", harbour)
    lent = CareAssignment.objects.get(patient=everybody["Sid"], valid_until=None)
    CareAssignment.objects.filter(pk=lent.pk).update(clinician=bob)
    for user in (bob, Backend().get_user(bob.pk)):
        assert asked(user, harbour) == found(bob, harbour)
        assert asked(user, harbour)["all"] == asked(user, harbour)["silent"] == 1


def test_mine_has_those_of_a_colleague_on_leave(alice, harbour, everybody):
    bob = make_member("Bert Baker", harbour)
    assert asked(bob, harbour)["mine"] == 0
    away(alice, bob, harbour)
    assert asked(bob, harbour)["mine"] == found(bob, harbour)["mine"] == asked(alice, harbour)["all"]


def test_a_login_that_was_closed_counts_nobody(alice, harbour, everybody):
    alice.is_active = False
    assert set(asked(alice, harbour).values()) == {0}
