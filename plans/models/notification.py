"""Mail that is owed to somebody. The row is the debt; a task or the sweep pays it."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Patient
from accounts.models.base import Row, no_removal

GIVE_UP_AFTER = 12


class NotificationQuerySet(models.QuerySet["Notification"]):
    def waiting(self) -> "NotificationQuerySet":
        """Neither sent nor cancelled nor given up."""
        return self.filter(sent_at__isnull=True, cancelled_at__isnull=True, attempts__lt=GIVE_UP_AFTER)

    def due(self, at: datetime) -> "NotificationQuerySet":
        """Those to be sent now, oldest first."""
        return self.waiting().filter(send_after__lte=at).order_by("send_after")


class Notification(Row):
    """One mail to one person. `key` names what it is about (what, to whom, which day), so that it is owed once.

    `message_id` is made with the row: a mail that had to be sent again after a crash is the same mail. `about` holds
    what the words need (counts, names of pages), never anything about anybody's health.
    """

    class Channel(models.TextChoices):
        EMAIL = "email", _("E-mail")

    key = models.CharField(max_length=200, unique=True)
    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="notifications")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    channel = models.CharField(_("channel"), max_length=8, choices=Channel.choices, default=Channel.EMAIL)
    kind = models.CharField(_("what"), max_length=40)
    about = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(_("made"))
    send_after = models.DateTimeField(_("send from"))
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    cancelled_at = models.DateTimeField(_("cancelled"), null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(_("failed attempts"), default=0)
    last_error = models.CharField(_("last error"), max_length=200, blank=True)
    message_id = models.CharField(max_length=120, unique=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        ordering = ["send_after"]
        indexes = [
            models.Index(
                fields=["send_after"],
                condition=Q(sent_at__isnull=True, cancelled_at__isnull=True),
                name="notification_waiting",
            ),
            models.Index(fields=["recipient", "kind", "-created_at"], name="notification_recipient"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(sent_at__isnull=True) | Q(cancelled_at__isnull=True),
                name="notification_sent_or_cancelled",
            ),
            models.CheckConstraint(condition=~Q(key=""), name="notification_has_a_key"),
        ]
        triggers = no_removal()

    def __str__(self) -> str:
        return self.key
