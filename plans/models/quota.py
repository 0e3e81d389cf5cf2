"""Progress by quota: a start under the measured tolerance, small steps, a ceiling. A clinician approves each step.

Source: docs/clinical-rules.md, section 4.
"""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from accounts.models import Patient
from accounts.models.base import Row, append_only, no_removal, no_truncate, pair
from accounts.models.history import keeps_history
from exercises.models import Exercise
from plans.models.plan import Prescription
from plans.models.rows import ClinicalQuerySet, own_library


class Measure(models.TextChoices):
    """What an exercise is counted in: its main measure is the one that grows."""

    REPETITIONS = "repetitions", _("repetitions")
    HOLD = "hold_seconds", _("seconds held")
    MINUTES = "duration_minutes", _("minutes")
    METRES = "distance_metres", _("metres")


class BaselineTest(Row):
    """How much was possible until pain rose: the measured tolerance. Append-only."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="baseline_tests")
    exercise = models.ForeignKey(Exercise, on_delete=models.PROTECT, related_name="+")
    measure = models.CharField(_("counted in"), max_length=16, choices=Measure.choices)
    value = models.DecimalField(_("until pain rose"), max_digits=7, decimal_places=1)
    on = models.DateField(_("local date"))
    note = models.CharField(_("note"), max_length=300, blank=True)
    at = models.DateTimeField(_("when"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = ClinicalQuerySet["BaselineTest"].as_manager()

    class Meta:
        ordering = ["-on", "-at"]
        indexes = [models.Index(fields=["patient", "exercise", "-on"], name="baselinetest_patient_exercise")]
        constraints = [
            models.CheckConstraint(condition=Q(value__gt=0, value__lte=20000), name="baselinetest_value_sane")
        ]
        triggers = [
            *append_only(),
            pgtrigger.Trigger(
                name="exercise_of_own_library",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=own_library(
                    "baselinetest_exercise_of_own_library",
                    "SELECT e.clinic_id FROM exercises_exercise e WHERE e.id = NEW.exercise_id",
                    "SELECT p.clinic_id FROM accounts_patient p WHERE p.id = NEW.patient_id",
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.exercise_id} {self.on}: {self.value} {self.measure}"


class QuotaQuerySet(ClinicalQuerySet["Quota"]):
    patient_path = "prescription__version__plan__patient"


@keeps_history()
class Quota(Row):
    """How one prescription grows: from `start` by `step_percent` (5-20) at most once a week, up to `ceiling`.

    `approved_ahead`: every step up to the ceiling is approved. Immutable with its version.
    """

    prescription = models.OneToOneField(Prescription, on_delete=models.CASCADE, related_name="quota")
    measure = models.CharField(_("counted in"), max_length=16, choices=Measure.choices)
    start = models.DecimalField(_("start"), max_digits=7, decimal_places=1)
    step_percent = models.PositiveSmallIntegerField(_("step (%)"), default=10)
    ceiling = models.DecimalField(_("ceiling"), max_digits=7, decimal_places=1)
    approved_ahead = models.BooleanField(_("approved up to the ceiling"), default=False)

    objects = QuotaQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(step_percent__range=(5, 20)), name="quota_step_5_to_20_percent"),
            models.CheckConstraint(condition=Q(start__gt=0, ceiling__gte=F("start")), name="quota_start_up_to_ceiling"),
        ]
        triggers = [
            no_truncate(),
            pgtrigger.Trigger(
                name="of_a_draft_only",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                func="""
                    IF EXISTS (SELECT 1 FROM plans_prescription p JOIN plans_planversion v ON v.id = p.version_id
                               WHERE v.state <> 'draft' AND p.id IN (
                               CASE WHEN TG_OP = 'INSERT' THEN NEW.prescription_id ELSE OLD.prescription_id END,
                               CASE WHEN TG_OP = 'DELETE' THEN OLD.prescription_id ELSE NEW.prescription_id END)) THEN
                        RAISE EXCEPTION 'the quota of an activated version cannot change'
                            USING ERRCODE = '23514', CONSTRAINT = 'quota_of_a_draft_only';
                    END IF;
                    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.start} +{self.step_percent} % up to {self.ceiling} {self.measure}"


