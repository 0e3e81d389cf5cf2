"""How much of an exercise: shared by prescriptions and, later, by templates."""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

MEASURES = ["repetitions", "hold_seconds", "duration_minutes", "distance_metres"]


class Dose(models.Model):
    """Sets of repetitions, holds (s), minutes or metres, on weekdays (1 = Monday .. 7) or so many times a week.

    Effort is a plain 0-10 scale in our own words; Borg's scales need a licence.
    """

    class Section(models.TextChoices):
        WARM_UP = "warm-up", _("Warm-up")
        MAIN = "main", _("Main")
        COOL_DOWN = "cool-down", _("Cool-down")

    section = models.CharField(_("section"), max_length=10, choices=Section.choices, default=Section.MAIN)
    position = models.PositiveSmallIntegerField(_("position"))
    sets = models.PositiveSmallIntegerField(_("sets"), default=1)
    repetitions = models.PositiveSmallIntegerField(_("repetitions"), null=True, blank=True)
    hold_seconds = models.PositiveSmallIntegerField(_("hold (seconds)"), null=True, blank=True)
    duration_minutes = models.DecimalField(_("minutes"), max_digits=4, decimal_places=1, null=True, blank=True)
    distance_metres = models.PositiveIntegerField(_("distance (metres)"), null=True, blank=True)
    per_side = models.BooleanField(_("each side"), default=False)
    effort = models.PositiveSmallIntegerField(_("effort (0-10)"), null=True, blank=True)
    rest_seconds = models.PositiveSmallIntegerField(_("rest between sets (seconds)"), null=True, blank=True)
    weekdays = ArrayField(models.PositiveSmallIntegerField(), verbose_name=_("weekdays"), null=True, blank=True)
    times_a_week = models.PositiveSmallIntegerField(_("times a week"), null=True, blank=True)
    note = models.TextField(_("note to the patient"), blank=True, max_length=1000)
    pain_guidance = models.TextField(_("pain guidance"), blank=True, max_length=1000)

    class Meta:
        abstract = True
        ordering = ["-section", "position"]
        constraints = [
            models.CheckConstraint(
                condition=Q(weekdays__isnull=False, times_a_week__isnull=True)
                | Q(weekdays__isnull=True, times_a_week__isnull=False),
                name="%(class)s_weekdays_or_times",
            ),
            models.CheckConstraint(
                condition=Q(weekdays__isnull=True)
                | Q(weekdays__contained_by=[1, 2, 3, 4, 5, 6, 7], weekdays__len__range=(1, 7)),
                name="%(class)s_weekdays_1_to_7",
            ),
            models.CheckConstraint(
                condition=Q(repetitions__isnull=False)
                | Q(hold_seconds__isnull=False)
                | Q(duration_minutes__isnull=False)
                | Q(distance_metres__isnull=False),
                name="%(class)s_has_a_measure",
            ),
            models.CheckConstraint(
                condition=Q(sets__range=(1, 10))
                & (Q(repetitions__isnull=True) | Q(repetitions__range=(1, 100)))
                & (Q(hold_seconds__isnull=True) | Q(hold_seconds__range=(1, 600)))
                & (Q(duration_minutes__isnull=True) | Q(duration_minutes__range=("0.5", "120")))
                & (Q(distance_metres__isnull=True) | Q(distance_metres__range=(1, 20000)))
                & (Q(effort__isnull=True) | Q(effort__range=(0, 10)))
                & (Q(rest_seconds__isnull=True) | Q(rest_seconds__range=(0, 900)))
                & (Q(times_a_week__isnull=True) | Q(times_a_week__range=(1, 7))),
                name="%(class)s_sane_amounts",
            ),
            models.CheckConstraint(
                condition=Q(section__in=["warm-up", "main", "cool-down"]), name="%(class)s_section_known"
            ),
        ]

    @property
    def main_measure(self) -> str:
        """The measure in which this exercise is counted and grows: minutes, metres, repetitions, else seconds held."""
        for name in ("duration_minutes", "distance_metres", "repetitions"):
            if getattr(self, name) is not None:
                return name
        return "hold_seconds"

    def amounts(self) -> dict[str, Any]:
        """The dose as plain JSON values, as a session freezes it."""
        return {
            "sets": self.sets,
            "repetitions": self.repetitions,
            "hold_seconds": self.hold_seconds,
            "duration_minutes": None if self.duration_minutes is None else float(self.duration_minutes),
            "distance_metres": self.distance_metres,
            "per_side": self.per_side,
            "effort": self.effort,
        }
