"""One line in a patient's history for everything that happens."""

from datetime import datetime
from typing import Any
from uuid import UUID

from accounts.adding import add_rows
from accounts.models import Patient, User
from plans.models import Plan, PlanEvent


def note_event(
    *, patient: Patient, verb: str, at: datetime, by: User | None, plan: Plan | None = None, **detail: Any
) -> PlanEvent:
    """Write the event beside the change, in the caller's transaction. `by` is None for rules and jobs."""
    event = event_of(patient_id=patient.pk, plan_id=plan.pk if plan else None, verb=verb, at=at, by=by, **detail)
    add_rows([event])
    return event


def event_of(
    *, patient_id: UUID, verb: str, at: datetime, by: User | None, plan_id: UUID | None = None, **detail: Any
) -> PlanEvent:
    """The same line, to be added with the change."""
    return PlanEvent(patient_id=patient_id, plan_id=plan_id, at=at, by=by, verb=verb, detail=detail)
