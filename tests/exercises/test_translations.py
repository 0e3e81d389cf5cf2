"""Exercises in another language: shown where they fit the English, never where the English has changed since."""

import json

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import translation

from exercises import translated
from exercises.actions import lifecycle, shipping
from exercises.content import load_library
from exercises.content_reader import LibraryError
from exercises.content_translations import load_translations
from exercises.management.commands.load_library import FOLDER
from exercises.models import Caution, Condition, Exercise, ExerciseVersion
from exercises.search import find
from exercises.search_filters import Wanted
from tests.cast import NOON
from tests.exercises.curation_cast import fresh, published

LIBRARY = load_library(FOLDER)
SPANISH = {
    "name": "Deslizar el talón",
    "also_known_as": ["Deslizamiento de talón"],
    "steps": ["Túmbate boca arriba.", "Acerca un talón.", "Aléjalo otra vez."],
    "cues": ["El talón sigue en la cama.", "Respira como quieras."],
    "common_mistakes": ["Levantar el talón: déjalo abajo.", "Ir deprisa: cuenta hasta tres."],
    "should_feel": "Un estiramiento suave en la rodilla.",
    "stop_if": ["La pantorrilla está hinchada y caliente.", "La rodilla se traba."],
    "cautions": {"knee-osteoarthritis": "Quédate en la parte fácil."},
}


def english_of(version: ExerciseVersion) -> dict:
    cautions = {caution.condition_id: caution.reason for caution in version.cautions.all()}
    return {name: getattr(version, name) for name in translated.FIELDS} | {"cautions": cautions}


@pytest.fixture
def heel_slide(maren, ravi) -> ExerciseVersion:
    version = published(maren, ravi).current_version
    version.translations = {"es": translated.kept(english_of(version), SPANISH)}
    version.save()  # published, and still: translations may come later
    return fresh(version)


def test_everything_is_read_in_the_readers_language(heel_slide):
    said = heel_slide.said
    assert (said.name, said.steps, said.lang) == (heel_slide.name, heel_slide.steps, {})
    with translation.override("es"):
        said = heel_slide.said
        assert said.name == "Deslizar el talón"
        for field in ("steps", "cues", "common_mistakes", "stop_if", "should_feel"):
            assert getattr(said, field) == SPANISH[field], field
        assert heel_slide.cautions.get().said == "Quédate en la parte fácil."
        assert set(said.lang) <= {"also_known_as"}


def test_words_whose_english_has_changed_are_shown_in_english_and_marked(heel_slide, maren):
    draft = lifecycle.edit(exercise=heel_slide.exercise, by=maren, at=NOON)
    assert draft.translations == heel_slide.translations
    stop_if = ["The calf is swollen and hot.", "The knee gives way."]
    cautions = [{"condition": "knee-osteoarthritis", "kind": "caution", "reason": "Not after a fall."}]
    content = {"stop_if": stop_if, "cautions": cautions}
    draft = lifecycle.save_draft(version=draft, content=content, lock=draft.lock, by=maren, at=NOON)
    assert translated.outdated(draft.translations, "es", english_of(draft)) == ["stop_if", "cautions"]
    with translation.override("es"):
        assert draft.said.stop_if == stop_if
        assert draft.said.steps == SPANISH["steps"]
        assert draft.said.lang["stop_if"] == ' lang="en"'
        assert "steps" not in draft.said.lang
        assert draft.cautions.get().said == "Not after a fall."


def test_a_language_without_translation_shows_the_english(heel_slide):
    with translation.override("fr"):
        assert heel_slide.said.name == heel_slide.name
        assert "name" in heel_slide.said.lang


def test_nothing_but_translations_of_a_published_version_can_change(heel_slide):
    with pytest.raises(IntegrityError, match="published_is_immutable"), transaction.atomic():
        ExerciseVersion.objects.filter(pk=heel_slide.pk).update(translations={}, should_feel="Pain.")


def test_it_is_found_by_its_name_in_every_language(heel_slide):
    library = Exercise.objects.prescribable().filter(clinic=None)
    for language, shown in (("en-gb", heel_slide.name), ("es", "Deslizar el talón")):
        with translation.override(language):
            for words in ("heel slide", "deslizar talon", "deslizamiento"):
                assert shown in [found.name for found in find(library, Wanted(words=words))], (language, words)


def test_shipped_translations_join_a_version_that_is_there_already(db):
    content = LIBRARY.exercises[0]
    slug = content.slug
    said = {"es": {slug: {"name": "Otro nombre", "cautions": {}}}}
    before = Exercise.objects.get(slug=slug, clinic=None).current_version
    counts = shipping.ship(library=LIBRARY, translations=said, release="0.1.0", at=NOON)
    assert counts["unchanged"] == len(LIBRARY.exercises)
    after = Exercise.objects.get(slug=slug, clinic=None).current_version
    assert after.pk == before.pk
    with translation.override("es"):
        assert after.said.name == "Otro nombre"


