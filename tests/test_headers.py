"""What every answer carries, whatever its status: made from the URLconf, so that a new page is asked as well."""

from uuid import uuid4

import pytest
from django.conf import settings
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import get_resolver, path, reverse

from accounts.models import User
from accounts.policy import signed_in
from painplan.checks import routes
from painplan.urls import handler400, handler403, handler404, handler500  # noqa: F401  (this module is a URLconf too)
from painplan.urls import urlpatterns as real_patterns
from tests.access_rows import clinic_rows_of, library_rows_of, rows_of
from tests.access_world import IDS

ROUTES = {route.name: route for route in routes(get_resolver()) if not route.namespace}
WHO = {
    "public": None, "signed-in": "alice", "clinical": "alice", "staff": "alice", "curator": "cora", "lead": "lena",
    "patient": "anna", "operator": "root",
}  # fmt: skip
POLICY = {
    "default-src": "'none'", "script-src": "'self'", "style-src": "'self'", "img-src": "'self' data: blob:",
    "font-src": "'self'", "connect-src": "'self'", "media-src": "'self'", "manifest-src": "'self'",
    "worker-src": "'self'", "form-action": "'self'", "frame-ancestors": "'none'", "base-uri": "'none'",
}  # fmt: skip
# What a browser may keep: published pictures of exercises, without any patient.
MAY_BE_KEPT = {"media_file", "media_thumbnail", "media_captions", "plan_media", "plan_media_captions"}
# One click in a mail program, without a page before: the key in the address is what it asks for (RFC 8058).
WITHOUT_CSRF = {"reminders_stop"}


@signed_in
def breaks(request):
    raise RuntimeError("a secret of the server")


@signed_in
def forbids(request):
    return HttpResponse(status=403)


urlpatterns = [path("breaks/", breaks), path("forbids/", forbids), *real_patterns]


@pytest.fixture
def world(anna, alice, bob, lena, cora, harbour) -> dict:
    root = User.objects.create_superuser("root@example.org", "a-long-test-password", full_name="Root Ruler")
    rows = rows_of(anna, alice) | library_rows_of(harbour, cora, alice) | clinic_rows_of(harbour, alice, bob)
    return {"rows": rows, "alice": alice, "lena": lena, "cora": cora, "anna": anna.user, "root": root}


def visitor(world: dict, name: str | None, **options) -> Client:
    client = Client(**options)
    if name:
        client.force_login(world[name])
    return client


def address(name: str, rows: dict) -> str:
    given = rows | ({"prescription": rows["active_prescription"]} if ROUTES[name].policy == "patient" else {})
    ids = {}
    for key in ROUTES[name].keys:
        row = given.get(IDS.get(key, ""))
        ids[key] = row.pk if row is not None else uuid4()
    return reverse(name, kwargs=ids)


def all_routes():
    return [name for name in ROUTES if name != "logout"]


def problems(response, *, signed: bool, name: str = "") -> list[str]:
    """What an answer lacks."""
    headers = response.headers
    said = dict(part.strip().split(" ", 1) for part in headers.get("Content-Security-Policy", "x y").split(";"))
    wanted = {
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
    }
    found = [f"{key}: {headers.get(key)}" for key, value in wanted.items() if headers.get(key) != value]
    if said != POLICY:
        found.append(f"Content-Security-Policy: {said}")
    if signed and "no-store" not in headers.get("Cache-Control", "") and name not in MAY_BE_KEPT:
        found.append(f"Cache-Control: {headers.get('Cache-Control')}")
    for header in ("Server", "X-Powered-By"):
        if header in headers:
            found.append(f"{header} tells about us")
    return found


def test_every_answer_of_every_page_has_its_headers(world):
    """GET, POST, a method that is not allowed, and the same without signing in."""
    failures, statuses = [], set()
    browsers = {name: visitor(world, name, raise_request_exception=True) for name in {*WHO.values()}}
    for name in all_routes():
        who = WHO[ROUTES[name].policy]
        url = address(name, world["rows"])
        for person, method in ((who, "get"), (who, "post"), (who, "trace"), (None, "get")):
            with transaction.atomic():
                response = getattr(browsers[person], method)(url)
                transaction.set_rollback(True)
            statuses.add(response.status_code)
            if person is not None and "_auth_user_id" not in browsers[person].session:
                browsers[person] = visitor(world, person, raise_request_exception=True)  # it was signed out
            for problem in problems(response, signed=person is not None, name=name):
                failures.append(f"{method.upper()} {name} {response.status_code}: {problem}")
    assert not failures, "\n".join(failures)
    assert {200, 302, 404, 405} <= statuses


@pytest.mark.urls("tests.test_headers")
@pytest.mark.parametrize(("url", "status"), [("/breaks/", 500), ("/forbids/", 403), ("/nowhere/", 404), ("/", 302)])
def test_errors_have_them_too_and_tell_nothing(world, url, status):
    client = visitor(world, "alice", raise_request_exception=False)
    response = client.get(url)
    assert response.status_code == status
    assert problems(response, signed=True) == []
    assert b"a secret of the server" not in response.content
    assert b"Traceback" not in response.content


