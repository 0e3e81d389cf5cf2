"""One line in a patient's history for everything that happens."""

from datetime import datetime
from typing import Any

from accounts.adding import add_rows
from accounts.models import Patient, User
from plans.models import Plan, PlanEvent


def note_event(
    *, patient: Patient, verb: str, at: datetime, by: User | None, plan: Plan | None = None, **detail: Any
) -> PlanEvent:
    """Write the event beside the change, in the caller's transaction. `by` is None for rules and jobs."""
    event = PlanEvent(patient=patient, plan=plan, at=at, by=by, verb=verb, detail=detail)
    add_rows([event])
    return event
