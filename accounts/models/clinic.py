"""The clinic: the border that no clinical row crosses."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models.base import Row


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

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(condition=~Q(emergency_text=""), name="clinic_has_emergency_text"),
            models.CheckConstraint(
                condition=Q(first_reevaluation_days__range=(1, 84), reevaluation_days__range=(1, 84)),
                name="clinic_reevaluation_within_12_weeks",
            ),
        ]

    def __str__(self) -> str:
        return self.name
