"""Sessions in the database, which tell a database that is away from a session that has ended."""

from datetime import datetime
from typing import Any

from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.backends.db import SessionStore as Kept
from django.contrib.sessions.models import Session
from django.core import signing
from django.db.models import QuerySet
from django.utils import timezone

from accounts.compiled import compiled


@compiled
def _stored(*, key: str, at: datetime) -> QuerySet[Session]:
    return Session.objects.filter(session_key=key, expire_date__gt=at)


class SessionStore(Kept):
    """Django's own takes each failure for a session that ended meanwhile, and answers 400: nothing was changed.

    When the database went away between the storing of a log and the end of the request, that is not true, and whoever
    sent the log has to be told to send it again (500).
    """

    def _get_session_from_db(self) -> Session | None:
        rows = _stored(key=self.session_key or "", at=timezone.now())
        if not rows:
            self._session_key = None
        return rows[0] if rows else None

    def encode(self, session_dict: dict[str, Any]) -> str:
        # As Django does it, but as it is: packing a quarter of a kilobyte takes longer than to store it.
        return signing.dumps(session_dict, salt=self.key_salt, serializer=self.serializer)

    def save(self, must_create: bool = False) -> None:
        if must_create or self.session_key is None:
            super().save(must_create)
            return
        # Django's own opens a transaction for this one statement, and takes each failure of it for an ended session.
        row = self.create_model_instance(dict(self.items()))
        kept = Session.objects.filter(session_key=row.session_key)
        if not kept.update(session_data=row.session_data, expire_date=row.expire_date):
            raise UpdateError
