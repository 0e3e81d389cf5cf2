"""Reminders: at the patient's own time, on planned days only, never at night, once, and stopped with one click."""

from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core import mail
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from plans.actions import notifications, pausing, reminders
from plans.actions.refusals import Refused
from plans.models import Notification, PlanEvent, ReminderSettings
from plans.reminding import EVENING_REMINDER, REMINDER, DaySoFar, Wish, due
from plans.schedule import Planned, is_session_day, local_date, week_of
from tests.cast import NOON, TODAY, log_days
from tests.plans.test_patient_pages import do_session

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WISH = Wish(time(9), time(19))
OPEN = DaySoFar(planned=True)


def wish(patient, *, is_on=True, morning_at=time(9), evening_at=time(19)):
    return reminders.choose(
        patient=patient, is_on=is_on, morning_at=morning_at, evening_at=evening_at, by=patient.user, at=NOON - 30 * DAY
    )


def sweep(at):
    """What the clock does every few minutes: owe, then send."""
    reminders.owe_reminders(at=at)
    return notifications.send_due(at=at)


def at_wall(hour, minute=0, *, day=TODAY, zone="Europe/London"):
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZoneInfo(zone)).astimezone(UTC)


@pytest.mark.parametrize(
    ("hour", "minute", "kind"),
    [
        (6, 59, None), (8, 59, None), (9, 0, REMINDER), (18, 59, REMINDER), (19, 0, EVENING_REMINDER),
        (20, 59, EVENING_REMINDER), (21, 0, None), (23, 59, None),
    ],
)  # fmt: skip
@pytest.mark.parametrize("zone", ["Europe/London", "Asia/Kathmandu", "Pacific/Auckland", "America/St_Johns"])
def test_by_the_patients_own_clock(hour, minute, kind, zone):
    assert due(WISH, at_wall(hour, minute, zone=zone), zone, OPEN) == kind


def test_not_without_a_plan_not_after_the_session_and_the_evening_one_not_after_any_log():
    morning, evening = at_wall(10), at_wall(20)
    assert due(WISH, morning, "Europe/London", DaySoFar(planned=False)) is None
    done = DaySoFar(planned=True, session_done=True, logged=True)
    assert due(WISH, morning, "Europe/London", done) is due(WISH, evening, "Europe/London", done) is None
    logged = DaySoFar(planned=True, logged=True)
    assert due(WISH, morning, "Europe/London", logged) == REMINDER
    assert due(WISH, evening, "Europe/London", logged) is None
    assert due(Wish(time(9)), evening, "Europe/London", OPEN) == REMINDER, "no evening one wanted: the late first one"


