"""The conversation between a patient and the clinic. What was sent stays; the other side marks it as read."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Patient, User
from plans.actions.history import note_event
from plans.actions.refusals import Refused
from plans.models import Message

A_DAY = timedelta(days=1)
PATIENTS_A_DAY = 20
CLINICS_A_DAY = 60


def write(
    *, patient: Patient, message_id: UUID, text: str, by: User, at: datetime, answers: Collection[UUID] = ()
) -> Message:
    """Send a message: from the patient when `by` is the patient, else from the clinic.

    `message_id` is made once with the form, so that sending twice is storing once. `answers` are the messages that
    stood above the answer: they count as read with it. Raises Refused for an empty text, a discharged patient, an
    id that is taken, and more than 20 messages of the patient (60 of the clinic) in 24 hours.
    """
    text = text.strip()
    if not text:
        raise Refused(_("Write your message first."))
    from_patient = patient.user_id == by.pk
    with transaction.atomic():
        # The patient's row is the turnstile: of two copies sent at once the second sees the first.
        patient = Patient.objects.select_for_update().get(pk=patient.pk)
        stored = Message.objects.filter(pk=message_id).first()
        if stored is not None:
            if (stored.patient_id, stored.author_id, stored.text) == (patient.pk, by.pk, text):
                return stored
            raise Refused(_("Something was sent from this page already. Send it again if you mean another message."))
        if patient.status == Patient.Status.DISCHARGED:
            raise Refused(_("The care has ended, so no message can be sent here. Please call the clinic."))
        if not from_patient and patient.has_left:
            raise Refused(_("This patient has stopped using Painplan and would not read this. Please call or write."))
        _check_rate(patient, from_patient, at)
        message = Message.objects.create(
            id=message_id, patient=patient, author=by, from_patient=from_patient, text=text, at=at
        )
        _mark(patient, answers, by, at)
        # The words stay in the message: the history tells only that somebody wrote.
        note_event(patient=patient, verb="message written", at=at, by=by, message=str(message.pk))
    return message


def mark_read(*, patient: Patient, shown: Collection[UUID], by: User, at: datetime) -> int:
    """Mark those of the shown messages that the other side wrote as read; how many were unread until now.

    Only what was on the page: a message that arrived meanwhile has been read by nobody.
    """
    with transaction.atomic():
        marked = _mark(patient, shown, by, at)
        if marked:
            note_event(patient=patient, verb="messages read", at=at, by=by, number=marked)
    return marked


def _mark(patient: Patient, shown: Collection[UUID], by: User, at: datetime) -> int:
    others = Message.objects.of(patient).filter(pk__in=shown, read_at__isnull=True)
    return others.filter(from_patient=patient.user_id != by.pk).update(read_at=at, read_by=by)


def _check_rate(patient: Patient, from_patient: bool, at: datetime) -> None:
    most = PATIENTS_A_DAY if from_patient else CLINICS_A_DAY
    sent = Message.objects.of(patient).filter(from_patient=from_patient, at__gt=at - A_DAY).count()
    if sent >= most:
        raise Refused(
            ngettext(
                "This was %(n)d message in 24 hours, as many as can be sent. Please call the clinic.",
                "These were %(n)d messages in 24 hours, as many as can be sent. Please call the clinic.",
                most,
            )
            % {"n": most}
        )
