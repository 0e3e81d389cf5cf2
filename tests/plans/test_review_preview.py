"""The preview beside a review, in every language that the exercise has."""

import pytest
from django.urls import reverse

from exercises.models import ExerciseVersion
from tests.exercises.curation_cast import published


@pytest.fixture
def shipped() -> ExerciseVersion:
    version = ExerciseVersion.objects.filter(exercise__slug="bridge", exercise__clinic=None).latest("number")
    assert "es" in version.translations
    return version


def preview(client, version, query="") -> tuple[str, dict]:
    response = client.get(reverse("version_review", args=[version.pk]) + query)
    assert response.status_code == 200
    beside = response.content.decode().partition("pp-col-pv")[2].partition("</aside>")[0]
    return beside, response.context["spoken"]


def test_it_is_read_in_spanish_and_in_english(client, maren, shipped):
    client.force_login(maren)
    english, spoken = preview(client, shipped)
    assert spoken["now"] == "en-gb" and [link["name"] for link in spoken["links"]] == ["English", "Español"]
    assert shipped.steps[0] in english and "How it goes" in english
    spanish, spoken = preview(client, shipped, "?said=es")
    assert spoken["now"] == "es" and shipped.steps[0] not in spanish and "How it goes" not in spanish
    assert shipped.translations["es"]["steps"]["said"][0] in spanish and '<div lang="es">' in spanish
    assert "As a patient sees it" in spanish


def test_a_language_it_has_not_is_as_if_none_was_asked_for(client, maren, shipped):
    client.force_login(maren)
    assert preview(client, shipped, "?said=tlh")[1]["now"] == "en-gb"
    assert preview(client, shipped, "?tab=fields")[1]["links"][1]["url"] == "?tab=fields&said=es"


def test_one_language_needs_no_links(client, maren, ravi):
    client.force_login(maren)
    assert preview(client, published(maren, ravi).current_version)[1] == {"now": "en-gb", "links": []}
