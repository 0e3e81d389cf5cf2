"""Is everything that safety rests on going on? What /health/safety and the operator page tell; counts only."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Min, Q, QuerySet

from plans.actions import beating, recipients, watching
from plans.actions.scheduled import KEEP_REEVALUATIONS, RECONCILE
from plans.models import JobRun, Notification, PainWatch, Plan, Reevaluation
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
    long_ago = (at - timedelta(days=REEVALUATION_LATE_DAYS)).date()
    current = Plan.objects.current()
    return {
        **watching.health(at=at),
        "sweep_silent_seconds": None if beat is None else max(round((at - beat).total_seconds()), 0),
        "flags_without_recipient": recipients.flags_without(at=at),
        "mail_late": _mail_late(at).count(),
        "mail_given_up": _mail_given_up().count(),
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


def since(*, at: datetime, wrong: list[str]) -> dict[str, datetime | None]:
    """Since when each of these breaches holds; None when nobody can say.

    Of a plan without a re-evaluation: since after the job that keeps them last succeeded.
    """
    moments: dict[str, Callable[[], datetime | None]] = {
        "oldest_waits_seconds": lambda: _first(PainWatch.objects.dirty(), "dirty_since"),
        "sweep_silent_seconds": lambda: beating.last_beat(at=at),
        "quarantined": lambda: _first(PainWatch.objects.all(), "quarantined_at"),
        "flags_without_recipient": lambda: _first(recipients.unheard_flags(at=at), "raised_at"),
        "mail_late": lambda: _first(_mail_late(at), "send_after"),
        "mail_given_up": lambda: _first(_mail_given_up(), "send_after"),
        "plans_without_reevaluation": _last_kept,
        "reconcile_differences": lambda: getattr(_last_reconcile(), "finished_at", None),
    }
    return {name: moments[name]() for name in wrong}


def _first(rows: QuerySet[Any], column: str) -> datetime | None:
    found: datetime | None = rows.order_by().aggregate(first=Min(column))["first"]
    return found


def _owed() -> QuerySet[Notification]:
    return Notification.objects.filter(sent_at__isnull=True, cancelled_at__isnull=True)


def _mail_late(at: datetime) -> QuerySet[Notification]:
    late = Q(send_after__lt=at - MAIL_LATE) | Q(attempts__gte=FAILED_OFTEN)
    return _owed().filter(late, attempts__lt=GIVE_UP_AFTER)


def _mail_given_up() -> QuerySet[Notification]:
    return _owed().filter(attempts__gte=GIVE_UP_AFTER)


def _last_kept() -> datetime | None:
    done = JobRun.objects.filter(name=KEEP_REEVALUATIONS, finished_at__isnull=False, error="")
    return done.order_by("-started_at").values_list("started_at", flat=True).first()


def _last_reconcile() -> JobRun | None:
    return JobRun.objects.filter(name=RECONCILE, finished_at__isnull=False).order_by("-started_at").first()


def _differences() -> int:
    """What the last nightly count found: patients whose flags are not what all their scores say, or who failed."""
    last = _last_reconcile()
    return 0 if last is None else int(last.counts.get("differences", 0)) + int(last.counts.get("failed", 0))
