"""Who looks after a patient: handing over, cover from one day to another, and who may decide it."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from accounts.models import CareAssignment, Membership
from plans.actions import care, flags
from plans.actions.recipients import of_patient
from plans.actions.refusals import Refused
from plans.models import Flag, Notification, PlanEvent
from tests.cast import NOON, TODAY, log_days

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _at_noon():
    with time_machine.travel(NOON, tick=False):
        yield


def test_handing_over_ends_one_assignment_begins_another_and_takes_the_open_flags_along(annas_plan, anna, alice, bob):
    log_days(anna, [4, 4, 5, 4, 4, 5, 4] * 5 + [8] * 7)
    flags.evaluate(patient_id=anna.pk, at=NOON)
    flag = Flag.objects.get()
    Flag.objects.update(assigned_to=alice)
    new = care.hand_over(patient=anna, to=bob, why="She moves ward.", by=alice, at=NOON)
    assert (new.clinician, new.valid_from, new.valid_until) == (bob, NOON, None)
    old = CareAssignment.objects.get(patient=anna, clinician=alice)
    assert old.valid_until == NOON
    flag.refresh_from_db()
    assert (flag.assigned_to, flag.state) == (bob, Flag.State.OPEN)
    assert of_patient(patient=anna, at=NOON) == [bob]
    event = PlanEvent.objects.of(anna).first()
    assert (event.verb, event.by, event.detail["before"]) == ("care handed over", alice, "Alice Archer")
    assert (event.detail["who"], event.detail["why"]) == ("Bob Brook", "She moves ward.")
    assert Notification.objects.get(kind="care").recipient == bob
    assert annas_plan.plan.reevaluations.open().count() == 1


@pytest.mark.parametrize("who", ["alice", "lena"])
def test_the_responsible_clinician_and_a_lead_hand_over(request, anna, bob, who, lena):
    by = request.getfixturevalue(who)
    assert care.hand_over(patient=anna, to=bob, why="", by=by, at=NOON).clinician == bob


def test_a_colleague_takes_over_only_from_somebody_who_has_gone(anna, alice, bob):
    with pytest.raises(Refused, match="Only the responsible clinician"):
        care.hand_over(patient=anna, to=bob, why="", by=bob, at=NOON)
    Membership.objects.filter(user=alice).update(valid_until=NOON - DAY)
    assert care.hand_over(patient=anna, to=bob, why="", by=bob, at=NOON).clinician == bob


def test_nobody_of_another_clinic_no_curator_and_not_the_same_again(anna, alice, charlie, cora):
    for person in (charlie, cora):
        with pytest.raises(Refused, match="does not work here"):
            care.hand_over(patient=anna, to=person, why="", by=alice, at=NOON)
    with pytest.raises(Refused, match="responsible already"):
        care.hand_over(patient=anna, to=alice, why="", by=alice, at=NOON)
    assert anna.assignments.count() == 1


def test_cover_lets_somebody_in_from_the_first_day_to_the_last(client, anna, alice, bob, harbour):
    harbour.record_access = "assigned"
    harbour.save()
    client.force_login(alice)
    page = reverse("patient_cover", args=[anna.pk])
    until = TODAY + 3 * DAY
    given = {"cover-clinician": str(bob.pk), "cover-from_on": str(TODAY + DAY), "cover-until_on": str(until)}
    assert client.post(page, given).status_code == 302
    row = CareAssignment.objects.get(clinician=bob)
    assert (row.kind, row.valid_from.date(), row.valid_until.date()) == ("cover", TODAY + DAY, until + DAY)
    client.force_login(bob)
    seen = []
    for days in range(5):
        with time_machine.travel(NOON + days * DAY, tick=False):
            client.logout()
            client.force_login(bob)
            seen.append(client.get(reverse("patient", args=[anna.pk])).status_code)
    assert seen == [404, 200, 200, 200, 404]


@pytest.mark.parametrize("far", ["9999-12-31", "0001-01-01"])
def test_a_day_without_a_day_beside_it_is_refused(client, anna, alice, bob, far):
    client.force_login(alice)
    given = {"cover-clinician": str(bob.pk), "cover-from_on": str(TODAY + DAY), "cover-until_on": far}
    answer = client.post(reverse("patient_cover", args=[anna.pk]), given)
    assert answer.status_code == 422
    assert "Check the year" in answer.content.decode()
    assert not anna.assignments.filter(clinician=bob).exists()


def test_cover_is_refused_twice_backwards_and_for_the_responsible_one(anna, alice, bob):
    given = {"patient": anna, "valid_from": NOON, "by": alice, "at": NOON}
    care.add_cover(clinician=bob, valid_until=NOON + DAY, **given)
    with pytest.raises(Refused, match="covers in that time already"):
        care.add_cover(clinician=bob, valid_until=None, **given)
    with pytest.raises(Refused, match="responsible already"):
        care.add_cover(clinician=alice, valid_until=None, **given)
    with pytest.raises(Refused, match="last day"):
        care.add_cover(clinician=bob, valid_until=NOON - DAY, **given)


def test_cover_ends_when_it_is_ended_and_the_responsible_one_is_handed_over_instead(anna, alice, bob):
    later = care.add_cover(
        patient=anna, clinician=bob, valid_from=NOON + DAY, valid_until=None, by=alice, at=NOON
    )  # fmt: skip
    care.end_cover(assignment=later, by=alice, at=NOON)
    later.refresh_from_db()
    assert later.valid_until == later.valid_from  # it never began
    with pytest.raises(Refused, match="Hand the patient over"):
        care.end_cover(assignment=anna.assignments.get(clinician=alice), by=alice, at=NOON)


def test_the_page_hands_over_and_leads_to_the_caseload_who_may_look_no_more(client, anna, alice, bob, harbour):
    harbour.record_access = "assigned"
    harbour.save()
    client.force_login(alice)
    page = reverse("patient_care", args=[anna.pk])
    assert "Bob Brook" in client.get(page).content.decode()
    answer = client.post(page, {"over-to": str(bob.pk), "over-why": "You know her."})
    assert answer.headers["Location"] == reverse("caseload")
    assert client.get(page).status_code == 404
    client.force_login(bob)
    said = client.get(reverse("patient", args=[anna.pk])).content.decode()
    assert "Care handed over to Bob Brook. You know her." in said
    assert "Alice Archer" in client.get(page).content.decode()  # before


def test_a_wrong_choice_keeps_what_was_typed(client, anna, alice, bob, charlie):
    client.force_login(alice)
    answer = client.post(reverse("patient_care", args=[anna.pk]), {"over-to": str(charlie.pk), "over-why": "Typed."})
    assert answer.status_code == 422
    assert "does not work here now" in answer.content.decode() and "Typed." in answer.content.decode()
