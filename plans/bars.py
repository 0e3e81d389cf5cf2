"""Small charts of counts: bars by month, dots by week. Data in, marks with coordinates out. Pure.

Coordinates are CSS pixels from the top left, rounded to a tenth. Zero is drawn as nothing on the base line.
"""

from collections.abc import Sequence
from dataclasses import dataclass

GAP = 2.0
DOT_RADIUS = 6.0
DOT_STEP = 15.0
ROWS_MOST = 4


@dataclass(frozen=True, slots=True)
class Bar:
    """One count: its rectangle."""

    count: int
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Bars:
    """Bars side by side on one base line, the highest as high as the picture."""

    width: int
    height: int
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Lane:
    """Dots above a base line, one column a week. `kinds` by dot; `more` are columns with more than can be drawn."""

    base_y: float
    dots: tuple[tuple[float, float, str], ...]
    more: tuple[tuple[float, float, int], ...]


def bars(counts: Sequence[int], *, highest: int, width: int, height: int) -> Bars:
    """Bars for `counts` in order; `highest` is the count that fills the height (shared by several pictures)."""
    step = width / max(len(counts), 1)
    top = max(highest, 1)
    drawn = []
    for place, count in enumerate(counts):
        tall = round(max(count / top * (height - 1), 2.0 if count else 0.0), 1)
        drawn.append(Bar(count, round(place * step, 1), round(height - 1 - tall, 1), round(step - GAP, 1), tall))
    return Bars(width, height, tuple(drawn))


def lane(columns: Sequence[Sequence[str]], *, width: int, base_y: float) -> Lane:
    """Dots for weeks: `columns` holds the kinds of each week's dots, drawn upwards from the base line.

    At most four fit; of more, three are drawn and the rest is a number on top.
    """
    step = width / max(len(columns), 1)
    dots: list[tuple[float, float, str]] = []
    more: list[tuple[float, float, int]] = []
    for place, kinds in enumerate(columns):
        x = round((place + 0.5) * step, 1)
        shown = list(kinds) if len(kinds) <= ROWS_MOST else list(kinds[: ROWS_MOST - 1])
        for row, kind in enumerate(shown):
            dots.append((x, round(base_y - 9 - row * DOT_STEP, 1), kind))
        if len(kinds) > len(shown):
            more.append((x, round(base_y - 5 - len(shown) * DOT_STEP, 1), len(kinds) - len(shown)))
    return Lane(base_y, tuple(dots), tuple(more))
