"""A patient's plan, its immutable versions, and the dosed exercises in them."""

from datetime import date

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Patient
from accounts.models.base import Row, no_removal, no_truncate, pair
from accounts.models.history import keeps_history
from exercises.models import ExerciseVersion
from plans.models.dose import Dose
from plans.models.rows import ClinicalQuerySet, PlanQuerySet


class PlansQuerySet(ClinicalQuerySet["Plan"]):
    def current(self) -> "PlansQuerySet":
        """Active or paused: the one a patient has now."""
        return self.filter(status__in=[Plan.Status.ACTIVE, Plan.Status.PAUSED])

    def active(self) -> "PlansQuerySet":
        return self.filter(status=Plan.Status.ACTIVE)


@keeps_history()
class Plan(Row):
    """The work of a clinician with one patient. What is done stands in the active version."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        ACTIVE = "active", _("Active")
        PAUSED = "paused", _("Paused")
        ENDED = "ended", _("Ended")

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="plans")
    title = models.CharField(_("title"), max_length=120)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(_("status"), max_length=8, choices=Status.choices, default=Status.DRAFT)
    active_version = models.ForeignKey(
        "plans.PlanVersion", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    resumed_at = models.DateTimeField(_("resumed"), null=True, blank=True)
    created_at = models.DateTimeField(_("created"))

    objects = PlansQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["patient"], include=["status", "id"], name="plan_of_patient")]
        constraints = [
            models.UniqueConstraint(
                fields=["patient"],
                condition=Q(status__in=["active", "paused"]),
                name="plan_one_current_per_patient",
            ),
            models.UniqueConstraint(
                fields=["patient"], condition=Q(status="draft"), name="plan_one_first_draft_per_patient"
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["active", "paused"]) | Q(active_version__isnull=False),
                name="plan_current_has_a_version",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["draft", "active", "paused", "ended"]), name="plan_status_known"
            ),
        ]
        triggers = [
            *no_removal(),
            pgtrigger.Protect(
                name="stays_with_its_patient",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__patient__df=pgtrigger.F("new__patient")),
            ),
            pgtrigger.Trigger(
                name="active_version_is_own",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                condition=pgtrigger.Q(new__active_version__isnull=False),
                func="""
                    IF NOT EXISTS (SELECT 1 FROM plans_planversion v
                                   WHERE v.id = NEW.active_version_id AND v.plan_id = NEW.id
                                   AND v.state <> 'draft') THEN
                        RAISE EXCEPTION 'the active version must be an activated version of the same plan'
                            USING ERRCODE = '23514', CONSTRAINT = 'plan_active_version_is_own';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return self.title


