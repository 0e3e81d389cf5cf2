"""The drawings as files: valid, harmless, small, readable, steady."""

import gzip
import itertools
import math
import re
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from exercises.figures.colours import THEMES, contrast, palette
from exercises.figures.drawing import KINDS, MIRRORED, documents, stages, unpainted
from exercises.figures.moving import steps_of
from exercises.figures.people import PEOPLE
from exercises.figures.proportions import FOREARM, SHANK, THIGH, UPPER_ARM
from exercises.figures.reading import load
from exercises.figures.vectors import Vec
from tests.figures.poses import GOLDEN, SAMPLE

HERE = Path(__file__).parent / "golden"
ALLOWED = {"svg", "g", "path", "rect", "animate"}
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
PAIR_BYTES, MOVE_BYTES = 5 * 1024, 16 * 1024
SEGMENTS = {
    ("hip", "knee"): THIGH,
    ("knee", "ankle"): SHANK,
    ("shoulder", "elbow"): UPPER_ARM,
    ("elbow", "wrist"): FOREARM,
}


@pytest.mark.parametrize("figure", SAMPLE)
def test_files_are_valid_harmless_and_small(figure):
    shown = load(figure)
    for kind in (*KINDS, *MIRRORED):
        made = documents(shown, kind)
        assert made["light"] != made["dark"]
        root = ElementTree.fromstring(made["light"])
        for node in root.iter():
            assert node.tag.removeprefix("{http://www.w3.org/2000/svg}") in ALLOWED
            assert not [name for name in node.attrib if name.startswith("on") or "href" in name or name == "style"]
        assert "$" not in made["light"] + made["dark"]
        packed = len(gzip.compress(made["light"].encode(), 6))
        if kind.startswith("pair") and len(shown.stills) < 3:
            assert packed <= PAIR_BYTES, f"{packed} bytes"
        if kind.startswith("move"):
            assert packed <= MOVE_BYTES, f"{packed} bytes"


@pytest.mark.parametrize("figure", GOLDEN)
def test_a_drawing_is_as_it_was(figure):
    """Numbers may differ by one of 1600: rounding is not the same everywhere. To accept a change, delete the file and
    run this test once.
    """
    made, kept = documents(load(figure), "pair")["light"], HERE / f"{figure}.svg"
    if not kept.exists():
        kept.write_text(made, encoding="utf-8")
        pytest.fail(f"{kept} was missing and has been written. Look at it, then run the test again.")
    wanted = kept.read_text(encoding="utf-8")
    assert NUMBER.sub("0", made) == NUMBER.sub("0", wanted)
    apart = [abs(float(a) - float(b)) for a, b in zip(NUMBER.findall(made), NUMBER.findall(wanted), strict=True)]
    assert max(apart) <= 1


def shortest(points: list[dict[str, Vec]], near: str, far: str, true: float) -> float:
    """The least share of its true length that a limb has half way between two pictures."""
    found = 1.0
    for before, after in itertools.pairwise(points):
        ends = [[(x + y) / 2 for x, y in zip(before[name], after[name], strict=True)] for name in (near, far)]
        found = min(found, math.dist(*ends) / true)
    return found


@pytest.mark.parametrize("figure", SAMPLE)
def test_limbs_hardly_shrink_between_two_pictures(figure):
    """Points move in straight lines between the pictures of an animation: a limb may lose 6 % at most."""
    shown = load(figure)
    if shown.stills or shown.rig in ("hand", "foot"):
        return
    steps = steps_of(shown)
    points = [shown.solved_at(step / steps).points for step in range(steps + 1)]
    for (near, far), true in SEGMENTS.items():
        for side in "lr":
            assert shortest(points, f"{near}_{side}", f"{far}_{side}", true) >= 0.94, f"{near}_{side}"


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("person", PEOPLE.values(), ids=PEOPLE)
def test_the_figure_stands_out_from_its_ground(theme, person):
    colours = palette(theme, person)
    for role in ("skin", "hair", "shirt", "trousers", "shoe", "arrow"):
        assert contrast(colours[role], colours["ground"]) >= 3, role


def test_contrast_is_that_of_the_guidelines():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def test_grounds_are_the_tokens_of_the_pages():
    tokens = (Path(__file__).parents[2] / "static/css/tokens.css").read_text()
    for theme, colours in THEMES.items():
        assert f"--pp-fig-bg: {colours['ground']}" in tokens, theme
        assert f"--pp-fig-arrow: {colours['arrow']}" in tokens, theme


def test_people_differ_and_stay():
    assert len({load(figure).person or stages(load(figure))[0].style.person.id for figure in SAMPLE}) >= 4
    first = [stages(load(figure))[0].style.person for figure in SAMPLE]
    assert first == [stages(load(figure))[0].style.person for figure in SAMPLE]


def test_the_movement_moves_and_the_pair_does_not():
    chosen = stages(load("sit_to_stand"))
    assert "<animate" in unpainted(chosen, "move")
    assert "<animate" not in unpainted(chosen, "pair")


def test_a_flipped_figure_is_the_mirror_image():
    data = load("clamshell")
    turned = "matrix(-1 0 0 1 1600 0)"
    assert turned not in unpainted(stages(data), "tile")
    assert turned in unpainted(stages(replace(data, flip=True)), "tile")
    assert turned not in unpainted(stages(replace(data, flip=True), mirrored=True), "tile")


def test_the_other_side_is_mirrored_panel_by_panel():
    """Start stays left: both panels stand where they stood, and only their insides are turned."""
    shown = load("seated_knee_extension")
    plain, other = documents(shown, "pair")["light"], documents(shown, "pair_mirror")["light"]
    assert other.count('transform="matrix(-1 0 0 1 1600 0)"') == 2
    assert re.sub(r'<g transform="matrix\(-1 0 0 1 1600 0\)">(.*?)</g>(?=</svg>)', r"\1", other) == plain
    moving = documents(shown, "move_mirror")["light"]
    assert "<animate" in moving
    assert moving.count("matrix(-1 0 0 1 1600 0)") == 1
