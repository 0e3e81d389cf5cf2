"""Sessions in the database, which tell a database that is away from a session that has ended."""

from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.backends.db import SessionStore as Kept
from django.db import OperationalError


class SessionStore(Kept):
    """Django's own takes each failure for a session that ended meanwhile, and answers 400: nothing was changed.

    When the database went away between the storing of a log and the end of the request, that is not true, and whoever
    sent the log has to be told to send it again (500).
    """

    def save(self, must_create: bool = False) -> None:
        try:
            super().save(must_create)
        except UpdateError as error:
            if isinstance(error.__context__, OperationalError):
                raise error.__context__ from None
            raise
