"""Writes what a curator takes from a checked import: all of it or nothing, at once when it is little, else in a task.

What is asked for stands in PostgreSQL as the state `applying`. Whoever comes first takes it: the worker that was rung,
or the sweep when nobody heard. All rows are written in one transaction under a lock that PostgreSQL lets go of when
the worker dies, so a killed worker leaves nothing behind and the next one begins anew.
"""

import contextlib
import logging
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from uuid import UUID

from django.db import DataError, Error, IntegrityError, connection, transaction
from django.db.models import F
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User
from exercises.actions.bell import ring_after_commit
from exercises.actions.import_writing import Chosen, write
from exercises.actions.imports import SMALL, open_for_changes, refuse_strangers
from exercises.actions.refusals import Refused
from exercises.models import ImportBatch
from exercises.transfer.judging import TAKEN, decided
from exercises.transfer.reading import kept

APPLY_TASK = "exercises.apply_import"
BELL_FIRST = timedelta(seconds=10)
"""So long the sweep leaves the work to the worker that was rung."""
MOST_ATTEMPTS = 3
_LOCK_SPACE = 7_301_003
"""Keeps this advisory lock apart from every other use of them."""

State = ImportBatch.State
logger = logging.getLogger(__name__)


class _GivenUp(Exception):
    """Somebody cancelled the import while it was written."""


def apply(*, batch: ImportBatch, by: User, at: datetime) -> dict[str, int]:
    """Write every row that is to be taken, as drafts by this curator, now. Returns counts by decision.

    Raises Refused when there is nothing to do, or when the library has changed under the check.
    """
    with transaction.atomic():
        locked = open_for_changes(batch, by, at)
        counts = write(batch=locked, chosen=_chosen(locked), rows=kept(bytes(locked.content)), by=by, at=at)
        locked.state, locked.applied_at, locked.content, locked.error = State.APPLIED, at, b"", ""
        locked.asked_at, locked.asked_by = at, by
        locked.to_write = locked.written = sum(counts.values())
        locked.save(
            update_fields=[
                *("state", "applied_at", "content", "error", "asked_at", "asked_by", "to_write", "written"),
            ]
        )
    return counts


def ask(*, batch: ImportBatch, by: User, at: datetime) -> dict[str, int] | None:
    """Have an import applied. The counts by decision when it is done already; None when a worker was asked to.

    Raises Refused as `apply`; what a worker finds is written to `error` of the import, which is then open again.
    """
    with transaction.atomic():
        locked = open_for_changes(batch, by, at)
        wanted = sum(decision in TAKEN for _row, decision in _chosen(locked))
        if wanted < SMALL:
            return apply(batch=locked, by=by, at=at)
        locked.state, locked.asked_at, locked.asked_by, locked.error = State.APPLYING, at, by, ""
        locked.to_write, locked.written, locked.attempts = wanted, 0, 0
        locked.save(
            update_fields=["state", "asked_at", "asked_by", "error", "to_write", "written", "attempts"],
        )
        ring_after_commit(APPLY_TASK, locked.pk)
    return None


def apply_asked(*, batch_id: UUID, at: datetime) -> bool:
    """Write an import that somebody asked to have applied, unless another worker is at it. True when it is applied.

    A refusal, or a fault of ours, opens the import again and says why; nothing is written then.
    """
    with _alone(batch_id) as alone:
        batch = _begin(batch_id) if alone else None
        if batch is None or batch.asked_by is None:
            return False
        with translation.override(batch.asked_by.language), contextlib.closing(_Progress(batch_id)) as progress:
            try:
                _write(batch, batch.asked_by, at, progress)
            except _GivenUp:
                return False
            except Refused as refused:
                _open_again(batch_id, str(refused))
                return False
            except IntegrityError:
                _open_again(batch_id, _("The library was changed at the same moment. Nothing was applied. Try again."))
                return False
            except (ArithmeticError, AttributeError, DataError, LookupError, TypeError, ValueError):
                logger.exception("an import could not be applied")
                _open_again(batch_id, _fault())
                return False
    return True


def apply_waiting(*, at: datetime) -> int:
    """Write what was asked for and nobody has begun, or whose worker is gone; how many. For the sweep."""
    waiting = ImportBatch.objects.filter(state=State.APPLYING, asked_at__lt=at - BELL_FIRST)
    ids = list(waiting.order_by("asked_at").values_list("pk", flat=True))
    return sum(apply_asked(batch_id=batch_id, at=at) for batch_id in ids)


def _begin(batch_id: UUID) -> ImportBatch | None:
    """The batch, with one attempt more; one that has ended its worker too often is handed back instead."""
    asked = ImportBatch.objects.filter(pk=batch_id, state=State.APPLYING)
    if asked.filter(attempts__lt=MOST_ATTEMPTS).update(attempts=F("attempts") + 1, written=0):
        return ImportBatch.objects.select_related("clinic", "asked_by").get(pk=batch_id)
    if asked.exists():
        logger.error("an import was begun %s times and never applied", MOST_ATTEMPTS)
        _open_again(batch_id, _fault())
    return None


def _write(batch: ImportBatch, by: User, at: datetime, progress: Callable[[int], None]) -> None:
    # The row of the batch stays unlocked until the end, so that its progress can be written and it can be cancelled.
    with transaction.atomic():
        refuse_strangers(by, batch.clinic, at)
        rows = kept(bytes(batch.content))
        counts = write(batch=batch, chosen=_chosen(batch), rows=rows, by=by, at=at, progress=progress)
        ours = ImportBatch.objects.filter(pk=batch.pk, state=State.APPLYING)
        if not ours.update(state=State.APPLIED, applied_at=at, content=b"", written=sum(counts.values())):
            raise _GivenUp


def _open_again(batch_id: UUID, error: str) -> None:
    ImportBatch.objects.filter(pk=batch_id, state=State.APPLYING).update(
        state=State.CHECKED, error=error[:400], asked_at=None, asked_by=None, written=0
    )


def _fault() -> str:
    return _("Applying stopped because of a fault of ours. Nothing was saved. Try again, or take the file in parts.")


def _chosen(batch: ImportBatch) -> Chosen:
    return [(row, decided(row, batch.decisions)) for row in batch.report]


class _Progress:
    """Writes how far it is beside the transaction that nobody sees into yet, and stops that when it was given up.

    A courtesy: where the second connection fails, the rows are written all the same.
    """

    def __init__(self, batch_id: UUID) -> None:
        self.batch_id, self.side = batch_id, connection.copy()

    def __call__(self, written: int) -> None:
        if not ImportBatch.objects.filter(pk=self.batch_id, state=State.APPLYING).exists():
            raise _GivenUp
        with contextlib.suppress(Error), self.side.cursor() as cursor:
            cursor.execute("UPDATE exercises_importbatch SET written = %s WHERE id = %s", [written, self.batch_id])

    def close(self) -> None:
        self.side.close()


@contextlib.contextmanager
def _alone(batch_id: UUID) -> Iterator[bool]:
    """Whether nobody else is writing this import: a lock of this connection, gone when its process is."""
    key = batch_id.int % 2**31
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [_LOCK_SPACE, key])
        taken = bool(cursor.fetchone()[0])
    try:
        yield taken
    finally:
        if taken and connection.is_usable():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [_LOCK_SPACE, key])
