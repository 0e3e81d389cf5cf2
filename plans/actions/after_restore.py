"""After a restore: what was under way when the backup was made is brought to rest, so that no mail goes out twice.

Nobody knows whether mail that waited then was sent before the loss. What a reader would only be told again (summaries,
reminders, messages, re-evaluations) is held back: it stands in the inbox, and the next day's comes by itself. What says
that a flag waits for somebody is not held back, because silence would be worse: an urgent flag, or one that goes to the
lead. It keeps its Message-ID, and still_owed asks once more before it is sent.
"""

from datetime import datetime

from django.db import transaction

from plans.actions import notification_kinds as kinds
from plans.actions import reminders, telling
from plans.models import JobRun, Notification

HELD_BACK = "held back after a restore"
NEVER_HELD_BACK = kinds.URGENT | {kinds.ESCALATED}


def settle(*, at: datetime) -> dict[str, int]:
    """Hold back mail, close runs of jobs that ended with the old database. Safe to run twice.

    What would be owed today is written down first: it may have been sent between the backup and the loss.
    """
    with transaction.atomic():
        telling.owe_for_new_flags(at=at)
        telling.owe_for_messages(at=at)
        telling.owe_for_reevaluations(at=at)
        reminders.owe_reminders(at=at)
        waiting = Notification.objects.waiting()
        goes_on = waiting.filter(kind__in=NEVER_HELD_BACK).count()
        held = waiting.exclude(kind__in=NEVER_HELD_BACK).update(sent_at=at, last_error=HELD_BACK)
        closed = JobRun.objects.filter(finished_at__isnull=True).update(finished_at=at, error="ended by a restore")
    return {"held_back": held, "urgent": goes_on, "jobs_closed": closed}
