"""A patient took a copy of their own data along."""

from datetime import datetime

from accounts.models import Patient, User
from plans.actions.history import note_event


def note_taken(*, patient: Patient, what: str, by: User, at: datetime) -> None:
    """Write down which copy was taken (json, scores, sessions, pdf), by whom and when."""
    note_event(patient=patient, verb="data taken along", at=at, by=by, what=what)
