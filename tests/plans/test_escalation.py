"""An urgent flag that nobody saw in four working hours, an important one in two working days, goes to the lead."""

from datetime import UTC, date, datetime, timedelta

import pytest

from accounts.models import Holiday
from plans.actions import escalation, flags, notifications, telling
from plans.actions import notification_kinds as kinds
from plans.actions.history import note_event
from plans.models import Flag, Notification, PlanEvent
from tests.cast import NOON, make_member
from tests.plans.test_mail import raised

SECOND = timedelta(seconds=1)
FRIDAY_EVENING = datetime(2026, 11, 20, 16, 0, tzinfo=UTC)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("severity", "raised_at", "due"),
    [
        ("urgent", NOON, at("2026-11-19 16:00")),
        ("urgent", FRIDAY_EVENING, at("2026-11-23 12:00")),
        ("important", NOON, at("2026-11-23 12:00")),
        ("important", at("2026-11-21 23:00"), at("2026-11-25 09:00")),
        (
            "urgent",
            at("2026-10-23 15:00"),
            at("2026-10-26 12:00"),
        ),  # clocks go back between
    ],
)
def test_the_lead_is_told_when_it_is_time(anna, alice, lena, severity, raised_at, due):
    flag = raised(anna, severity, raised_at=raised_at)
    telling.owe_for_new_flags(at=raised_at)
    assert escalation.escalate(at=due - SECOND) == 0
    assert escalation.escalate(at=due) == 1
    assert escalation.escalate(at=due + SECOND) == 0
    flag.refresh_from_db()
    assert flag.escalated_at == due
    event = PlanEvent.objects.get(verb="flag escalated")
    assert (event.detail["flag"], event.detail["severity"], event.by) == (str(flag.pk), severity, None)
    row = Notification.objects.get(recipient=lena)
    assert row.kind == (kinds.ESCALATED_URGENT if severity == "urgent" else kinds.ESCALATED)
    assert (row.send_after == due) == (severity == "urgent")


def test_the_clinics_own_hours_and_holidays(anna, alice, lena, harbour):
    harbour.working_days, harbour.urgent_hours = [4, 6], 2
    harbour.save()
    Holiday.objects.create(clinic=harbour, on=date(2026, 11, 21), name="Harbour day")
    raised(anna, "urgent", raised_at=at("2026-11-19 16:00"))
    assert escalation.escalate(at=at("2026-11-26 09:59")) == 0
    assert escalation.escalate(at=at("2026-11-26 10:00")) == 1


def test_what_was_seen_or_is_only_watched_stays_with_the_clinician(anna, alice, lena):
    flags.acknowledge(flag=raised(anna, "urgent"), by=alice, at=NOON)
    raised(anna, "watch", rule="R5", site=None)
    assert escalation.escalate(at=NOON + timedelta(days=60)) == 0


def test_a_flag_that_became_graver_has_its_full_time_from_then(anna, alice, lena):
    flag = raised(anna, "watch", raised_at=NOON - timedelta(days=9))
    telling.owe_for_new_flags(at=NOON - timedelta(days=9))
    Flag.objects.filter(pk=flag.pk).update(severity="urgent")
    telling.owe_for_new_flags(at=NOON)
    assert escalation.escalate(at=NOON + timedelta(hours=4) - SECOND) == 0
    assert escalation.escalate(at=NOON + timedelta(hours=4)) == 1


def test_an_important_one_that_became_urgent_goes_to_the_lead_a_second_time(anna, alice, lena):
    flag = raised(anna, "important", raised_at=NOON - timedelta(days=9))
    telling.owe_for_new_flags(at=NOON - timedelta(days=9))
    assert escalation.escalate(at=NOON) == 1
    Flag.objects.filter(pk=flag.pk).update(severity="urgent")
    telling.owe_for_new_flags(at=NOON)
    assert escalation.escalate(at=NOON + timedelta(hours=4)) == 1
    assert set(Notification.objects.filter(recipient=lena).values_list("kind", flat=True)) == {
        kinds.ESCALATED,
        kinds.ESCALATED_URGENT,
    }


def test_one_that_was_raised_again_counts_anew(anna, alice, lena):
    flag = raised(anna, "urgent")
    telling.owe_for_new_flags(at=NOON)
    assert escalation.escalate(at=NOON + timedelta(hours=4)) == 1
    later = NOON + timedelta(days=7)
    note_event(patient=anna, verb="flag raised again", at=later, by=None, flag=str(flag.pk))
    telling.owe_for_new_flags(at=later)
    assert escalation.escalate(at=later + timedelta(hours=4) - SECOND) == 0
    assert escalation.escalate(at=later + timedelta(hours=4)) == 1


def test_when_nobody_was_told_the_time_runs_all_the_same(anna, alice, lena):
    raised(anna, "urgent")
    assert escalation.escalate(at=NOON + timedelta(hours=4)) == 1


def test_without_a_lead_every_clinician_is_told(anna, alice, bob):
    raised(anna, "urgent")
    escalation.escalate(at=NOON + timedelta(hours=4))
    told = Notification.objects.filter(kind=kinds.ESCALATED_URGENT)
    assert {row.recipient for row in told} == {alice, bob}


def test_whoever_becomes_lead_is_told_too_and_the_one_who_left_is_not(anna, alice, lena, harbour, sink):
    raised(anna, "urgent")
    telling.owe_for_new_flags(at=NOON)
    due = NOON + timedelta(hours=4)
    escalation.escalate(at=due)
    lena.memberships.update(valid_until=due)
    new = make_member("Nora New", harbour, "lead")
    assert escalation.escalate(at=due + SECOND) == 0
    notifications.send_due(at=due + SECOND)
    assert sink.to() == [alice.email, new.email]


def test_a_mail_to_the_lead_is_taken_back_when_somebody_saw_the_flag(anna, alice, lena, sink):
    flag = raised(anna, "urgent")
    escalation.escalate(at=NOON + timedelta(hours=4))
    flags.acknowledge(flag=flag, by=alice, at=NOON + timedelta(hours=4))
    assert notifications.send_due(at=NOON + timedelta(hours=5))["cancelled"] == 1
    assert sink.mails == []
