"""Sends people to another page of ours first: to sign in, to say again who they are, to set up a second step."""

from urllib.parse import urlencode, urlsplit

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse


def asked_from(request: HttpRequest) -> str:
    """Where to come back to, as a path of ours: this page, or of a form that was sent the page it stands on."""
    if request.headers.get("HX-Request"):
        return _path_of(request, request.headers.get("HX-Current-URL", ""))
    if request.method in ("GET", "HEAD"):
        return request.get_full_path()
    return _path_of(request, request.headers.get("Referer", ""))


def _path_of(request: HttpRequest, url: str) -> str:
    """The path and question of an address of this host; the start page for any other."""
    parts = urlsplit(url)
    if parts.netloc != request.get_host() or not parts.path.startswith("/"):
        return "/"
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def send_to(request: HttpRequest, where: str) -> HttpResponse:
    """Go there with the whole page: a fragment that htmx asked for must not be replaced by a sign-in page."""
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": where})
    return redirect(where)


def to_sign_in(request: HttpRequest, *, was_away: bool = False) -> HttpResponse:
    """Sign in first, then come back. `was_away`: the page says that they were signed out for doing nothing.

    The address says it, not a message in the session: when a page asks for two things at once, the answer to the
    second takes the cookie of the session that has just ended away, and with it a message for the first.
    """
    why = {"next": asked_from(request)} | ({"away": "1"} if was_away else {})
    return send_to(request, f"{reverse('account_login')}?{urlencode(why)}")
