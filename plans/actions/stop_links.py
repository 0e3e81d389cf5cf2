"""The secret in the link of a reminder that stops them all."""

from hashlib import sha256

from django.utils.crypto import salted_hmac

from plans.models import ReminderSettings


def stop_token(row: ReminderSettings) -> str:
    """The secret of the stop link (256 bits). Derived, so that each mail can hold it while only its hash is stored."""
    return salted_hmac("plans.reminders.stop", str(row.pk), algorithm="sha256").hexdigest()


def hash_of(token: str) -> str:
    return sha256(token.encode()).hexdigest()
