"""Writes about people that the app `accounts` can make alone."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from accounts.adding import add
from accounts.models import AccessLog, Clinic, ListLook, Patient, User


def log_access(*, patient: Patient, by: User, route: str, at: datetime, purpose: str = "") -> None:
    """Write that this person looked at this patient's data. Patients looking at their own are not written."""
    if patient.user_id != by.pk:
        add(AccessLog, at=at, user_id=by.pk, patient_id=patient.pk, route=route, purpose=purpose)


def log_list(*, patients: Iterable[UUID], clinic: Clinic, by: User, route: str, at: datetime) -> None:
    """Write that this person saw a list in which these patients stood; nothing for a list with nobody in it."""
    ids = list(dict.fromkeys(patients))
    if ids:
        add(ListLook, at=at, user_id=by.pk, clinic_id=clinic.pk, route=route, patients=ids)
