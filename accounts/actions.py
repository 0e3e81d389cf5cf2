"""Writes about people that the app `accounts` can make alone."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from accounts.adding import add
from accounts.models import AccessLog, Clinic, ListLook, Patient, User
from accounts.together import Added, Part


def log_access(*, patient: Patient, by: User, route: str, at: datetime, purpose: str = "") -> None:
    """Write that this person looked at this patient's data. Patients looking at their own are not written."""
    if patient.user_id != by.pk:
        add(AccessLog, at=at, user_id=by.pk, patient_id=patient.pk, route=route, purpose=purpose)


def log_list(*, patients: Iterable[UUID], clinic: Clinic, by: User, route: str, at: datetime) -> None:
    """Write that this person saw a list in which these patients stood; nothing for a list with nobody in it."""
    look = list_look(patients=patients, clinic=clinic, by=by, route=route, at=at)
    if look:
        add(look.model, **look.values)


def list_look(
    *, patients: Iterable[UUID], clinic: Clinic, by: User, route: str, at: datetime, unless: Part | None = None
) -> Added | None:
    """What `log_list` writes, to be written with questions of the page; None for nothing."""
    ids = list(dict.fromkeys(patients))
    given = {"at": at, "user_id": by.pk, "clinic_id": clinic.pk, "route": route, "patients": ids}
    return Added(ListLook, given, unless) if ids else None
