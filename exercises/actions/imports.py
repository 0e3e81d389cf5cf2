"""Files on their way into a library: read once, checked row by row, decided by a curator. Applied in import_applying.

Checking is a row in PostgreSQL that whoever comes first takes further: the request itself when the file is small, the
worker that was rung, or the sweep when nobody heard the bell. It can stop anywhere and goes on where it was.
"""

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Case, F, JSONField, Q, Value, When
from django.db.models.expressions import CombinedExpression
from django.utils.translation import gettext as _

from accounts.models import Clinic, Membership, Role, User
from exercises.actions.bell import ring_after_commit
from exercises.actions.refusals import Refused
from exercises.models import ImportBatch
from exercises.transfer import stored
from exercises.transfer.judging import TAKEN, Shelf, count, decided, judge
from exercises.transfer.reading import guess_format, keep, kept, read
from exercises.transfer.values import ReadRow

CHECK_TASK = "exercises.check_import"
SMALL = 100
"""Rows that are checked at once, within the request."""
SLICE = 100
SWEEP_ROWS = 200
BELL_FIRST = timedelta(seconds=10)
"""So long the sweep leaves a check to the worker that was rung."""
GIVEN_UP_AFTER = timedelta(seconds=120)
"""A check that has not gone on for so long has lost its worker."""

State = ImportBatch.State
logger = logging.getLogger(__name__)


def may_write(user: User, clinic: Clinic | None, at: datetime) -> bool:
    """Whether this person curates a clinic's own library, or the shared one (no clinic)."""
    if clinic is None:
        return user.curates_shared_library
    return Membership.objects.open(at).filter(user=user, clinic=clinic, role=Role.CURATOR).exists()


def start(
    *,
    clinic: Clinic | None,
    file_name: str,
    data: bytes,
    format: str,
    source: str,
    licence: str,
    by: User,
    at: datetime,
) -> ImportBatch:
    """Read a file and begin to check it. `format` "" means: by the look of it. Raises FileRefused."""
    _source_and_licence(source, licence)
    format = format or guess_format(file_name, data)
    rows = read(data, format)
    name = "".join(letter for letter in file_name if letter.isprintable())[-200:] or _("file")
    with transaction.atomic():
        refuse_strangers(by, clinic, at)
        batch = ImportBatch.objects.create(
            clinic=clinic, by=by, file_name=name, format=format, content=keep(rows), source=source.strip(),
            licence=licence.strip(), total=len(rows), started_at=at,
        )  # fmt: skip
        if len(rows) >= SMALL:
            ring_after_commit(CHECK_TASK, batch.pk)
    if len(rows) < SMALL:
        check_safely(batch_id=batch.pk, at=at)
        batch.refresh_from_db()
    return batch


def dry_run(*, clinic: Clinic | None, rows: Sequence[ReadRow], format: str, source: str) -> list[dict[str, Any]]:
    """The whole report of a file, with nothing stored."""
    shelf = Shelf(stored.library(clinic), stored.words(), rows, format=format, source=source.strip())
    return [judge(row, shelf) for row in rows]


def check(*, batch_id: UUID, at: datetime, most: int | None = None) -> bool:
    """Check a batch that waits, or whose worker is gone; at most `most` rows of it. True when all are checked."""
    batch = _claim(batch_id, at)
    if batch is None:
        return False
    rows = kept(bytes(batch.content))
    shelf = Shelf(stored.library(batch.clinic), stored.words(), rows, format=batch.format, source=batch.source)
    done, end = batch.checked, len(rows) if most is None else min(len(rows), batch.checked + most)
    while done < end:
        part = [judge(row, shelf) for row in rows[done : min(done + SLICE, end)]]
        if not _store(batch_id, done, part, at):
            return False
        done += len(part)
    if done < len(rows):
        partly = ImportBatch.objects.filter(pk=batch_id, state=State.CHECKING, checked=done)
        partly.update(state=State.WAITING, touched_at=None)
        return False
    return True


def check_waiting(*, at: datetime) -> int:
    """Take the oldest waiting check a little further; how many rows. For the sweep, which has other work too."""
    unheard = Q(touched_at__isnull=True) | Q(touched_at__lt=at - BELL_FIRST)
    unheard &= Q(state=State.WAITING, started_at__lt=at - BELL_FIRST)
    waiting = ImportBatch.objects.filter(unheard | _lost(at)).order_by("started_at")
    row = waiting.values_list("pk", "checked").first()
    if row is None:
        return 0
    batch_id, before = row
    check_safely(batch_id=batch_id, at=at, most=SWEEP_ROWS)
    return ImportBatch.objects.values_list("checked", flat=True).get(pk=batch_id) - before


def decide(*, batch: ImportBatch, decisions: Mapping[int, str], by: User, at: datetime) -> None:
    """Choose for rows by their line; "" takes a choice back. Nothing is written into the library."""
    with transaction.atomic():
        locked = open_for_changes(batch, by, at)
        rows = {row["line"]: row for row in locked.report}
        for line, decision in decisions.items():
            row = rows.get(line)
            if row is None or (decision and decision not in row["choices"]):
                raise Refused(_("That cannot be chosen for row %(line)s. Look at it again.") % {"line": line})
            locked.decisions[str(line)] = decision
        locked.save(update_fields=["decisions"])


