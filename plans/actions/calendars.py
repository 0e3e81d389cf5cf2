"""The patient's private calendar address: made, replaced, taken back by the patient alone."""

from datetime import datetime

from django.db import transaction

from accounts.models import Patient, User
from accounts.tokens import hash_of, new_token
from plans.actions.history import note_event
from plans.models import CalendarFeed


def make(*, patient: Patient, by: User, at: datetime) -> str:
    """A new key for the address; the one before stops working. Shown once, kept as a hash."""
    token = new_token()
    with transaction.atomic():
        Patient.objects.select_for_update().get(pk=patient.pk)
        CalendarFeed.objects.of(patient).filter(revoked_at=None).update(revoked_at=at)
        CalendarFeed.objects.create(patient=patient, token_hash=hash_of(token), made_at=at)
        note_event(patient=patient, verb="calendar address made", at=at, by=by)
    return token


def revoke(*, patient: Patient, by: User, at: datetime) -> bool:
    """Switch the address off for good. True when there was one."""
    with transaction.atomic():
        revoked = CalendarFeed.objects.of(patient).filter(revoked_at=None).update(revoked_at=at)
        if revoked:
            note_event(patient=patient, verb="calendar address taken back", at=at, by=by)
    return bool(revoked)


def patient_of(token: str) -> Patient | None:
    """Whose calendar this key opens; nobody's when it is unknown, taken back, or the care has ended."""
    rows = CalendarFeed.objects.filter(token_hash=hash_of(token), revoked_at=None)
    feed = rows.select_related("patient__user").exclude(patient__status=Patient.Status.DISCHARGED).first()
    if feed is None or feed.patient.user is None or not feed.patient.user.is_active or feed.patient.has_left:
        return None
    return feed.patient
