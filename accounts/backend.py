"""Whom a session belongs to, read together with what every request asks next: where they work, or their record."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from allauth.account.auth_backends import AuthenticationBackend
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone

from accounts.compiled import compiled
from accounts.models import Membership, Patient, Transfer, User


@dataclass(frozen=True)
class Standing:
    """The open memberships of a user, the longest first; `record` is their own, for who works nowhere."""

    memberships: Sequence[Membership]
    record: Patient | None


@compiled
def _memberships(*, user: UUID, at: datetime) -> QuerySet[Membership]:
    open_now = Membership.objects.open(at).filter(user_id=user).select_related("user", "clinic")
    return open_now.order_by("valid_from", "id")


@compiled
def _own_record(*, user: UUID) -> QuerySet[Patient]:
    mine = Patient.objects.current().taking_part().filter(user_id=user).select_related("user", "clinic")
    # Asked for with the record, because the first page of every day shows it.
    asked = Transfer.objects.filter(patient=OuterRef("pk"), state=Transfer.State.ASKED)
    return mine.annotate(asked_transfer=Subquery(asked.values("pk")[:1])).order_by("pk")[:1]


def standing_of(user_id: UUID | str) -> Standing:
    """As it is now, each row with its user. One query for staff, two for the others."""
    key = user_id if isinstance(user_id, UUID) else UUID(user_id)
    memberships = _memberships(user=key, at=timezone.now())
    if memberships:
        return Standing(memberships, None)
    records = _own_record(user=key)
    return Standing([], records[0] if records else None)


class Backend(AuthenticationBackend):
    """django-allauth's, which proves passwords; the user of a session brings their `standing` along."""

    def get_user(self, user_id: Any) -> User | None:
        """The user of a session, if they may sign in, read anew on each request."""
        standing = standing_of(user_id)
        user: User | None
        if standing.memberships:
            user = standing.memberships[0].user
        else:
            user = standing.record.user if standing.record else User.objects.filter(pk=user_id).first()
        if user is None or not self.user_can_authenticate(user):
            return None
        user.standing = standing  # type: ignore[attr-defined]
        return user