@keeps_history(quiet=["lock", "saved_at"])
class PlanVersion(Row):
    """One state of a plan. Immutable from the moment it is activated; `lock` counts changes of the draft.

    That something was saved is in the history of what was changed, of its exercises most often: not a second time here.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        ACTIVE = "active", _("Active")
        SUPERSEDED = "superseded", _("Replaced")

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(_("version"))
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.DRAFT)
    based_on = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    why = models.TextField(_("what changed and why"), blank=True, max_length=1000)
    activated_at = models.DateTimeField(_("activated"), null=True, blank=True)
    activated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    lock = models.PositiveIntegerField(default=0)
    saved_at = models.DateTimeField(_("saved"))

    objects = PlanQuerySet["PlanVersion"].as_manager()

    last_change = ""  # the words of the change just made to this draft; older ones are in its steps

    class Meta:
        ordering = ["plan", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "number"], name="planversion_number_unique"),
            models.UniqueConstraint(fields=["plan"], condition=Q(state="draft"), name="planversion_one_draft"),
            models.UniqueConstraint(fields=["plan"], condition=Q(state="active"), name="planversion_one_active"),
            pair("planversion_activated_at_and_by", "activated_at", "activated_by"),
            models.CheckConstraint(
                condition=Q(state="draft", activated_at__isnull=True)
                | (~Q(state="draft") & Q(activated_at__isnull=False)),
                name="planversion_activated_has_a_date",
            ),
        ]
        triggers = [
            no_truncate(),
            pgtrigger.Protect(
                name="activated_stays", operation=pgtrigger.Delete, condition=~pgtrigger.Q(old__state="draft")
            ),
            pgtrigger.Trigger(
                name="activated_is_immutable",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=~pgtrigger.Q(old__state="draft"),
                func="""
                    IF NOT (OLD.state = 'active' AND NEW.state = 'superseded'
                            AND to_jsonb(NEW) - 'state' = to_jsonb(OLD) - 'state')
                       AND to_jsonb(NEW) <> to_jsonb(OLD) THEN
                        RAISE EXCEPTION 'an activated plan version cannot change'
                            USING ERRCODE = '23514', CONSTRAINT = 'planversion_activated_is_immutable';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="stays_in_its_plan",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("plan_id", "based_on_id"),  # type: ignore[no-untyped-call]
                func="""
                    IF TG_OP = 'UPDATE' AND NEW.plan_id <> OLD.plan_id THEN
                        RAISE EXCEPTION 'a version stays in its plan'
                            USING ERRCODE = '23514', CONSTRAINT = 'planversion_stays_in_its_plan';
                    END IF;
                    IF NEW.based_on_id IS NOT NULL AND NEW.plan_id IS DISTINCT FROM
                       (SELECT v.plan_id FROM plans_planversion v WHERE v.id = NEW.based_on_id) THEN
                        RAISE EXCEPTION 'a version is based on a version of the same plan'
                            USING ERRCODE = '23514', CONSTRAINT = 'planversion_based_on_own';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"v{self.number}"

    @property
    def is_draft(self) -> bool:
        return self.state == PlanVersion.State.DRAFT


class PrescriptionQuerySet(ClinicalQuerySet["Prescription"]):
    patient_path = "version__plan__patient"

    def in_order(self) -> "PrescriptionQuerySet":
        """Warm-up, main, cool-down (backwards by the alphabet); in each by position."""
        return self.order_by("-section", "position")


@keeps_history()
class Prescription(Row, Dose):
    """An exercise of the library, dosed for this patient."""

    version = models.ForeignKey(PlanVersion, on_delete=models.CASCADE, related_name="prescriptions")
    exercise_version = models.ForeignKey(ExerciseVersion, on_delete=models.PROTECT, related_name="prescriptions")
    override_reason = models.TextField(_("why in spite of the warning"), blank=True, max_length=1000)

    objects = PrescriptionQuerySet.as_manager()

    class Meta(Dose.Meta):
        abstract = False
        constraints = [
            *Dose.Meta.constraints,
            models.UniqueConstraint(
                fields=["version", "section", "position"],
                name="prescription_position_unique",
                deferrable=models.Deferrable.DEFERRED,
            ),
        ]
        triggers = [
            no_truncate(),
            pgtrigger.Trigger(
                name="of_a_draft_only",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                func="""
                    IF EXISTS (SELECT 1 FROM plans_planversion v WHERE v.state <> 'draft' AND v.id IN (
                               CASE WHEN TG_OP = 'INSERT' THEN NEW.version_id ELSE OLD.version_id END,
                               CASE WHEN TG_OP = 'DELETE' THEN OLD.version_id ELSE NEW.version_id END)) THEN
                        RAISE EXCEPTION 'the prescriptions of an activated version cannot change'
                            USING ERRCODE = '23514', CONSTRAINT = 'prescription_of_a_draft_only';
                    END IF;
                    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
                """,
            ),
            pgtrigger.Trigger(
                name="exercise_of_own_library",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("version_id", "exercise_version_id"),  # type: ignore[no-untyped-call]
                func="""
                    IF NOT EXISTS (
                        SELECT 1 FROM exercises_exerciseversion ev
                        JOIN exercises_exercise e ON e.id = ev.exercise_id
                        JOIN plans_planversion v ON v.id = NEW.version_id
                        JOIN plans_plan p ON p.id = v.plan_id
                        JOIN accounts_patient pt ON pt.id = p.patient_id
                        WHERE ev.id = NEW.exercise_version_id AND ev.state = 'published'
                        AND (e.clinic_id IS NULL OR e.clinic_id = pt.clinic_id)) THEN
                        RAISE EXCEPTION 'only published exercises of the shared or the own library can be prescribed'
                            USING ERRCODE = '23514', CONSTRAINT = 'prescription_exercise_of_own_library';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.exercise_version_id} in {self.version_id}"

    def is_planned_on(self, day: date) -> bool:
        """Named for this weekday. Exercises given as "times a week" are offered on every day."""
        return self.weekdays is None or day.isoweekday() in self.weekdays
