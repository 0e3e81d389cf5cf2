"""Saying again who one is before something that matters: an export, somebody's role, ending a login."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.reauthentication import is_reauthentication_required
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.http import urlencode

from accounts.turning_away import asked_from, send_to

View = Callable[..., HttpResponseBase]


def confirmed(view: View) -> View:
    """Let in who signed in or confirmed within the last five minutes; ask the others for password, code or passkey.

    Put it below the policy. A GET comes back to the page; of a POST, the page it was sent from is shown again, because
    what was filled in is kept nowhere.
    """

    @wraps(view)
    def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not is_reauthentication_required(request, app="accounts"):
            return view(request, *args, **kwargs)
        methods = get_adapter().get_reauthentication_methods(request.user)
        if not methods:
            return redirect("account_login")
        return send_to(request, f"{methods[0]['url']}?{urlencode({'next': asked_from(request)})}")

    asked.confirmed = True  # type: ignore[attr-defined]
    return asked
