"""What was changed in a clinic's settings: when, by whom, from what to what. Append-only."""

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models.base import Row, append_only
from accounts.models.clinic import Clinic


class ClinicEvent(Row):
    """One change. `before` and `after` hold the changed values by name; what is new has no `before`, what went no
    `after`. No patient stands in it.
    """

    audited = True

    class What(models.TextChoices):
        DETAILS = "details", _("The clinic's name, contact or emergency wording")
        HOURS = "hours", _("Working hours")
        CARE = "care", _("Re-evaluations and escalation")
        HOLIDAY_ADDED = "holiday added", _("Holiday added")
        HOLIDAY_REMOVED = "holiday removed", _("Holiday removed")
        LEAVE = "leave", _("Leave written down")
        LEAVE_CANCELLED = "leave cancelled", _("Leave cancelled")
        RECORD_ACCESS = "record access", _("Who may open records")
        STAFF = "staff", _("Who works here")
        THRESHOLD = "threshold", _("When Painplan speaks up")

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="events")
    at = models.DateTimeField(_("when"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    what = models.CharField(_("what"), max_length=20, choices=What.choices)
    before = models.JSONField(_("before"), default=dict, blank=True, encoder=DjangoJSONEncoder)
    after = models.JSONField(_("after"), default=dict, blank=True, encoder=DjangoJSONEncoder)

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["clinic", "-at"], name="clinicevent_clinic_at")]
        constraints = [
            models.CheckConstraint(condition=~Q(before={}) | ~Q(after={}), name="clinicevent_says_what_changed")
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.what} {self.at:%Y-%m-%d %H:%M}"
