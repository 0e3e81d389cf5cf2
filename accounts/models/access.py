"""Who looked at which patient, when, and on which page; and who stood in which list. Insert-only."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.base import Row, append_only
from accounts.models.clinic import Clinic
from accounts.models.patient import Patient


class AccessLog(Row):
    """One look at one patient's data. The patient can read these rows; nobody can change them."""

    audited = True

    at = models.DateTimeField(_("when"))
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="looks")
    route = models.CharField(_("page"), max_length=100)
    purpose = models.CharField(_("why"), max_length=200, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["patient", "-at"], name="accesslog_patient_at"),
            models.Index(fields=["user", "-at"], name="accesslog_user_at"),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.route} at {self.at:%Y-%m-%d %H:%M}"


class ListLook(Row):
    """One list of patients as somebody saw it: inbox, caseload, search. `patients` are the ids of those whose names
    stood in it; a list is one row, because dozens of looks for each page would hide those that matter.
    """

    audited = True

    at = models.DateTimeField(_("when"))
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    route = models.CharField(_("page"), max_length=100)
    patients = ArrayField(models.UUIDField(), verbose_name=_("patients"))

    class Meta:
        indexes = [
            GinIndex(fields=["patients"], name="listlook_patients"),
            models.Index(fields=["clinic", "-at"], name="listlook_clinic_at"),
        ]
        constraints = [models.CheckConstraint(condition=models.Q(patients__len__gt=0), name="listlook_of_somebody")]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.route} at {self.at:%Y-%m-%d %H:%M}"
