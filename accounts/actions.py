"""Writes about people that the app `accounts` can make alone."""

from datetime import datetime

from accounts.models import AccessLog, Patient, User


def log_access(*, patient: Patient, by: User, route: str, at: datetime, purpose: str = "") -> None:
    """Write that this person looked at this patient's data. Patients looking at their own are not written."""
    if patient.user_id != by.pk:
        AccessLog.objects.create(at=at, user=by, patient=patient, route=route, purpose=purpose)
