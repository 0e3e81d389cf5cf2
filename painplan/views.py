"""The front door by role, the style page, and the pages for errors."""

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.policy import Actor, public, signed_in, staff
from painplan import kit


@signed_in
@require_safe
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


@public
@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    """What a phone needs to put Painplan on its home screen (W3C Web Application Manifest). The same for everybody."""
    icons = [
        {
            "src": static(f"img/app/{name}-{edge}.png"),
            "sizes": f"{edge}x{edge}",
            "type": "image/png",
            "purpose": purpose,
        }
        for name, purpose in (("icon", "any"), ("maskable", "maskable"))
        for edge in (192, 512)
    ]
    vector = {"src": static("img/app/icon.svg"), "sizes": "any", "type": "image/svg+xml", "purpose": "any"}
    found = {
        "id": "/",
        "name": "Painplan",
        "short_name": "Painplan",
        "description": _("Your exercises, and how it goes."),
        "lang": get_language(),
        "start_url": reverse("home"),
        "scope": "/",
        "display": "standalone",
        "background_color": "#faf7f2",
        "theme_color": "#faf7f2",
        "icons": [*icons, vector],
        "shortcuts": [
            {"name": _("Today"), "url": reverse("today")},
            {"name": _("Log my pain"), "url": reverse("log_pain")},
        ],
    }
    headers = {"Cache-Control": "public, max-age=86400"}
    return JsonResponse(found, content_type="application/manifest+json", headers=headers)


@public
@require_http_methods(["GET", "HEAD", "POST"])
def admin_sign_in(request: HttpRequest) -> HttpResponse:
    """The admin has no way in of its own: it would know no second step."""
    return redirect("home" if request.user.is_authenticated else "account_login")


@staff
@require_safe
def style(request: HttpRequest) -> HttpResponse:
    """Every part of the design in every state."""
    return render(request, "style.html", kit.context())


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "403.html", status=403)


def not_found(request: HttpRequest, exception: Http404 | None = None) -> HttpResponse:
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    return render(request, "500.html", status=500)
