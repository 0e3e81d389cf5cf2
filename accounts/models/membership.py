"""Who works where, as what, and since when."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.base import Row
from accounts.models.clinic import Clinic
from accounts.models.history import keeps_history

if TYPE_CHECKING:
    from accounts.models.user import User


class Role(models.TextChoices):
    CLINICIAN = "clinician", _("Clinician")
    LEAD = "lead", _("Clinic lead")
    CURATOR = "curator", _("Library curator")


class MembershipQuerySet(models.QuerySet["Membership"]):
    def open(self, at: datetime) -> "MembershipQuerySet":
        """Memberships in force at that moment."""
        return self.filter(valid_from__lte=at).filter(Q(valid_until__isnull=True) | Q(valid_until__gt=at))

    def held_by(self, user: "User", at: datetime) -> "MembershipQuerySet":
        """Those that let this user in at that moment: none for whoever is signed out or deactivated."""
        return self.open(at).filter(user_id=user.pk) if user.is_active else self.none()

    def read_before(self, user: "User", at: datetime) -> "list[Membership] | None":
        """What `held_by` finds, without a query: of the user of a request, with whom they were read when it began.
        None for any other user.
        """
        standing = getattr(user, "standing", None)
        if standing is None:
            return None
        return [one for one in standing.memberships if one.is_open(at)] if user.is_active else []

    def clinical(self) -> "MembershipQuerySet":
        """Those whose role may see patients."""
        return self.filter(role__in=[Role.CLINICIAN, Role.LEAD])

    def visible_to(self, user: "User", at: datetime | None = None) -> "MembershipQuerySet":
        """Who works in the clinics that this user leads at that moment."""
        led = Membership.objects.held_by(user, at or timezone.now()).filter(role=Role.LEAD)
        return self.filter(clinic_id__in=led.values("clinic_id"))


@keeps_history(inserts=True)
class Membership(Row):
    """A user's role in a clinic. Read on every request: ended means out at the next click."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="memberships")
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(_("role"), max_length=10, choices=Role.choices)
    valid_from = models.DateTimeField(_("from"))
    valid_until = models.DateTimeField(_("until"), null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "clinic", "role"],
                condition=Q(valid_until__isnull=True),
                name="membership_one_open_per_role",
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                name="membership_ends_after_it_starts",
            ),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="membership_role_known"),
        ]

    @property
    def is_clinical(self) -> bool:
        """Whether this role may see patients."""
        return self.role in (Role.CLINICIAN, Role.LEAD)

    def is_open(self, at: datetime) -> bool:
        """Whether it is in force at that moment."""
        return self.valid_from <= at and (self.valid_until is None or at < self.valid_until)

    def __str__(self) -> str:
        return f"{self.user} ({self.get_role_display()})"
