"""The browsers from which a person has signed in before, remembered by the browser itself in a signed cookie.

The cookie opens nothing: it only decides whether a sign-in is worth a mail.
"""

from datetime import timedelta

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

KEEP = timedelta(days=365)
MOST_PEOPLE = 8
SALT = "painplan.device"


def is_known(request: HttpRequest, user: AbstractBaseUser) -> bool:
    """True when this person has signed in from this browser within the last year."""
    return _mark(user) in _marks(request)


def remember(request: HttpRequest, response: HttpResponse, user: AbstractBaseUser) -> None:
    """Write this person into the browser's cookie; the latest few are kept."""
    others = [mark for mark in _marks(request) if mark != _mark(user)]
    response.set_signed_cookie(
        settings.DEVICE_COOKIE_NAME, ".".join([*others, _mark(user)][-MOST_PEOPLE:]), salt=SALT, max_age=KEEP,
        secure=settings.SESSION_COOKIE_SECURE, httponly=True, samesite="Lax",
    )  # fmt: skip


def _marks(request: HttpRequest) -> list[str]:
    value = request.get_signed_cookie(settings.DEVICE_COOKIE_NAME, default="", salt=SALT, max_age=KEEP)
    return [mark for mark in (value or "").split(".") if mark]


def _mark(user: AbstractBaseUser) -> str:
    return salted_hmac(SALT, str(user.pk), algorithm="sha256").hexdigest()[:32]
