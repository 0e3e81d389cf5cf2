"""Every form and address, filled with what nobody kind would send: no crash, nothing half-written, nothing shown.

The requests come from the pages themselves (tests/hostile.py). `make test` sends 2,000, `make test-full` 20,000; a
failure names the actor, the seed and the request, so that it can be sent again.
"""

import os
import sys
from collections.abc import Iterator
from zlib import crc32

import pytest
from django.conf import settings
from django.core.signals import got_request_exception
from django.test import RequestFactory

from tests.access_table import TABLE
from tests.access_world import ACTORS, CANARIES, MAY_READ, OWN, ROUTES, Ask, World, one_world
from tests.hostile import Form, Request, forms_of, many

NUMBER = 20_000 if os.environ.get("PAINPLAN_FULL") else 2_000
SEED = int(os.environ.get("PAINPLAN_SEED", "1"))
# Who fills which share: people who see much send more.
SHARES = {"alice": 0.3, "anna": 0.25, "lena": 0.15, "cora": 0.15, "anonymous": 0.1, "superuser": 0.05}
POLICIES = {
    "alice": {"clinical", "staff", "signed-in", "public"},
    "anna": {"patient", "signed-in", "public"},
    "lena": {"lead", "clinical"},
    "cora": {"curator", "staff"},
    "anonymous": {"public"},
    "superuser": {"operator", "signed-in"},
}


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker) -> Iterator[World]:
    with django_db_blocker.unblock(), one_world() as world:
        yield world


@pytest.fixture
def crashes() -> Iterator[list[BaseException]]:
    """What views did not catch, behind the page that says sorry."""
    caught: list[BaseException] = []

    def note(sender: object, **kwargs: object) -> None:
        caught.append(sys.exc_info()[1] or RuntimeError("unknown"))

    got_request_exception.connect(note)
    yield caught
    got_request_exception.disconnect(note)


class Wire(RequestFactory):
    """Gives what a server would hand over, not yet read by Django."""

    def request(self, **request: object) -> dict[str, object]:  # type: ignore[override]
        return self._base_environ(**request)


def send(world: World, actor: str, request: Request) -> tuple[int, str, set[str]]:
    """Status, text and the tables it changed; everything is taken back."""
    factory = Wire()
    if actor != "anonymous":
        factory.cookies[settings.SESSION_COOKIE_NAME] = world.keys[actor]
    made = factory.generic(request.method, request.path, request.body, request.content_type, **request.headers)
    answer = world.taken_back(actor, world.handler(made))
    return answer.status, answer.text, answer.wrote


def forms_for(world: World, actor: str) -> list[Form]:
    """Every form on every page that this person may open, with the page's own filling."""
    own, forms = OWN.get(actor, "annas"), {}
    for name, row in TABLE.items():
        if row.policy not in POLICIES[actor]:
            continue
        address = world.address(name, own)
        if row.get is not None:
            answer = world.ask(actor, Ask(name, "GET", own))
            found, links = forms_of(address, answer.text)
            for link in links:
                path, _, query = (address + link if link.startswith("?") else link).partition("?")
                if query:
                    pairs = dict(part.partition("=")[::2] for part in query.split("&"))
                    found.append(Form(path, "GET", {name: [value] for name, value in pairs.items()}))
            for form in found:
                forms[form.method, form.action.partition("?")[0], frozenset(form.fields)] = form
            forms.setdefault(("GET", address, frozenset()), Form(address, "GET"))
        if row.post is not None and not any(key[:2] == ("POST", address) for key in forms):
            forms["POST", address, frozenset()] = Form(address, "POST")
    return [form for form in forms.values() if form.action.startswith("/")]


def wrong(world: World, actor: str, request: Request, crashes: list[BaseException]) -> str:
    """What is wrong with the answer, or nothing."""
    crashes.clear()
    status, text, wrote = send(world, actor, request)
    if crashes or (status >= 500 and not request.path.startswith("/health/safety")):
        return f"{status}: {crashes and repr(crashes[0])[:300]}"
    if status in (400, 403, 404, 405, 413, 429):
        if wrote:
            return f"{status}, and yet changed {wrote}"
        read = {word for word in CANARIES if word in text}
        if read:
            return f"the error page ({status}) shows {read}"
    foreign = {word for word in CANARIES - MAY_READ.get(actor, set()) if word in text}
    if foreign and actor != "superuser":
        return f"{status}, shows {foreign}"
    # That somebody took a copy of their data is an event of their record.
    if request.method == "GET" and wrote - ({"plans_planevent"} if request.path.startswith("/my-data/") else set()):
        return f"a GET changed {wrote}"
    return ""


@pytest.mark.parametrize("actor", SHARES)
def test_nothing_breaks(world, crashes, actor):
    forms = forms_for(world, actor)
    assert len(forms) > 5
    seed = SEED + crc32(actor.encode())
    found, sent = [], 0
    for request in many(forms, int(NUMBER * SHARES[actor]), seed):
        sent += 1
        problem = wrong(world, actor, request, crashes)
        if problem:
            found.append(f"{actor} {request.method} {request.path[:120]} {request.about}: {problem}")
            print(found[-1], flush=True)
    print(f"{actor}: {sent} requests to {len(forms)} forms and addresses, {len(found)} wrong")
    assert not found, "\n".join(found[:40])


def test_the_forms_are_found(world):
    """A patient's session has its scales, the builder its dose: hostile values reach them."""
    names = {name for actor in ("anna", "alice") for form in forms_for(world, actor) for name in form.fields}
    assert {"pain_now", "note", "q"} & names
    assert sum(1 for name in ACTORS if name in SHARES) == len(SHARES)
    assert set(ROUTES) == set(TABLE)
