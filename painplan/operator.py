"""The operator's page: is everything going on, what failed, and what can be tried again. No patient is named."""

import platform
from typing import Any

import celery
import django
from django.conf import settings
from django.contrib import messages
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.policy import operator as operator_only
from painplan import __version__, metrics
from plans import wording_operator as wording
from plans.actions import notifications, overview, soundness, watching
from plans.views.asked import uuid_or_404
from plans.views.doors import user

CONSOLE = "django.core.mail.backends.console.EmailBackend"


@operator_only
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Everything at a glance; htmx asks for the changing part every few seconds."""
    context = _state() | {"versions": _versions(), "mail_is_printed": settings.EMAIL_BACKEND == CONSOLE}
    fragment = request.htmx and not request.htmx.history_restore_request  # type: ignore[attr-defined]
    return render(request, "operator/_state.html" if fragment else "operator/page.html", context)


@operator_only
@require_POST
def evaluate_again(request: HttpRequest) -> HttpResponse:
    """A patient who was set apart is evaluated once more."""
    if not watching.try_again(patient_id=uuid_or_404(request.POST.get("patient")), by=user(request), at=timezone.now()):
        raise Http404
    messages.success(request, _("The evaluation is tried again within a minute."))
    return redirect("operator")


@operator_only
@require_POST
def send_again(request: HttpRequest) -> HttpResponse:
    """Mail that was given up is sent once more."""
    if not notifications.try_again(
        notification_id=uuid_or_404(request.POST.get("mail")), by=user(request), at=timezone.now()
    ):
        raise Http404
    messages.success(request, _("The mail is sent again within a minute."))
    return redirect("operator")


def _state() -> dict[str, Any]:
    at = timezone.now()
    found = soundness.facts(at=at)
    wrong = soundness.breaches(found)
    return {
        "facts": wording.facts(found, wrong, soundness.since(at=at, wrong=wrong)),
        "queues": [wording.queue(metrics.queue_lengths())],
        "safe": not wrong,
        "jobs": [_job(job) for job in overview.job_list(at=at)],
        "set_apart": overview.set_apart(),
        "waiting": overview.mail_waiting(at=at),
        "given_up": overview.mail_given_up(),
        "at": at,
    }


def _job(job: overview.Job) -> dict[str, Any]:
    badge, word = wording.STATES[job.state]
    last = job.last
    return {
        "title": wording.job_name(job.name),
        "slug": job.name.replace(" ", "-"),
        "badge": badge,
        "word": word,
        "last": last,
        "counts": wording.counts(last.counts) if last else "",
        "error": last.error if last else "",
        "failures": job.failures,
        "total": last.total if last and last.total and job.state == "running" else None,
        "done": last.done if last else 0,
    }


def _versions() -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        postgres = cursor.fetchone()[0]
    return [
        ("Painplan", __version__),
        ("Django", django.get_version()),
        ("Celery", celery.__version__),
        ("PostgreSQL", postgres),
        ("Python", platform.python_version()),
    ]
