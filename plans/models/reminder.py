"""How a patient wants to be reminded, and their private calendar address."""

from datetime import time
from functools import partial

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Patient
from accounts.models.base import Row
from accounts.models.history import keeps_history
from plans.models.rows import ClinicalQuerySet


@keeps_history(without=["stop_hash"])
class ReminderSettings(Row):
    """Mail on planned days at `at`, once more at `evening_at` when nothing was logged; the patient's local time."""

    patient = models.OneToOneField(Patient, on_delete=models.PROTECT, related_name="reminders")
    is_on = models.BooleanField(_("remind me"), default=True)
    at = models.TimeField(_("at"), default=partial(time, 9))
    evening = models.BooleanField(_("once more in the evening if nothing was logged"), default=True)
    evening_at = models.TimeField(_("in the evening at"), default=partial(time, 19))
    stop_hash = models.CharField(max_length=64, unique=True)

    objects = ClinicalQuerySet["ReminderSettings"].as_manager()

    class Meta:
        constraints = [
            # Never between 21:00 and 07:00.
            models.CheckConstraint(
                condition=Q(at__range=(time(7), time(20, 59))) & Q(evening_at__range=(time(7), time(20, 59))),
                name="reminders_in_waking_hours",
            )
        ]

    def __str__(self) -> str:
        return f"{self.patient_id} {self.at}"


@keeps_history(without=["token_hash"])
class CalendarFeed(Row):
    """A private calendar address. The token is shown once and kept as a hash; a revoked one never works again."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="calendar_feeds")
    token_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(_("made"))
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)

    objects = ClinicalQuerySet["CalendarFeed"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["patient"], condition=Q(revoked_at__isnull=True), name="calendarfeed_one_per_patient"
            )
        ]

    def __str__(self) -> str:
        return f"{self.patient_id} {self.made_at:%Y-%m-%d}"
