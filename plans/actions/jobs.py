"""Every run of a scheduled job leaves a row: when, how much, how far, and what went wrong."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from inspect import signature
from typing import Any, Protocol, cast

import pghistory
from django.db import transaction

from plans.models import JobRun

TELL_EVERY = timedelta(seconds=1)
# A run that says nothing for so long is dead: its process was killed.
SILENT_AFTER = timedelta(minutes=10)
Kept = Mapping[str, int | str]
Counts = Kept | Mapping[str, int] | int


class Progress(Protocol):
    """Tells how far a long job is; cheap enough to call for every row. `so_far` stays with a run that breaks off."""

    def __call__(self, done: int, total: int, so_far: Kept | None = None) -> None: ...


class Work(Protocol):
    def __call__(self, *, at: datetime) -> Counts: ...


class LongWork(Protocol):
    def __call__(self, *, at: datetime, progress: Progress) -> Counts: ...


class GoingOn(Protocol):
    """Long work that goes on where the last run ended or broke off: `last_run` is what that one counted."""

    def __call__(self, *, at: datetime, progress: Progress, last_run: Kept) -> Counts: ...


def run(
    *,
    name: str,
    work: Work | LongWork | GoingOn,
    clock: Callable[[], datetime],
    key: str | None = None,
    watch: Callable[[int, int], None] | None = None,
) -> bool:
    """Do the work and write its JobRun. A failure is written down and raised again.

    Work that has a parameter `progress` is given a callback `progress(done, total)`; the operator page draws its bar,
    and `watch` hears the same. Work that has a parameter `last_run` is given what the run before has left.
    With a `key` (a date, say) the work is done once: returns False when it was done, or is being done, already. A run
    that failed or died is taken over.
    """
    wanted = signature(work).parameters
    more: dict[str, Any] = {"last_run": _left_by_last_run(name)} if "last_run" in wanted else {}
    row = JobRun.objects.create(name=name, started_at=clock()) if key is None else _claim(name, key, clock())
    if row is None:
        return False
    try:
        with pghistory.context(job=name):
            if "progress" in wanted:
                more["progress"] = _teller(row, clock, watch)
            counts = cast(Callable[..., Counts], work)(at=row.started_at, **more)
    except BaseException as error:
        row.error = type(error).__name__
        raise
    else:
        row.counts = {"rows": counts} if isinstance(counts, int) else dict(counts)
    finally:
        row.finished_at = clock()
        row.save(update_fields=["finished_at", "counts", "error"])
    return True


def is_dead(row: JobRun, *, at: datetime) -> bool:
    """Whether an unfinished run has said nothing for so long that its process must be gone."""
    return row.finished_at is None and (row.touched_at or row.started_at) < at - SILENT_AFTER


def _claim(name: str, key: str, at: datetime) -> JobRun | None:
    with transaction.atomic():
        row, made = JobRun.objects.select_for_update().get_or_create(name=name, key=key, defaults={"started_at": at})
        if made:
            return row
        failed = row.finished_at is not None and bool(row.error)
        if not failed and not is_dead(row, at=at):
            return None
        row.started_at, row.finished_at, row.touched_at = at, None, None
        row.error, row.done, row.total, row.counts = "", 0, None, {}
        row.save()
        return row


def _left_by_last_run(name: str) -> Kept:
    last = JobRun.objects.filter(name=name).order_by("-started_at", "-id").first()
    return {} if last is None else dict(last.counts)


def _teller(row: JobRun, clock: Callable[[], datetime], watch: Callable[[int, int], None] | None) -> Progress:
    def progress(done: int, total: int, so_far: Kept | None = None) -> None:
        now = clock()
        if so_far is not None:
            row.counts = dict(so_far)
        if watch is not None:
            watch(done, total)
        if done < total and row.touched_at is not None and now - row.touched_at < TELL_EVERY:
            return
        row.done, row.total, row.touched_at = done, total, now
        row.save(update_fields=["done", "total", "touched_at", "counts"])

    return progress
