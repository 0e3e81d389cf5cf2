"""Ready-made plans: of a clinic, or shipped for everyone."""

from datetime import datetime
from typing import TYPE_CHECKING

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Clinic, Membership
from accounts.models.base import Row
from accounts.models.history import keeps_history
from exercises.models import Exercise
from plans.models.dose import Dose
from plans.models.rows import own_library
from plans.models.template_said import TemplateSaid

if TYPE_CHECKING:
    from accounts.models import User


class PlanTemplateQuerySet(models.QuerySet["PlanTemplate"]):
    def visible_to(self, user: "User", at: datetime | None = None) -> "PlanTemplateQuerySet":
        """Those for everyone, and those of the clinics where this user works as clinician or lead."""
        mine = Membership.objects.held_by(user, at or timezone.now()).clinical()
        return self.filter(Q(clinic__isnull=True) | Q(clinic_id__in=mine.values("clinic_id")))

    def in_use(self) -> "PlanTemplateQuerySet":
        return self.filter(archived_at__isnull=True)


@keeps_history()
class PlanTemplate(Row):
    """A plan without a patient. `clinic` empty: shipped for everyone, changed only with a release."""

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, null=True, blank=True, related_name="templates")
    slug = models.SlugField(_("short name"), max_length=80)
    name = models.CharField(_("name"), max_length=120)
    meant_for = models.TextField(_("whom it is for"), blank=True, max_length=500)
    note = models.TextField(_("what to mind"), blank=True, max_length=1000)
    made_at = models.DateTimeField(_("made"))
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    archived_at = models.DateTimeField(_("put away"), null=True, blank=True)
    lock = models.PositiveIntegerField(default=0)
    translations = models.JSONField(default=dict, blank=True)

    objects = PlanTemplateQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["clinic", "slug"], name="plantemplate_slug_unique", nulls_distinct=False),
            models.CheckConstraint(condition=~Q(name=""), name="plantemplate_has_a_name"),
            models.CheckConstraint(
                condition=Q(clinic__isnull=True) | Q(made_by__isnull=False), name="plantemplate_of_a_clinic_has_a_maker"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def said(self) -> TemplateSaid:
        """Its words in the reader's language."""
        return TemplateSaid(self)


@keeps_history()
class TemplateItem(Row, Dose):
    """A dosed exercise of a template. Whoever uses the template gets the exercise's current version."""

    template = models.ForeignKey(PlanTemplate, on_delete=models.CASCADE, related_name="items")
    exercise = models.ForeignKey(Exercise, on_delete=models.PROTECT, related_name="+")

    class Meta(Dose.Meta):
        abstract = False
        constraints = [
            *Dose.Meta.constraints,
            models.UniqueConstraint(
                fields=["template", "section", "position"],
                name="templateitem_position_unique",
                deferrable=models.Deferrable.DEFERRED,
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="exercise_of_own_library",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=own_library(
                    "templateitem_exercise_of_own_library",
                    "SELECT e.clinic_id FROM exercises_exercise e WHERE e.id = NEW.exercise_id",
                    "SELECT t.clinic_id FROM plans_plantemplate t WHERE t.id = NEW.template_id",
                ),
            )
        ]

    def __str__(self) -> str:
        return f"{self.exercise_id} in {self.template_id}"


class TemplateStep(Row):
    """What a template was before a change of it; `what` says the change in words. The last ones are kept."""

    template = models.ForeignKey(PlanTemplate, on_delete=models.CASCADE, related_name="steps")
    lock = models.PositiveIntegerField(_("lock after the change"))
    what = models.CharField(_("what changed"), max_length=200)
    before = models.JSONField(default=dict)
    at = models.DateTimeField(_("when"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-lock"]
        constraints = [models.UniqueConstraint(fields=["template", "lock"], name="templatestep_once_per_lock")]

    def __str__(self) -> str:
        return f"{self.template_id} {self.lock}"
