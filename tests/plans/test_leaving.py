"""A patient stops using Painplan: the way in is closed, nothing is sent, the clinic is told and can invite again."""

from datetime import timedelta

import pytest
from django.core import mail
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts import reauth
from accounts.models import Patient, Withdrawal, new_id
from plans.actions import calendars, invitations, leaving, messages, notifications, pausing, reminders
from plans.actions.refusals import Refused
from plans.actions.reminder_days import wanted
from plans.models import CalendarFeed, Notification, Pause, Plan, PlanEvent, ReminderSettings
from tests.cast import NOON, TODAY, make_patient
from tests.plans.test_constraints import refused


@pytest.fixture
def leaving_client(client, anna):
    client.force_login(anna.user)
    session = client.session
    session[reauth.CONFIRMED] = timezone.now().timestamp()
    session.save()
    return client


def leave(patient: Patient, reason: str = "") -> Withdrawal:
    return leaving.leave(patient=patient, reason=reason, by=patient.user, at=NOON)


def test_the_page_asks_for_the_password_then_says_what_happens_then_closes_the_way_in(client, anna, annas_plan):
    client.force_login(anna.user)
    assert client.get(reverse("leave")).url.startswith(reverse("account_reauthenticate"))
    session = client.session
    session[reauth.CONFIRMED] = timezone.now().timestamp()
    session.save()
    assert "stays in your record" in client.get(reverse("leave")).content.decode()
    refused = client.post(reverse("leave"), {"reason": "Too much"})
    assert refused.status_code == 422
    assert "Too much" in refused.content.decode(), "what was written stays"
    assert not anna.has_left
    assert client.post(reverse("leave"), {"reason": "Too much", "sure": "on"}).url == reverse("left")
    assert anna.has_left
    assert client.get(reverse("left")).status_code == 200
    assert client.get(reverse("today")).url.startswith(reverse("account_login"))
    client.force_login(anna.user)
    assert client.get(reverse("today")).status_code == 404
    assert client.get(reverse("home")).status_code == 403


def test_other_devices_are_out_at_the_next_click(client, anna):
    client.force_login(anna.user)
    assert client.get(reverse("today")).status_code == 200
    leave(anna)
    assert client.get(reverse("today")).status_code == 404


def test_reminders_calendar_and_waiting_mail_stop_and_the_plan_rests(anna, annas_plan):
    reminders.choose(
        patient=anna, is_on=True, morning_at=NOON.time(), evening_at=None, by=anna.user, at=NOON - timedelta(days=1)
    )
    token = calendars.make(patient=anna, by=anna.user, at=NOON)
    notifications.owe(
        key="one", recipient=anna.user, kind="reminder", at=NOON, patient=anna, about={"on": TODAY.isoformat()},
        send_after=NOON,
    )  # fmt: skip
    assert wanted().filter(patient=anna).exists()
    leave(anna)
    assert not wanted().filter(patient=anna).exists()
    assert not ReminderSettings.objects.get(patient=anna).is_on
    assert calendars.patient_of(token) is None
    assert CalendarFeed.objects.get(patient=anna).revoked_at == NOON
    assert Notification.objects.get(key="one").cancelled_at == NOON
    plan = Plan.objects.get(patient=anna)
    assert plan.status == Plan.Status.PAUSED
    assert Pause.objects.open().get(plan=plan).why == Pause.Why.LEFT
    assert plan.reevaluations.filter(state="open").exists(), "the clinic still looks"


def test_a_red_flag_pause_stays_one(anna, annas_plan):
    pausing.pause_for_safety(patient=anna, since=NOON, by=anna.user, at=NOON)
    leave(anna)
    assert Pause.objects.open().get(plan=annas_plan.plan).why == Pause.Why.SAFETY


def test_leaving_twice_is_refused_by_the_action_and_by_the_database(anna):
    row = leave(anna)
    with pytest.raises(Refused):
        leave(anna)
    refused("withdrawal_one_open_per_patient", Withdrawal(patient=anna, at=NOON).save)
    with pytest.raises(DatabaseError), transaction.atomic():
        row.delete()


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"seen_at": NOON}, "withdrawal_seen_at_and_by"),
        ({"ended_at": NOON - timedelta(seconds=1)}, "withdrawal_ends_after_it_starts"),
    ],
)
def test_a_withdrawal_that_cannot_be(anna, change, constraint):
    refused(constraint, Withdrawal(patient=anna, at=NOON, **change).save)


def test_the_clinic_is_told_in_its_inbox_until_somebody_has_seen_it(client, anna, alice, charlie):
    leave(anna, "It is too much for me")
    client.force_login(alice)
    shown = client.get(reverse("inbox"), {"tab": "clinic"}).content.decode()
    assert "Stopped using Painplan" in shown
    assert "It is too much for me" in shown
    client.post(reverse("patient_left_seen", args=[anna.pk]))
    assert anna.withdrawals.get().seen_by == alice
    assert "Stopped using Painplan" not in client.get(reverse("inbox"), {"tab": "clinic"}).content.decode()
    client.force_login(charlie)
    assert client.post(reverse("patient_left_seen", args=[anna.pk])).status_code == 404


def test_the_record_says_it_and_nobody_writes_to_somebody_who_cannot_read(client, anna, alice, annas_plan):
    leave(anna)
    client.force_login(alice)
    assert "Anna stopped using Painplan" in client.get(reverse("patient", args=[anna.pk])).content.decode()
    with pytest.raises(Refused, match="would not read"):
        messages.write(patient=anna, message_id=new_id(), text="How are you?", by=alice, at=NOON)


def test_coming_back_needs_a_new_invitation_and_finds_everything(client, anna, alice, annas_plan):
    anna.email = anna.user.email
    anna.save()
    with pytest.raises(Refused, match="signs in already"):
        invitations.invite(patient=anna, by=alice, at=NOON)
    leave(anna)
    anna.user.set_password("three quiet grey boats")
    anna.user.save()
    assert invitations.invite(patient=anna, by=alice, at=NOON).sent
    token = next(word for word in mail.outbox[-1].body.split() if "/join/" in word).rstrip("/").rsplit("/", 1)[1]
    user = invitations.accept(
        token=token, password="three quiet grey boats", language="en-gb", time_zone="Europe/London",
        at=NOON + timedelta(hours=1),
    )  # fmt: skip
    assert user == anna.user
    assert not anna.has_left
    client.force_login(user)
    assert client.get(reverse("today")).status_code == 200
    assert Plan.objects.get(patient=anna).status == Plan.Status.PAUSED, "a clinician lets it go on"
    verbs = set(PlanEvent.objects.of(anna).values_list("verb", flat=True))
    assert {"patient left", "patient came back", "joined"} <= verbs


def test_somebody_elsewhere_in_care_keeps_that_record(client, anna, hill, charlie):
    other = make_patient("Anna Andersen", hill, charlie)
    other.user = anna.user
    other.save()
    leave(anna)
    client.force_login(anna.user)
    assert client.get(reverse("today")).status_code == 200
