"""The ledger of the watching: one row per patient says whether anything waits to be evaluated."""

from datetime import datetime

import pgtrigger
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
    `last_day` is the last local day with a session or an answered score; triggers of these tables keep it.
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
    last_day = models.DateField(_("last day with a log"), null=True, blank=True, editable=False)

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


def tells_the_last_day(*, of: str, changes: pgtrigger.Condition) -> list[pgtrigger.Trigger]:
    """Triggers of a table whose rows are of a day, for `PainWatch.last_day`: a new row, of those where the condition
    `of` holds, may be later than it; where a stored one changes so, the day is looked for again. The row of the watch
    is locked by whoever logs before anything is written (plans.actions.sessions), so nobody waits for another here.
    """
    return [
        pgtrigger.Trigger(
            name="tells_its_day",
            when=pgtrigger.After,
            operation=pgtrigger.Insert,
            level=pgtrigger.Statement,
            referencing=pgtrigger.Referencing(new="new_rows"),  # type: ignore[no-untyped-call]
            func=f"""
                UPDATE plans_painwatch w SET last_day = latest.day
                FROM (SELECT patient_id, max(local_date) AS day FROM new_rows WHERE {of} GROUP BY patient_id) latest
                WHERE w.patient_id = latest.patient_id AND (w.last_day IS NULL OR w.last_day < latest.day);
                RETURN NULL;
            """,  # noqa: S608  # nosec B608  # no value from outside
        ),
        pgtrigger.Trigger(
            name="tells_the_day_left",
            when=pgtrigger.After,
            operation=pgtrigger.Update,
            condition=changes,
            func="""
                UPDATE plans_painwatch w SET last_day = greatest(
                    (SELECT max(s.local_date) FROM plans_session s WHERE s.patient_id = w.patient_id),
                    (SELECT max(p.local_date) FROM plans_painscore p WHERE p.patient_id = w.patient_id
                     AND p.value IS NOT NULL AND p.superseded_by_id IS NULL)
                ) WHERE w.patient_id = NEW.patient_id;
                RETURN NULL;
            """,
        ),
    ]
