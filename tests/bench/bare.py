"""What pages are compared with: a bare Django page and a bare POST, in the same server, with the same sign-in.

Sessions, sign-in and CSRF as Django ships them; one query and a template, or one row written. Nothing of Painplan's
frame, policies or history.
"""

from uuid import uuid4

from django.contrib.auth.decorators import login_required
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template import Context, Engine
from django.urls import path
from django.views.decorators.http import require_POST

from exercises.models import BodyRegion

MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "tests.bench.bare.own_addresses",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
]
TABLE = "bench_bare"
PAGE = Engine().from_string(
    "<!doctype html><title>Bare</title><h1>{{ name }}</h1>"
    "<ul>{% for region in regions %}<li>{{ region.slug }}: {{ region.name }}</li>{% endfor %}</ul>"
)


def own_addresses(get_response):
    def middleware(request: HttpRequest) -> HttpResponse:
        request.urlconf = __name__
        return get_response(request)

    return middleware


@login_required
def page(request: HttpRequest) -> HttpResponse:
    shown = {"name": request.user.full_name, "regions": BodyRegion.objects.order_by("name")[:20]}
    return HttpResponse(PAGE.render(Context(shown)))


@login_required
@require_POST
def row(request: HttpRequest) -> HttpResponse:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {TABLE} (id, user_id, value) VALUES (%s, %s, %s)",
            [uuid4(), request.user.pk, request.POST["value"]],
        )
    return HttpResponseRedirect("/bench/page/")


urlpatterns = [path("bench/page/", page), path("bench/row/", row)]
