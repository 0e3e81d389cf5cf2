"""What a patient says about themself beside the scores: a safety question answered yes, a flare."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Patient
from accounts.models.base import Row, append_only
from plans.models.rows import ClinicalQuerySet, same_patient
from plans.models.session import CLOCK_TOLERANCE, Session


class Report(Row):
    """Append-only. Safety: the slugs of the questions (plans/rules.py) answered yes, never empty. Flare: no answers.

    The client makes the id, so that sending twice is storing once. Source: docs/clinical-rules.md, sections 3 and 5.
    """

    class Kind(models.TextChoices):
        SAFETY = "safety", _("Safety question answered yes")
        FLARE = "flare", _("In a flare")

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="reports")
    session = models.ForeignKey(Session, on_delete=models.PROTECT, null=True, blank=True, related_name="reports")
    kind = models.CharField(_("what"), max_length=8, choices=Kind.choices)
    answers = ArrayField(models.SlugField(max_length=40), verbose_name=_("answered yes"), default=list, blank=True)
    note = models.TextField(_("note"), blank=True, max_length=2000)
    occurred_at = models.DateTimeField(_("when"))
    local_date = models.DateField(_("day"))
    time_zone = models.CharField(_("time zone"), max_length=64)
    received_at = models.DateTimeField(_("received"))
    source = models.CharField(_("logged with"), max_length=10, choices=Session.Source.choices)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = ClinicalQuerySet["Report"].as_manager()

    class Meta:
        ordering = ["-occurred_at"]
        indexes = [models.Index(fields=["patient", "-local_date"], name="report_patient_day")]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="safety", answers__len__gte=1) | Q(kind="flare", answers__len=0),
                name="report_safety_names_the_questions",
            ),
            models.CheckConstraint(
                condition=Q(occurred_at__lte=F("received_at") + CLOCK_TOLERANCE), name="report_not_in_the_future"
            ),
        ]
        triggers = [
            *append_only(),
            same_patient(
                "report_in_own_session",
                "session_id",
                "SELECT s.patient_id FROM plans_session s WHERE s.id = NEW.session_id",
                "the session belongs to another patient",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.local_date}"
