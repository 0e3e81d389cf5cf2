"""Somebody who is signed in shows once more that it is them, before something that leaves Painplan or ends it.

A phone that lies open is not its owner. Views take one of two decorators below their policy: `confirmed_lately` asks
before anything is shown or done (an export, a password), `confirmed_to_send` before a form is acted on (somebody's
role, an erasure). How the confirming is done (a password, a code, a passkey) only accounts/views/signing_in.py knows.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from accounts import sealing
from accounts.turning_away import asked_from, send_to

View = Callable[..., HttpResponseBase]

VALID_FOR = timedelta(seconds=settings.ACCOUNT_REAUTHENTICATION_TIMEOUT)
CONFIRMED = "confirmed_at"
HELD = "held_form"
LONGEST_HELD = 50_000
"""Characters of a form that is held back while somebody is asked who they are."""


@dataclass(frozen=True)
class Held:
    """A form that was sent and waits: where it goes, its fields in order, and the page it stands on."""

    path: str
    fields: list[tuple[str, str]]
    back: str


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
    kept nowhere, which is right for passwords.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if is_confirmed(request, timezone.now()):
            return view(request, *args, **kwargs)
        return redirect(address(asked_from(request)))

    guarded.confirmed = "always"  # type: ignore[attr-defined]
    return guarded


def _always(request: HttpRequest) -> bool:
    return True


def confirmed_to_send(view: View, when: Callable[[HttpRequest], bool] = _always) -> View:
    """A form is acted on only for somebody who has shown within the last ten minutes that it is them.

    Others are asked first; then the form is there to be sent, as it was filled in. Looking at the page asks nothing,
    and neither do forms for which `when` says no.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        at = timezone.now()
        if request.method != "POST" or not when(request):
            return view(request, *args, **kwargs)
        if is_confirmed(request, at):
            request.session.pop(HELD, None)
            return view(request, *args, **kwargs)
        back = reverse("account_go_on") if _hold(request, at) else asked_from(request)
        return send_to(request, address(back))

    guarded.confirmed = "to send"  # type: ignore[attr-defined]
    return guarded


def held(request: HttpRequest, at: datetime) -> Held | None:
    """The form that waits in this session, for as long as a confirmation counts."""
    sealed = request.session.get(HELD)
    if sealed is None:
        return None
    try:
        kept = json.loads(sealing.unseal(sealed))
    except sealing.Unreadable:
        return None
    if at.timestamp() - kept["at"] > VALID_FOR.total_seconds():
        return None
    return Held(kept["path"], [(name, value) for name, value in kept["fields"]], kept["back"])


def _hold(request: HttpRequest, at: datetime) -> bool:
    """Keep a sent form in the session, sealed: nobody who reads the table of sessions reads what was filled in."""
    fields = [
        (name, value) for name, values in request.POST.lists() if name != "csrfmiddlewaretoken" for value in values
    ]
    kept = {"path": request.get_full_path(), "fields": fields, "back": asked_from(request), "at": at.timestamp()}
    text = json.dumps(kept)
    if len(text) > LONGEST_HELD:
        return False
    request.session[HELD] = sealing.seal(text)
    return True
