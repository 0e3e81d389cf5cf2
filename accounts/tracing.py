"""Who and why, for the history that the database writes: set once per request, read by every trigger."""

from collections.abc import Callable
from uuid import uuid4

import pghistory
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase


class TraceMiddleware:
    """Gives the request an id and tells history who is behind it and which page it was for. No address, no content."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.trace_id = str(uuid4())  # type: ignore[attr-defined]
        with pghistory.context(user=_id_of(request), request=request.trace_id):  # type: ignore[attr-defined]
            return self.get_response(request)

    def process_view(self, request: HttpRequest, view: object, args: object, kwargs: object) -> HttpResponseBase | None:
        match = request.resolver_match
        pghistory.context(route=(match.view_name or "") if match else "")
        return None


def _id_of(request: HttpRequest) -> str | None:
    return str(request.user.pk) if request.user.is_authenticated else None
