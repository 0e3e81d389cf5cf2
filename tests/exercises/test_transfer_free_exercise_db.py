"""The mapping table of the free-exercise-db shape: what becomes what, what is guessed, what has no place here.

The rows are our own, written in that shape.
"""

import json
from typing import Any

import pytest

from exercises.import_words import remark_sentence
from exercises.transfer import free_exercise_db
from exercises.transfer.checking import Words, checked
from exercises.transfer.values import FileRefused


def entry(**changes: Any) -> dict[str, Any]:
    return {
        "id": "Lamp_Reach", "name": "Lamp reach", "force": "pull", "level": "beginner", "mechanic": "compound",
        "equipment": "body only", "primaryMuscles": ["shoulders"], "secondaryMuscles": ["triceps", "lower back"],
        "instructions": ["Stand below a lamp.", "Reach for it.", "Let the arm sink."], "category": "strength",
        "images": ["Lamp_Reach/0.jpg"],
    } | changes  # fmt: skip


def read(**changes: Any):
    (row,) = free_exercise_db.read(json.dumps([entry(**changes)]).encode())
    return row


def codes(remarks) -> list[str]:
    return [remark.code for remark in remarks]


def test_a_plain_row_has_a_place_for_everything(db):
    from exercises.transfer.stored import words

    row = read()
    assert row.raw == {
        "name": "Lamp reach", "steps": ["Stand below a lamp.", "Reach for it.", "Let the arm sink."],
        "goal": "strength", "impact": "low", "position": "standing", "equipment": [],
        "body_regions": ["shoulder", "upper-arm", "lower-back"],
    }  # fmt: skip
    assert (codes(row.refusals), codes(row.doubts), codes(row.notes)) == ([], [], ["guessed"])
    assert remark_sentence(row.notes[0].plain(), None) == "Guessed from the words: standing, low impact."
    assert checked(row, words()) == (row.raw, [])


def test_every_word_of_the_mapping_is_one_of_ours(db):
    from exercises.models import ExerciseVersion
    from exercises.transfer.stored import words

    known: Words = words()
    assert set(free_exercise_db.REGION_OF.values()) <= known.body_regions
    assert {slug for slugs in free_exercise_db.EQUIPMENT_OF.values() for slug in slugs} <= known.equipment
    assert set(free_exercise_db.GOAL_OF.values()) <= set(ExerciseVersion.Goal.values)
    assert set(free_exercise_db.IMPACT_OF.values()) <= set(ExerciseVersion.Impact.values)


@pytest.mark.parametrize(
    ("changes", "field", "value"),
    [
        ({"category": "stretching"}, "goal", "mobility"),
        ({"category": "cardio"}, "goal", "aerobic"),
        ({"category": "plyometrics"}, "goal", "strength"),
        ({"category": "stretching"}, "impact", "none"),
        ({"category": "plyometrics"}, "impact", "high"),
        ({"category": "olympic weightlifting"}, "impact", "moderate"),
        ({"category": "cardio", "name": "Running, Treadmill"}, "impact", "high"),
        ({"category": "cardio", "name": "Walking, Treadmill"}, "impact", "low"),
        ({"name": "Jump over the lamp"}, "impact", "high"),
        ({"name": "Seated lamp reach"}, "position", "sitting"),
        ({"name": "Kneeling lamp reach"}, "position", "kneeling"),
        ({"instructions": ["Lie on your back."]}, "position", "lying-back"),
        ({"instructions": ["Lie face down on a mat."]}, "position", "lying-front"),
        ({"instructions": ["Lie down on your side."]}, "position", "lying-side"),
        ({"instructions": ["Get on all fours."]}, "position", "four-point"),
        ({"instructions": ["Walk back to where the lamp is."]}, "position", ""),
        ({"category": "cardio", "name": "Stationary bike"}, "position", "cycling"),
        ({"category": "cardio", "name": "Trail walking"}, "position", "walking"),
        ({"name": "Air bike", "instructions": ["Lie on the floor."]}, "position", "lying-back"),
        ({"equipment": "dumbbell"}, "equipment", ["light-weights"]),
        ({"equipment": "bands"}, "equipment", ["resistance-band"]),
        ({"equipment": None}, "equipment", []),
        ({"category": "cardio"}, "body_regions", ["heart-and-lungs", "shoulder", "upper-arm", "lower-back"]),
        ({"primaryMuscles": ["hamstrings", "quadriceps"], "secondaryMuscles": []}, "body_regions", ["thigh"]),
    ],
)
def test_the_mapping(changes, field, value):
    assert read(**changes).raw[field] == value


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"equipment": "barbell"}, "Equipment “barbell” has no place in this library."),
        ({"primaryMuscles": ["spleen"], "secondaryMuscles": []}, "Muscles “spleen” has no place in this library."),
        ({"category": "juggling"}, "Category “juggling” has no place in this library."),
        ({"category": "plyometrics"}, "High impact."),
        ({"category": "strongman"}, "A gym lift (strongman), hardly one for people in pain."),
        ({"level": "expert"}, "Marked as one for experts."),
    ],
)
def test_what_has_no_place_is_said(changes, sentence):
    row = read(**changes)
    assert sentence in [remark_sentence(remark.plain(), None) for remark in row.doubts]


def test_what_is_left_behind_is_said():
    row = read(video="lamp.mp4")
    assert [remark.plain() for remark in row.notes if remark.code == "left_behind"] == [
        ["left_behind", {"field": "video"}]
    ]


@pytest.mark.parametrize(
    "changes",
    [{"name": 3}, {"category": ["strength"]}, {"primaryMuscles": "shoulders"}, {"instructions": [1]}, {"level": {}}],
)
def test_a_row_of_another_shape_is_refused(changes):
    row = read(**changes)
    assert codes(row.refusals) == ["not_this_shape"]
    (broken,) = free_exercise_db.read(b"[7]")
    assert codes(checked(broken, Words(frozenset(), frozenset(), frozenset()))[1]) == ["not_an_object"]


@pytest.mark.parametrize(("data", "code"), [(b"{}", "json_shape"), (b"[]", "no_rows"), (b"[1,", "not_json")])
def test_a_file_of_another_shape_is_refused(data, code):
    with pytest.raises(FileRefused) as refused:
        free_exercise_db.read(data)
    assert refused.value.code == code
