"""The plan on paper: what stands on it, what must not, large print, and who is written down as having looked."""

import io

import pytest
import time_machine
from pypdf import PdfReader

from accounts.models import AccessLog
from exercises.models import Condition
from plans.actions import plans
from tests.cast import NOON


@pytest.fixture(autouse=True)
def _at_noon():
    with time_machine.travel(NOON.replace(microsecond=123456), tick=False):
        yield


@pytest.fixture
def told(alice, anna, annas_plan):
    """A version with a note for Anna, and a reason that names her condition."""
    condition = Condition.objects.first()
    anna.profile.conditions.add(condition)
    draft = plans.revise(plan=annas_plan.plan, by=alice, at=NOON)
    one = draft.prescriptions.in_order().first()
    changes = {"note": "Use the blue chair", "override_reason": f"In spite of {condition.name}"}
    plans.change_dose(prescription=one, changes=changes, lock=draft.lock, by=alice, at=NOON)
    version = plans.activate(version=draft, lock=draft.lock + 1, why="Because of X", by=alice, at=NOON)
    return version, condition


def text_of(response) -> str:
    pages = PdfReader(io.BytesIO(response.content)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def test_the_pdf_says_what_to_do_and_names_no_condition(client, alice, anna, told):
    version, condition = told
    client.force_login(alice)
    response = client.get(f"/plans/{version.pk}/exercises.pdf")
    text = text_of(response)
    for p in version.prescriptions.select_related("exercise_version"):
        assert p.exercise_version.name in text
    assert "Use the blue chair" in text and "Call 999." in text and "Anna Anders" in text
    for secret in (condition.name, "In spite of", "Because of X", "1965"):
        assert secret not in text
    assert "anna" not in response.headers["Content-Disposition"].lower()
    assert AccessLog.objects.filter(patient=anna, user=alice, route="plan_pdf").count() == 1


def test_it_is_tagged_for_screen_readers_and_the_code_has_words(client, anna, annas_plan):
    client.force_login(anna.user)
    made = PdfReader(io.BytesIO(client.get("/plan/exercises.pdf").content))
    assert made.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert b"pdfuaid" in made.trailer["/Root"]["/Metadata"].get_data()
    assert made.trailer["/Root"]["/Lang"].startswith("en")


def test_large_print_takes_more_room(client, anna, annas_plan):
    client.force_login(anna.user)
    usual, large = (
        PdfReader(io.BytesIO(client.get(f"/plan/exercises.pdf{query}").content)) for query in ("", "?large=1")
    )
    assert len(large.pages) > len(usual.pages)


def test_the_print_page_has_the_code_and_no_condition(client, alice, anna, told):
    version, condition = told
    client.force_login(alice)
    page = client.get(f"/plans/{version.pk}/print/?large=1").content.decode()
    assert "<svg" in page and "pp-paper-large" in page and "Use the blue chair" in page
    assert condition.name not in page and "In spite of" not in page
    assert "style=" not in page
    client.force_login(anna.user)
    assert "Use the blue chair" in client.get("/plan/print/").content.decode()


def test_a_draft_says_that_it_is_not_in_force(client, alice, anna):
    draft = plans.start(patient=anna, title="x", by=alice, at=NOON)
    client.force_login(alice)
    assert "not in force yet" in client.get(f"/plans/{draft.pk}/print/").content.decode()
    assert "not in force yet" in text_of(client.get(f"/plans/{draft.pk}/exercises.pdf"))


def test_without_a_plan_there_is_nothing_to_print(client, anna, charlie, annas_plan, ben):
    client.force_login(ben.user)
    assert client.get("/plan/print/").headers["Location"] == "/plan/"
    client.force_login(charlie)
    assert client.get(f"/plans/{annas_plan.pk}/exercises.pdf").status_code == 404
