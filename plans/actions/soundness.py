"""Is everything that safety rests on going on? What /health/safety and the operator page tell; counts only."""

from datetime import datetime, timedelta

from django.db.models import Q

from plans.actions import beating, recipients, watching
from plans.actions.scheduled import RECONCILE
from plans.models import JobRun, Notification, Plan, Reevaluation
from plans.models.notification import GIVE_UP_AFTER

OLDEST_WAIT = timedelta(minutes=2)
SWEEP_SILENT = timedelta(minutes=2)
MAIL_LATE = timedelta(minutes=15)
# Failures with pauses of 1, 2, 4 and 8 minutes between them: mail that has been late for a quarter of an hour.
FAILED_OFTEN = 5
REEVALUATION_LATE_DAYS = 14


def facts(*, at: datetime) -> dict[str, int | None]:
    """The numbers. `sweep_silent_seconds` is None when no sweep ever ran."""
    beat = beating.last_beat(at=at)
    owed = Notification.objects.filter(sent_at__isnull=True, cancelled_at__isnull=True)
    late = Q(attempts__lt=GIVE_UP_AFTER) & (Q(send_after__lt=at - MAIL_LATE) | Q(attempts__gte=FAILED_OFTEN))
    long_ago = (at - timedelta(days=REEVALUATION_LATE_DAYS)).date()
    current = Plan.objects.current()
    return {
        **watching.health(at=at),
        "sweep_silent_seconds": None if beat is None else max(round((at - beat).total_seconds()), 0),
        "flags_without_recipient": recipients.flags_without(at=at),
        "mail_late": owed.filter(late).count(),
        "mail_given_up": owed.filter(attempts__gte=GIVE_UP_AFTER).count(),
        "plans_without_reevaluation": current.exclude(reevaluations__state=Reevaluation.State.OPEN).count(),
        "reconcile_differences": _differences(),
        "reevaluations_very_late": Reevaluation.objects.open().filter(plan__in=current, due_on__lt=long_ago).count(),
    }


def breaches(found: dict[str, int | None]) -> list[str]:
    """Which of the facts need somebody now.

    Very late re-evaluations are told and are no breach: the work of people, of which the lead was reminded.
    """
    limits = {"oldest_waits_seconds": OLDEST_WAIT, "sweep_silent_seconds": SWEEP_SILENT}
    late = [name for name, most in limits.items() if (found[name] is None or found[name] > most.total_seconds())]  # type: ignore[operator]
    wrong = ["quarantined", "flags_without_recipient", "mail_late", "mail_given_up"]
    wrong += ["plans_without_reevaluation", "reconcile_differences"]
    return late + [name for name in wrong if found[name]]


def _differences() -> int:
    """What the last nightly count found: patients whose flags are not what all their scores say, or who failed."""
    last = JobRun.objects.filter(name=RECONCILE, finished_at__isnull=False).order_by("-started_at").first()
    return 0 if last is None else int(last.counts.get("differences", 0)) + int(last.counts.get("failed", 0))
