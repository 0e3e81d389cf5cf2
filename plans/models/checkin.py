"""Short questionnaires: how life is going. Never overwritten: a correction is a new row."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Patient
from accounts.models.base import Row
from plans.models.rows import ClinicalQuerySet, amended_only
from plans.models.session import CLOCK_TOLERANCE, Session


class CheckInQuerySet(ClinicalQuerySet["CheckIn"]):
    def current(self) -> "CheckInQuerySet":
        """Without the answers that a correction has replaced."""
        return self.filter(superseded_by__isnull=True)


class CheckIn(Row):
    """One answered check-in. `items` are the answers by question (empty: not answered), `total` as plans/measures.py
    counts it (None while incomplete). `period_on` is the first local date of the period it was asked for.

    Sources: PEG, Krebs 2009; PHQ-4 (PHQ-2 and GAD-2), Kroenke 2003, 2007, 2009; sleep and confidence are our own.
    """

    class Kind(models.TextChoices):
        PEG = "PEG", _("Pain, enjoyment, activity")
        PHQ4 = "PHQ-4", _("Mood and worry")
        SLEEP = "sleep", _("Sleep")
        CONFIDENCE = "confidence", _("Confidence")

    every_days: ClassVar[dict[str, int]] = {"PEG": 7, "PHQ-4": 28, "sleep": 7, "confidence": 7}

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="checkins")
    kind = models.CharField(_("check-in"), max_length=10, choices=Kind.choices)
    period_on = models.DateField(_("period from"))
    items = models.JSONField(_("answers"), default=dict)
    total = models.DecimalField(_("result"), max_digits=5, decimal_places=2, null=True, blank=True)
    answered_at = models.DateTimeField(_("answered"))
    local_date = models.DateField(_("day"))
    time_zone = models.CharField(_("time zone"), max_length=64)
    received_at = models.DateTimeField(_("received"))
    source = models.CharField(_("logged with"), max_length=10, choices=Session.Source.choices)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    superseded_by = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaces")

    objects = CheckInQuerySet.as_manager()

    class Meta:
        ordering = ["-local_date", "-answered_at"]
        indexes = [models.Index(fields=["patient", "kind", "-local_date"], name="checkin_patient_kind_day")]
        constraints = [
            models.UniqueConstraint(
                fields=["patient", "kind", "period_on"],
                condition=Q(superseded_by__isnull=True),
                name="checkin_one_current_per_period",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["PEG", "PHQ-4", "sleep", "confidence"]), name="checkin_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(total__isnull=True) | Q(total__range=(0, 12)), name="checkin_total_sane"
            ),
            models.CheckConstraint(
                condition=Q(answered_at__lte=F("received_at") + CLOCK_TOLERANCE), name="checkin_not_in_the_future"
            ),
        ]
        triggers = [
            *amended_only("checkin", "check-in"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.local_date}: {self.total}"
