"""The decision at a re-evaluation and everything that follows from it, all or nothing."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from accounts.models import Patient, User
from plans.actions import flags, next_version, reevaluations
from plans.actions.history import note_event
from plans.actions.next_version import NextVersion
from plans.models import Flag, Note, Reevaluation

Taken = Reevaluation.DecisionTaken
TO_THE_BUILDER = (Taken.PROGRESS, Taken.REGRESS, Taken.CHANGE)
FLAG_ACTION = {
    Taken.CONTINUE: Flag.Action.WATCHING,
    Taken.PROGRESS: Flag.Action.CHANGED,
    Taken.REGRESS: Flag.Action.CHANGED,
    Taken.CHANGE: Flag.Action.CHANGED,
    Taken.REFER: Flag.Action.REFERRED,
    Taken.DISCHARGE: Flag.Action.OTHER,
}
LONGEST_FLAG_NOTE = 2000


@dataclass(frozen=True)
class Decided:
    """The next re-evaluation (None after a discharge) and the prepared next version (None when the plan stays)."""

    following: Reevaluation | None
    next_version: NextVersion | None


def decide(
    *,
    reevaluation: Reevaluation,
    decision: str,
    note: str,
    words_for_patient: str,
    next_due_on: date | None,
    resolve_flags: bool,
    accept_usual: bool,
    by: User,
    at: datetime,
) -> Decided:
    """Settle the flags as asked, finish the re-evaluation, open the next one, prepare the next version.

    `words_for_patient` become a note that the patient may read; empty: none. Raises Refused as
    plans.actions.reevaluations.complete does; then nothing has changed.
    """
    patient = reevaluation.plan.patient
    with transaction.atomic():
        # Flags first: an evaluation, too, locks the watch row before it touches the re-evaluation.
        if resolve_flags or accept_usual:
            _settle_flags(patient, decision, note, resolve_flags, accept_usual, by, at)
        following = reevaluations.complete(
            reevaluation=reevaluation, decision=decision, note=note, next_due_on=next_due_on, by=by, at=at
        )
        if words_for_patient:
            # Written here, not by actions.notes: that locks the patient's row, which an evaluation that waits for
            # this re-evaluation has touched already, and the two would wait for each other.
            row = Note.objects.create(patient=patient, author=by, text=words_for_patient, is_shared=True, at=at)
            note_event(patient=patient, verb="note written", at=at, by=by, note=str(row.pk), shared=True)
        prepared = None
        if decision in TO_THE_BUILDER:
            prepared = next_version.prepare(plan=reevaluation.plan, decision=decision, by=by, at=at)
    return Decided(following, prepared)


def open_rise(rows: list[Flag]) -> Flag | None:
    """The gravest open sustained increase: its level is the one that can become the new usual."""
    return next((flag for flag in rows if flag.is_open and flag.rule == Flag.Rule.R3 and "mean" in flag.evidence), None)


def _settle_flags(
    patient: Patient, decision: str, note: str, resolve_flags: bool, accept_usual: bool, by: User, at: datetime
) -> None:
    open_flags = list(Flag.objects.of(patient).open().select_related("site").gravest_first())
    rise = open_rise(open_flags) if accept_usual else None
    for flag in open_flags:
        if flag != rise and not resolve_flags:
            continue
        action = Flag.Action.NEW_USUAL if flag == rise else FLAG_ACTION[Taken(decision)]
        flags.resolve(flag=flag, action_taken=action, note=note[:LONGEST_FLAG_NOTE], useful=None, by=by, at=at)
