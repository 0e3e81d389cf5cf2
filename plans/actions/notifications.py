"""Mail that is owed: written down once, sent when its time has come, taken back when it is no longer true.

Urgent mail is sent at once. Everything else a member of staff is owed waits for their daily summary (`digests`), or,
without one, for the end of their quiet hours. Whether a debt still holds is asked again just before sending.
"""

import logging
from datetime import datetime, timedelta
from smtplib import SMTPException
from typing import Any
from uuid import UUID

from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction

from accounts.models import Patient, User
from plans.actions import digests, mail
from plans.actions.notification_kinds import DIGEST, URGENT, in_digest
from plans.actions.still_owed import still_owed
from plans.models import Notification
from plans.models.notification import GIVE_UP_AFTER, NotificationQuerySet
from plans.quiet_hours import after_quiet

logger = logging.getLogger(__name__)

LONGEST_PAUSE = timedelta(hours=6)
FAILURES_TO_STOP = 3


def owe(
    *,
    key: str,
    recipient: User,
    kind: str,
    at: datetime,
    patient: Patient | None = None,
    about: dict[str, Any] | None = None,
    send_after: datetime | None = None,
) -> tuple[Notification, bool]:
    """Write down that this person is owed this mail; once per key. Returns the row and whether the debt is new.

    A debt that was taken back before it was sent, and is owed again, counts as new. `send_after` overrides the time
    that the kind and the recipient's hours give. `about` holds ids and counts, never anything about health.
    """
    when = send_after or first_moment(recipient=recipient, kind=kind, at=at)
    with transaction.atomic():
        row, made = Notification.objects.select_for_update().get_or_create(
            key=key,
            defaults={
                "recipient": recipient, "kind": kind, "patient": patient, "about": about or {}, "created_at": at,
                "send_after": when, "message_id": mail.new_message_id(),
            },
        )  # fmt: skip
        if not made and row.cancelled_at is not None:
            row.cancelled_at, row.attempts, row.last_error, row.send_after, made = None, 0, "", when, True
            row.save(update_fields=["cancelled_at", "attempts", "last_error", "send_after"])
    return row, made


def first_moment(*, recipient: User, kind: str, at: datetime) -> datetime:
    """When mail of this kind may reach this person: now, with their next summary, or after their quiet hours."""
    if kind in URGENT:
        return at
    if in_digest(kind, recipient):
        return digests.next_at(recipient=recipient, at=at)
    return after_quiet(at, recipient.quiet_from, recipient.quiet_until, digests.zone_of(recipient))


def cancel(*, key: str, at: datetime) -> bool:
    """Take a debt back that was not paid yet. True when there was one."""
    rows = Notification.objects.filter(key=key, sent_at__isnull=True, cancelled_at__isnull=True)
    return bool(rows.update(cancelled_at=at))


def try_again(*, notification_id: UUID, by: User, at: datetime) -> bool:
    """Send mail that was given up once more, now. True when there was such mail. `by` is the operator."""
    rows = Notification.objects.filter(
        pk=notification_id, sent_at__isnull=True, cancelled_at__isnull=True, attempts__gte=GIVE_UP_AFTER
    )
    tried = bool(rows.update(attempts=0, send_after=at))
    if tried:
        logger.info("mail tried again", extra={"notification": str(notification_id), "by": str(by.pk)})
    return tried


def send_due(*, at: datetime, limit: int = 200) -> dict[str, int]:
    """Send what is due, oldest first. Returns how many were sent, failed, and taken back.

    One transaction per mail, its row locked: two senders never send the same mail, and a crash between sending and
    storing repeats it under the same Message-ID. After some failures in a row the rest waits for the next run.
    """
    counts = {"sent": 0, "failed": 0, "cancelled": _take_back_given_up(at)}
    digests.gather(at=at)
    connection = get_connection()
    tried: set[UUID] = set()
    failures = 0
    try:
        while len(tried) < limit and failures < FAILURES_TO_STOP:
            outcome = _send_next(connection, at=at, tried=tried)
            if outcome is None:
                break
            counts[outcome] += 1
            failures = failures + 1 if outcome == "failed" else 0
    finally:
        connection.close()
    return counts


def _send_next(connection: BaseEmailBackend, *, at: datetime, tried: set[UUID]) -> str | None:
    """Send, take back or put off the oldest due mail that nobody else is sending. None: there is none."""
    with transaction.atomic():
        due = Notification.objects.due(at).filter(digests.own_mail()).exclude(pk__in=tried)
        row = due.select_for_update(skip_locked=True, of=("self",)).select_related("recipient").first()
        if row is None:
            return None
        tried.add(row.pk)
        try:
            if not _is_owed(row, at=at):
                row.cancelled_at = at
                row.save(update_fields=["cancelled_at"])
                return "cancelled"
            content = digests.counts_of(row, at=at) if row.kind == DIGEST else {}
            mail.send(row, content=content, connection=connection)
        except (SMTPException, OSError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
            # A mail that cannot even be written holds up no other.
            connection.close()
            _put_off(row, error, at=at)
            return "failed"
        mark_sent(row, at=at)
        return "sent"


def mark_sent(row: Notification, *, at: datetime) -> None:
    """The mail server has taken the mail; so are the items of a summary."""
    row.sent_at = at
    row.last_error = ""
    row.save(update_fields=["sent_at", "last_error"])
    if row.kind == DIGEST:
        digests.items_of(row).update(sent_at=at)


def pause_after(attempts: int) -> timedelta:
    """How long to wait after so many failures: 1, 2, 4, 8 .. minutes, at most six hours."""
    return min(timedelta(minutes=2 ** (attempts - 1)), LONGEST_PAUSE)


def _put_off(row: Notification, error: Exception, *, at: datetime) -> None:
    row.attempts += 1
    # The class and the server's code only: its words may repeat the address.
    code = getattr(error, "smtp_code", None)
    row.last_error = f"{type(error).__name__} {code}" if code else type(error).__name__
    row.send_after = at + pause_after(row.attempts)
    row.save(update_fields=["attempts", "last_error", "send_after"])
    logger.warning("mail not sent", extra={"notification": str(row.pk), "attempts": row.attempts})


def given_up() -> NotificationQuerySet:
    """Mail that failed so often that it is not tried any more, oldest first."""
    rows = Notification.objects.filter(sent_at__isnull=True, cancelled_at__isnull=True, attempts__gte=GIVE_UP_AFTER)
    return rows.order_by("created_at")


def _take_back_given_up(at: datetime) -> int:
    """Mail that was given up is shown to the operator until it is no longer owed: the flag was seen meanwhile."""
    taken = 0
    for pk in given_up().values_list("pk", flat=True):
        with transaction.atomic():
            row = given_up().select_for_update(of=("self",)).select_related("recipient").filter(pk=pk).first()
            if row is not None and not _is_owed(row, at=at):
                row.cancelled_at = at
                row.save(update_fields=["cancelled_at"])
                taken += 1
    return taken


def _is_owed(row: Notification, *, at: datetime) -> bool:
    return still_owed(row, at=at) and (row.kind != DIGEST or bool(digests.counts_of(row, at=at)))
