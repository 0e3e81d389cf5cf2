"""The command palette: what a name leads to, for whom."""

import re

import pytest
import time_machine

from accounts.models import Patient
from exercises.models import Exercise
from plans.actions import patients
from tests.cast import NOON


@pytest.fixture(autouse=True)
def _at_noon():
    with time_machine.travel(NOON, tick=False):
        yield


def hits(client, words) -> dict[str, str]:
    """The places by name, with their addresses, as the palette asks for them."""
    response = client.get("/find/", {"q": words}, headers={"HX-Request": "true"})
    assert response.status_code == 200
    assert b"<html" not in response.content
    found = re.findall(r'<a href="([^"]+)" data-hit>.*?<b>(.*?)</b>', response.content.decode(), re.DOTALL)
    return {name: url for url, name in found}


def test_a_patient_of_the_clinic_by_a_part_of_the_name(client, alice, anna, zoe):
    client.force_login(alice)
    assert hits(client, "anna ander") == {"Anna Anders": f"/patients/{anna.pk}/"}
    assert zoe.full_name not in hits(client, zoe.full_name)


def test_a_sign_that_no_name_has_is_left_out(alice, anna):
    found = Patient.objects.visible_to(alice, NOON)
    assert list(found.named("\x00")) == list(found)
    assert list(found.named("anna\x00ander")) == [anna]


def test_somebody_discharged_is_still_found(client, alice, anna):
    patients.discharge(patient=anna, note="Moved away", by=alice, at=NOON)
    client.force_login(alice)
    assert "Anna Anders" in hits(client, "anna")


def test_a_curator_finds_no_patient(client, cora, anna):
    client.force_login(cora)
    assert hits(client, "anna ander") == {}
    assert "Curation" in hits(client, "")


def test_an_exercise_with_a_slip(client, alice):
    pedals = Exercise.objects.prescribable().get(current_version__name="Floor pedals from a chair")
    client.force_login(alice)
    assert hits(client, "flor pedals")["Floor pedals from a chair"] == f"/library/{pedals.pk}/"


def test_pages_are_those_of_the_role(client, alice, lena):
    client.force_login(alice)
    mine = hits(client, "")
    assert "Inbox" in mine and "Clinic settings" not in mine and "Curation" not in mine
    assert list(hits(client, "urgent")) == ["Inbox"]
    client.force_login(lena)
    assert "Clinic settings" in hits(client, "")


def test_every_page_that_it_names_is_there(client, lena, cora):
    for person in (lena, cora):
        client.force_login(person)
        for url in hits(client, "").values():
            assert client.get(url).status_code == 200, url


def test_nothing_found_says_what_to_try_and_is_a_page_without_scripts(client, alice):
    client.force_login(alice)
    page = client.get("/find/", {"q": "\x00qqqq<b>"}).content.decode()
    assert "Nothing is called “qqqq&lt;b&gt;”" in page
    assert "<h1>Find</h1>" in page


def test_patients_cannot_ask(client, anna):
    client.force_login(anna.user)
    assert client.get("/find/").status_code == 404
