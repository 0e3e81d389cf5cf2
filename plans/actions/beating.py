"""The safety sweep's sign of life: one row for each process, touched when a round is over.

Pages with flags tell from it how far the rules have looked, /health/safety whether the sweep stands still.
"""

from datetime import datetime, timedelta

from django.db.models import QuerySet

from plans.models import JobRun

SWEEP = "safety sweep"
TOUCH_EVERY = timedelta(seconds=15)
# While somebody is evaluated: what pages say ("evaluated up to") is hardly ever older.
TOUCH_BUSY_EVERY = timedelta(seconds=1)


def begin(*, at: datetime) -> JobRun:
    """A sweep starts."""
    return JobRun.objects.create(name=SWEEP, started_at=at, touched_at=at)


def go_on(row: JobRun, *, at: datetime, evaluated: int = 0, failed: int = 0) -> None:
    """One round is over; written at most every second when something was evaluated, else every 15."""
    row.counts = {
        "evaluated": row.counts.get("evaluated", 0) + evaluated, "failed": row.counts.get("failed", 0) + failed
    }  # fmt: skip
    pause = TOUCH_BUSY_EVERY if evaluated or failed else TOUCH_EVERY
    # Also when the clock was put back: a sign of life from tomorrow would hide that there is none today.
    if row.touched_at is None or abs(at - row.touched_at) >= pause:
        row.touched_at = at
        row.save(update_fields=["touched_at", "counts"])


def end(row: JobRun, *, at: datetime) -> None:
    """The sweep was asked to stop."""
    row.finished_at = row.touched_at = at
    row.save(update_fields=["finished_at", "touched_at", "counts"])


def beats(*, at: datetime) -> QuerySet[JobRun]:
    """The sweeps up to that moment; the one that showed last in `touched_at` that it lives comes first."""
    return JobRun.objects.filter(name=SWEEP, started_at__lte=at, touched_at__isnull=False).order_by("-touched_at")


def last_beat(*, at: datetime) -> datetime | None:
    """When a sweep last showed that it lives."""
    return beats(at=at).values_list("touched_at", flat=True).first()
