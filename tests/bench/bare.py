"""What pages are compared with: a bare Django page and a bare POST, in the same server, with the same sign-in.

Sessions, sign-in and CSRF as Django ships them; one query and a template, or one row written. Nothing of Painplan's
frame, policies or history; nor its way to read sessions and users, which is written for what its own pages ask next and
would make the reference cheaper, or dearer, with what is measured by it.
"""

from uuid import uuid4

from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.middleware import SessionMiddleware
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template import Context, Engine
from django.urls import path
from django.utils.crypto import constant_time_compare
from django.utils.functional import SimpleLazyObject
from django.views.decorators.http import require_POST

from exercises.models import BodyRegion

MIDDLEWARE = [
    "tests.bench.bare.Sessions",
    "tests.bench.bare.own_addresses",
    "django.middleware.csrf.CsrfViewMiddleware",
    "tests.bench.bare.signed_in",
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


class Sessions(SessionMiddleware):
    """Django's own store, whatever the settings name."""

    def __init__(self, get_response):
        super().__init__(get_response)
        self.SessionStore = SessionStore


def signed_in(get_response):
    """As Django's AuthenticationMiddleware with the backend that Django ships: the user is read, the hash compared."""

    def middleware(request: HttpRequest) -> HttpResponse:
        request.user = SimpleLazyObject(lambda: user_of(request))
        return get_response(request)

    return middleware


def user_of(request: HttpRequest):
    user = ModelBackend().get_user(request.session.get(SESSION_KEY))
    held = request.session.get(HASH_SESSION_KEY, "")
    if user is None or not constant_time_compare(held, user.get_session_auth_hash()):
        return AnonymousUser()
    return user


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
