"""How a change of a draft is stored: statements written once, which PostgreSQL plans once a connection.

By hand: one of them comes with every change of a dose, and Django would write three anew each time. Triggers, checks
and history are the database's, and do the same as ever.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from accounts.adding import change
from accounts.changing import change_told
from accounts.models.base import new_id
from plans.models.draft import KEPT_STEPS

DOSE_FIELDS = [
    "section", "sets", "repetitions", "hold_seconds", "duration_minutes", "distance_metres", "per_side", "effort",
    "rest_seconds", "weekdays", "times_a_week", "note", "pain_guidance",
]  # fmt: skip

Plain = Mapping[str, Any]
"""An exercise of a draft with its dose and its quota, as JSON values (drafts.py)."""

_TAKEN = """
    taken AS (UPDATE plans_planversion held SET lock = held.lock + 1, saved_at = %s FROM told
              WHERE held.id = %s AND held.state = 'draft' AND held.lock = %s RETURNING held.id, held.lock)
"""
_CHANGED = [*DOSE_FIELDS, "override_reason"]
_DOSED = f"""
    dosed AS (UPDATE plans_prescription held SET {", ".join(f"{name} = %s" for name in _CHANGED)}
              FROM taken WHERE held.id = %s AND held.version_id = taken.id)
"""  # noqa: S608  # nosec B608  # our own names
# As many changes as are kept may be there by now: then this one takes the place of the oldest.
_KEPT = f"""
    said AS (SELECT %s::uuid AS id, %s AS what, %s::jsonb AS before, %s::timestamptz AS at, %s::uuid AS by_id),
    oldest AS (SELECT step.id FROM plans_draftstep step WHERE step.version_id = %s
               ORDER BY step.lock DESC OFFSET {KEPT_STEPS - 1} LIMIT 1),
    kept AS (UPDATE plans_draftstep step
             SET lock = taken.lock, what = said.what, before = said.before, at = said.at, by_id = said.by_id
             FROM taken, said, oldest WHERE step.id = oldest.id),
    added AS (INSERT INTO plans_draftstep (id, version_id, lock, what, before, at, by_id)
              SELECT said.id, taken.id, taken.lock, said.what, said.before, said.at, said.by_id FROM taken, said
              WHERE NOT EXISTS (SELECT FROM oldest))
"""  # noqa: S608  # nosec B608  # a number of our own

TAKE = f"{_TAKEN} SELECT lock FROM taken"  # noqa: S608  # nosec B608  # ours, as the next two are
_THERE = "WITH taken AS (SELECT id, lock FROM plans_planversion WHERE id = %s)"
KEEP = f"{_THERE}, {_KEPT} SELECT lock FROM taken"  # noqa: S608  # nosec B608
DOSE = f"{_TAKEN}, {_DOSED}, {_KEPT} SELECT lock FROM taken"  # noqa: S608  # nosec B608


@dataclass(frozen=True)
class Step:
    """What `undo` needs of a change: its words, and the exercises before it."""

    what: str
    before: Sequence[Plain]
    by: UUID
    at: datetime

    def values(self, version: UUID) -> list[Any]:
        return [new_id(), self.what, json.dumps(self.before), self.at, self.by, version]


def take_lock(version: UUID, lock: int, at: datetime) -> bool:
    """Count the draft's lock up, if it is still a draft and this is its lock."""
    return bool(change_told(TAKE, [at, version, lock]))


def keep(version: UUID, step: Step) -> None:
    """Keep a step, in the transaction that took the lock."""
    change(KEEP, [version, *step.values(version)])


def dose(version: UUID, lock: int, exercise: UUID, dosed: Plain, step: Step) -> bool:
    """All of a changed dose: the lock, the dose, the step. One statement, so it is stored as a whole or not at all:
    False when the lock could not be taken.
    """
    changed = [_as_word(dosed[name]) for name in _CHANGED]
    return bool(change_told(DOSE, [step.at, version, lock, *changed, exercise, *step.values(version)]))


def _as_word(value: Any) -> str | None:
    """As PostgreSQL reads it into any type of column: a number as it is would be of another type with its size, and the
    statement planned anew for each.
    """
    if isinstance(value, list):
        return f"{{{','.join(map(str, value))}}}"
    return None if value is None else str(value)
