"""Writes about people that the app `accounts` can make alone."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from accounts.models import AccessLog, Clinic, ListLook, Patient, User


def log_access(*, patient: Patient, by: User, route: str, at: datetime, purpose: str = "") -> None:
    """Write that this person looked at this patient's data. Patients looking at their own are not written."""
    if patient.user_id != by.pk:
        AccessLog.objects.create(at=at, user=by, patient=patient, route=route, purpose=purpose)


def log_list(*, patients: Iterable[UUID], clinic: Clinic, by: User, route: str, at: datetime) -> None:
    """Write that this person saw a list in which these patients stood; nothing for a list with nobody in it."""
    ids = list(dict.fromkeys(patients))
    if ids:
        ListLook.objects.create(at=at, user=by, clinic=clinic, route=route, patients=ids)
