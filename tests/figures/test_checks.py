"""Every figure is something that a person can do, and damaged ones are noticed."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from exercises import figures as package
from exercises.content import load_library
from exercises.figures.checks import complaints
from exercises.figures.other_side import other_side
from exercises.figures.reading import FOLDER, ids, load, raw, read
from exercises.figures.words import sentences
from tests.figures.poses import DAMAGES, SAMPLE, damaged

USED = {each.figure for each in load_library(Path(FOLDER).parent).exercises}


@pytest.mark.parametrize("figure", ids())
def test_nothing_is_wrong_with_a_figure(figure):
    assert complaints(load(figure)) == []


@pytest.mark.parametrize("start", sorted(path.stem for path in FOLDER.glob("starts/*.json")))
def test_a_starting_position_is_sound(start):
    assert complaints(load(start)) == []


def test_every_exercise_has_its_figure_and_no_figure_is_left_over():
    assert sorted(USED - set(ids())) == []
    assert sorted(set(ids()) - USED) == []


def test_every_figure_says_what_must_be_true_of_it():
    """At least one expectation, of stills one each, so that a pose that is possible but wrong is noticed."""
    silent = [
        (figure, number)
        for figure in ids()
        for number, shown in enumerate(load(figure).stills or (load(figure),), start=1)
        if not shown.expected
    ]
    assert silent == []


def test_damaged_poses_are_noticed(capsys):
    """At least nine of ten, all damages together; those that nobody notices are mostly poses a person can take."""
    noticed: dict[str, list[bool]] = {damage: [] for damage in DAMAGES}
    for figure in SAMPLE:
        if raw(figure).get("rig", "body") in ("hand", "foot") or raw(figure).get("stills"):
            continue
        for damage in DAMAGES:
            if (data := damaged(figure, damage)) is not None:
                noticed[damage].append(bool(complaints(read(data))))
    with capsys.disabled():
        for damage, found in noticed.items():
            print(f"\n  {damage}: {sum(found)} of {len(found)} noticed", end="")
        every = [each for found in noticed.values() for each in found]
        print(f"\n  all together: {sum(every)} of {len(every)}, {sum(every) / len(every):.0%}", end="")
    assert len(every) > 50
    assert sum(every) / len(every) >= 0.9


@pytest.mark.parametrize(
    ("joints", "complaint"),
    [
        pytest.param({"knee_r": -30}, "knee_r.flex", id="knee"),
        pytest.param({"neck": {"side": 60}}, "neck.side", id="neck"),
        pytest.param({"wrist": {"dev": 50}}, "wrist_l.dev", id="wrist"),
        pytest.param({"shoulder": {"flex": -90}}, "behind the body", id="arm behind"),
    ],
)
def test_what_no_joint_can_do_is_named(joints, complaint):
    data = {"id": "test", "pose": {"root": {"pos": [0, 89, 0]}, "joints": joints}}
    assert any(complaint in line for line in complaints(read(data)))


def test_expectations_are_checked():
    data = raw("sit_to_stand") | {"expect": {"1": {"knee_r.flex": [80, 90]}}}
    assert any("expect: knee_r.flex" in line for line in complaints(read(data)))
    assert complaints(read(data | {"expect": {"1": {"knee_r.flex": [0, 25], "head.y": [140, 180]}}})) == []
    assert any("there is no" in line for line in complaints(read(data | {"expect": {"0": {"tail.flex": [0, 1]}}})))


def test_who_would_fall_over_is_told():
    data = raw("hip_hinge")
    data["frames"][-1]["root"]["pos"] = [25, 83.5, 0]
    assert any("would fall" in line for line in complaints(read(data)))


def test_what_touches_nothing_is_told():
    data = raw("bridge")
    data["contacts"] = ["knee_r"]
    assert any("contact knee_r" in line for line in complaints(read(data)))


def test_a_figure_tells_position_and_movement():
    for figure in ids():
        said = sentences(load(figure))
        assert said and all(sentence[0].isupper() and sentence[-1] in ".:!" for sentence in said), figure


def test_words_name_what_moves():
    assert "The right knee straightens." in sentences(load("seated_knee_extension"))
    assert sentences(load("sit_to_stand"))[:2] == ["Sitting on a chair.", "Standing up."]
    assert "Lying on the left side." in sentences(load("side_lying_leg_lift"))
    assert sentences(load("bike")) == ["Sitting on an exercise bike.", "The feet turn the pedals."]


MESSAGES = {
    message
    for path in Path(package.__file__).parent.glob("*.py")
    for message in re.findall(r'gettext_noop\("([^"]+)"\)', path.read_text(encoding="utf-8"))
}


def test_what_is_made_from_poses_can_be_translated():
    """Each sentence is a message id, of both sides of the body; only what a file says itself is not."""
    assert len(MESSAGES) > 150
    assert {other_side(message) for message in MESSAGES} <= MESSAGES
    for figure in ids():
        shown = replace(load(figure), words={})
        assert {*sentences(shown), *sentences(shown, mirrored=True)} <= MESSAGES, figure


def test_what_files_say_themselves_is_said_in_spanish_too():
    said = json.loads((FOLDER / "words.json").read_text(encoding="utf-8"))
    assert sorted(said) == list(said)
    assert set(said) <= set(ids())
    for figure, words in said.items():
        assert set(words) == {"words", "words_es"}
        assert set(words["words"]) == set(words["words_es"]) <= {"position", "movement"}, figure
    spoken = [figure for figure in ids() if set(load(figure).words) not in (set(), {"en", "es"})]
    assert spoken == []
    assert sentences(load("knee_rolls"), "es")[-1].startswith("Las dos rodillas caen a la derecha")
    assert sentences(load("knee_rolls"), "fr") == sentences(load("knee_rolls"))


@pytest.mark.parametrize(
    ("text", "language", "other"),
    [
        ("The right knee bends.", "en", "The left knee bends."),
        ("Left hand, right foot. Brightly.", "en", "Right hand, left foot. Brightly."),
        ("La mano derecha, el pie izquierdo.", "es", "La mano izquierda, el pie derecho."),
        ("Los lados derechos.", "es", "Los lados izquierdos."),
        ("Rechts.", "de", "Rechts."),
    ],
)
def test_a_sentence_of_one_side_is_said_of_the_other(text, language, other):
    assert other_side(text, language) == other
    assert other_side(other, language) == text


def test_the_words_of_the_other_side_follow():
    assert "The left knee straightens." in sentences(load("seated_knee_extension"), mirrored=True)
    for figure in ids():
        for language in ("en", "es"):
            plain, mirrored = (sentences(load(figure), language, mirrored=turned) for turned in (False, True))
            own = [other_side(text, language if language in load(figure).words else "en") for text in plain]
            assert len(mirrored) == len(plain)
            if not load(figure).words or language == "en":
                assert mirrored == own, figure


def test_every_file_is_formatted_json_with_its_own_id():
    for path in FOLDER.glob("*/*.json"):
        assert json.loads(path.read_text(encoding="utf-8"))["id"] == path.stem
