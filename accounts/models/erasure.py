"""Being forgotten: contact data at once, the clinical record when the law lets it go. And what holds it back."""

from datetime import date
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models.base import Row, no_removal, pair
from accounts.models.history import keeps_history
from accounts.models.membership import Membership, Role
from accounts.models.patient import Patient

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.models.user import User


class LegalHoldQuerySet(models.QuerySet["LegalHold"]):
    def open(self) -> "LegalHoldQuerySet":
        return self.filter(released_at__isnull=True)


class ErasureQuerySet(models.QuerySet["Erasure"]):
    def visible_to(self, user: "User", at: "datetime") -> "ErasureQuerySet":
        """Those of the clinics that this user leads."""
        led = Membership.objects.held_by(user, at).filter(role=Role.LEAD)
        return self.filter(patient__clinic_id__in=led.values("clinic_id"))

    def due(self, on: date) -> "ErasureQuerySet":
        """Records whose time is over and that nothing holds back."""
        held = LegalHold.objects.open().values("patient_id")
        return self.filter(purged_at__isnull=True, retention_until__lt=on).exclude(patient_id__in=held)


@keeps_history()
class LegalHold(Row):
    """While one is open, the patient's record is not purged, whatever its date."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="holds")
    reason = models.CharField(_("why"), max_length=200)
    set_at = models.DateTimeField(_("since"))
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    released_at = models.DateTimeField(_("released"), null=True, blank=True)
    released_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = LegalHoldQuerySet.as_manager()

    class Meta:
        ordering = ["-set_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["patient"], condition=Q(released_at__isnull=True), name="legalhold_one_open_per_patient"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="legalhold_says_why"),
            pair("legalhold_released_at_and_by", "released_at", "released_by"),
        ]
        triggers = no_removal()

    def __str__(self) -> str:
        return f"{self.patient_id} {self.set_at:%Y-%m-%d}"


@keeps_history()
class Erasure(Row):
    """A request to be forgotten. It outlives the record that it ends: the patient's row is then an empty one.

    `retention_until` is the last day on which the clinic has to keep the record (a local date of the clinic).
    """

    patient = models.OneToOneField(Patient, on_delete=models.PROTECT, related_name="erasure")
    requested_at = models.DateTimeField(_("asked"))
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    retention_until = models.DateField(_("kept until"))
    contact_erased_at = models.DateTimeField(_("contact data erased"), null=True, blank=True)
    purged_at = models.DateTimeField(_("record purged"), null=True, blank=True)

    objects = ErasureQuerySet.as_manager()

    class Meta:
        ordering = ["retention_until", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(purged_at__isnull=True)
                | Q(contact_erased_at__isnull=False, purged_at__gte=F("contact_erased_at")),
                name="erasure_contact_before_record",
            )
        ]
        triggers = no_removal()

    def __str__(self) -> str:
        return f"{self.patient_id} {self.requested_at:%Y-%m-%d}"
