"""The safety sweep's sign of life: one row for each process, touched while it goes on."""

from datetime import datetime, timedelta

from django.db.models import Max

from plans.models import JobRun

SWEEP = "safety sweep"
TOUCH_EVERY = timedelta(seconds=15)


def begin(*, at: datetime) -> JobRun:
    """A sweep starts."""
    return JobRun.objects.create(name=SWEEP, started_at=at, touched_at=at)


def go_on(row: JobRun, *, at: datetime, evaluated: int = 0, failed: int = 0) -> None:
    """One round is over; written at most every 15 seconds unless something was evaluated."""
    row.counts = {
        "evaluated": row.counts.get("evaluated", 0) + evaluated, "failed": row.counts.get("failed", 0) + failed
    }  # fmt: skip
    if evaluated or failed or row.touched_at is None or at - row.touched_at >= TOUCH_EVERY:
        row.touched_at = at
        row.save(update_fields=["touched_at", "counts"])


def end(row: JobRun, *, at: datetime) -> None:
    """The sweep was asked to stop."""
    row.finished_at = row.touched_at = at
    row.save(update_fields=["finished_at", "touched_at", "counts"])


def last_beat(*, at: datetime) -> datetime | None:
    """When a sweep last showed that it lives."""
    last: datetime | None = JobRun.objects.filter(name=SWEEP, started_at__lte=at).aggregate(last=Max("touched_at"))[
        "last"
    ]
    return last
