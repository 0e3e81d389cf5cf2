"""The ledger of the watching: one row per patient says whether anything waits to be evaluated."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Patient
from accounts.models.base import no_removal
from plans.models.rows import ClinicalQuerySet

QUARANTINE_AFTER = 5


class PainWatchQuerySet(ClinicalQuerySet["PainWatch"]):
    def dirty(self) -> "PainWatchQuerySet":
        """Those with something new to evaluate, oldest first, the quarantined ones apart."""
        return self.filter(dirty_since__isnull=False, quarantined_at__isnull=True).order_by("dirty_since")

    def older_than(self, moment: datetime) -> "PainWatchQuerySet":
        return self.filter(dirty_since__lt=moment)


class PainWatch(models.Model):
    """The detector's row for a patient. Whoever evaluates locks it, so two logs at one instant are both seen.

    `attempts` counts evaluations that failed in a row; after five the row is quarantined, shown, and left alone.
    """

    patient = models.OneToOneField(Patient, on_delete=models.PROTECT, primary_key=True, related_name="watch")
    dirty_since = models.DateTimeField(_("waits since"), null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(_("failed attempts"), default=0)
    last_error = models.TextField(_("last error"), blank=True)
    quarantined_at = models.DateTimeField(_("quarantined"), null=True, blank=True)
    evaluated_at = models.DateTimeField(_("evaluated up to"), null=True, blank=True)
    evaluated_on = models.DateField(_("evaluated for the local day"), null=True, blank=True)
    wakes_on = models.DateField(_("time alone may change something from"), null=True, blank=True)
    state = models.JSONField(_("state of the rules, by site"), default=dict, blank=True)

    objects = PainWatchQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["dirty_since"],
                condition=Q(dirty_since__isnull=False, quarantined_at__isnull=True),
                name="painwatch_dirty",
            ),
            models.Index(
                fields=["quarantined_at"],
                condition=Q(quarantined_at__isnull=False),
                name="painwatch_quarantined",
            ),
            models.Index(
                fields=["wakes_on"],
                condition=Q(wakes_on__isnull=False, dirty_since__isnull=True),
                name="painwatch_wakes",
            ),
        ]
        triggers = no_removal()

    def __str__(self) -> str:
        return str(self.patient_id)
