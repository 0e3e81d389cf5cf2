"""Words between a patient and the clinic, and the clinic's notes about a patient."""

from datetime import datetime
from typing import TYPE_CHECKING

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Patient
from accounts.models.base import Row, no_removal, pair
from plans.models.rows import ClinicalQuerySet

if TYPE_CHECKING:
    from accounts.models import User

TEXT_STAYS = """
    IF to_jsonb(NEW) - 'read_at' - 'read_by_id' <> to_jsonb(OLD) - 'read_at' - 'read_by_id'
       OR OLD.read_at IS NOT NULL AND to_jsonb(NEW) <> to_jsonb(OLD) THEN
        RAISE EXCEPTION 'a message that was sent stays as it is'
            USING ERRCODE = '23514', CONSTRAINT = 'message_stays_as_it_is';
    END IF;
    RETURN NEW;
"""


class MessageQuerySet(ClinicalQuerySet["Message"]):
    def unread_by_clinic(self) -> "MessageQuerySet":
        """What patients wrote and nobody of the clinic has read."""
        return self.filter(from_patient=True, read_at__isnull=True)

    def unread_by_patient(self) -> "MessageQuerySet":
        """What the clinic wrote and the patient has not read."""
        return self.filter(from_patient=False, read_at__isnull=True)


class Message(Row):
    """One message of a patient's conversation with the clinic. Read by the other side at `read_at`, by whom."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="messages")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    from_patient = models.BooleanField(_("written by the patient"))
    text = models.TextField(_("message"), max_length=2000)
    at = models.DateTimeField(_("when"))
    read_at = models.DateTimeField(_("read"), null=True, blank=True)
    read_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = MessageQuerySet.as_manager()

    class Meta:
        ordering = ["at", "id"]
        indexes = [
            models.Index(fields=["patient", "at"], name="message_patient_at"),
            models.Index(
                fields=["patient"], condition=Q(from_patient=True, read_at__isnull=True), name="message_unread"
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="message_has_a_text"),
            pair("message_read_at_and_by", "read_at", "read_by"),
        ]
        triggers = [
            *no_removal(),
            pgtrigger.Trigger(
                name="stays_as_it_is", when=pgtrigger.Before, operation=pgtrigger.Update, func=TEXT_STAYS
            ),
        ]

    def __str__(self) -> str:
        return f"{self.patient_id} {self.at:%Y-%m-%d %H:%M}"


class NoteQuerySet(ClinicalQuerySet["Note"]):
    def visible_to(self, user: "User", at: datetime | None = None) -> "NoteQuerySet":
        """Notes about the patients whom this user may see; of those about themself only what was shared."""
        return super().visible_to(user, at).exclude(Q(patient__user_id=user.pk), ~Q(is_shared=True, withdrawn_at=None))

    def standing(self) -> "NoteQuerySet":
        """Not taken back."""
        return self.filter(withdrawn_at__isnull=True)

    def shared(self) -> "NoteQuerySet":
        """Those that the patient may read."""
        return self.standing().filter(is_shared=True)


class Note(Row):
    """A clinician's note: for the staff, or shared with the patient. Its words never change; it can be taken back."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="notes")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(_("note"), max_length=4000)
    is_shared = models.BooleanField(_("the patient may read it"), default=False)
    at = models.DateTimeField(_("when"))
    withdrawn_at = models.DateTimeField(_("taken back"), null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = NoteQuerySet.as_manager()

    class Meta:
        ordering = ["-at"]
        indexes = [models.Index(fields=["patient", "-at"], name="note_patient_at")]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="note_has_a_text"),
            pair("note_withdrawn_at_and_by", "withdrawn_at", "withdrawn_by"),
        ]
        triggers = [
            *no_removal(),
            pgtrigger.Trigger(
                name="words_stay",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func="""
                    IF to_jsonb(NEW) - 'withdrawn_at' - 'withdrawn_by_id'
                       <> to_jsonb(OLD) - 'withdrawn_at' - 'withdrawn_by_id' OR OLD.withdrawn_at IS NOT NULL THEN
                        RAISE EXCEPTION 'a note stays as it was written'
                            USING ERRCODE = '23514', CONSTRAINT = 'note_words_stay';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.patient_id} {self.at:%Y-%m-%d %H:%M}"
