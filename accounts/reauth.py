"""Somebody who is signed in shows once more that it is them, before something that leaves Painplan or ends it.

A phone that lies open is not its owner. Views take `confirmed_lately` below their policy: an export, somebody's role,
ending a login. How the confirming is done (a password, a code, a passkey) only accounts/views/signing_in.py knows.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone

from accounts.turning_away import asked_from, send_to

View = Callable[..., HttpResponseBase]

VALID_FOR = timedelta(seconds=settings.ACCOUNT_REAUTHENTICATION_TIMEOUT)
CONFIRMED = "confirmed_at"


def is_confirmed(request: HttpRequest, at: datetime) -> bool:
    """Whether this person has shown within the last ten minutes that it is them; signing in shows it too."""
    then = request.session.get(CONFIRMED)
    return then is not None and 0 <= at.timestamp() - float(then) <= VALID_FOR.total_seconds()


def confirm(request: HttpRequest, at: datetime) -> None:
    """Write down that this person has just shown that it is them."""
    request.session[CONFIRMED] = at.timestamp()


def address(back: str) -> str:
    """The page that asks whether it is them, and from there leads back to `back` (a path of ours)."""
    return f"{reverse('account_reauthenticate')}?{urlencode({'next': back})}"


def confirmed_lately(view: View) -> View:
    """Only for somebody who has shown within the last ten minutes that it is them; others are asked first.

    A GET comes back to its page. Of a form that was sent, the page it stands on is shown again: what was filled in is
    kept nowhere.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if is_confirmed(request, timezone.now()):
            return view(request, *args, **kwargs)
        return send_to(request, address(asked_from(request)))

    return guarded
