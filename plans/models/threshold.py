"""A number of a rule that a clinic or a patient has instead of the default. Append-only: the latest one counts."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Clinic, Patient
from accounts.models.base import Row, append_only
from plans.models.flag import Flag
from plans.models.rows import ClinicalQuerySet


class ThresholdQuerySet(ClinicalQuerySet["Threshold"]):
    def concerning(self, patient: Patient) -> "ThresholdQuerySet":
        """Those of the patient's clinic and those of the patient, in the order in which they were set."""
        return self.filter(Q(clinic_id=patient.clinic_id) | Q(patient=patient)).order_by("effective_on", "at", "id")


class Threshold(Row):
    """From `effective_on` (local date) on, the number `name` of a rule is `value`, for a clinic or for one patient.

    `value` empty: back to what stands above it (the clinic's number, else the default). The names, units and limits
    stand in plans/thresholds.py.
    """

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, null=True, blank=True, related_name="thresholds")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, null=True, blank=True, related_name="thresholds")
    rule = models.CharField(_("rule"), max_length=2, choices=Flag.Rule.choices)
    name = models.CharField(_("number"), max_length=40)
    value = models.DecimalField(_("value"), max_digits=7, decimal_places=3, null=True, blank=True)
    effective_on = models.DateField(_("from"))
    reason = models.TextField(_("why"), max_length=500)
    at = models.DateTimeField(_("when"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = ThresholdQuerySet.as_manager()

    class Meta:
        ordering = ["effective_on", "at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(clinic__isnull=False, patient__isnull=True) | Q(clinic__isnull=True, patient__isnull=False),
                name="threshold_of_a_clinic_or_a_patient",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="threshold_has_a_reason"),
            models.CheckConstraint(condition=~Q(name=""), name="threshold_has_a_name"),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.rule} {self.name} = {self.value} from {self.effective_on}"
