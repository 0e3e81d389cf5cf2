"""Who is told about a patient: the responsible clinician, a stand-in, a cover, the lead, somebody; never a stranger."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts.models import Absence, CareAssignment
from plans.actions import recipients, soundness
from tests.cast import NOON, TODAY, make_member, make_user
from tests.plans.constraint_rows import flag_of

DAY = timedelta(days=1)


def away(person, stand_in, clinic, *, first=TODAY, last=TODAY, **fields) -> Absence:
    return Absence.objects.create(
        clinic=clinic, clinician=person, stand_in=stand_in, from_on=first, until_on=last,
        made_at=fields.pop("made_at", NOON), made_by=person, **fields,
    )  # fmt: skip


def told(patient, at=NOON) -> list:
    return recipients.of_patient(patient=patient, at=at)


def leave_clinic(user) -> None:
    user.memberships.update(valid_until=NOON - DAY)


def test_the_responsible_clinician(anna, alice, bob, lena):
    assert told(anna) == [alice]


def test_on_leave_the_stand_in_by_the_clinics_date(anna, alice, bob, harbour):
    away(alice, bob, harbour, first=TODAY + DAY, last=TODAY + 2 * DAY)
    assert told(anna) == [alice]
    harbour.time_zone = "Pacific/Auckland"  # it is tomorrow there
    harbour.save()
    anna.clinic.refresh_from_db()
    assert told(anna) == [bob]
    assert told(anna, NOON + 3 * DAY) == [alice]


def test_a_cancelled_leave_is_none_and_of_two_the_newer_counts(anna, alice, bob, lena, harbour):
    away(alice, bob, harbour, cancelled_at=NOON)
    assert told(anna) == [alice]
    away(alice, bob, harbour, made_at=NOON - DAY)
    away(alice, lena, harbour, made_at=NOON)
    assert told(anna) == [lena]


def test_a_chain_of_stand_ins_is_followed(anna, alice, bob, lena, harbour):
    away(alice, bob, harbour)
    away(bob, lena, harbour)
    assert told(anna) == [lena]


def test_two_who_name_each_other_leave_it_to_the_lead(anna, alice, bob, lena, harbour):
    away(alice, bob, harbour)
    away(bob, alice, harbour)
    assert told(anna) == [lena]


def test_everybody_on_leave_is_still_somebody(anna, alice, bob, harbour):
    away(alice, bob, harbour)
    away(bob, alice, harbour)
    assert told(anna) == [alice, bob]


def test_a_stand_in_from_elsewhere_is_never_told(anna, alice, charlie, lena, harbour):
    away(alice, charlie, harbour)
    assert told(anna) == [lena]


def test_leave_from_another_clinic_does_not_count(anna, alice, charlie, hill):
    away(alice, charlie, hill)
    assert told(anna) == [alice]


def test_cover_then_lead_then_everybody(anna, alice, bob, harbour):
    sue = make_member("Sue Second", harbour)
    CareAssignment.objects.create(patient=anna, clinician=bob, kind="cover", valid_from=NOON - DAY)
    leave_clinic(alice)
    assert told(anna) == [bob]
    lena = make_member("Lena Later", harbour, "lead")
    bob.is_active = False
    bob.save()
    assert told(anna) == [lena]
    lena.is_active = False
    lena.save()
    assert told(anna) == [sue]


def test_a_patient_of_nobody_goes_to_the_lead(anna, alice, lena, harbour):
    anna.assignments.update(valid_until=NOON)
    assert told(anna) == [lena]


def test_a_deactivated_clinician_is_told_nothing(anna, alice, bob):
    alice.is_active = False
    alice.save()
    assert told(anna) == [bob]


def test_a_curator_is_no_clinician(anna, alice, cora):
    leave_clinic(alice)
    assert told(anna) == []


def test_a_flag_goes_to_whom_it_was_given(anna, alice, bob, lena, harbour):
    flag = flag_of(anna, assigned_to=bob)
    flag.save()
    staff = recipients.staff_of(clinic=harbour, at=NOON)
    assert recipients.of_flags(staff=staff, flags=[flag], at=NOON)[flag.pk] == [bob]
    leave_clinic(bob)
    staff = recipients.staff_of(clinic=harbour, at=NOON)
    assert recipients.of_flags(staff=staff, flags=[flag], at=NOON)[flag.pk] == [alice]


def test_in_a_closed_clinic_somebody_told_can_open_the_record(anna, alice, bob, lena, harbour):
    harbour.record_access = "assigned"
    harbour.save()
    anna.clinic.refresh_from_db()
    away(alice, bob, harbour)
    assert told(anna) == [bob, lena]
    CareAssignment.objects.create(patient=anna, clinician=bob, kind="cover", valid_from=NOON - DAY)
    assert told(anna) == [bob]


def test_whose_patients_are_mine_today(anna, ben, zoe, alice, bob, harbour):
    assert recipients.received_by(user=alice, clinic=harbour, at=NOON) == {anna.pk}
    away(alice, bob, harbour)
    assert recipients.received_by(user=bob, clinic=harbour, at=NOON) == {anna.pk, ben.pk}
    assert recipients.received_by(user=alice, clinic=harbour, at=NOON) == set()


def test_a_flag_that_nobody_can_be_told_of_is_a_breach(anna, zoe, alice, charlie, client, time_machine):
    flag_of(anna).save()
    assert recipients.flags_without(at=NOON) == 0
    leave_clinic(alice)
    assert recipients.flags_without(at=NOON) == 1
    assert "flags_without_recipient" in soundness.breaches(soundness.facts(at=NOON))
    time_machine.move_to(datetime(2026, 11, 19, 12, tzinfo=UTC), tick=False)
    answer = client.get("/health/safety")
    assert answer.status_code == 503
    assert "flags_without_recipient" in answer.json()["breaches"]


@pytest.mark.parametrize("until", [NOON, NOON + timedelta(seconds=1)])
def test_a_membership_that_ends_now_is_over(anna, alice, lena, until):
    alice.memberships.update(valid_until=until)
    assert told(anna) == ([lena] if until == NOON else [alice])


def test_nobody_from_outside(anna, alice, hill):
    CareAssignment.objects.create(patient=anna, clinician=make_user("Olaf Other"), kind="cover", valid_from=NOON - DAY)
    leave_clinic(alice)
    assert told(anna) == []
