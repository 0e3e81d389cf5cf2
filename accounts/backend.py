"""Whom a session belongs to, read together with what every request asks next: where they work, or their record."""

from typing import Any
from uuid import UUID

from allauth.account.auth_backends import AuthenticationBackend
from django.utils import timezone

from accounts.models import User
from accounts.session_store import read_with_session
from accounts.who_asks import Standing, of_user


def standing_of(user_id: UUID | str) -> Standing:
    """As it is now, each row with its user."""
    return of_user(_key(user_id), timezone.now()).standing


class Backend(AuthenticationBackend):
    """django-allauth's, which proves passwords; the user of a session brings their `standing` along."""

    def get_user(self, user_id: Any) -> User | None:
        """The user of a session, if they may sign in, read anew on each request."""
        key = _key(user_id)
        asker = read_with_session(key) or of_user(key, timezone.now())
        user = asker.user
        if user is None or not self.user_can_authenticate(user):
            return None
        user.standing = asker.standing  # type: ignore[attr-defined]
        return user


def _key(user_id: UUID | str) -> UUID:
    return user_id if isinstance(user_id, UUID) else UUID(user_id)