def test_each_status_that_no_view_answers_has_them(world, settings, tmp_path):
    """Another host, a broken form, too many attempts, a redirect to https, a file, and a file that is not there."""
    settings.STATIC_ROOT = tmp_path
    (tmp_path / "some.css").write_text("a{}")
    settings.ACCOUNT_RATE_LIMITS = {"login": "1/m/ip"}
    found = {}

    def ask(name: str, status: int, response: HttpResponse) -> None:
        found[name] = [f"answers {response.status_code}"] if response.status_code != status else []
        found[name] += problems(response, signed=False)

    client = visitor(world, None, raise_request_exception=False)
    sign_in = reverse("account_login")
    attempt = {"login": "nobody@example.org", "password": "wrong"}
    ask("another host", 400, client.get("/", HTTP_HOST="evil.example"))
    ask("too many fields", 400, client.post(sign_in, dict.fromkeys(map(str, range(1100)), "x")))  # an attempt as well
    ask("one too many", 429, client.post(sign_in, attempt))
    ask("a file", 200, client.get("/static/some.css"))
    ask("no file", 404, client.get("/static/other.css"))
    ask("no method", 405, client.put(sign_in))
    ask("no address", 404, client.get("/a/b/c"))
    ask("a bare slash", 301, visitor(world, "alice").get("/patients"))
    settings.SECURE_SSL_REDIRECT = True
    ask("without https", 301, visitor(world, None).get("/"))
    assert {name: lacks for name, lacks in found.items() if lacks} == {}


def test_a_request_without_its_token_is_refused_with_the_headers(world):
    client = visitor(world, "alice", enforce_csrf_checks=True)
    response = client.post(reverse("patient_add"), {"full_name": "Nobody"})
    assert response.status_code == 403
    assert problems(response, signed=True) == []


def test_nothing_is_written_without_the_token(world):
    """Every address that takes a POST, as the person who may."""
    browsers = {name: visitor(world, name, enforce_csrf_checks=True) for name in {*WHO.values()}}
    refused, taken = 0, []
    for name in all_routes():
        response = browsers[WHO[ROUTES[name].policy]].post(address(name, world["rows"]))
        if response.status_code == 403:
            refused += 1
        elif response.status_code != 405:  # the method is refused before the token is looked for, where it is
            taken.append(name)
    assert set(taken) <= WITHOUT_CSRF
    assert refused > 100


def test_another_host_is_refused(world):
    """Nobody makes us write links to their server into a mail."""
    for who in (None, "alice"):
        client = visitor(world, who)
        for header in ({"HTTP_HOST": "evil.example"}, {"HTTP_HOST": "localhost@evil.example"}):
            for url in ("/", reverse("account_login"), reverse("health_live")):
                response = client.get(url, **header)
                assert response.status_code == 400, (url, header)
                assert b"evil.example" not in response.content
    # A proxy's word for the host is not believed at all.
    response = visitor(world, None).get("/", HTTP_X_FORWARDED_HOST="evil.example")
    assert "evil" not in response.headers.get("Location", "")


ELSEWHERE = [
    "https://evil.example/",
    "//evil.example/",
    "/\\evil.example/",
    "https:evil.example",
    "javascript:alert(1)",
]


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example/"])
def test_no_page_sends_anybody_elsewhere(world, target):
    """Every page is asked to, under every name that such a wish has."""
    failures = []
    wish = dict.fromkeys(("next", "back", "return", "to", "url", "redirect", "redirect_to"), target)
    browsers = {name: visitor(world, name) for name in {*WHO.values()}}
    for name in all_routes():
        url = address(name, world["rows"])
        for method in ("get", "post"):
            with transaction.atomic():
                response = getattr(browsers[WHO[ROUTES[name].policy]], method)(
                    url, wish, headers={"referer": target, "hx-current-url": target}
                )
                transaction.set_rollback(True)
            for header in ("Location", "HX-Redirect", "HX-Location"):
                where = response.headers.get(header, "")
                if where and not (where.startswith("/") and not where.startswith(("//", "/\\"))):
                    failures.append(f"{method.upper()} {name}: {header}: {where}")
            body = b"" if response.streaming else response.content
            if f'href="{target}"'.encode() in body or f'action="{target}"'.encode() in body:
                failures.append(f"{method.upper()} {name}: a link to {target}")
    assert not failures, "\n".join(failures)


def test_signing_in_leads_nowhere_else(world):
    world["alice"].set_password("a-long-test-password")
    world["alice"].save()
    for target in ELSEWHERE:
        given = {"username": world["alice"].email, "password": "a-long-test-password", "login": world["alice"].email}
        response = Client().post(f"{reverse('account_login')}?next={target}", given | {"next": target})
        assert "evil" not in response.headers.get("Location", "")
        assert "javascript" not in response.headers.get("Location", "")


def test_cookies_are_closed_to_scripts_and_other_sites():
    assert settings.SESSION_COOKIE_HTTPONLY
    assert settings.CSRF_COOKIE_HTTPONLY
    assert settings.SESSION_COOKIE_SAMESITE == "Lax"