def test_the_words_of_the_vocabulary_are_translated_and_sorted_in_the_readers_language(db):
    with translation.override("es"):
        names = list(Condition.objects.names().values())
        assert names != [each.name for each in Condition.objects.order_by("name")]
        assert str(Condition.objects.get(pk="fibromyalgia")) == "Fibromialgia"
    assert str(Condition.objects.get(pk="fibromyalgia")) == "Fibromyalgia"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("steps", ["Uno."]),
        ("stop_if", []),
        ("name", ""),
        ("name", " Puente"),
        ("cautions", {}),
        ("also_known_as", "Puente"),
        ("cues", ["a" * 300] * 9),
    ],
)
def test_a_translation_that_does_not_match_the_english_is_refused(tmp_path, field, value):
    exercise = LIBRARY.exercises[0]
    row = {
        "name": "Nombre", "also_known_as": ["Otro"] if exercise.also_known_as else [],
        **{name: ["Línea."] * len(getattr(exercise, name)) for name in ("steps", "cues", "common_mistakes", "stop_if")},
        "should_feel": "Suave.", "cautions": {each.condition: "Con calma." for each in exercise.cautions},
    }  # fmt: skip
    folder = tmp_path / "es"
    folder.mkdir()
    file = folder / f"{exercise.goal}.json"
    file.write_text(json.dumps({exercise.slug: row}))
    assert load_translations(tmp_path, LIBRARY)["es"] == {exercise.slug: row}
    file.write_text(json.dumps({exercise.slug: {**row, field: value}}))
    with pytest.raises(LibraryError, match=field):
        load_translations(tmp_path, LIBRARY)


def test_the_shipped_spanish_is_whole_and_no_english_is_left_in_it():
    spanish = load_translations(FOLDER, LIBRARY)["es"]
    assert set(spanish) == {exercise.slug for exercise in LIBRARY.exercises}
    for exercise in LIBRARY.exercises:
        said = spanish[exercise.slug]
        lines = [exercise.should_feel, *exercise.steps, *exercise.cues, *exercise.common_mistakes, *exercise.stop_if]
        theirs = [said["should_feel"], *said["steps"], *said["cues"], *said["common_mistakes"], *said["stop_if"]]
        assert not set(lines) & set(theirs), exercise.slug
        for caution in exercise.cautions:
            assert said["cautions"][caution.condition] != caution.reason, exercise.slug


def test_the_database_of_a_release_holds_the_translations_it_ships(db):
    shipped = ExerciseVersion.objects.filter(exercise__clinic=None, exercise__slug__in=["bridge", "cat-cow"])
    assert shipped.count() == 2
    for version in shipped:
        assert translated.outdated(version.translations, "es", english_of(version)) == []


def test_a_caution_is_kept_only_with_its_own_condition(heel_slide):
    other = Caution(version=heel_slide, condition_id="fibromyalgia", kind="caution", reason="Slowly.")
    with translation.override("es"):
        assert other.said == "Slowly."


def draft_of(version: ExerciseVersion, by) -> ExerciseVersion:
    draft = lifecycle.edit(exercise=version.exercise, by=by, at=NOON)
    content = {"should_feel": "Warmth over the knee."}
    return lifecycle.save_draft(version=draft, content=content, lock=draft.lock, by=by, at=NOON)


def test_a_curator_sees_what_is_not_translated_any_more_and_writes_it_anew(client, heel_slide, maren):
    draft = draft_of(heel_slide, maren)
    client.force_login(maren)
    page = client.get(reverse("exercise_editor", args=[draft.pk])).content.decode()
    assert "shown in English until translated: What it should feel like" in page
    address = reverse("exercise_translation", args=[draft.pk])
    shown = client.get(address).content.decode()
    assert "Warmth over the knee." in shown
    assert "Acerca un talón." in shown
    given = {name: "\n".join(said) if isinstance(said, list) else said for name, said in SPANISH.items()}
    given |= {"caution_knee-osteoarthritis": SPANISH["cautions"]["knee-osteoarthritis"], "lock": draft.lock}
    answer = client.post(address, given | {"should_feel": "Calor en la rodilla."})
    assert answer.status_code == 302
    stored = fresh(draft)
    assert translated.outdated(stored.translations, "es", english_of(stored)) == []
    with translation.override("es"):
        assert stored.said.should_feel == "Calor en la rodilla."
    assert stored.exercise.events.filter(verb="translated", by=maren).count() == 1


@pytest.mark.parametrize(
    ("change", "said"), [({"steps": "Una línea."}, "3 lines"), ({"lock": "99"}, "was changed while")]
)
def test_a_translation_that_cannot_be_kept_keeps_what_was_typed(client, heel_slide, maren, change, said):
    draft = draft_of(heel_slide, maren)
    client.force_login(maren)
    given = {"steps": "Uno.\nDos.\nTres.", "should_feel": "Calor.", "lock": draft.lock}
    answer = client.post(reverse("exercise_translation", args=[draft.pk]), given | change)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert "Calor." in answer.content.decode()
    assert fresh(draft).translations == draft.translations


def test_there_is_no_page_for_a_language_that_is_not_there(client, heel_slide, maren):
    draft = draft_of(heel_slide, maren)
    client.force_login(maren)
    assert client.get(reverse("exercise_translation", args=[draft.pk]) + "?language=xx").status_code == 404
