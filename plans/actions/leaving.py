"""A patient stops using Painplan by themselves: nothing is sent any more, and the clinic is told in its inbox.

The record stays with the clinic, which has to keep it for as long as the law says. The clinic can invite them again.
"""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Invitation, Patient, User, Withdrawal
from plans.actions.bell import ring_after_commit
from plans.actions.history import note_event
from plans.actions.pausing import pause_because_left
from plans.actions.refusals import Refused
from plans.actions.sessions import mark_dirty
from plans.models import CalendarFeed, Notification, ReminderSettings


def leave(*, patient: Patient, reason: str, by: User, at: datetime) -> Withdrawal:
    """Close the patient's way in: reminders and calendar off, mail that waits taken back, an active plan paused.

    Raises Refused for somebody who has left already.
    """
    with transaction.atomic():
        mark_dirty(patient_id=patient.pk, at=at)
        patient = Patient.objects.select_for_update().get(pk=patient.pk)
        if patient.has_left:
            raise Refused(_("You have left already."))
        row = Withdrawal.objects.create(patient=patient, at=at, reason=reason.strip())
        ReminderSettings.objects.filter(patient=patient).update(is_on=False)
        CalendarFeed.objects.of(patient).filter(revoked_at=None).update(revoked_at=at)
        Invitation.objects.filter(patient=patient, accepted_at=None, revoked_at=None).update(revoked_at=at)
        waiting = Notification.objects.filter(patient=patient, recipient_id=patient.user_id)
        waiting.filter(sent_at=None, cancelled_at=None).update(cancelled_at=at)
        pause_because_left(patient=patient, by=by, at=at)
        note_event(patient=patient, verb="patient left", at=at, by=by)
        ring_after_commit(patient.pk)
    return row


def come_back(*, patient: Patient, by: User, at: datetime) -> bool:
    """The patient takes part again. In the caller's transaction; a paused plan waits for the clinician."""
    changed = Withdrawal.objects.filter(patient=patient, ended_at=None).update(ended_at=at)
    if changed:
        note_event(patient=patient, verb="patient came back", at=at, by=by)
    return bool(changed)


def mark_seen(*, patient: Patient, by: User, at: datetime) -> bool:
    """Somebody of the clinic has read that the patient left. True when nobody had before."""
    with transaction.atomic():
        changed = Withdrawal.objects.filter(patient=patient, seen_at=None).update(seen_at=at, seen_by=by)
        if changed:
            note_event(patient=patient, verb="leaving seen", at=at, by=by)
    return bool(changed)
