"""The front door by role, the style page, and the pages for errors."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.policy import Actor, signed_in, staff


@signed_in
def home(request: HttpRequest) -> HttpResponse:
    """Everybody lands where their work is."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if actor.is_clinical:
        return redirect("inbox")
    if actor.is_curator:
        return redirect("library")
    if actor.patient:
        return redirect("today")
    if actor.user.is_superuser:
        return redirect("operator")
    return render(request, "no_access.html", status=403)


@staff
def style(request: HttpRequest) -> HttpResponse:
    """Every part of the design in every state."""
    return render(request, "style.html")


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "403.html", status=403)


def not_found(request: HttpRequest, exception: Http404 | None = None) -> HttpResponse:
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    return render(request, "500.html", status=500)
