"""Dated decisions that the rules obey when history is computed again. Append-only."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Patient
from accounts.models.base import Row, append_only
from plans.models.flag import Flag
from plans.models.profile import BodySite
from plans.models.rows import ClinicalQuerySet, same_patient


class Decision(Row):
    """A clinician ended an episode, or accepted the level from `since_on` to `until_on` as the new usual."""

    class Kind(models.TextChoices):
        RESOLVED = "resolved", _("Episode ended")
        ACCEPTED = "accepted", _("Accepted as the new usual")
        NEW_BASELINE = "new baseline", _("New baseline")

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="decisions")
    site = models.ForeignKey(BodySite, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    rule = models.CharField(_("rule"), max_length=2, choices=Flag.Rule.choices)
    kind = models.CharField(_("decision"), max_length=12, choices=Kind.choices)
    on = models.DateField(_("local date"))
    since_on = models.DateField(_("from"), null=True, blank=True)
    until_on = models.DateField(_("until"), null=True, blank=True)
    flag = models.ForeignKey(Flag, on_delete=models.PROTECT, null=True, blank=True, related_name="decisions")
    at = models.DateTimeField(_("when"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = ClinicalQuerySet["Decision"].as_manager()

    class Meta:
        ordering = ["on", "at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="accepted", since_on__isnull=False, until_on__gte=F("since_on"))
                | ~Q(kind="accepted") & Q(since_on__isnull=True, until_on__isnull=True),
                name="decision_accepted_names_the_days",
            )
        ]
        triggers = [
            *append_only(),
            same_patient(
                "decision_on_own_site",
                "site_id",
                "SELECT s.patient_id FROM plans_bodysite s WHERE s.id = NEW.site_id",
                "the body site belongs to another patient",
            ),
            same_patient(
                "decision_on_own_flag",
                "flag_id",
                "SELECT f.patient_id FROM plans_flag f WHERE f.id = NEW.flag_id",
                "the flag belongs to another patient",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.on}"