class QuotaStepQuerySet(ClinicalQuerySet["QuotaStep"]):
    patient_path = "quota__prescription__version__plan__patient"

    def proposed(self) -> "QuotaStepQuerySet":
        """Those that wait for a clinician. A plan that was revised since has left its proposals behind."""
        return self.filter(state=QuotaStep.State.PROPOSED, quota__prescription__version__state="active")

    def in_force(self, day: date) -> "QuotaStepQuerySet":
        """Approved steps that count on that local date, the latest of each quota last."""
        return self.filter(state=QuotaStep.State.APPROVED, effective_on__lte=day).order_by("effective_on", "week_on")


@keeps_history()
class QuotaStep(Row):
    """One step: from, to, for the week that starts on `week_on` (Monday). In force from `effective_on` if approved."""

    class State(models.TextChoices):
        PROPOSED = "proposed", _("Proposed")
        APPROVED = "approved", _("Approved")
        DECLINED = "declined", _("Declined")
        HELD = "held", _("Held")

    quota = models.ForeignKey(Quota, on_delete=models.PROTECT, related_name="steps")
    week_on = models.DateField(_("week from"))
    from_value = models.DecimalField(_("from"), max_digits=7, decimal_places=1)
    to_value = models.DecimalField(_("to"), max_digits=7, decimal_places=1)
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.PROPOSED)
    why = models.CharField(_("why"), max_length=200, blank=True)
    proposed_at = models.DateTimeField(_("proposed"))
    effective_on = models.DateField(_("in force from"), null=True, blank=True)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = QuotaStepQuerySet.as_manager()

    class Meta:
        ordering = ["week_on"]
        indexes = [models.Index(fields=["quota"], condition=Q(state="proposed"), name="quotastep_proposed")]
        constraints = [
            models.UniqueConstraint(fields=["quota", "week_on"], name="quotastep_once_a_week"),
            models.UniqueConstraint(fields=["quota"], condition=Q(state="proposed"), name="quotastep_one_proposed"),
            models.CheckConstraint(condition=Q(to_value__gte=F("from_value")), name="quotastep_grows"),
            pair("quotastep_decided_at_and_by", "decided_at", "decided_by"),
            # Approved in advance counts as decided when the version was activated: by whoever activated it.
            models.CheckConstraint(
                condition=Q(state__in=["approved", "declined"], decided_at__isnull=False)
                | Q(state__in=["proposed", "held"], decided_at__isnull=True),
                name="quotastep_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(state="approved", effective_on__isnull=False)
                | ~Q(state="approved") & Q(effective_on__isnull=True),
                name="quotastep_approved_has_a_date",
            ),
        ]
        triggers = no_removal()

    def __str__(self) -> str:
        return f"{self.from_value} -> {self.to_value} ({self.state})"


def dosed_for(prescriptions: QuerySet[Prescription], day: date) -> list[Prescription]:
    """The prescriptions with the dose of that local date: as written, plus the latest approved step. One query.

    The rows are changed in memory only (an activated version cannot be stored again).
    """
    return grown(with_steps(prescriptions, day))


def with_steps(prescriptions: QuerySet[Prescription], day: date) -> QuerySet[Prescription, Prescription]:
    """What `grown` makes the dose of that local date of."""
    steps = QuotaStep.objects.in_force(day).filter(quota__prescription=OuterRef("pk")).reverse()
    return prescriptions.annotate(grown_in=F("quota__measure"), grown_to=Subquery(steps.values("to_value")[:1]))


def grown(prescriptions: Iterable[Prescription]) -> list[Prescription]:
    """Those of `with_steps`, each with its dose."""
    rows = list(prescriptions)
    for row in rows:
        name, to = row.grown_in, row.grown_to  # type: ignore[attr-defined]
        if to is not None:
            setattr(row, name, grown_to(name, to))
    return rows


def grown_to(measure: str, to: Decimal) -> Decimal | int:
    """What an approved step grows to, as a dose holds it in its main measure."""
    return to if measure == Measure.MINUTES else int(to)
