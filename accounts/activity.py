"""Requests that a page makes by itself: they must not count as somebody being there."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase

View = Callable[..., HttpResponseBase]


def no_activity(view: View) -> View:
    """Mark a view that a page asks again and again. It never writes the session, so that it cannot keep it alive.

    A limit for idle time finds the mark as `no_activity` on `request.resolver_match.func`. Put it below the policy.
    """

    @wraps(view)
    def quiet(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        changed_before = request.session.modified
        response = view(request, *args, **kwargs)
        request.session.modified = changed_before
        return response

    quiet.no_activity = True  # type: ignore[attr-defined]
    return quiet
