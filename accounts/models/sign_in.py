"""A session as Django stores it, with the name of whom it belongs to beside it."""

from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models


class SignIn(AbstractBaseSession):
    """The same rows as `django.contrib.sessions` has, in the same table: one key is one session, whoever wrote it.

    `user_id` repeats what the signed data say, for the statement that reads the row: whom to read with it. The data
    decide. It is empty until somebody signed in, and in rows that code without this column wrote; then it is asked as
    if it were not there. No foreign key and no index: it is only ever read from a row that was found by its key, and
    neither should a session keep a login from going nor a sign-in pay for the check.
    """

    user_id = models.UUIDField(null=True, editable=False)

    class Meta(AbstractBaseSession.Meta):
        # The table is Django's; a migration of ours adds the column to it.
        managed = False
        db_table = "django_session"

    @classmethod
    def get_session_store_class(cls) -> type[SessionBase]:
        from accounts.session_store import SessionStore  # it reads these rows

        return SessionStore
