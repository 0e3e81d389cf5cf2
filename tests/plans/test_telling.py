"""Who is owed mail about what: new flags, risen severities, unread messages, re-evaluations; digests; two beats."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plans.actions import flags, notifications, scheduled, telling
from plans.actions import notification_kinds as kinds
from plans.actions.history import note_event
from plans.models import Flag, Message, Notification, PlanEvent, Reevaluation
from plans.quiet_hours import after_quiet, is_quiet, next_time
from tests.cast import NOON, TODAY
from tests.plans.test_mail import raised

DAY = timedelta(days=1)
MORNING = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)


def text_of(mail) -> str:
    return mail.get_body(("plain",)).get_content()


def test_what_is_not_urgent_comes_in_one_mail_in_the_morning(anna, ben, alice, bob, annas_plan, sink):
    raised(anna, "watch")
    raised(anna, "important", rule="R5", site=None)
    Message.objects.create(patient=anna, author=anna.user, from_patient=True, text="Hello", at=NOON)
    Message.objects.create(patient=anna, author=anna.user, from_patient=True, text="Anybody?", at=NOON)
    Reevaluation.objects.filter(plan=annas_plan.plan).update(due_on=TODAY)
    scheduled.tell(at=NOON)
    telling.owe_for_reevaluations(at=NOON)
    assert notifications.send_due(at=NOON)["sent"] == 0
    assert notifications.send_due(at=MORNING - timedelta(minutes=1))["sent"] == 0
    assert notifications.send_due(at=MORNING)["sent"] == 1
    (mail,) = sink.mails
    assert (mail["To"], mail["Subject"]) == (alice.email, "You have a message in Painplan")
    for line in ("- 2 new flags", "- 1 re-evaluation due", "- 1 unread conversation"):
        assert line in text_of(mail)
    assert "Anna" not in mail.as_string()
    assert notifications.send_due(at=MORNING + timedelta(hours=1))["sent"] == 0
    assert not Notification.objects.waiting().exists()


def test_what_was_dealt_with_before_the_digest_is_not_in_it(anna, alice, sink):
    seen, unseen = raised(anna, "watch"), raised(anna, "watch", rule="R5", site=None)
    telling.owe_for_new_flags(at=NOON)
    flags.acknowledge(flag=seen, by=alice, at=NOON)
    notifications.send_due(at=MORNING)
    assert "- 1 new flag" in text_of(sink.mails[0]).splitlines()
    flags.acknowledge(flag=unseen, by=alice, at=NOON)
    raised(anna, "watch", rule="R2")
    telling.owe_for_new_flags(at=MORNING)
    flags.acknowledge(flag=Flag.objects.get(rule="R2"), by=alice, at=MORNING)
    assert notifications.send_due(at=MORNING + DAY)["sent"] == 0, "nothing left, no mail"
    assert len(sink.mails) == 1


def test_a_digest_that_failed_gives_its_lines_to_the_next(anna, alice, sink):
    raised(anna, "watch")
    telling.owe_for_new_flags(at=NOON)
    sink.refuses = "451 later"
    notifications.send_due(at=MORNING)
    raised(anna, "watch", rule="R5", site=None)
    telling.owe_for_new_flags(at=MORNING)
    sink.refuses = ""
    notifications.send_due(at=MORNING + DAY)
    assert "- 2 new flags" in text_of(sink.mails[0])
    assert len(sink.mails) == 1
    assert notifications.send_due(at=MORNING + DAY)["sent"] == 0


def test_a_crash_repeats_the_digest_under_its_message_id(anna, alice, sink, monkeypatch):
    raised(anna, "watch")
    telling.owe_for_new_flags(at=NOON)
    with monkeypatch.context() as patch:
        patch.setattr(notifications, "mark_sent", lambda *args, **kwargs: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            notifications.send_due(at=MORNING)
    notifications.send_due(at=MORNING + timedelta(minutes=1))
    assert len(sink.mails) == 2
    assert len(set(sink.ids())) == 1


@pytest.mark.parametrize(
    ("zone", "day", "hour"),
    [
        ("Europe/London", date(2026, 3, 28), 8), ("Europe/London", date(2026, 3, 29), 7),  # summer time begins
        ("Europe/London", date(2026, 10, 24), 7), ("Europe/London", date(2026, 10, 25), 8),
        ("America/New_York", date(2026, 11, 19), 13), ("Asia/Kolkata", date(2026, 11, 19), 2.5),
    ],
)  # fmt: skip
def test_the_digest_comes_at_the_readers_hour(anna, alice, zone, day, hour):
    alice.time_zone = zone
    alice.save()
    before = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)) + timedelta(hours=6)
    row, _new = notifications.owe(key="k", recipient=alice, kind=kinds.FLAG, at=before)
    assert row.send_after == datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(hours=hour)


def test_a_digest_in_quiet_hours_waits_for_their_end_and_none_means_one_by_one(anna, alice, sink):
    alice.digest_at = time(5, 0)
    row, _new = notifications.owe(key="k1", recipient=alice, kind=kinds.FLAG, at=NOON)
    assert row.send_after == datetime(2026, 11, 20, 7, 0, tzinfo=UTC)
    alice.digest_at = None
    alice.save()
    raised(anna, "watch")
    telling.owe_for_new_flags(at=NOON)
    assert notifications.send_due(at=NOON)["sent"] == 1
    assert "Something is waiting" in text_of(sink.mails[0])


minutes = st.integers(0, 1439).map(lambda n: time(n // 60, n % 60))
zones = st.sampled_from(["Europe/London", "America/St_Johns", "Australia/Lord_Howe", "Pacific/Apia", "Asia/Tehran"])
instants = st.integers(0, 366 * 24 * 4).map(lambda n: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=15 * n))


@given(instants, minutes, zones)
def test_the_next_time_of_day_is_within_a_day_and_shows_that_time(at, wall, zone):
    moment = next_time(at, wall, zone)
    assert at < moment <= at + timedelta(hours=25)
    local = moment.astimezone(ZoneInfo(zone))
    skipped = local.replace(tzinfo=None) - datetime.combine(local.date(), wall)
    assert skipped in (timedelta(0), timedelta(minutes=30), timedelta(hours=1))


@given(instants, minutes, minutes, zones)
def test_no_mail_in_quiet_hours(at, quiet_from, quiet_until, zone):
    moment = after_quiet(at, quiet_from, quiet_until, zone)
    assert at <= moment <= at + timedelta(hours=25)
    assert (moment == at) == (not is_quiet(at, quiet_from, quiet_until, zone))
    # Where clocks never change the end is outside without exception; a skipped or repeated hour may shift it.
    assert not is_quiet(after_quiet(at, quiet_from, quiet_until, "UTC"), quiet_from, quiet_until, "UTC")


def test_a_flag_that_became_graver_is_told_again_one_that_eased_is_not(anna, alice, sink):
    flag = raised(anna, "important")
    assert telling.owe_for_new_flags(at=NOON) == 1
    notifications.send_due(at=MORNING)
    Flag.objects.filter(pk=flag.pk).update(severity="urgent")
    assert telling.owe_for_new_flags(at=MORNING) == 1
    assert notifications.send_due(at=MORNING)["sent"] == 1
    Flag.objects.filter(pk=flag.pk).update(severity="watch")
    assert telling.owe_for_new_flags(at=MORNING) == 0


def test_what_was_seen_before_its_mail_went_out_is_not_mailed_after_all(anna, alice, sink):
    flag = raised(anna, "important")
    telling.owe_for_new_flags(at=NOON)
    flags.acknowledge(flag=flag, by=alice, at=NOON)
    assert notifications.send_due(at=MORNING) == {"sent": 0, "failed": 0, "cancelled": 1}
    assert telling.owe_for_new_flags(at=MORNING) == 0


@pytest.mark.parametrize("verb", ["flag raised again", "flag became graver"])
def test_a_flag_that_has_to_be_seen_anew_is_told_again(anna, alice, verb):
    flag = raised(anna, "urgent")
    telling.owe_for_new_flags(at=NOON)
    notifications.send_due(at=NOON)
    note_event(patient=anna, verb=verb, at=NOON, by=None, flag=str(flag.pk))
    assert telling.owe_for_new_flags(at=NOON) == 1


def test_whoever_takes_over_is_told_of_what_is_still_unseen(anna, alice, bob):
    raised(anna, "urgent")
    telling.owe_for_new_flags(at=NOON)
    anna.assignments.update(valid_until=NOON)
    anna.assignments.create(clinician=bob, valid_from=NOON)
    assert telling.owe_for_new_flags(at=NOON) == 1
    assert {row.recipient for row in Notification.objects.all()} == {alice, bob}


def test_reminders_of_a_reevaluation(anna, alice, lena, annas_plan):
    Reevaluation.objects.filter(plan=annas_plan.plan).update(due_on=TODAY)
    made = {day: telling.owe_for_reevaluations(at=NOON + day * DAY) for day in range(-1, 10)}
    assert {day: n for day, n in made.items() if n} == {0: 1, 3: 1, 7: 1}
    assert [(row.recipient, row.kind) for row in Notification.objects.order_by("created_at")] == [
        (alice, kinds.REEVALUATION), (alice, kinds.REEVALUATION), (lena, kinds.REEVALUATION_LATE),
    ]  # fmt: skip


def test_after_an_outage_one_reminder_is_owed(anna, alice, lena, annas_plan, sink):
    Reevaluation.objects.filter(plan=annas_plan.plan).update(due_on=TODAY - 5 * DAY)
    assert telling.owe_for_reevaluations(at=NOON) == 1
    Reevaluation.objects.filter(plan=annas_plan.plan).update(state="cancelled")
    assert notifications.send_due(at=MORNING)["sent"] == 0, "cancelled before the digest"


def test_a_paused_plan_reminds_and_an_ended_one_does_not(anna, alice, annas_plan):
    Reevaluation.objects.filter(plan=annas_plan.plan).update(due_on=TODAY)
    type(annas_plan.plan).objects.filter(pk=annas_plan.plan_id).update(status="ended")
    assert telling.owe_for_reevaluations(at=NOON) == 0


def test_a_conversation_is_mailed_until_it_is_read(anna, alice, sink):
    first = Message.objects.create(patient=anna, author=anna.user, from_patient=True, text="Hello", at=NOON)
    assert telling.owe_for_messages(at=NOON) == 1
    assert telling.owe_for_messages(at=NOON) == 0
    first.read_at, first.read_by = NOON, alice
    first.save()
    assert notifications.send_due(at=MORNING) == {"sent": 0, "failed": 0, "cancelled": 1}
    Message.objects.create(patient=anna, author=alice, from_patient=False, text="Good", at=NOON)
    assert telling.owe_for_messages(at=NOON) == 0


def test_one_broken_clinic_holds_up_no_other(anna, zoe, alice, charlie, harbour):
    raised(anna, "urgent")
    raised(zoe, "urgent")
    harbour.time_zone = "Moon/Base"
    harbour.save()
    with pytest.raises(LookupError):
        telling.owe_for_new_flags(at=NOON)
    assert [row.recipient for row in Notification.objects.all()] == [charlie]


def test_two_beats_for_ten_days_send_nothing_twice(anna, ben, alice, bob, lena, annas_plan, sink):
    """Every job twice at every other hour, with a silence of three days: one mail each, as if there were one beat."""
    raised(anna, "urgent")
    raised(anna, "important", rule="R5", site=None)
    raised(ben, "watch")
    Reevaluation.objects.filter(plan=annas_plan.plan).update(due_on=TODAY + 2 * DAY)
    for hour in range(0, 240, 2):
        if 100 <= hour < 172:
            continue
        for name in (scheduled.TELL, scheduled.ESCALATE, scheduled.REMIND, scheduled.SEND):
            for _beat in range(2):
                scheduled.run(name, clock=lambda hour=hour: NOON + timedelta(hours=hour))
    assert len(sink.ids()) == len(set(sink.ids()))
    by_person = {who: sink.to().count(who.email) for who in (alice, bob, lena)}
    # Alice: the urgent flag; digests with the other flag, the re-evaluation due, the reminder after three days.
    # Bob: one digest. Lena: the urgent flag that nobody saw; digests with the important one and the late re-evaluation.
    assert by_person == {alice: 4, bob: 1, lena: 3}
    assert PlanEvent.objects.filter(verb="flag escalated").count() == 2
    assert not Notification.objects.waiting().filter(send_after__lte=NOON + 9 * DAY).exists()
