"""My data: a copy of everything to take along, and where the ways out are."""

import json
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts import reauth
from accounts.models import AccessLog
from accounts.policy import patient
from plans.actions import copies
from plans.reports import copy, typesetting
from plans.schedule import local_date
from plans.views import doors
from plans.views.patient import copy_paper

KINDS = {
    "json": "application/json",
    "scores": "text/csv; charset=utf-8",
    "sessions": "text/csv; charset=utf-8",
    "pdf": "application/pdf",
}


@patient
@require_safe
def my_data(request: HttpRequest) -> HttpResponse:
    """What can be taken along, who looked, and how to leave. The downloads open after showing once more who one is."""
    me, at = doors.my_record(request), timezone.now()
    page = {
        "nav": "help",
        "open": reauth.is_confirmed(request, at),
        "confirm_url": reauth.address(reverse("my_data")),
        "looks": AccessLog.objects.filter(patient=me).values("user").distinct().count(),
    }
    return render(request, "plans/patient/my_data.html", page)


@patient
@require_safe
@reauth.confirmed_lately
def my_data_json(request: HttpRequest) -> HttpResponse:
    """Everything, table by table."""
    me, at = doors.my_record(request), timezone.now()
    found = copy.everything(me, at=at)
    content = json.dumps(found, cls=copy.CopyEncoder, ensure_ascii=False, indent=1).encode("utf-8")
    return _download(request, "json", content, "my-data.json", at)


@patient
@require_safe
@reauth.confirmed_lately
def my_data_scores(request: HttpRequest) -> HttpResponse:
    """Every pain score as a table."""
    return _download(request, "scores", copy.scores_csv(doors.my_record(request)), "my-pain.csv", timezone.now())


@patient
@require_safe
@reauth.confirmed_lately
def my_data_sessions(request: HttpRequest) -> HttpResponse:
    """Every session with its exercises as a table."""
    content = copy.sessions_csv(doors.my_record(request))
    return _download(request, "sessions", content, "my-sessions.csv", timezone.now())


@patient
@require_safe
@reauth.confirmed_lately
def my_data_pdf(request: HttpRequest) -> HttpResponse:
    """A summary to read or print."""
    me, at = doors.my_record(request), timezone.now()
    words: dict[str, Any] = copy_paper.words(me, local_date(at, me.time_zone), at=at)
    return _download(request, "pdf", typesetting.pdf("mine", words, at=at), "my-summary.pdf", at)


def _download(request: HttpRequest, kind: str, content: bytes, name: str, at: datetime) -> HttpResponse:
    """The name says nothing about anybody; the history says that a copy was taken."""
    if request.method == "GET":
        copies.note_taken(patient=doors.my_record(request), what=kind, by=doors.user(request), at=at)
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return HttpResponse(content, content_type=KINDS[kind], headers=headers)
