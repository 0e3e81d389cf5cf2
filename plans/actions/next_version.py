"""The next version that a re-evaluation asks for: a draft with its doses prepared. Nothing reaches the patient yet."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts.models import User
from plans import dose_steps
from plans.actions import plans
from plans.actions.history import note_event
from plans.models import Plan, PlanVersion, Prescription, QuotaStep, Reevaluation
from plans.schedule import local_date

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
            rows = list(draft.prescriptions.select_related("exercise_version"))
            stepped = _stepped_to(plan, local_date(at, plan.patient.time_zone))
            for row in rows:
                _take_over_step(row, stepped.get(row.exercise_version.exercise_id))
                changed += _apply(row, _changes(row, decision))
            Prescription.objects.bulk_update(rows, ["sets", *HIGHEST])
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
    return NextVersion(draft, was_there=False, changed=changed)


def _changes(row: Prescription, decision: str) -> Mapping[str, Decimal]:
    amounts: dict[str, Any] = {"sets": row.sets, **{name: getattr(row, name) for name in HIGHEST}}
    if decision == Taken.REGRESS:
        return dose_steps.eased(amounts)
    return dose_steps.progressed(amounts, _highest(row, dose_steps.main_measure(amounts)))


def _highest(row: Prescription, measure: str) -> Decimal:
    """The upper end of the library's range, and never more than can be stored."""
    span = row.exercise_version.dose_range.get(measure)
    return min(Decimal(HIGHEST[measure]), Decimal(str(span[1])) if span else Decimal(HIGHEST[measure]))


def _apply(row: Prescription, changes: Mapping[str, Decimal]) -> int:
    for name, value in changes.items():
        setattr(row, name, value if name == "duration_minutes" else int(value))
    return 1 if changes else 0


def _stepped_to(plan: Plan, today: date) -> dict[UUID, tuple[str, Decimal]]:
    """By exercise, what the approved quota steps have made of the active version's dose by today."""
    steps = QuotaStep.objects.filter(
        quota__prescription__version=plan.active_version_id, state=QuotaStep.State.APPROVED, effective_on__lte=today
    ).order_by("week_on")
    found = steps.values_list("quota__prescription__exercise_version__exercise", "quota__measure", "to_value")
    return {exercise: (measure, value) for exercise, measure, value in found}


def _take_over_step(row: Prescription, step: tuple[str, Decimal] | None) -> None:
    if step is not None and (getattr(row, step[0]) or 0) < step[1]:
        _apply(row, {step[0]: step[1]})
