"""Drawn figures: their files, and the curators' contact sheet where people say whether a drawing is right."""

import gzip
from typing import Any, cast

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from accounts.policy import curator, public
from exercises.actions import figures as actions
from exercises.actions.refusals import Refused
from exercises.drawn import current_digest, pose_data
from exercises.figure_sheet import Sheet
from exercises.figures.colours import THEMES
from exercises.figures.drawing import KINDS, MIRRORED
from exercises.figures.files import mark as current_mark
from exercises.figures.files import target, write_kind
from exercises.figures.reading import PoseError, read

_FOREVER = "public, max-age=31536000, immutable"


@public
@require_safe
def figure_file(request: HttpRequest, mark: str, name: str) -> HttpResponse:
    """A picture; it is drawn now if it has not been. The address changes with what it shows, so it never goes stale.

    Nobody's data are in it: it shows how an exercise is done, and its name is a digest.
    """
    digest, _first, rest = name.partition("-")
    kind, _second, theme = rest.partition("-")
    if kind not in (*KINDS, *MIRRORED) or theme not in THEMES:
        raise Http404
    path = target(settings.FIGURES_ROOT, digest, kind, theme)
    if not path.exists():
        data = pose_data("", digest)
        if data is None:
            raise Http404
        try:
            write_kind(read(data), digest, kind, settings.FIGURES_ROOT)
        except PoseError as error:
            raise Http404 from error
    packed = path.read_bytes()
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        answer = HttpResponse(packed, content_type="image/svg+xml")
        answer["Content-Encoding"] = "gzip"
    else:
        answer = HttpResponse(gzip.decompress(packed), content_type="image/svg+xml")
    answer["Vary"] = "Accept-Encoding"
    # A page from before an upgrade shows the figure as it is drawn now, and asks again next time.
    answer["Cache-Control"] = _FOREVER if mark == current_mark() else "no-cache"
    return answer


@curator
@require_safe
def figures(request: HttpRequest) -> HttpResponse:
    """All figures with what the checks and people say of them; filters stand in the address."""
    sheet = Sheet(request.GET, at=timezone.now())
    return render(request, "exercises/figures.html", {"sheet": sheet, "nav": "library"})


@curator
@require_POST
def figure_review(request: HttpRequest) -> HttpResponse:
    """Mark a figure as looked at: it looks right, or something has to be put right."""
    figure = request.POST.get("figure", "")
    said: dict[str, Any] = {"verdict": request.POST.get("verdict", ""), "note": request.POST.get("note", "")}
    if said["verdict"] not in ("good", "mend") or not current_digest(figure):
        raise Http404
    try:
        actions.judge(figure=figure, by=cast(User, request.user), at=timezone.now(), **said)
    except Refused as refused:
        messages.error(request, str(refused))
    query = request.POST.get("query", "")
    return redirect(f"{reverse('figures')}{'?' + query if query else ''}#figure-{figure}")