def decide_rest(*, batch: ImportBatch, kind: str, decision: str, by: User, at: datetime) -> int:
    """The same choice for every row of a kind that is not decided yet; how many."""
    with transaction.atomic():
        locked = open_for_changes(batch, by, at)
        lines = [
            row["line"]
            for row in locked.report
            if row["kind"] == kind and decision in row["choices"] and not decided(row, locked.decisions)
        ]
        locked.decisions |= {str(line): decision for line in lines}
        locked.save(update_fields=["decisions"])
    return len(lines)


def check_again(*, batch: ImportBatch, by: User, at: datetime) -> None:
    """Compare the rows with the library once more; choices stay where they still can."""
    with transaction.atomic():
        locked = open_for_changes(batch, by, at)
        locked.state, locked.checked, locked.report, locked.touched_at = State.WAITING, 0, [], at
        locked.error = ""
        locked.save(update_fields=["state", "checked", "report", "touched_at", "error"])
        if locked.total >= SMALL:
            ring_after_commit(CHECK_TASK, locked.pk)
    if locked.total < SMALL:
        check_safely(batch_id=locked.pk, at=at)


def cancel(*, batch: ImportBatch, by: User, at: datetime) -> None:
    """Give an import up. The library was not touched; the rows are forgotten, the report stays."""
    with transaction.atomic():
        locked = _locked(batch, by, at)
        if locked.state in (State.APPLIED, State.CANCELLED):
            raise Refused(_("This import is finished already."))
        locked.state, locked.content = State.CANCELLED, b""
        locked.save(update_fields=["state", "content"])


def totals(batch: ImportBatch) -> dict[str, int]:
    """What the report comes to: rows of each kind, and `ready`, `nothing` and `held` rows, which add up to all."""
    counts = count(batch.report)
    chosen = [(row, decided(row, batch.decisions)) for row in batch.report]
    ready = sum(decision in TAKEN for _row, decision in chosen)
    nothing = sum(row["kind"] == "same" or decision in ("keep", "out") for row, decision in chosen)
    return {**counts, "ready": ready, "nothing": nothing, "held": len(chosen) - ready - nothing}


def check_safely(*, batch_id: UUID, at: datetime, most: int | None = None) -> None:
    """Check, and write a failure of our own down in the row instead of leaving the curator waiting."""
    try:
        check(batch_id=batch_id, at=at, most=most)
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        logger.exception("an import could not be checked")
        ImportBatch.objects.filter(pk=batch_id, state=State.CHECKING).update(
            state=State.FAILED, error=type(error).__name__, content=b""
        )


def _lost(at: datetime) -> Q:
    return Q(state=State.CHECKING, touched_at__lt=at - GIVEN_UP_AFTER)


def _claim(batch_id: UUID, at: datetime) -> ImportBatch | None:
    """The batch, if nobody else is checking it: exactly one caller gets it."""
    taken = ImportBatch.objects.filter(Q(state=State.WAITING) | _lost(at), pk=batch_id).update(
        state=State.CHECKING, touched_at=at
    )
    return ImportBatch.objects.select_related("clinic").get(pk=batch_id) if taken else None


def _store(batch_id: UUID, done: int, part: list[dict[str, Any]], at: datetime) -> bool:
    """Add checked rows to the report, unless the import was given up or somebody else has gone on from here."""
    checked = done + len(part)
    still_ours = ImportBatch.objects.filter(pk=batch_id, state=State.CHECKING, checked=done)
    finished = Case(When(total__lte=checked, then=Value(State.CHECKED)), default=Value(State.CHECKING))
    longer = CombinedExpression(F("report"), "||", Value(part, output_field=JSONField()), output_field=JSONField())
    return bool(still_ours.update(report=longer, checked=checked, touched_at=at, state=finished))


def open_for_changes(batch: ImportBatch, by: User, at: datetime) -> ImportBatch:
    """The batch, locked, if it is checked and this curator may write its library. Raises Refused."""
    locked = _locked(batch, by, at)
    if locked.state != State.CHECKED:
        raise Refused(_("This import is not open for changes any more. Look at it again."))
    return locked


def _locked(batch: ImportBatch, by: User, at: datetime) -> ImportBatch:
    locked = (
        ImportBatch.objects.select_for_update(of=("self",)).select_related("clinic").defer("content").get(pk=batch.pk)
    )
    refuse_strangers(by, locked.clinic, at)
    return locked


def refuse_strangers(by: User, clinic: Clinic | None, at: datetime) -> None:
    """Raises Refused when this person does not curate the library."""
    if not may_write(by, clinic, at):
        raise Refused(_("You do not look after this library, so nothing was done."))


def _source_and_licence(source: str, licence: str) -> None:
    if not source.strip():
        raise Refused(_("Say where the exercises come from."))
    if not licence.strip():
        raise Refused(_("Say under which licence they may be used."))
