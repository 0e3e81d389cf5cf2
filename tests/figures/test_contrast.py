"""What stands out from what, as it is seen: with everything that lies over the body."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from exercises.figures.colours import THEMES, contrast, palette
from exercises.figures.drawing import stages, unpainted
from exercises.figures.people import PEOPLE
from exercises.figures.reading import ids, load, raw
from tests.figures.poses import SAMPLE

BODY = ("skin", "hair", "shirt", "trousers", "shoe")
FAR = ("skin_far", "shirt_far", "trousers_far", "shoe_far")
PAINT = re.compile(r'<(?:rect|path) [^>]*?fill="\$(\w+);"(?: fill-opacity="([\d.]+)")?')
Paints = list[tuple[str, float]]


def paints(figure: str) -> Paints:
    """What is painted after one another: the role, and how much it covers, 0 to 1."""
    document = unpainted(stages(load(figure)), "tile")
    return [(role, float(opacity or 1)) for role, opacity in PAINT.findall(document)]


def over(top: str, under: str, share: float) -> str:
    pairs = ((int(top[at : at + 2], 16), int(under[at : at + 2], 16)) for at in (1, 3, 5))
    return "#" + "".join(f"{round(a * share + b * (1 - share)):02x}" for a, b in pairs)


def as_seen(colour: str, veils: Paints, colours: dict[str, str]) -> str:
    for role, share in veils:
        colour = over(colours[role], colour, share)
    return colour


def through(painted: Paints) -> tuple[Paints, Paints]:
    """What can be seen through: all of it, and what lies over the body."""
    last = max(index for index, (role, _) in enumerate(painted) if role in BODY)
    return [each for each in painted if each[1] < 1], [each for each in painted[last:] if each[1] < 1]


WATERY = [figure for figure in ids() if any(each["type"] == "water" for each in raw(figure).get("props", ()))]


def seen(figure: str, theme: str) -> Iterator[tuple[str, str, float]]:
    """Person, role, and the least contrast to what lies beside it, under the same veils."""
    painted = paints(figure)
    everywhere, veils = through(painted)
    for person in PEOPLE.values():
        colours = palette(theme, person)
        beside = [as_seen(colours["ground"], everywhere, colours)]
        if any(role == "water_bed" for role, _ in painted):
            beside.append(as_seen(colours["water_bed"], veils, colours))
        for role in (*BODY, *FAR):
            yield person.id, role, min(contrast(as_seen(colours[role], veils, colours), each) for each in beside)
        yield person.id, "arrow", min(contrast(colours["arrow"], each) for each in beside)


def test_only_water_can_be_seen_through():
    """A prop that covers a body in part has to be looked at here."""
    assert len(WATERY) > 10
    assert [figure for figure in SAMPLE if figure not in WATERY and through(paints(figure))[0]] == []


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("figure", WATERY)
def test_a_body_stands_out_from_what_is_beside_it_under_water_too(figure, theme):
    """At least 3 to 1 where the tokens reach it on dry land; paler limbs lose nothing to speak of."""
    for person, role, found in seen(figure, theme):
        colours = palette(theme, PEOPLE[person])
        dry = contrast(colours[role], colours["ground"])
        needed = 0.9 * dry if role in FAR else min(3, dry)
        assert found >= needed, f"{person}, {role}: {found:.2f}, dry {dry:.2f}"


def test_the_lowest_contrasts_are_told(capsys):
    for theme in THEMES:
        wet = min(each[::-1] for figure in WATERY for each in seen(figure, theme) if each[1] not in FAR)
        dry = min(
            (contrast(palette(theme, person)[role], palette(theme, person)["ground"]), role, person.id)
            for person in PEOPLE.values()
            for role in BODY
        )
        with capsys.disabled():
            print(f"\n  {theme}: in water {wet[0]:.2f} {wet[1:]}, on dry land {dry[0]:.2f} {dry[1:]}", end="")
        assert min(wet[0], dry[0]) >= 3


@pytest.mark.parametrize("theme", THEMES)
def test_the_token_of_water_is_what_is_seen(theme):
    colours = palette(theme, PEOPLE["ada"])
    water = as_seen(colours["ground"], through(paints("water_squat"))[0], colours)
    assert f"--pp-fig-water: {water}" in (Path(__file__).parents[2] / "static/css/tokens.css").read_text()
