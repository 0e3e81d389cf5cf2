"""Mail through a real mail server: it arrives, says nothing, is repeated under its Message-ID, and is never lost."""

import re
import smtplib
from datetime import UTC, datetime, time, timedelta

import pytest

from plans.actions import flags, notifications, telling
from plans.actions import notification_kinds as kinds
from plans.models import Flag, Notification
from plans.models.notification import GIVE_UP_AFTER
from tests.cast import NOON, make_member
from tests.plans.constraint_rows import flag_of

MINUTE = timedelta(minutes=1)


def raised(patient, severity="urgent", **fields) -> Flag:
    flag = flag_of(patient, severity=severity, **fields)
    flag.save()
    return flag


def test_an_urgent_flag_is_mailed_and_the_mail_says_nothing(anna, alice, sink, settings):
    settings.PAINPLAN_URL = "https://painplan.example"
    settings.DEFAULT_FROM_EMAIL = "Painplan <no-reply@painplan.example>"
    flag = raised(anna)
    assert telling.owe_for_new_flags(at=NOON) == 1
    assert notifications.send_due(at=NOON) == {"sent": 1, "failed": 0, "cancelled": 0}

    (mail,) = sink.mails
    assert mail["Subject"] == "You have a message in Painplan"
    assert (mail["To"], mail["From"]) == (alice.email, "Painplan <no-reply@painplan.example>")
    row = Notification.objects.get()
    assert (mail["Message-ID"], row.sent_at) == (row.message_id, NOON)
    assert row.message_id.endswith("@painplan.example>")
    plain, html = mail.get_body(("plain",)).get_content(), mail.get_body(("html",)).get_content()
    for text in (plain, html):
        assert "https://painplan.example/" in text
        assert "urgent" in text
        for secret in ("Anna", "Anders", "pain ", "back", "R3", "flag", str(flag.pk), str(anna.pk)):
            assert secret not in text.replace("Painplan", "")
        assert re.findall(r"https?://[^\s\"<]+", text) == ["https://painplan.example/"]
    assert "style" not in html


def test_it_is_owed_and_sent_once(anna, alice, sink):
    raised(anna)
    for _ in range(3):
        telling.owe_for_new_flags(at=NOON)
        notifications.send_due(at=NOON)
    assert len(sink.mails) == 1


