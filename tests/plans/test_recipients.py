"""Who is told about a patient: the responsible clinician, a stand-in, a cover, the lead, somebody; never a stranger."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts.models import Absence, CareAssignment, Membership, Patient
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
    away(lena, bob, harbour)
    anna.assignments.update(valid_until=NOON)
    assert told(anna) == [bob]
    assert can_open(bob, anna), "who stands in for a lead opens what the lead opens"
    assert can_open(lena, anna)
    CareAssignment.objects.create(patient=anna, clinician=alice, kind="cover", valid_from=NOON - DAY)
    away(alice, bob, harbour)
    assert told(anna) == [bob]
    assert can_open(bob, anna)


def test_in_a_closed_clinic_who_stands_in_for_a_lead_opens_records_as_long_as_the_leave(
    anna, zoe, alice, bob, lena, harbour, hill
):
    harbour.record_access = "assigned"
    harbour.save()
    assert not can_open(bob, anna)
    leave = away(lena, bob, harbour)
    assert [can_open(bob, who) for who in (anna, zoe)] == [True, False]
    assert not can_open(bob, anna, NOON + timedelta(days=1)) and not can_open(bob, anna, NOON - timedelta(days=1))
    carol = make_member("Carol Crane", harbour)
    away(bob, carol, harbour)  # a chain: Bob is away as well
    assert [can_open(who, anna) for who in (bob, carol)] == [False, True]
    leave.cancelled_at = NOON
    leave.save()
    assert not can_open(carol, anna)


def test_who_stands_in_for_a_former_lead_or_as_a_curator_opens_nothing(anna, alice, bob, cora, lena, harbour):
    harbour.record_access = "assigned"
    harbour.save()
    away(lena, bob, harbour)
    Membership.objects.filter(user=lena).update(valid_until=NOON)
    assert not can_open(bob, anna)
    other = make_member("Second Lead", harbour, "lead")
    away(other, cora, harbour)
    assert not can_open(cora, anna)


def can_open(user, patient, at=NOON) -> bool:
    return Patient.objects.visible_to(user, at).filter(pk=patient.pk).exists()


def test_in_a_closed_clinic_who_stands_in_opens_the_colleagues_records_as_long_as_the_leave(anna, alice, bob, harbour):
    harbour.record_access = "assigned"
    harbour.time_zone = "Pacific/Auckland"  # 13 hours ahead, so at 12:00 in London it is tomorrow
    harbour.save()
    leave = away(alice, bob, harbour, first=TODAY + DAY, last=TODAY + 2 * DAY)
    hours = [-2, -1, 0, 46, 47]  # Auckland: 23:00 the day before, 00:00, 01:00; 23:00 on the last day, 00:00 after it
    assert [can_open(bob, anna, NOON + timedelta(hours=n)) for n in hours] == [False, True, True, True, False]
    assert can_open(alice, anna)
    leave.cancelled_at = NOON
    leave.save()
    assert not can_open(bob, anna)


def test_in_a_closed_clinic_a_chain_opens_them_to_its_end_alone(anna, alice, bob, harbour):
    harbour.record_access = "assigned"
    harbour.save()
    carol = make_member("Carol Crane", harbour)
    away(alice, bob, harbour)
    away(bob, carol, harbour)
    assert [can_open(who, anna) for who in (alice, bob, carol)] == [True, False, True]
    away(carol, alice, harbour)
    assert [can_open(who, anna) for who in (alice, bob, carol)] == [True, False, False]


def test_in_a_closed_clinic_leave_elsewhere_and_strangers_open_nothing(
    anna, ben, zoe, alice, bob, charlie, harbour, hill
):
    harbour.record_access = "assigned"
    harbour.save()
    away(alice, charlie, harbour)
    assert not can_open(charlie, anna)
    away(alice, bob, hill)
    assert not can_open(bob, anna)
    away(alice, bob, harbour)
    assert set(Patient.objects.visible_to(bob, NOON)) == {anna, ben}
    leave_clinic(bob)
    assert not Patient.objects.visible_to(bob, NOON).exists()


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
