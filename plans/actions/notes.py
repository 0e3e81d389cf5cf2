"""A clinician's notes about a patient: for the staff, or shared with the patient. Taken back, never changed."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Patient, User
from plans.actions.history import note_event
from plans.actions.refusals import Refused
from plans.models import Note


def write(*, patient: Patient, note_id: UUID, text: str, is_shared: bool, by: User, at: datetime) -> Note:
    """Write a note. `note_id` is made once with the form, so that sending twice is storing once.

    Raises Refused for an empty text, an id that is taken, and one's own record.
    """
    text = text.strip()
    if not text:
        raise Refused(_("Write something first."))
    if patient.user_id == by.pk:
        raise Refused(_("Nobody writes notes into their own record."))
    with transaction.atomic():
        patient = Patient.objects.select_for_update().get(pk=patient.pk)
        stored = Note.objects.filter(pk=note_id).first()
        if stored is not None:
            same = (stored.patient_id, stored.author_id, stored.text, stored.is_shared)
            if same == (patient.pk, by.pk, text, is_shared):
                return stored
            raise Refused(_("A note was saved from this page already. Save it again if you mean another note."))
        note = Note.objects.create(id=note_id, patient=patient, author=by, text=text, is_shared=is_shared, at=at)
        note_event(patient=patient, verb="note written", at=at, by=by, note=str(note.pk), shared=is_shared)
    return note


def take_back(*, note: Note, by: User, at: datetime) -> Note:
    """Take one's own note back: it is not shown any more, the history keeps that it was there.

    Raises Refused for somebody else's note. Taking back twice is taking back once.
    """
    with transaction.atomic():
        note = Note.objects.select_for_update(of=("self",)).select_related("patient").get(pk=note.pk)
        if note.author_id != by.pk:
            raise Refused(_("Only the person who wrote a note can take it back."))
        if note.withdrawn_at is None:
            note.withdrawn_at, note.withdrawn_by = at, by
            note.save(update_fields=["withdrawn_at", "withdrawn_by"])
            note_event(
                patient=note.patient, verb="note taken back", at=at, by=by, note=str(note.pk), shared=note.is_shared
            )
    return note
