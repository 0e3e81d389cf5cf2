"""Whoever adds an exercise learns from the error where it went wrong: the file, the exercise, the field, what to do."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from exercises.content import GOALS, LibraryError, load_library

Rows = dict[str, Any]

VOCABULARY: Rows = {
    "conditions": [{"slug": "sore-toe", "name": "Sore toe", "icd10": "M79.6"}],
    "body_regions": [{"slug": "toe", "name": "Toe"}],
    "equipment": [{"slug": "rug", "name": "Rug"}],
    "met_values": [{"code": "02101", "edition": "2024", "value": 2.3, "activity": "Stretching, mild"}],
}
CURL: Rows = {
    "slug": "toe-curl",
    "name": "Toe curl",
    "also_known_as": [],
    "goal": "mobility",
    "family": "back",
    "body_regions": ["toe"],
    "position": "sitting",
    "equipment": ["rug"],
    "impact": "none",
    "effort_min": 0,
    "effort_max": 2,
    "met": {"value": 2.3, "edition": "2024", "code": "02101"},
    "starting_dose": {
        **{"sets": 1, "repetitions": 5, "hold_seconds": None},
        **{"duration_minutes": None, "distance_metres": None, "per_side": True},
    },
    "dose_range": {
        **{"sets": [1, 2], "repetitions": [3, 10], "hold_seconds": None},
        **{"duration_minutes": None, "distance_metres": None},
    },
    "steps": ["Rest your foot on the rug.", "Curl your toes.", "Let them go long."],
    "cues": ["Keep your heel still.", "Breathe."],
    "common_mistakes": ["Rushing: count to two.", "Lifting the foot: press the heel down."],
    "should_feel": "Your sole works.",
    "stop_if": ["Your foot cramps.", "Your toes go numb."],
    "easier": [],
    "harder": [],
    "cautions": [{"condition": "sore-toe", "kind": "caution", "reason": "It may ache. Do fewer."}],
    "evidence": [{"authors": "Toe T", "year": 2020, "title": "Toes", "doi": "10.1234/toe", "pmid": None}],
    "figure": "toe_curl",
    "reviewed_by": "",
}


def another(slug: str, **changes: Any) -> Rows:
    return copy.deepcopy(CURL) | {"slug": slug, "figure": "", **changes}


def write(folder: Path, exercises: list[Rows], vocabulary: Rows = VOCABULARY) -> Path:
    for goal in GOALS:
        rows = [row for row in exercises if row["goal"] == goal] if goal != "mobility" else exercises
        (folder / f"{goal}.json").write_text(json.dumps(rows), encoding="utf-8")
    (folder / "vocabulary.json").write_text(json.dumps(vocabulary), encoding="utf-8")
    return folder


def refused(folder: Path) -> LibraryError:
    with pytest.raises(LibraryError) as caught:
        load_library(folder)
    return caught.value


def test_a_good_library_loads_as_written(tmp_path: Path) -> None:
    library = load_library(write(tmp_path, [CURL]))
    (curl,) = library.exercises
    assert (curl.slug, curl.steps[1], curl.starting_dose.repetitions) == ("toe-curl", "Curl your toes.", 5)
    assert curl.dose_range.repetitions == (3, 10)
    assert curl.met is not None and curl.met.value == 2.3
    assert curl.cautions[0].condition == library.conditions[0].slug == "sore-toe"


def test_no_met_is_allowed_and_chains_may_be_long(tmp_path: Path) -> None:
    rows = [
        another("a", met=None, harder=["b"]),
        another("b", easier=["a"], harder=["c"]),
        another("c", easier=["b"]),
    ]
    assert [exercise.met is None for exercise in load_library(write(tmp_path, rows)).exercises] == [True, False, False]


def put(*path: str | int) -> Callable[[Any], Callable[[Rows], None]]:
    def value(new: Any) -> Callable[[Rows], None]:
        def change(row: Rows) -> None:
            place: Any = row
            for key in path[:-1]:
                place = place[key]
            place[path[-1]] = new

        return change

    return value


WRONG: list[tuple[str, Callable[[Rows], None], str]] = [
    ("slug", put("slug")("Toe Curl"), "does not have the form"),
    ("name", put("name")(" Toe curl"), "without spaces"),
    ("name", put("name")(""), "write it out"),
    ("goal", put("goal")("strength"), "is not one of mobility"),
    ("body_regions", put("body_regions")(["tow"]), '"tow" is not in vocabulary.json'),
    ("body_regions", put("body_regions")([]), "1 to 10"),
    ("position", put("position")("hanging"), "is not one of standing"),
    ("equipment", put("equipment")(["rug", "rug"]), "twice"),
    ("impact", put("impact")("high"), "none, low, moderate"),
    ("effort_min", put("effort_min")(3), "from 0 to 2"),
    ("effort_max", put("effort_max")(11), "from 0 to 10"),
    ("effort_max", put("effort_max")(True), "whole number"),
    ("met", put("met", "value")(2.5), "met_values"),
    ("met.value", put("met", "value")(2), "one decimal"),
    ("met.edition", put("met", "edition")("1993"), "2011, 2024"),
    ("starting_dose.repetitions", put("starting_dose", "repetitions")(11), "from 3 to 10"),
    ("starting_dose.sets", put("starting_dose", "sets")(1.5), "whole number"),
    ("starting_dose.per_side", put("starting_dose", "per_side")("yes"), "true or false"),
    ("starting_dose.reps", put("starting_dose", "reps")(4), "not a known field"),
    ("dose_range.repetitions", put("dose_range", "repetitions")([3, 31]), "from 1 to 30"),
    ("dose_range.repetitions", put("dose_range", "repetitions")([10, 3]), "swap"),
    ("dose_range.repetitions", put("dose_range", "repetitions")(None), "[least, most]"),
    ("dose_range.hold_seconds", put("dose_range", "hold_seconds")([1, 5]), "no starting dose"),
    ("steps", put("steps")(["Sit.", "Stand."]), "3 to 7"),
    ("steps", put("steps", 1)("Curl your toes. Let go."), "one sentence"),
    ("steps", put("steps", 1)("curl your toes."), "one sentence"),
    ("steps", put("steps", 1)("Curl your toes " + "and again " * 20 + "now."), "shorten"),
    ("steps", put("steps", 1)(7), "text"),
    ("cues", put("cues")(["Breathe."]), "2 to 5"),
    ("common_mistakes", put("common_mistakes")("Rushing."), "list"),
    ("should_feel", put("should_feel")(None), "text"),
    ("stop_if", put("stop_if")([]), "2 to 6"),
    ("easier", put("easier")(["toe-wish"]), 'no exercise "toe-wish"'),
    ("cautions", put("cautions")([]), "at least 1"),
    ("cautions.1.condition", put("cautions", 0, "condition")("toe"), "vocabulary.json"),
    ("cautions.1.kind", put("cautions", 0, "kind")("never"), "contraindicated, caution"),
    ("cautions.1.reason", put("cautions", 0, "reason")(""), "write it out"),
    ("evidence.1.doi", put("evidence", 0, "doi")(None), "DOI or a PMID"),
    ("evidence.1.doi", put("evidence", 0, "doi")("doi.org/10.1"), "does not have the form"),
    ("evidence.1.year", put("evidence", 0, "year")("2020"), "whole number"),
    ("figure", put("figure")("Toe curl"), "does not have the form"),
    ("reviewed_by", put("reviewed_by")(None), "text"),
    ("steps", lambda row: row.pop("steps"), "missing"),
    ("pictures", put("pictures")([]), "not a known field"),
]


@pytest.mark.parametrize(("field", "change", "says"), WRONG)
def test_the_error_names_file_slug_field_and_what_to_do(
    tmp_path: Path, field: str, change: Callable[[Rows], None], says: str
) -> None:
    row = copy.deepcopy(CURL)
    change(row)
    error = refused(write(tmp_path, [row]))
    assert error.file == "mobility.json"
    assert error.slug == row["slug"]
    assert error.field == field
    assert says in error.what_to_do
    assert str(error) == f"{error.file}: {error.slug}: {error.field}: {error.what_to_do}"


def test_an_exercise_without_a_slug_is_counted(tmp_path: Path) -> None:
    error = refused(write(tmp_path, [another("a"), another("")]))
    assert (error.slug, error.field) == ("exercise 2", "slug")


def test_the_same_slug_twice_is_refused(tmp_path: Path) -> None:
    error = refused(write(tmp_path, [CURL, another("toe-curl")]))
    assert (error.slug, error.field, "mobility.json" in error.what_to_do) == ("toe-curl", "slug", True)


def test_a_chain_must_be_named_from_both_ends(tmp_path: Path) -> None:
    error = refused(write(tmp_path, [another("a", harder=["b"]), another("b")]))
    assert (error.slug, error.field) == ("a", "harder")
    assert '"b" must name it back' in error.what_to_do


def test_a_chain_must_not_bite_its_tail(tmp_path: Path) -> None:
    rows = [
        another("a", harder=["b"], easier=["c"]),
        another("b", harder=["c"], easier=["a"]),
        another("c", harder=["a"], easier=["b"]),
    ]
    error = refused(write(tmp_path, rows))
    assert (error.field, "must end at both sides" in error.what_to_do) == ("harder", True)
    error = refused(write(tmp_path, [another("a", harder=["a"], easier=["a"])]))
    assert error.field == "harder"


def test_a_step_may_be_shared_three_times_not_four(tmp_path: Path) -> None:
    load_library(write(tmp_path, [another(slug) for slug in "abc"]))
    error = refused(write(tmp_path, [another(slug) for slug in "abcd"]))
    assert (error.slug, error.field) == ("d", "steps")


def test_a_figure_belongs_to_one_exercise(tmp_path: Path) -> None:
    error = refused(write(tmp_path, [CURL, another("b", figure="toe_curl")]))
    assert (error.slug, error.field, '"toe-curl"' in error.what_to_do) == ("b", "figure", True)


@pytest.mark.parametrize("sets", [None, 1])
def test_a_dose_needs_a_measure_and_sets_only_with_something_to_repeat(tmp_path: Path, sets: int | None) -> None:
    row = copy.deepcopy(CURL)
    row["starting_dose"].update(sets=sets, repetitions=None, duration_minutes=sets and 5)
    row["dose_range"].update(sets=sets and [1, 2], repetitions=None, duration_minutes=sets and [1, 9])
    assert refused(write(tmp_path, [row])).field == ("starting_dose.sets" if sets else "starting_dose")


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("conditions.1.icd10", put("conditions", 0, "icd10")("sore")),
        ("conditions.1.name", put("conditions", 0, "name")("")),
        ("conditions.slug", lambda words: words["conditions"].append(words["conditions"][0])),
        ("body_regions", put("body_regions")([])),
        ("equipment.1.price", put("equipment", 0, "price")(3)),
        ("met_values.1.code", put("met_values", 0, "code")("2101")),
        ("met_values", lambda words: words.pop("met_values")),
    ],
)
def test_the_vocabulary_is_checked_too(tmp_path: Path, field: str, change: Callable[[Rows], None]) -> None:
    vocabulary = copy.deepcopy(VOCABULARY)
    change(vocabulary)
    error = refused(write(tmp_path, [CURL], vocabulary))
    assert (error.file, error.field) == ("vocabulary.json", field)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (b"[{]", "is not JSON: correct line 1"),
        (b"{}", "must hold a list"),
        (b"\xff\xfe[]", "UTF-8"),
        (b"[7]", "must be an object"),
        (b'[{"slug": "a", "slug": "b"}]', "written twice"),
    ],
)
def test_a_broken_file_is_named(tmp_path: Path, text: bytes, says: str) -> None:
    write(tmp_path, [])
    (tmp_path / "water.json").write_bytes(text)
    error = refused(tmp_path)
    assert error.file == "water.json"
    assert says in error.what_to_do


def test_a_missing_file_and_a_stray_one_are_named(tmp_path: Path) -> None:
    write(tmp_path, [])
    (tmp_path / "stretching.json").write_text("[]")
    assert refused(tmp_path).file == "stretching.json"
    (tmp_path / "stretching.json").unlink()
    (tmp_path / "aerobic.json").unlink()
    assert refused(tmp_path).file == "aerobic.json"
