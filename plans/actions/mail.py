"""One mail: a subject that tells nothing, no word about anybody's health, no id in the link."""

from collections.abc import Mapping
from urllib.parse import urljoin, urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models.base import new_id
from accounts.password_reset import reset_key
from accounts.sign_in_news import LOST_PASSWORD, NEW_DEVICE, PASSWORD_CHANGED, SECOND_STEP_CHANGED
from plans.actions.notification_kinds import (
    DIGEST,
    EVENING_REMINDER,
    MESSAGE,
    REEVALUATION,
    REEVALUATION_LATE,
    REMINDERS,
    SIGN_IN,
    URGENT,
)
from plans.actions.stop_links import hash_of, stop_token
from plans.models import Notification, ReminderSettings


def new_message_id() -> str:
    """A Message-ID of its own for a mail that is not sent yet."""
    return f"<{new_id()}@{urlsplit(settings.PAINPLAN_URL).hostname or 'localhost'}>"


def send(row: Notification, *, content: Mapping[str, int], connection: BaseEmailBackend) -> None:
    """Hand the mail to the mail server, under the Message-ID that was stored with the row.

    `content` holds the counts of a summary (`digests.counts_of`). Raises smtplib.SMTPException or OSError.
    """
    with translation.override(row.recipient.language):
        context = {
            "name": row.recipient.full_name,
            "sentence": _sentence(row.kind),
            "lines": _lines(content),
            "url": _absolute(reverse("home")),
        }
        subject, headers = _("You have a message in Painplan"), {}
        if row.kind in REMINDERS:
            subject = _("Your reminder from Painplan")
            context["stop_url"] = _stop_url(row)
            # RFC 8058: mail programs show a button of their own that stops the reminders with one POST.
            headers["List-Unsubscribe"] = f"<{context['stop_url']}>"
            headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        if row.kind in SIGN_IN:
            subject = _("Your sign-in to Painplan")
            context["open_words"] = _("Look at your sign-in:")
            context["url"] = _absolute(reverse("mfa_index"))
        if row.kind == LOST_PASSWORD:
            context["open_words"] = _("Choose a new password:")
            context["url"] = _absolute(reverse("password_open", args=[reset_key(row.recipient)]))
        context["subject"] = subject
        message = EmailMultiAlternatives(
            subject=subject,
            body=render_to_string("mail/notification.txt", context),
            to=[row.recipient.email],
            headers={"Message-ID": row.message_id, "Auto-Submitted": "auto-generated"} | headers,
            connection=connection,
        )
        message.attach_alternative(render_to_string("mail/notification.html", context), "text/html")
    message.send()


def _absolute(path: str) -> str:
    return str(urljoin(settings.PAINPLAN_URL.rstrip("/") + "/", path.lstrip("/")))


def _stop_url(row: Notification) -> str:
    wish = ReminderSettings.objects.get(patient=row.patient_id)
    token = stop_token(wish)
    if wish.stop_hash != hash_of(token):  # the server's key has changed since: from now on the new link stops
        ReminderSettings.objects.filter(pk=wish.pk).update(stop_hash=hash_of(token))
    return f"{_absolute(reverse('reminders_stop'))}?token={token}"


def _sentence(kind: str) -> str:
    if kind in SIGN_IN:
        return _sign_in_sentence(kind)
    if kind in URGENT:
        return _("Something urgent is waiting for you in Painplan. Please look at it now.")
    if kind == EVENING_REMINDER:
        return _("A second reminder for today, as you asked. If today does not suit you, that is fine.")
    if kind in REMINDERS:
        return _("This is the reminder you asked for: something is planned for today. A little counts too.")
    if kind == DIGEST:
        return _("This is waiting for you in Painplan:")
    if kind in (REEVALUATION, REEVALUATION_LATE):
        return _("A re-evaluation is waiting for you in Painplan.")
    if kind == MESSAGE:
        return _("There is a new message for you in Painplan.")
    return _("Something is waiting for you in Painplan.")


def _sign_in_sentence(kind: str) -> str:
    sentences = {
        PASSWORD_CHANGED: _(
            "Your password was changed. Was it not you? Choose a new one at once and tell your clinic."
        ),
        SECOND_STEP_CHANGED: _(
            "The second step of your sign-in was changed: a passkey, an app or recovery codes were added or removed."
            " Was it not you? Change your password at once and tell your clinic."
        ),
        NEW_DEVICE: _(
            "Somebody signed in as you with a browser that you had not used before. Was it not you? Change your"
            " password at once and sign out everywhere."
        ),
        LOST_PASSWORD: _(
            "Somebody, perhaps you, asked for a new password. The link works for one hour. If it was not you, do"
            " nothing: your password stays as it is."
        ),
    }
    return sentences[kind]


def _lines(counts: Mapping[str, int]) -> list[str]:
    """The lines of a summary: counts only."""
    n = counts.get
    lines = [
        (n("flags", 0), ngettext("%(n)d new flag", "%(n)d new flags", n("flags", 0))),
        (n("escalated", 0), ngettext("%(n)d flag nobody saw", "%(n)d flags nobody saw", n("escalated", 0))),
        (
            n("reevaluations", 0),
            ngettext("%(n)d re-evaluation due", "%(n)d re-evaluations due", n("reevaluations", 0)),
        ),
        (
            n("late", 0),
            ngettext(
                "%(n)d re-evaluation a week late or more", "%(n)d re-evaluations a week late or more", n("late", 0)
            ),
        ),
        (
            n("messages", 0),
            ngettext("%(n)d unread conversation", "%(n)d unread conversations", n("messages", 0)),
        ),
    ]
    return [words % {"n": count} for count, words in lines if count]
