"""What the clinician knows about the person: sites of pain, conditions, readiness."""

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.expressions import CombinedExpression
from django.utils.translation import gettext_lazy as _

from accounts.models import Patient
from accounts.models.base import Row, no_removal
from accounts.models.history import keeps_history, keeps_history_of_choices
from exercises.models import Condition
from plans.models.rows import ClinicalQuerySet


@keeps_history()
class ClinicalProfile(Row):
    """One per patient: usual pain at intake (0-10), conditions, what helps, limits, flare plan."""

    patient = models.OneToOneField(Patient, on_delete=models.PROTECT, related_name="profile")
    usual_pain_at_intake = models.DecimalField(
        _("usual pain at intake (0-10)"), max_digits=3, decimal_places=1, null=True, blank=True
    )
    conditions = models.ManyToManyField(Condition, blank=True, related_name="+", verbose_name=_("conditions"))
    equipment = ArrayField(
        models.SlugField(max_length=60), verbose_name=_("equipment at home"), default=list, blank=True
    )
    avoided_positions = ArrayField(
        models.CharField(max_length=20), verbose_name=_("positions they cannot be in"), default=list, blank=True
    )
    goal = models.TextField(_("what they want to be able to do"), blank=True, max_length=500)
    what_helps = models.TextField(_("what helps"), blank=True, max_length=1000)
    limits = models.TextField(_("limits"), blank=True, max_length=1000)
    flare_plan = models.TextField(_("flare plan"), blank=True, max_length=2000)

    objects = ClinicalQuerySet["ClinicalProfile"].as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(usual_pain_at_intake__isnull=True) | Q(usual_pain_at_intake__range=(0, 10)),
                name="profile_usual_pain_0_to_10",
            )
        ]
        triggers = no_removal()

    def __str__(self) -> str:
        return str(self.patient)


@keeps_history_of_choices
class ProfileCondition(ClinicalProfile.conditions.through):  # type: ignore[name-defined, misc]
    """A condition that somebody has: the table behind ClinicalProfile.conditions."""

    class Meta:
        proxy = True

    def __str__(self) -> str:
        return f"{self.clinicalprofile_id} {self.condition_id}"


@keeps_history()
class BodySite(Row):
    """A place that hurts. One to three per patient, one of them the main one."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="sites")
    name = models.CharField(_("body site"), max_length=60)
    is_main = models.BooleanField(_("main site"), default=False)
    position = models.PositiveSmallIntegerField(_("position"), default=1)

    objects = ClinicalQuerySet["BodySite"].as_manager()

    class Meta:
        ordering = ["-is_main", "position"]
        constraints = [
            models.UniqueConstraint(fields=["patient"], condition=Q(is_main=True), name="bodysite_one_main"),
            models.UniqueConstraint(fields=["patient", "position"], name="bodysite_position_unique"),
            models.UniqueConstraint(fields=["patient", "name"], name="bodysite_name_unique"),
            models.CheckConstraint(condition=Q(position__range=(1, 3)), name="bodysite_at_most_three"),
            models.CheckConstraint(condition=~Q(name=""), name="bodysite_has_a_name"),
        ]
        triggers = [
            pgtrigger.Protect(
                name="stays_with_its_patient",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__patient__df=pgtrigger.F("new__patient")),
            )
        ]

    def __str__(self) -> str:
        return self.name


class ScreeningQuerySet(ClinicalQuerySet["Screening"]):
    def valid_on(self, day: object) -> "ScreeningQuerySet":
        """Screenings that hold on that date."""
        return self.filter(done_on__lte=day, expires_on__gte=day)


@keeps_history()
class Screening(Row):
    """That readiness for exercise was checked: with which tool, by whom, until when. The form itself is not kept."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="screenings")
    tool = models.CharField(_("tool"), max_length=80)
    done_on = models.DateField(_("done on"))
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    expires_on = models.DateField(_("valid until"))

    objects = ScreeningQuerySet.as_manager()

    class Meta:
        ordering = ["-done_on"]
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_on__gt=F("done_on"))
                & Q(
                    expires_on__lte=CombinedExpression(
                        F("done_on"), "+", models.Value(366), output_field=models.DateField()
                    )
                ),
                name="screening_expires_within_366_days",
            ),
            models.CheckConstraint(condition=~Q(tool=""), name="screening_names_its_tool"),
        ]
        triggers = no_removal()

    def __str__(self) -> str:
        return f"{self.tool} {self.done_on}"
