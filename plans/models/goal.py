"""What the patient wants to be able to do, in their own words, and how close they feel."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Patient
from accounts.models.base import Row, append_only, no_removal
from accounts.models.history import keeps_history
from plans.models.rows import ClinicalQuerySet


class GoalQuerySet(ClinicalQuerySet["Goal"]):
    def standing(self) -> "GoalQuerySet":
        """Neither reached nor given up."""
        return self.filter(ended_at__isnull=True)


@keeps_history()
class Goal(Row):
    """One goal in the patient's words. It ends reached or given up; it does not vanish."""

    class End(models.TextChoices):
        REACHED = "reached", _("Reached")
        DROPPED = "dropped", _("Given up")

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="goals")
    text = models.CharField(_("what they want to be able to do"), max_length=200)
    position = models.PositiveSmallIntegerField(_("position"), default=1)
    made_at = models.DateTimeField(_("written down"))
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    end = models.CharField(_("how it ended"), max_length=8, choices=End.choices, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    objects = GoalQuerySet.as_manager()

    class Meta:
        ordering = ["position", "made_at"]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="goal_has_a_text"),
            models.CheckConstraint(
                condition=Q(end="", ended_at__isnull=True) | ~Q(end="") & Q(ended_at__isnull=False),
                name="goal_ended_says_how",
            ),
        ]
        triggers = no_removal()

    def __str__(self) -> str:
        return self.text


class GoalRating(Row):
    """How close the patient feels to a goal: 0 (far away) to 10 (there). Append-only; the latest one counts."""

    goal = models.ForeignKey(Goal, on_delete=models.PROTECT, related_name="ratings")
    closeness = models.PositiveSmallIntegerField(_("how close (0-10)"))
    on = models.DateField(_("local date"))
    at = models.DateTimeField(_("when"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["on", "at"]
        constraints = [models.CheckConstraint(condition=Q(closeness__range=(0, 10)), name="goalrating_0_to_10")]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.goal_id} {self.on}: {self.closeness}"
