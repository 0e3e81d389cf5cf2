"""Pain scores: what the patient said, when it was, and when it arrived. Never overwritten."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Patient
from accounts.models.base import Row
from plans.models.profile import BodySite
from plans.models.rows import ClinicalQuerySet, amended_only, same_patient
from plans.models.session import CLOCK_TOLERANCE, Session
from plans.models.watch import tells_the_last_day


class PainScoreQuerySet(ClinicalQuerySet["PainScore"]):
    def current(self) -> "PainScoreQuerySet":
        """Without the values that a correction has replaced."""
        return self.filter(superseded_by__isnull=True)

    def answered(self) -> "PainScoreQuerySet":
        """Asked and answered: an empty value means "asked, not answered", which is not 0."""
        return self.filter(value__isnull=False)


class PainScore(Row):
    """A score on the 0-10 numeric rating scale, or empty when it was asked and not answered."""

    class Moment(models.TextChoices):
        BEFORE = "before", _("Before the session")
        DURING = "during", _("During the session")
        AFTER = "after", _("After the session")
        NEXT_MORNING = "next morning", _("Next morning")
        DAILY = "daily", _("That day")

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="scores")
    session = models.ForeignKey(Session, on_delete=models.PROTECT, null=True, blank=True, related_name="scores")
    site = models.ForeignKey(BodySite, on_delete=models.PROTECT, related_name="scores")
    moment = models.CharField(_("moment"), max_length=12, choices=Moment.choices)
    value = models.DecimalField(_("pain (0-10)"), max_digits=3, decimal_places=1, null=True, blank=True)
    occurred_at = models.DateTimeField(_("when"))
    local_date = models.DateField(_("day"))
    time_zone = models.CharField(_("time zone"), max_length=64)
    received_at = models.DateTimeField(_("received"))
    note = models.TextField(_("note"), blank=True, max_length=2000)
    source = models.CharField(_("logged with"), max_length=10, choices=Session.Source.choices)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    superseded_by = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaces")

    objects = PainScoreQuerySet.as_manager()

    class Meta:
        ordering = ["-occurred_at", "-id"]
        indexes = [
            # With all that the rules ask of a score, so that they need not read its row.
            models.Index(
                fields=["patient", "-local_date"],
                include=["value", "moment", "site", "superseded_by"],
                name="painscore_by_patient_and_day",
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(value__isnull=True) | Q(value__range=(0, 10)),
                name="painscore_0_to_10_or_not_answered",
            ),
            models.CheckConstraint(
                condition=Q(moment="daily", session__isnull=True)
                | Q(moment__in=["before", "during", "after", "next morning"], session__isnull=False),
                name="painscore_session_moments_have_a_session",
            ),
            models.CheckConstraint(
                condition=Q(occurred_at__lte=F("received_at") + CLOCK_TOLERANCE),
                name="painscore_not_in_the_future",
            ),
            models.UniqueConstraint(
                fields=["session", "moment", "site"],
                condition=Q(superseded_by__isnull=True, session__isnull=False),
                name="painscore_one_current_per_session_moment_site",
            ),
        ]
        triggers = [
            *amended_only("painscore", "score"),
            same_patient(
                "painscore_on_own_site",
                "site_id",
                "SELECT s.patient_id FROM plans_bodysite s WHERE s.id = NEW.site_id",
                "the body site belongs to another patient",
            ),
            same_patient(
                "painscore_in_own_session",
                "session_id",
                "SELECT s.patient_id FROM plans_session s WHERE s.id = NEW.session_id",
                "the session belongs to another patient",
            ),
            *tells_the_last_day(of="value IS NOT NULL", changes=pgtrigger.AnyChange("superseded_by")),
        ]

    def __str__(self) -> str:
        return f"{self.moment} {self.local_date}: {self.value}"
