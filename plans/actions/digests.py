"""The daily summary: one mail a day to each person, at their own hour, with counts only.

What is owed stays a row of its own; the summary is a row too, made in the same transaction that puts the items into it.
They are sent when it is sent. One that could not be sent all day gives its items to the next day's.
"""

from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q

from accounts.models import User
from plans.actions.mail import new_message_id
from plans.actions.notification_kinds import DIGEST, DIGESTED, ESCALATED, FLAG, MESSAGE, REEVALUATION_LATE
from plans.actions.still_owed import still_owed
from plans.models import Notification
from plans.quiet_hours import after_quiet, next_time
from plans.schedule import local_date

if TYPE_CHECKING:
    from plans.models.notification import NotificationQuerySet


def next_at(*, recipient: User, at: datetime) -> datetime:
    """The recipient's next summary after `at`: their hour, or the end of the quiet hours that it falls into."""
    if recipient.digest_at is None:
        raise ValueError("this person wants no daily summary")
    zone = zone_of(recipient)
    moment = next_time(at, recipient.digest_at, zone)
    return after_quiet(moment, recipient.quiet_from, recipient.quiet_until, zone)


def zone_of(recipient: User) -> str:
    """Their time zone; UTC when nobody knows it, because a wrong word in a profile must not silence mail."""
    try:
        ZoneInfo(recipient.time_zone)
    except (LookupError, OSError, ValueError):
        return "UTC"
    return recipient.time_zone


def own_mail() -> Q:
    """Notifications that are mails of their own, not lines of a summary."""
    return ~Q(kind__in=DIGESTED) | Q(recipient__digest_at__isnull=True)


def gather(*, at: datetime) -> int:
    """Put every due item into its reader's summary of today. Returns how many were put."""
    due = Notification.objects.due(at).exclude(own_mail())
    put = 0
    for recipient in User.objects.filter(pk__in=due.values("recipient_id")):
        put += _gather_for(recipient, at=at)
    return put


def items_of(digest: Notification) -> "NotificationQuerySet":
    """The unpaid items of a summary."""
    return Notification.objects.waiting().filter(recipient_id=digest.recipient_id, about__digest=digest.key)


def counts_of(digest: Notification, *, at: datetime) -> dict[str, int]:
    """How many flags, unseen flags, late re-evaluations .. a summary tells of, after taking back what no longer holds.

    Keys: flags, escalated, reevaluations, late, messages; zeros left out. Empty: nothing to tell.
    """
    things: dict[str, set[str]] = {}
    for item in items_of(digest).select_for_update(of=("self",)).select_related("recipient"):
        if not still_owed(item, at=at):
            Notification.objects.filter(pk=item.pk).update(cancelled_at=at)
            continue
        name, about = _line(item)
        things.setdefault(name, set()).add(about)
    return {name: len(found) for name, found in things.items()}


def _gather_for(recipient: User, *, at: datetime) -> int:
    key = f"digest:{recipient.pk}:{local_date(at, zone_of(recipient)).isoformat()}"
    with transaction.atomic():
        items = list(
            Notification.objects.due(at)
            .filter(recipient=recipient, kind__in=DIGESTED)
            .exclude(about__contains={"digest": key})
            .select_for_update(skip_locked=True)
        )
        if not items:
            return 0
        digest, made = Notification.objects.select_for_update().get_or_create(
            key=key,
            defaults={
                "recipient": recipient, "kind": DIGEST, "created_at": at, "send_after": at,
                "message_id": new_message_id(),
            },
        )  # fmt: skip
        if digest.sent_at is not None:  # one a day: these come with tomorrow's
            tomorrow = next_at(recipient=recipient, at=at)
            Notification.objects.filter(pk__in=[item.pk for item in items]).update(send_after=tomorrow)
            return 0
        if not made and digest.cancelled_at is not None:
            digest.cancelled_at, digest.send_after, digest.attempts = None, at, 0
            digest.save(update_fields=["cancelled_at", "send_after", "attempts"])
        unsent = Notification.objects.filter(recipient=recipient, kind=DIGEST, sent_at__isnull=True)
        unsent.filter(cancelled_at__isnull=True).exclude(pk=digest.pk).update(cancelled_at=at)
        for item in items:
            item.about = {**item.about, "digest": key}
            item.save(update_fields=["about"])
        return len(items)


def _line(item: Notification) -> tuple[str, str]:
    """Which line of the summary an item belongs to, and what it is about: two items about one thing count once."""
    if item.kind in (FLAG, ESCALATED):
        return ("flags" if item.kind == FLAG else "escalated"), str(item.about["flag"])
    if item.kind == MESSAGE:
        return "messages", str(item.patient_id)
    return ("late" if item.kind == REEVALUATION_LATE else "reevaluations"), str(item.about["reevaluation"])
