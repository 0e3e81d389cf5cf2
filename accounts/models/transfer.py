"""A patient who goes on in another clinic: asked by the clinic they leave, decided by the patient."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models.base import Row, no_removal, pair
from accounts.models.clinic import Clinic
from accounts.models.history import keeps_history
from accounts.models.patient import Patient

STARTS_WHERE_THE_PATIENT_IS = """
    IF NEW.from_clinic_id IS DISTINCT FROM (SELECT p.clinic_id FROM accounts_patient p WHERE p.id = NEW.patient_id) THEN
        RAISE EXCEPTION 'a transfer starts in the clinic of the patient'
            USING ERRCODE = '23514', CONSTRAINT = 'transfer_from_own_clinic';
    END IF;
    RETURN NEW;
"""
ANSWERED_STAYS = """
    IF OLD.state <> 'asked' OR to_jsonb(NEW) - 'state' - 'answered_at' - 'answered_by_id'
       <> to_jsonb(OLD) - 'state' - 'answered_at' - 'answered_by_id' THEN
        RAISE EXCEPTION 'a transfer is answered once and stays as it was asked'
            USING ERRCODE = '23514', CONSTRAINT = 'transfer_stays';
    END IF;
    IF NEW.state IN ('accepted', 'declined') AND NEW.answered_by_id IS DISTINCT FROM
       (SELECT p.user_id FROM accounts_patient p WHERE p.id = NEW.patient_id) THEN
        RAISE EXCEPTION 'only the patient agrees to a transfer, or declines it'
            USING ERRCODE = '23514', CONSTRAINT = 'transfer_answered_by_the_patient';
    END IF;
    RETURN NEW;
"""


@keeps_history()
class Transfer(Row):
    """One request that a patient's care goes on elsewhere. The record moves when the patient accepts, never before."""

    class State(models.TextChoices):
        ASKED = "asked", _("Waits for the patient")
        ACCEPTED = "accepted", _("Accepted")
        DECLINED = "declined", _("Declined")
        WITHDRAWN = "withdrawn", _("Taken back")

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="transfers")
    from_clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    to_clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    why = models.TextField(_("why"), max_length=1000)
    state = models.CharField(_("state"), max_length=9, choices=State.choices, default=State.ASKED)
    asked_at = models.DateTimeField(_("asked"))
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["-asked_at"]
        constraints = [
            models.UniqueConstraint(fields=["patient"], condition=Q(state="asked"), name="transfer_one_open"),
            models.CheckConstraint(condition=~Q(from_clinic=F("to_clinic")), name="transfer_to_another_clinic"),
            models.CheckConstraint(condition=~Q(why=""), name="transfer_says_why"),
            pair("transfer_answered_at_and_by", "answered_at", "answered_by"),
            models.CheckConstraint(
                condition=Q(state="asked", answered_at__isnull=True)
                | Q(state__in=["accepted", "declined", "withdrawn"], answered_at__isnull=False),
                name="transfer_answered_has_a_date",
            ),
        ]
        triggers = [
            *no_removal(),
            pgtrigger.Trigger(
                name="from_own_clinic",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=STARTS_WHERE_THE_PATIENT_IS,
            ),
            pgtrigger.Trigger(name="stays", when=pgtrigger.Before, operation=pgtrigger.Update, func=ANSWERED_STAYS),
        ]

    def __str__(self) -> str:
        return f"{self.patient_id} {self.asked_at:%Y-%m-%d}"
