"""The clinic: the border that no clinical row crosses."""

from datetime import time
from functools import partial

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models.base import Row
from accounts.models.history import keeps_history


def working_week() -> list[int]:
    """Monday to Friday."""
    return [1, 2, 3, 4, 5]


@keeps_history()
class Clinic(Row):
    """A pain clinic with its own people, patients, words for emergencies and re-evaluation intervals (days)."""

    class RecordAccess(models.TextChoices):
        OPEN = "open", _("Every clinician of the clinic")
        ASSIGNED = "assigned", _("Assigned clinicians only")

    name = models.CharField(_("name"), max_length=200)
    slug = models.SlugField(_("short name"), unique=True)
    time_zone = models.CharField(_("time zone"), max_length=64, default="Europe/London")
    record_access = models.CharField(
        _("who may open records"), max_length=10, choices=RecordAccess.choices, default=RecordAccess.OPEN
    )
    emergency_text = models.TextField(_("what to do in an emergency"))
    phone = models.CharField(_("telephone"), max_length=40, blank=True)
    answer_promise = models.CharField(_("how soon somebody answers"), max_length=120, default="within 2 working days")
    first_reevaluation_days = models.PositiveSmallIntegerField(_("first re-evaluation after (days)"), default=14)
    reevaluation_days = models.PositiveSmallIntegerField(_("then every (days)"), default=28)
    working_days = ArrayField(
        models.PositiveSmallIntegerField(), verbose_name=_("working days (1 = Monday)"), default=working_week
    )
    # Called, not constant: Django's check warns of a constant time whenever the clock happens to be near it.
    opens_at = models.TimeField(_("opens at"), default=partial(time, 9))
    closes_at = models.TimeField(_("closes at"), default=partial(time, 17))
    urgent_hours = models.PositiveSmallIntegerField(
        _("an urgent flag goes to the lead after (working hours)"), default=4
    )
    important_days = models.PositiveSmallIntegerField(
        _("an important flag goes to the lead after (working days)"), default=2
    )

    # Invented patients to try things out with, in a clinic of their own: none of them can meet a real one.
    sample_of = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="samples")

    retention_years = models.PositiveSmallIntegerField(_("records are kept for (years)"), default=10)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(condition=Q(retention_years__range=(1, 40)), name="clinic_keeps_1_to_40_years"),
            models.CheckConstraint(condition=~Q(sample_of=F("id")), name="clinic_sample_of_another"),
            models.CheckConstraint(condition=~Q(emergency_text=""), name="clinic_has_emergency_text"),
            models.CheckConstraint(
                condition=Q(first_reevaluation_days__range=(1, 84), reevaluation_days__range=(1, 84)),
                name="clinic_reevaluation_within_12_weeks",
            ),
            models.CheckConstraint(
                condition=Q(working_days__contained_by=[1, 2, 3, 4, 5, 6, 7], working_days__len__range=(1, 7)),
                name="clinic_works_some_days",
            ),
            models.CheckConstraint(condition=Q(closes_at__gt=F("opens_at")), name="clinic_closes_after_it_opens"),
            models.CheckConstraint(
                condition=Q(urgent_hours__range=(1, 40), important_days__range=(1, 10)),
                name="clinic_escalates_in_time",
            ),
        ]

    def __str__(self) -> str:
        return self.name


@keeps_history()
class Holiday(Row):
    """A day on which the clinic does not work, whatever the weekday."""

    clinic = models.ForeignKey(Clinic, on_delete=models.CASCADE, related_name="holidays")
    on = models.DateField(_("date"))
    name = models.CharField(_("name"), max_length=80, blank=True)

    class Meta:
        ordering = ["on"]
        constraints = [models.UniqueConstraint(fields=["clinic", "on"], name="holiday_once_per_clinic")]

    def __str__(self) -> str:
        return f"{self.on} {self.name}".strip()
