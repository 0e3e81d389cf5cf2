"""Every run of a scheduled job leaves a row: when, how much, and what went wrong."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Protocol

from plans.models import JobRun


class Work(Protocol):
    def __call__(self, *, at: datetime) -> Mapping[str, int] | int: ...


def run(*, name: str, work: Work, clock: Callable[[], datetime]) -> None:
    """Do the work and write its JobRun. A failure is written down and raised again."""
    row = JobRun.objects.create(name=name, started_at=clock())
    try:
        counts = work(at=row.started_at)
    except BaseException as error:
        row.error = type(error).__name__
        raise
    else:
        row.counts = {"rows": counts} if isinstance(counts, int) else dict(counts)
    finally:
        row.finished_at = clock()
        row.save(update_fields=["finished_at", "counts", "error"])