def test_a_crash_between_sending_and_storing_repeats_the_same_mail(anna, alice, sink, monkeypatch):
    raised(anna)
    telling.owe_for_new_flags(at=NOON)
    stored = notifications.mark_sent

    def killed(*args: object, **kwargs: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(notifications, "mark_sent", killed)
    with pytest.raises(KeyboardInterrupt):
        notifications.send_due(at=NOON)
    assert Notification.objects.get().sent_at is None, "the crash undid the storing"
    monkeypatch.setattr(notifications, "mark_sent", stored)
    notifications.send_due(at=NOON + MINUTE)
    assert len(sink.mails) == 2
    assert len(set(sink.ids())) == 1
    notifications.send_due(at=NOON + 2 * MINUTE)
    assert len(sink.mails) == 2


def test_a_failure_is_tried_again_later_and_later_and_given_up_in_the_end(anna, alice, sink):
    raised(anna)
    telling.owe_for_new_flags(at=NOON)
    sink.refuses = "451 later, alice.archer@example.org"
    at, pauses = NOON, []
    for _ in range(GIVE_UP_AFTER):
        assert notifications.send_due(at=at)["failed"] == 1
        row = Notification.objects.get()
        assert notifications.send_due(at=row.send_after - timedelta(seconds=1))["failed"] == 0
        pauses.append(row.send_after - at)
        at = row.send_after
    assert pauses == sorted(pauses)
    assert (pauses[0], pauses[-1]) == (MINUTE, timedelta(hours=6))
    assert row.last_error == "SMTPDataError 451", "no address in the error"
    sink.refuses = ""
    assert notifications.send_due(at=at + timedelta(days=1)) == {"sent": 0, "failed": 0, "cancelled": 0}
    assert list(notifications.given_up()) == [row]
    assert notifications.try_again(notification_id=row.pk, by=alice, at=at) is True
    assert notifications.try_again(notification_id=row.pk, by=alice, at=at) is False
    assert notifications.send_due(at=at)["sent"] == 1
    assert sink.ids() == [row.message_id]


def test_mail_that_was_given_up_is_taken_back_when_the_flag_was_seen(anna, alice, sink):
    flag = raised(anna)
    telling.owe_for_new_flags(at=NOON)
    Notification.objects.update(attempts=GIVE_UP_AFTER)
    assert notifications.send_due(at=NOON)["cancelled"] == 0
    flags.acknowledge(flag=flag, by=alice, at=NOON)
    assert notifications.send_due(at=NOON)["cancelled"] == 1
    assert not notifications.given_up().exists()


def test_a_server_that_is_away_holds_up_nothing_for_ever(anna, ben, alice, bob, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    for number in range(5):
        person = make_member(f"Many {number}", anna.clinic)
        notifications.owe(key=f"k{number}", recipient=person, kind=kinds.FLAG_URGENT + "x", at=NOON, send_after=NOON)
    assert notifications.send_due(at=NOON) == {"sent": 0, "failed": 3, "cancelled": 0}, "after three the rest waits"
    assert Notification.objects.filter(last_error="ConnectionRefusedError").count() == 3


def test_one_mail_that_cannot_be_written_holds_up_no_other(anna, alice, bob, sink):
    notifications.owe(key="broken", recipient=bob, kind=kinds.FLAG, at=NOON, send_after=NOON, about={})
    bob.digest_at = None
    bob.save()
    raised(anna)
    telling.owe_for_new_flags(at=NOON)
    assert notifications.send_due(at=NOON) == {"sent": 1, "failed": 1, "cancelled": 0}
    assert Notification.objects.get(key="broken").last_error == "KeyError"
    assert sink.to() == [alice.email]


@pytest.mark.parametrize("code", [550, 552])
def test_a_refused_address_waits_and_the_next_goes(anna, alice, bob, sink, monkeypatch, code):
    raised(anna)
    telling.owe_for_new_flags(at=NOON)
    notifications.owe(key="other", recipient=bob, kind="other", at=NOON, send_after=NOON)
    whole = smtplib.SMTP.sendmail

    def refuse(self, sender, to, *args, **kwargs):
        if alice.email in to:
            raise smtplib.SMTPRecipientsRefused({alice.email: (code, b"no such user")})
        return whole(self, sender, to, *args, **kwargs)

    monkeypatch.setattr(smtplib.SMTP, "sendmail", refuse)
    assert notifications.send_due(at=NOON) == {"sent": 1, "failed": 1, "cancelled": 0}
    assert sink.to() == [bob.email]


def test_urgent_ignores_the_quiet_hours_and_the_rest_waits_for_them(anna, alice, sink):
    night = datetime(2026, 11, 19, 23, 30, tzinfo=UTC)
    raised(anna)
    telling.owe_for_new_flags(at=night)
    row, _new = notifications.owe(key="a reminder", recipient=alice, kind="reminder", at=night)
    assert row.send_after == datetime(2026, 11, 20, 7, 0, tzinfo=UTC)
    assert notifications.send_due(at=night)["sent"] == 1
    assert sink.mails[0]["Message-ID"] == Notification.objects.get(kind=kinds.FLAG_URGENT).message_id


def test_nobody_is_mailed_who_is_no_longer_to_be_told(anna, alice, lena, sink):
    raised(anna)
    telling.owe_for_new_flags(at=NOON)
    alice.is_active = False
    alice.save()
    telling.owe_for_new_flags(at=NOON)
    assert notifications.send_due(at=NOON) == {"sent": 1, "failed": 0, "cancelled": 1}
    assert sink.to() == [lena.email]


def test_a_debt_that_was_taken_back_and_is_owed_again_is_paid(anna, alice, sink):
    flag = raised(anna)
    telling.owe_for_new_flags(at=NOON)
    Flag.objects.filter(pk=flag.pk).update(state="withdrawn", ended_at=NOON)
    assert notifications.send_due(at=NOON)["cancelled"] == 1
    Flag.objects.filter(pk=flag.pk).update(state="open", ended_at=None)
    assert telling.owe_for_new_flags(at=NOON + MINUTE) == 1
    assert notifications.send_due(at=NOON + MINUTE)["sent"] == 1


def test_cancelling_by_key(alice, sink):
    notifications.owe(key="mine", recipient=alice, kind="other", at=NOON, send_after=NOON)
    assert notifications.cancel(key="mine", at=NOON) is True
    assert notifications.cancel(key="mine", at=NOON) is False
    assert notifications.send_due(at=NOON)["sent"] == 0


def test_an_unknown_time_zone_silences_nobody(alice):
    alice.time_zone, alice.digest_at = "Moon/Base", time(8, 0)
    alice.save()
    row, _new = notifications.owe(key="k", recipient=alice, kind=kinds.FLAG, at=NOON)
    assert row.send_after == datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
