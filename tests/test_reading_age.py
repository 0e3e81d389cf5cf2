"""What patients read is easy to read: at most the eighth grade in English, at least "normal" on the Spanish scale."""

import re
import sys
from pathlib import Path

import pytest

from exercises.content import load_library
from exercises.content_translations import load_translations
from exercises.management.commands.load_library import FOLDER
from tests.reading import ease, grade, silabas, syllables, words_of

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tools"))
import catalogue
import words

HARDEST_GRADE = 8.0
EASY_ENOUGH = 55.0
# Fewer words say nothing about how hard a page is.
ENOUGH_WORDS = 60
OF_PATIENTS = re.compile(
    r"templates/plans/patient/|templates/accounts/|templates/mail/|plans/views/patient/|plans/forms/patient_"
    r"|plans/forms/joining\.py|plans/views/clinician/summary_for_patient\.py|plans/wording_checkins\.py|templates/base"
)
LIBRARY = load_library(FOLDER)
SPANISH = load_translations(FOLDER, LIBRARY)["es"]


def plain(message: str) -> str:
    """A message as it is read: what is filled in is a short word, tags are gone."""
    text = re.sub(r"<[^>]+>", "", message)
    return re.sub(r"%\(\w+\)\w|%%\w|\{\w+\}", "ten", text).replace("%%", "%")


def pages() -> dict[str, tuple[str, str]]:
    """Source file of patients -> all its English and Spanish sentences, where there are enough to tell."""
    found: dict[str, list[tuple[str, str]]] = {}
    for message in catalogue.read((words.LOCALE / "es/LC_MESSAGES/django.po").read_text(encoding="utf-8")):
        for place in message.places:
            # Headings and buttons are short and would make every page look easy.
            if OF_PATIENTS.search(place) and message.singular.endswith((".", "?", "!")):
                found.setdefault(place, []).append(
                    (plain(message.plural or message.singular), plain(message.forms[-1]))
                )
    joined = {place: ("\n".join(e for e, _s in rows), "\n".join(s for _e, s in rows)) for place, rows in found.items()}
    return {place: texts for place, texts in joined.items() if len(words_of(texts[0])) >= ENOUGH_WORDS}


PAGES = pages()


def test_there_are_pages_to_read():
    assert len(PAGES) > 15
    assert {"templates/plans/patient/today.html", "templates/plans/patient/flare.html"} <= set(PAGES)


@pytest.mark.parametrize("place", PAGES)
def test_a_page_of_patients_is_easy_to_read(place):
    english, spanish = PAGES[place]
    assert grade(english) <= HARDEST_GRADE
    assert ease(spanish) >= EASY_ENOUGH


def test_every_exercise_is_easy_to_read():
    hard = {}
    for exercise in LIBRARY.exercises:
        lines = (*exercise.steps, *exercise.cues, *exercise.common_mistakes, exercise.should_feel, *exercise.stop_if)
        said = SPANISH[exercise.slug]
        theirs = (*said["steps"], *said["cues"], *said["common_mistakes"], said["should_feel"], *said["stop_if"])
        if grade("\n".join(lines)) > HARDEST_GRADE or ease("\n".join(theirs)) < EASY_ENOUGH:
            hard[exercise.slug] = (round(grade("\n".join(lines)), 1), round(ease("\n".join(theirs)), 1))
    assert not hard


@pytest.mark.parametrize(
    ("counted", "number"),
    [
        ("pain", 1), ("your", 1), ("move", 1), ("moved", 1), ("breathe", 1), ("breathing", 2), ("little", 2),
        ("clinic", 2), ("session", 2), ("shoulder", 2), ("muscle", 2), ("exercise", 3), ("exercises", 4), ("physio", 3),
        ("usual", 3), ("started", 2), ("needed", 2), ("stretches", 2), ("knees", 1), ("times", 1), ("minutes", 2),
        ("easier", 3), ("morning", 2), ("numbness", 2), ("swollen", 2), ("appointment", 3), ("medication", 4),
        ("activity", 4), ("immediately", 5), ("question", 2), ("progress", 2), ("evaluation", 5), ("quietly", 3),
        ("balance", 2), ("people", 2), ("clothes", 1), ("doing", 2), ("because", 2), ("clinician", 3), ("material", 4),
    ],
)  # fmt: skip
def test_english_syllables(counted, number):
    assert syllables(counted) == number


@pytest.mark.parametrize(
    ("counted", "number"),
    [
        ("dolor", 2), ("rodilla", 3), ("espalda", 3), ("día", 2), ("cuidado", 3), ("siguiente", 3), ("ejercicio", 4),
        ("respiración", 4), ("quien", 1), ("aeróbico", 5), ("muy", 1), ("pingüino", 3), ("tú", 1), ("baúl", 2),
    ],
)  # fmt: skip
def test_spanish_syllables(counted, number):
    assert silabas(counted) == number


def test_the_formulas_tell_easy_from_hard():
    easy = "Sit on a chair. Lift one knee. Put it down. Rest when you like."
    hard = "Comprehensive multidisciplinary rehabilitation necessitates individualised therapeutic interventions."
    assert grade(easy) < 3 < HARDEST_GRADE < grade(hard)
    facil = "Ponte de pie. Alza un pie. Baja el pie. Para si te duele más."
    dificil = "La rehabilitación multidisciplinar requiere intervenciones terapéuticas individualizadas."
    assert ease(facil) > 70 > EASY_ENOUGH > ease(dificil)
