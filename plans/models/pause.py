"""When a plan rested. A pause after a red flag ends only with a release: an action of its own, with a note."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models.base import Row, no_removal, pair
from accounts.models.history import keeps_history
from plans.models.flag import Flag
from plans.models.plan import Plan
from plans.models.rows import PlanQuerySet


class PauseQuerySet(PlanQuerySet["Pause"]):
    def open(self) -> "PauseQuerySet":
        return self.filter(ended_at__isnull=True)


@keeps_history()
class Pause(Row):
    """From `from_on` to `until_on` (local dates of the patient). A rule that paused the plan has no `paused_by`."""

    class Why(models.TextChoices):
        SAFETY = "safety", _("A safety question was answered yes")
        CLINICIAN = "clinician", _("Paused by the clinician")
        LEFT = "left", _("The patient stopped using Painplan")

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="pauses")
    why = models.CharField(_("why"), max_length=10, choices=Why.choices)
    flag = models.ForeignKey(Flag, on_delete=models.PROTECT, null=True, blank=True, related_name="pauses")
    reason = models.TextField(_("reason"), blank=True, max_length=1000)
    from_on = models.DateField(_("from"))
    paused_at = models.DateTimeField(_("paused"))
    paused_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    until_on = models.DateField(_("until"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    end_note = models.TextField(_("note at the end"), blank=True, max_length=1000)

    objects = PauseQuerySet.as_manager()

    class Meta:
        ordering = ["-paused_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["plan"], condition=Q(ended_at__isnull=True), name="pause_one_open_per_plan"
            ),
            pair("pause_ended_at_and_by", "ended_at", "ended_by"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, until_on__isnull=True)
                | Q(
                    ended_at__isnull=False,
                    until_on__isnull=False,
                    ended_at__gte=F("paused_at"),
                    until_on__gte=F("from_on"),
                ),
                name="pause_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=~Q(why="safety", ended_at__isnull=False, end_note=""), name="pause_release_has_a_note"
            ),
            models.CheckConstraint(condition=Q(why="safety") | Q(paused_by__isnull=False), name="pause_by_somebody"),
        ]
        triggers = [
            *no_removal(),
            pgtrigger.Trigger(
                name="flag_of_own_patient",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                condition=pgtrigger.Q(new__flag__isnull=False),
                func="""
                    IF (SELECT f.patient_id FROM plans_flag f WHERE f.id = NEW.flag_id) IS DISTINCT FROM
                       (SELECT p.patient_id FROM plans_plan p WHERE p.id = NEW.plan_id) THEN
                        RAISE EXCEPTION 'the flag belongs to another patient'
                            USING ERRCODE = '23514', CONSTRAINT = 'pause_flag_of_own_patient';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan_id} {self.from_on} - {self.until_on or ''}"
