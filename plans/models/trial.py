"""A rule tried on a clinic's own past, before it is switched on."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Clinic, Membership, Role
from accounts.models.base import Row
from plans.models.flag import Flag

if TYPE_CHECKING:
    from accounts.models import User


class RuleTrialQuerySet(models.QuerySet["RuleTrial"]):
    def visible_to(self, user: "User", at: datetime | None = None) -> "RuleTrialQuerySet":
        """Trials of the clinics that this user leads."""
        led = Membership.objects.held_by(user, at or timezone.now()).filter(role=Role.LEAD)
        return self.filter(clinic_id__in=led.values("clinic_id"))

    def unfinished(self) -> "RuleTrialQuerySet":
        return self.filter(state__in=[RuleTrial.State.WAITING, RuleTrial.State.RUNNING])


class RuleTrial(Row):
    """What a rule with other numbers (`values`, by name) would have flagged from `first_on` to `last_on`.

    `done` of `total` patients tells how far it has come, `touched_at` when it last went on: a trial that stopped is
    taken up again. `result` are the counts and, patient by patient, what would have been raised and how it ended.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")
        CANCELLED = "cancelled", _("Given up")

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="rule_trials")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    rule = models.CharField(_("rule"), max_length=2, choices=Flag.Rule.choices)
    values = models.JSONField(_("numbers"), default=dict, blank=True)
    first_on = models.DateField(_("from"))
    last_on = models.DateField(_("until"))
    state = models.CharField(_("state"), max_length=9, choices=State.choices, default=State.WAITING)
    total = models.PositiveIntegerField(_("patients"), default=0)
    done = models.PositiveIntegerField(_("patients done"), default=0)
    result = models.JSONField(_("result"), default=dict, blank=True)
    error = models.CharField(_("what went wrong"), max_length=200, blank=True)
    asked_at = models.DateTimeField(_("asked"))
    touched_at = models.DateTimeField(_("last worked on"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    objects = RuleTrialQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at"]
        constraints = [
            models.CheckConstraint(condition=Q(last_on__gte=F("first_on")), name="ruletrial_dates_in_order"),
            models.CheckConstraint(
                condition=Q(state__in=["done", "failed", "cancelled"], finished_at__isnull=False)
                | Q(state__in=["waiting", "running"], finished_at__isnull=True),
                name="ruletrial_over_has_a_date",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.first_on} - {self.last_on}"
