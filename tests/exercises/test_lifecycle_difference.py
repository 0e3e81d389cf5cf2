"""The readable difference of two versions: what changed, where, and nothing else."""

import copy
import itertools
from dataclasses import asdict
from pathlib import Path

import pytest

from exercises.content import load_library
from exercises.difference import Change, changed_lines, difference

BASE = {
    "slug": "heel-slide", "name": "Heel slide", "also_known_as": [], "goal": "mobility", "family": "knee",
    "body_regions": ["knee"], "position": "lying-back", "equipment": ["mat"], "impact": "none",
    "effort_min": 1, "effort_max": 3, "met": None,
    "starting_dose": {"sets": 1, "repetitions": 5, "per_side": True},
    "dose_range": {"sets": [1, 3], "repetitions": [5, 12]},
    "steps": ["Lie down.", "Slide.", "Rest."], "cues": [], "common_mistakes": [], "should_feel": "A stretch.",
    "stop_if": [], "cautions": [{"condition": "gout", "kind": "caution", "reason": "Gently."}],
    "evidence": [{"authors": "A", "year": 2020, "title": "T", "doi": "10.1000/x", "pmid": None}],
    "figure": "", "source": "", "licence": "", "media": [],
}  # fmt: skip


def changed(**fields) -> dict:
    return copy.deepcopy(BASE) | fields


def test_the_same_is_no_difference():
    assert difference(BASE, changed()) == []
    same = changed(starting_dose={"sets": 1, "repetitions": 5, "hold_seconds": None, "per_side": True}, met={})
    assert difference(BASE, same) == []


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"name": "Heel slides"}, Change("name", "Heel slide", "Heel slides")),
        ({"family": ""}, Change("family", "knee", None)),
        ({"effort_max": 4}, Change("effort", (1, 3), (1, 4))),
        ({"body_regions": ["hip", "knee"]}, Change("body_regions", None, ["hip"])),
        ({"equipment": ["bed"]}, Change("equipment", ["mat"], ["bed"])),
        ({"steps": ["Lie down.", "Slide slowly.", "Rest."]}, Change("steps", "Slide.", "Slide slowly.", 2)),
        ({"steps": ["Lie down.", "Breathe.", "Slide.", "Rest."]}, Change("steps", None, "Breathe.", 2)),
        ({"steps": ["Lie down.", "Rest."]}, Change("steps", "Slide.", None, 2)),
        (
            {"steps": ["Rest.", "Lie down.", "Slide."]},
            Change("steps", ["Lie down.", "Slide.", "Rest."], ["Rest.", "Lie down.", "Slide."]),
        ),
        ({"cautions": []}, Change("cautions", BASE["cautions"][0], None, "gout")),
        (
            {"cautions": [BASE["cautions"][0] | {"kind": "contraindicated"}]},
            Change("cautions", BASE["cautions"][0], BASE["cautions"][0] | {"kind": "contraindicated"}, "gout"),
        ),
        ({"evidence": []}, Change("evidence", BASE["evidence"][0], None, "10.1000/x")),
        ({"media": ["Picture: lying"]}, Change("media", None, ["Picture: lying"])),
    ],
)
def test_one_change_is_one_line(fields, expected):
    assert difference(BASE, changed(**fields)) == [expected]


def test_a_dose_is_shown_whole():
    (change,) = difference(BASE, changed(starting_dose={"sets": 2, "repetitions": 5, "per_side": True}))
    assert (change.field, change.after["sets"], change.before["repetitions"]) == ("starting_dose", 2, 5)


def test_the_order_is_that_of_reading():
    fields = [c.field for c in difference(BASE, changed(stop_if=["Dizzy."], name="New", steps=["Lie."], impact="low"))]
    assert fields == ["name", "impact", "steps", "steps", "steps", "stop_if"]


def test_which_steps_are_new():
    after = changed(steps=["Lie down.", "Breathe.", "Slide slowly.", "Rest."])
    assert changed_lines(difference(BASE, after), "steps") == {2, 3}


def test_between_any_two_exercises_every_field_that_differs_is_named():
    """And no field that does not. The order of regions and of equipment means nothing."""
    library = load_library(Path("exercises/library"))
    rows = [asdict(each) | {"media": [], "source": "", "licence": ""} for each in library.exercises[:40]]
    names = {"effort_min": "effort", "effort_max": "effort"}
    for before, after in itertools.pairwise(rows):
        named = {change.field for change in difference(before, after)}
        differ = {
            names.get(field, field)
            for field in before
            if field not in ("slug", "easier", "harder", "reviewed_by")
            and _plain(before[field], field) != _plain(after[field], field)
        }
        assert named == differ


def _plain(value, field=""):
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items() if part not in (None, False)}
    if isinstance(value, list | tuple):
        parts = [_plain(part) for part in value]
        return sorted(parts) if field in ("also_known_as", "body_regions", "equipment") else parts
    return value
