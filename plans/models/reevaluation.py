"""A re-evaluation is a work item: due on a date, done with a decision and a note."""

from datetime import date

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Patient
from accounts.models.base import Row, no_removal, pair
from accounts.models.history import keeps_history
from plans.models.plan import Plan
from plans.models.rows import PlanQuerySet


class ReevaluationQuerySet(PlanQuerySet["Reevaluation"]):
    def open(self) -> "ReevaluationQuerySet":
        return self.filter(state=Reevaluation.State.OPEN)

    def due_by(self, day: date) -> "ReevaluationQuerySet":
        """Open ones due on that date or before."""
        return self.open().filter(due_on__lte=day)


@keeps_history(quiet=["patient"])
class Reevaluation(Row):
    """One look at the whole plan. Every active or paused plan has exactly one open one.

    `patient` is the plan's: the database fills it in, so that what is open can be found by patient alone. Its index has
    the open ones only: any others are found by their plan.
    """

    class Why(models.TextChoices):
        FIRST = "first", _("First one")
        PERIODIC = "periodic", _("Every few weeks")
        FLAG = "flag", _("Brought forward by a flag")
        ASKED = "asked", _("Asked for")

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("re-evaluation", "Open")
        DONE = "done", pgettext_lazy("re-evaluation", "Done")
        CANCELLED = "cancelled", _("Cancelled")

    class DecisionTaken(models.TextChoices):
        CONTINUE = "continue", _("Continue")
        PROGRESS = "progress", pgettext_lazy("decision", "Progress")
        REGRESS = "regress", _("Ease")
        CHANGE = "change", pgettext_lazy("decision", "Change")
        REFER = "refer", _("Refer")
        DISCHARGE = "discharge", _("Discharge")

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="reevaluations")
    patient = models.ForeignKey(
        Patient, on_delete=models.PROTECT, null=True, editable=False, db_index=False, related_name="reevaluations"
    )
    due_on = models.DateField(_("due on"))
    why = models.CharField(_("why"), max_length=8, choices=Why.choices)
    state = models.CharField(_("state"), max_length=9, choices=State.choices, default=State.OPEN)
    decision = models.CharField(_("decision"), max_length=9, choices=DecisionTaken.choices, blank=True)
    note = models.TextField(_("note"), blank=True, max_length=4000)
    created_at = models.DateTimeField(_("created"))
    done_at = models.DateTimeField(_("done"), null=True, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    next = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="previous")

    objects = ReevaluationQuerySet.as_manager()

    class Meta:
        ordering = ["due_on"]
        indexes = [
            models.Index(fields=["due_on"], condition=Q(state="open"), name="reevaluation_due"),
            models.Index(
                fields=["patient"],
                include=["due_on", "id", "created_at"],
                condition=Q(state="open"),
                name="reevaluation_of_patient",
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["plan"], condition=Q(state="open"), name="reevaluation_one_open_per_plan"),
            pair("reevaluation_done_at_and_by", "done_at", "done_by"),
            models.CheckConstraint(condition=Q(patient__isnull=False), name="reevaluation_has_its_patient"),
            models.CheckConstraint(
                condition=Q(state="done", done_at__isnull=False) & ~Q(decision="") & ~Q(note="")
                | ~Q(state="done") & Q(done_at__isnull=True),
                name="reevaluation_done_has_a_decision",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["open", "done", "cancelled"]),
                name="reevaluation_state_known",
            ),
        ]
        triggers = [
            *no_removal(),
            pgtrigger.Trigger(
                name="of_its_plans_patient",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("plan_id", "patient_id"),  # type: ignore[no-untyped-call]
                func="""
                    IF NEW.patient_id IS NULL THEN
                        NEW.patient_id = (SELECT p.patient_id FROM plans_plan p WHERE p.id = NEW.plan_id);
                    ELSIF NEW.patient_id <> (SELECT p.patient_id FROM plans_plan p WHERE p.id = NEW.plan_id) THEN
                        RAISE EXCEPTION 'the plan of a re-evaluation belongs to another patient'
                            USING ERRCODE = '23514', CONSTRAINT = 'reevaluation_of_its_plans_patient';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="next_of_own_plan",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                condition=pgtrigger.Q(new__next__isnull=False),
                func="""
                    IF NEW.plan_id IS DISTINCT FROM
                       (SELECT r.plan_id FROM plans_reevaluation r WHERE r.id = NEW.next_id) THEN
                        RAISE EXCEPTION 'the next re-evaluation belongs to another plan'
                            USING ERRCODE = '23514', CONSTRAINT = 'reevaluation_next_of_own_plan';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan_id} {self.due_on}"
