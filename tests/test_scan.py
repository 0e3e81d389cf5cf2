# ruff: noqa: F811 (the fixtures of the matrix are used by their names)
"""A sample of `make scan`, and proof that the scanner sees what it looks for."""

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import path

from accounts.policy import public
from painplan.urls import handler400, handler403, handler404, handler500  # noqa: F401  (this module is a URLconf too)
from tests.scan.crawler import Walker, kind_of
from tests.scan.judging import HOSTILE, faults, leaves
from tests.scan.pages import offered
from tests.test_access import made, world  # noqa: F401

PAGE = """
<a href="/inbox/?tab=mine">in</a><a href="https://elsewhere.example/">out</a><a href="mailto:a@b.example">mail</a>
<form method="post" action="../edit/"><input type="hidden" name="lock" value="3"><textarea name="note"></textarea>
<select name="to"><option value="">-</option><option value="7">A</option></select>
<input type="radio" name="mood" value="1"><input type="radio" name="mood" value="2" checked></form>
<form action="https://elsewhere.example/"><input name="q"></form>"""


@public
def careless(request):
    """Does everything wrong that a view can do."""
    if "q" in request.GET:
        return HttpResponse(f"<p>{request.GET['q']}</p>")
    if "next" in request.GET:
        return HttpResponse(status=302, headers={"Location": request.GET["next"]})
    answer = HttpResponse("careless")
    answer.set_cookie("open", "1")
    return answer


urlpatterns = [path("careless/", careless)]


def judged(client: Client, **asked: str) -> str:
    return " | ".join(faults(client.get("/careless/", asked), signed_in=False))


def test_it_sees_what_it_looks_for(client, settings):
    settings.ROOT_URLCONF = __name__
    assert "img src=x" in judged(client, q=HOSTILE["markup"])
    assert "onfocus" in judged(client, q=HOSTILE["attribute"])
    assert judged(client, q="nothing bad") == ""
    assert "leads to" in judged(client, next="//elsewhere.example/")
    assert "cookie open is open" in judged(client)
    bare = " | ".join(faults(HttpResponse("no headers", status=500), signed_in=True))
    assert "answers 500" in bare and "Content-Security-Policy is 'missing'" in bare


@pytest.mark.parametrize(
    ("address", "out"),
    [
        ("/inbox/", False), ("http://testserver/inbox/", False), ("?next=/", False),
        ("/a?next=https://x.example/", False),
        ("https://elsewhere.example/", True), ("//elsewhere.example/", True), ("/\\elsewhere.example/", True),
        ("http://testserver@elsewhere.example/", True), ("javascript:alert(1)", True),
        ("https:elsewhere.example", True),
    ],
)  # fmt: skip
def test_it_knows_what_leaves_the_site(address, out):
    assert leaves(address) == out


def test_it_reads_links_and_forms():
    found = offered(PAGE, "/patients/one/")
    assert found.links == ["/inbox/?tab=mine"]
    [form] = found.forms
    assert (form.action, form.method) == ("/patients/edit/", "post")
    assert form.filled() == {"lock": ["3"], "note": [""], "to": ["7"], "mood": ["2"]}
    assert form.shape == ("lock", "mood", "note", "to")


@pytest.mark.parametrize(
    ("role", "page", "form"), [("anna", "today", "messages"), ("lena", "caseload", "patient_notes")]
)
def test_a_sample_of_the_walk_finds_nothing(world, role, page, form):
    walker = Walker(world, role)
    address = world.address(form, "annas", "annas")
    for one in walker.open(address).forms:
        if kind_of(one.action).startswith(form):
            walker.send(one, address)
    walker.twist(world.address(page, "annas"))
    walker.open(address)
    assert walker.walk.faults == []
    assert walker.walk.marked, "nothing hostile was stored and shown again, so nothing was tried"
    assert walker.walk.asked > 30


def test_a_kind_of_page_is_its_route_and_its_questions():
    assert kind_of("/inbox/?tab=mine&page=2") == "inbox page tab" and kind_of("/nothing/here/") == ""
