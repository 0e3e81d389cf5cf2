"""Somebody who is signed in shows once more that it is them, before something that leaves Painplan or ends it.

A phone that lies open is not its owner. Views take `confirmed_lately` below their policy; nothing else knows how the
confirming is done.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth import logout
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

View = Callable[..., HttpResponseBase]

VALID_FOR = timedelta(minutes=10)
TRIES = 5
CONFIRMED, WRONG = "confirmed_at", "confirm_wrong"


def is_confirmed(request: HttpRequest, at: datetime) -> bool:
    """Whether this person has shown within the last ten minutes that it is them."""
    then = request.session.get(CONFIRMED)
    return then is not None and 0 <= at.timestamp() - float(then) <= VALID_FOR.total_seconds()


def confirm(request: HttpRequest, at: datetime) -> None:
    """Write down that this person has just shown that it is them."""
    request.session[CONFIRMED] = at.timestamp()
    request.session.pop(WRONG, None)


def wrong(request: HttpRequest) -> bool:
    """Count a wrong password; at the fifth the session ends. True when it has ended."""
    count = int(request.session.get(WRONG, 0)) + 1
    request.session[WRONG] = count
    if count >= TRIES:
        logout(request)
    return count >= TRIES


def address(back: str) -> str:
    """The page that asks whether it is them, and from there leads back to `back` (a path of ours)."""
    return f"{reverse('confirm')}?{urlencode({'next': back})}"


def confirmed_lately(view: View) -> View:
    """Only for somebody who has shown within the last ten minutes that it is them; others are asked first."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if is_confirmed(request, timezone.now()):
            return view(request, *args, **kwargs)
        return redirect(address(request.get_full_path()))

    return guarded
