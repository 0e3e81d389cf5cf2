"""The next version that a re-evaluation asks for: a draft with its doses prepared. Nothing reaches the patient yet."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from accounts.models import User
from plans import dose_steps
from plans.actions import plans
from plans.actions.history import note_event
from plans.models import Plan, PlanVersion, Prescription, Quota, Reevaluation

# What the database takes at most (plans/models/dose.py).
HIGHEST = {"repetitions": 100, "hold_seconds": 600, "duration_minutes": 120, "distance_metres": 20000}
Taken = Reevaluation.DecisionTaken


@dataclass(frozen=True)
class NextVersion:
    """The draft; `was_there`: somebody had begun it before, so its doses were left alone. `changed`: doses prepared."""

    draft: PlanVersion
    was_there: bool
    changed: int


def prepare(*, plan: Plan, decision: str, by: User, at: datetime) -> NextVersion:
    """A draft based on the active version: each main measure 10 % up (progress), 20 % down (ease), or a plain copy.

    A draft that is there already is somebody's work: it is returned as it is.
    """
    with transaction.atomic():
        plan = Plan.objects.select_for_update().select_related("patient").get(pk=plan.pk)
        found = plan.versions.filter(state=PlanVersion.State.DRAFT).first()
        if found is not None:
            return NextVersion(found, was_there=True, changed=0)
        draft = plans.revise(plan=plan, by=by, at=at)
        changed = 0
        if decision in (Taken.PROGRESS, Taken.REGRESS):
            lock = draft.lock
            for row in draft.prescriptions.select_related("exercise_version", "quota"):
                changes = _changes(row, decision)
                if changes:
                    plans.change_dose(prescription=row, changes=changes, lock=lock, by=by, at=at)
                    lock, changed = lock + 1, changed + 1
            note_event(
                patient=plan.patient,
                plan=plan,
                verb="doses prepared",
                at=at,
                by=by,
                version=draft.number,
                decision=decision,
                changed=changed,
            )
            draft.refresh_from_db()
    return NextVersion(draft, was_there=False, changed=changed)


def _changes(row: Prescription, decision: str) -> dict[str, Decimal | int]:
    amounts: dict[str, Any] = {"sets": row.sets, **{name: getattr(row, name) for name in HIGHEST}}
    measure = row.main_measure
    if decision == Taken.REGRESS:
        changes = dose_steps.eased(amounts, measure)
    else:
        changes = dose_steps.progressed(amounts, measure, _highest(row, measure))
    return {name: value if name == "duration_minutes" else int(value) for name, value in changes.items()}


def _highest(row: Prescription, measure: str) -> Decimal:
    """The ceiling of the quota, else the upper end of the library's range; never more than can be stored."""
    most = Decimal(HIGHEST[measure])
    quota: Quota | None = getattr(row, "quota", None)
    if quota is not None and quota.measure == measure:
        return min(most, quota.ceiling)
    span = row.exercise_version.dose_range.get(measure)
    return min(most, Decimal(str(span[1]))) if span else most
