"""A clinician on leave, and who stands in."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models.base import Row
from accounts.models.clinic import Clinic
from accounts.models.history import keeps_history


class AbsenceQuerySet(models.QuerySet["Absence"]):
    def on(self, day: date) -> "AbsenceQuerySet":
        """Those in force on that date of the clinic."""
        return self.filter(from_on__lte=day, until_on__gte=day, cancelled_at__isnull=True)


@keeps_history()
class Absence(Row):
    """A clinician is away from `from_on` to `until_on` (local dates of the clinic, both included)."""

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="absences")
    clinician = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="absences")
    stand_in = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="stands_in")
    from_on = models.DateField(_("from"))
    until_on = models.DateField(_("until"))
    made_at = models.DateTimeField(_("written down"))
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    cancelled_at = models.DateTimeField(_("cancelled"), null=True, blank=True)

    objects = AbsenceQuerySet.as_manager()

    class Meta:
        ordering = ["from_on"]
        constraints = [
            models.CheckConstraint(condition=Q(until_on__gte=F("from_on")), name="absence_ends_after_it_starts"),
            models.CheckConstraint(condition=~Q(stand_in=F("clinician")), name="absence_somebody_else_stands_in"),
        ]

    def __str__(self) -> str:
        return f"{self.clinician} {self.from_on} - {self.until_on}"
