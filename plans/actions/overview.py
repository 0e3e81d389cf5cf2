"""What the operator's page shows: jobs, mail that waits, patients set apart. Ids and counts, no names of patients."""

from dataclasses import dataclass
from datetime import datetime

from plans.actions import beating, jobs, notifications, scheduled
from plans.models import JobRun, Notification, PainWatch
from plans.models.notification import NotificationQuerySet

MOST = 50


@dataclass(frozen=True)
class Job:
    """A job and its last run; `state` is never, running, dead, failed or done. `failures`: of the last 24 hours."""

    name: str
    last: JobRun | None
    state: str
    failures: int


def job_list(*, at: datetime) -> list[Job]:
    """Every job the clock starts, the sweep, and any other that left a row; each with its last run."""
    last = {row.name: row for row in JobRun.objects.order_by("name", "-started_at", "-id").distinct("name")}
    names = [beating.SWEEP, *scheduled.WORK, scheduled.BACK_UP, scheduled.DRILL]
    names += sorted(set(last) - set(names))
    failed: dict[str, int] = {}
    day_ago = at - scheduled.DAY
    for name in JobRun.objects.filter(started_at__gte=day_ago).exclude(error="").values_list("name", flat=True):
        failed[name] = failed.get(name, 0) + 1
    return [Job(name, last.get(name), _state(last.get(name), at), failed.get(name, 0)) for name in names]


def set_apart() -> list[PainWatch]:
    """Patients whose evaluation failed again and again, longest first."""
    rows = PainWatch.objects.filter(quarantined_at__isnull=False).select_related("patient__clinic")
    return list(rows.order_by("quarantined_at")[:MOST])


def mail_waiting(*, at: datetime) -> dict[str, int]:
    """How much mail waits: `due` now, `later`, and `failed` (at least once, and it is tried again)."""
    waiting: NotificationQuerySet = Notification.objects.waiting()
    return {
        "due": waiting.filter(send_after__lte=at).count(),
        "later": waiting.filter(send_after__gt=at, attempts=0).count(),
        "failed": waiting.filter(attempts__gt=0).count(),
    }


def mail_given_up() -> list[Notification]:
    """Mail that is not tried any more, oldest first."""
    return list(notifications.given_up().select_related("recipient")[:MOST])


def _state(row: JobRun | None, at: datetime) -> str:
    if row is None:
        return "never"
    if row.finished_at is None:
        return "dead" if jobs.is_dead(row, at=at) else "running"
    return "failed" if row.error else "done"