@pytest.mark.parametrize("zone", ["Europe/London", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata"])
def test_four_hundred_days_with_two_changes_of_the_clock(zone):
    plan = [Planned(weekdays=frozenset({1, 3})), Planned(times_a_week=3)]
    sent: dict[date, list[str]] = {}
    done: set[date] = set()
    at = datetime(2026, 1, 1, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    for _step in range(400 * 24 * 2):
        at += HOUR / 2
        day = local_date(at, zone)
        earlier = sum(1 for on in week_of(day) if on in done and on < day)
        planned = is_session_day(plan, day, earlier)
        kind = due(WISH, at, zone, DaySoFar(planned, day in done, day in done))
        if kind is not None and kind not in sent.setdefault(day, []):
            sent[day].append(kind)
            wall = at.astimezone(ZoneInfo(zone)).time()
            assert time(7) <= wall < time(21)
            assert wall == (WISH.at if kind == REMINDER else WISH.evening_at), "to the minute, in summer and winter"
        if day.isoweekday() == 2 and at.astimezone(ZoneInfo(zone)).hour == 12:
            done.add(day)  # a session every Tuesday at noon
    days = {day: kinds for day, kinds in sent.items() if kinds}
    assert len(days) > 340
    for day, kinds in days.items():
        assert kinds == ([REMINDER] if day in done else [REMINDER, EVENING_REMINDER])


def test_times_a_week_reminds_only_while_a_session_is_still_needed():
    plan = [Planned(times_a_week=2)]
    assert is_session_day(plan, TODAY, 1)
    assert not is_session_day(plan, TODAY, 2)


def test_one_mail_in_the_morning_and_one_in_the_evening(anna, annas_plan):
    wish(anna)
    for half in range(48):
        sweep(at_wall(0) + half * HOUR / 2)
    assert list(Notification.objects.order_by("send_after").values_list("kind", "send_after")) == [
        (REMINDER, at_wall(9)),
        (EVENING_REMINDER, at_wall(19)),
    ]
    assert [message.to for message in mail.outbox] == [[anna.user.email]] * 2


def test_nothing_about_health_and_a_link_that_stops(anna, annas_plan):
    wish(anna)
    sweep(at_wall(9))
    message = mail.outbox[0]
    text = message.body + message.alternatives[0][0] + message.subject
    for word in ("pain", "exercise", "session", "clinic", "Harbour", "back", "First plan", "Alice"):
        assert word not in text.replace("Painplan", "").replace("painplan", "")
    stop_url = message.extra_headers["List-Unsubscribe"].strip("<>")
    assert stop_url in message.body
    assert message.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert str(anna.pk) not in text
    parts = urlsplit(stop_url)
    stranger = Client(enforce_csrf_checks=True)
    page = stranger.get(f"{parts.path}?{parts.query}").content.decode()
    assert "Stop the reminders?" in page
    assert "Anna" not in page
    assert ReminderSettings.objects.get().is_on, "looking changes nothing: mail scanners open every link"
    answer = stranger.post(f"{parts.path}?{parts.query}", {"List-Unsubscribe": "One-Click"})
    assert "The reminders are off" in answer.content.decode()
    assert not ReminderSettings.objects.get().is_on
    assert stranger.post(f"{parts.path}?{parts.query}").status_code == 200
    assert PlanEvent.objects.filter(patient=anna, verb="reminders stopped").count() == 1
    sweep(at_wall(19))
    assert len(mail.outbox) == 1


def test_a_made_up_link_stops_nobody(client, anna, annas_plan):
    row = wish(anna)
    for token in ("nonsense", row.stop_hash, str(row.pk)):
        assert client.post(f"{reverse('reminders_stop')}?token={token}").status_code == 404
    assert "does not work any more" in client.post(reverse("reminders_stop")).content.decode()
    assert ReminderSettings.objects.get().is_on


def test_the_link_of_a_new_mail_works_after_the_servers_key_has_changed(client, anna, annas_plan, settings):
    old = wish(anna).stop_hash
    settings.SECRET_KEY = "another-key-of-the-server-0123456789abcdef"
    sweep(at_wall(9))
    assert ReminderSettings.objects.get().stop_hash != old
    parts = urlsplit(mail.outbox[0].extra_headers["List-Unsubscribe"].strip("<>"))
    client.post(f"{parts.path}?{parts.query}")
    assert not ReminderSettings.objects.get().is_on


def test_silent_on_rest_days_and_for_a_paused_plan(anna, annas_plan, alice):
    wish(anna)
    sweep(at_wall(10, day=TODAY + DAY))  # Friday: rest
    assert not mail.outbox
    pausing.pause(plan=annas_plan.plan, reason="ill", by=alice, at=NOON)
    sweep(at_wall(13))
    assert not Notification.objects.exists()


def test_who_has_done_the_session_is_left_alone_even_if_the_mail_was_owed(anna, annas_plan):
    wish(anna)
    reminders.owe_reminders(at=at_wall(9))
    do_session(anna, annas_plan, at=at_wall(9, 1))
    assert notifications.send_due(at=at_wall(9, 2))["cancelled"] == 1
    for hour in range(10, 21):
        sweep(at_wall(hour))
    assert not mail.outbox


def test_a_logged_number_spares_the_evening_one(anna, annas_plan):
    wish(anna)
    log_days(anna, [4])
    sweep(at_wall(19))
    assert not mail.outbox


def test_mail_that_was_held_up_is_not_sent_at_night_or_on_another_day(anna, annas_plan):
    wish(anna, evening_at=None)
    reminders.owe_reminders(at=at_wall(20, 55))
    assert notifications.send_due(at=at_wall(21, 0))["cancelled"] == 1
    sweep(at_wall(22))
    reminders.owe_reminders(at=at_wall(9, day=TODAY - DAY))
    assert notifications.send_due(at=at_wall(9))["cancelled"] == 1
    assert not mail.outbox


def test_each_by_their_own_zone_and_nobody_without_a_wish(anna, ben, annas_plan, bob):
    from tests.cast import make_active_plan

    make_active_plan(ben, bob)
    wish(anna)
    sweep(at_wall(9))
    assert [message.to for message in mail.outbox] == [[anna.user.email]]
    ben.time_zone = "Asia/Tokyo"
    ben.save()
    wish(ben)
    sweep(at_wall(9, zone="Asia/Tokyo"))
    assert mail.outbox[-1].to == [ben.user.email]
    assert Notification.objects.get(recipient=ben.user).key == f"reminder:{ben.pk}:2026-11-19"


def test_the_sweep_asks_the_same_few_questions_for_many(anna, ben, annas_plan, bob, django_assert_max_num_queries):
    from tests.cast import make_active_plan

    make_active_plan(ben, bob)
    wish(anna), wish(ben)
    reminders.owe_reminders(at=at_wall(9))
    with django_assert_max_num_queries(6):
        assert reminders.owe_reminders(at=at_wall(9, 5)) == {"reminders": 0}


def test_times_in_the_night_are_refused(anna):
    for morning, evening in ((time(6, 59), None), (time(9), time(21)), (time(12), time(12)), (time(12), time(9))):
        with pytest.raises(Refused):
            wish(anna, morning_at=morning, evening_at=evening)
    row = wish(anna)
    with pytest.raises(IntegrityError, match="reminders_in_waking_hours"), transaction.atomic():
        ReminderSettings.objects.filter(pk=row.pk).update(at=time(22))


def test_the_page_keeps_what_was_chosen(client, anna, annas_plan):
    client.force_login(anna.user)
    with time_machine.travel(NOON, tick=False):
        page = client.get(reverse("reminders")).content.decode()
        assert anna.user.email in page
        assert 'name="is_on" checked' not in page.replace('id="id_is_on" ', "")
        chosen = {"is_on": "on", "morning_at": "08:30", "evening": "on", "evening_at": "18:00"}
        assert client.post(reverse("reminders"), chosen).status_code == 302
        row = ReminderSettings.objects.get()
        assert (row.is_on, row.at, row.evening, row.evening_at) == (True, time(8, 30), True, time(18))
        page = client.post(reverse("reminders"), chosen | {"evening_at": "08:00"}).content.decode()
        assert "The second reminder has to come later than the first." in page
        assert '<option value="08:00" selected>' in page
        client.post(reverse("reminders"), {"morning_at": "08:30"})
    row.refresh_from_db()
    assert (row.is_on, row.evening) == (False, False)
