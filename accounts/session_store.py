"""Sessions in the database, which tell a database that is away from a session that has ended, and bring along what is
asked next: the user, and where they work or their record (accounts/who_asks.py).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from uuid import UUID

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import SessionBase, UpdateError
from django.contrib.sessions.backends.db import SessionStore as Kept
from django.core import signing
from django.utils import timezone

from accounts.models import SignIn
from accounts.who_asks import Asker, of_session


class SessionStore(Kept):
    """Django's own takes each failure for a session that ended meanwhile, and answers 400: nothing was changed.

    When the database went away between the storing of a log and the end of the request, that is not true, and whoever
    sent the log has to be told to send it again (500).
    """

    came_with: Asker | None = None
    """Whom the row named when it was read."""

    @classmethod
    def get_model_class(cls) -> type[SignIn]:
        return SignIn

    def load(self) -> dict[str, Any]:
        self.came_with = of_session(self.session_key or "", timezone.now())
        if self.came_with is None:
            self._session_key = None
            return {}
        return self.decode(self.came_with.data)

    def encode(self, session_dict: dict[str, Any]) -> str:
        # As Django does it, but as it is: packing a quarter of a kilobyte takes longer than to store it.
        return signing.dumps(session_dict, salt=self.key_salt, serializer=self.serializer)

    def create_model_instance(self, data: dict[str, Any]) -> SignIn:
        row = super().create_model_instance(data)
        assert isinstance(row, SignIn)
        row.user_id = data.get(SESSION_KEY)
        return row

    def save(self, must_create: bool = False) -> None:
        if must_create or self.session_key is None:
            super().save(must_create)
            return
        # Django's own opens a transaction for this one statement, and takes each failure of it for an ended session.
        row = self.create_model_instance(dict(self.items()))
        kept = SignIn.objects.filter(session_key=row.session_key)
        if not kept.update(session_data=row.session_data, expire_date=row.expire_date, user_id=row.user_id):
            raise UpdateError


_SESSION: ContextVar[SessionBase | None] = ContextVar("session", default=None)


@contextmanager
def whose(session: SessionBase) -> Iterator[None]:
    """While it is worked out whose session that is: Django asks the backend with a key alone."""
    before = _SESSION.set(session)
    try:
        yield
    finally:
        _SESSION.reset(before)


def read_with_session(user: UUID) -> Asker | None:
    """What came with the session, once, and only if it is about this user: the key is that of the signed data."""
    session = _SESSION.get()
    asker: Asker | None = getattr(session, "came_with", None)
    if session is None or asker is None:
        return None
    session.came_with = None  # type: ignore[attr-defined]  # asked later, it is read anew
    return asker if asker.user is not None and asker.user.pk == user else None
