"""A letter with a key: single use, 72 hours, of which only a hash is kept."""

from datetime import datetime
from typing import TYPE_CHECKING

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.base import Row, no_removal, pair
from accounts.models.clinic import Clinic
from accounts.models.history import keeps_history
from accounts.models.membership import Membership, Role
from accounts.models.patient import Patient

if TYPE_CHECKING:
    from accounts.models.user import User

OF_OWN_CLINIC = """
    IF NEW.patient_id IS NOT NULL AND NEW.clinic_id IS DISTINCT FROM
       (SELECT p.clinic_id FROM accounts_patient p WHERE p.id = NEW.patient_id) THEN
        RAISE EXCEPTION 'an invitation comes from the clinic of the patient'
            USING ERRCODE = '23514', CONSTRAINT = 'invitation_of_own_clinic';
    END IF;
    RETURN NEW;
"""


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def usable(self, at: datetime) -> "InvitationQuerySet":
        """Not used, not taken back, not too old."""
        return self.filter(accepted_at__isnull=True, revoked_at__isnull=True, expires_at__gt=at)

    def visible_to(self, user: "User", at: datetime | None = None) -> "InvitationQuerySet":
        """Letters to staff, for those who lead the clinic at that moment; a patient's is read on their record."""
        led = Membership.objects.held_by(user, at or timezone.now()).filter(role=Role.LEAD)
        return self.filter(patient__isnull=True, clinic_id__in=led.values("clinic_id"))


@keeps_history(without=["token_hash"])
class Invitation(Row):
    """For a patient (to open their own record) or for a member of staff (a role in the clinic)."""

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="invitations")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, null=True, blank=True, related_name="invitations")
    role = models.CharField(_("role"), max_length=10, choices=Role.choices, blank=True)
    email = models.EmailField(_("e-mail"), max_length=254)
    full_name = models.CharField(_("name"), max_length=200, blank=True)
    token_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(_("sent"))
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    expires_at = models.DateTimeField(_("valid until"))
    accepted_at = models.DateTimeField(_("accepted"), null=True, blank=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    revoked_at = models.DateTimeField(_("taken back"), null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(patient__isnull=False, role="") | Q(patient__isnull=True) & ~Q(role=""),
                name="invitation_for_a_patient_or_a_role",
            ),
            models.UniqueConstraint(
                fields=["patient"],
                condition=Q(accepted_at__isnull=True, revoked_at__isnull=True, patient__isnull=False),
                name="invitation_one_open_per_patient",
            ),
            pair("invitation_accepted_at_and_by", "accepted_at", "accepted_by"),
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True) | Q(revoked_at__isnull=True),
                name="invitation_accepted_or_taken_back",
            ),
        ]
        triggers = [
            *no_removal(),
            pgtrigger.Trigger(
                name="of_own_clinic", when=pgtrigger.Before, operation=pgtrigger.Insert, func=OF_OWN_CLINIC
            ),
            pgtrigger.Protect(
                name="stays_in_its_clinic",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__clinic__df=pgtrigger.F("new__clinic"))
                | pgtrigger.Q(old__patient__df=pgtrigger.F("new__patient")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email} {self.made_at:%Y-%m-%d}"
