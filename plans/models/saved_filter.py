"""A list as a clinician likes to see it, kept under a name: their own, seen by nobody else."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.models.base import Row


class SavedFilterQuerySet(models.QuerySet["SavedFilter"]):
    def visible_to(self, user: User, at: datetime | None = None) -> "SavedFilterQuerySet":
        """One's own."""
        return self.filter(user_id=user.pk) if user.is_active else self.none()


class SavedFilter(Row):
    """A name for the filter and order of a list. `query` is the list's own query string, with no words searched for."""

    class Place(models.TextChoices):
        CASELOAD = "caseload", _("Caseload")
        INBOX = "inbox", _("Inbox")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_filters")
    place = models.CharField(_("list"), max_length=8, choices=Place.choices)
    name = models.CharField(_("name"), max_length=40)
    query = models.CharField(_("filter"), max_length=200)

    objects = SavedFilterQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint("user", "place", Lower("name"), name="savedfilter_name_unique_in_any_case"),
            models.CheckConstraint(condition=Q(place__in=["caseload", "inbox"]), name="savedfilter_place_known"),
            models.CheckConstraint(condition=~Q(name=""), name="savedfilter_has_a_name"),
            models.CheckConstraint(condition=~Q(query=""), name="savedfilter_has_a_filter"),
        ]

    def __str__(self) -> str:
        return self.name
