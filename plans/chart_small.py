"""A small chart of a few answers over months, laid out: a line, the last answer marked, gaps where none came. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

WIDTH, HEIGHT = 156, 52
MARGIN = 4.0
GAP_TIMES = 2.5


class Answer(NamedTuple):
    """One answer: coordinates in CSS pixels from the top left."""

    day: date
    value: float
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class SmallChart:
    """`lines` are paths of answers that follow each other; `answers` all of them, oldest first."""

    width: int
    height: int
    base_y: float
    lines: tuple[str, ...]
    answers: tuple[Answer, ...]

    @property
    def end(self) -> Answer | None:
        return self.answers[-1] if self.answers else None


def small_chart(
    answers: Iterable[tuple[date, float]], *, first: date, last: date, top: float, every_days: int
) -> SmallChart:
    """The answers from `first` to `last` on a scale from 0 to `top`, asked every so many days.

    After more than two and a half times that long without an answer the line breaks. Raises ValueError for an empty
    range and values off the scale.
    """
    if last < first:
        raise ValueError("the last day of a chart comes before its first")
    known = sorted((day, float(value)) for day, value in answers if first <= day <= last)
    if any(not 0 <= value <= top for _day, value in known):
        raise ValueError(f"an answer is off the scale from 0 to {top}")
    start, days = first.toordinal(), max((last - first).days, 1)
    base, wide, high = HEIGHT - MARGIN, WIDTH - 2 * MARGIN, HEIGHT - 2 * MARGIN
    points, runs, before = [], list[list[str]](), start - GAP_TIMES * every_days - 1
    for day, value in known:
        number = day.toordinal()
        x, y = round(MARGIN + (number - start) / days * wide, 1), round(base - value / top * high, 1)
        points.append(Answer(day, value, x, y))
        if number - before > GAP_TIMES * every_days:
            runs.append([])
        runs[-1].append(f"{x} {y}")
        before = number
    lines = tuple(["M" + " L".join(run) for run in runs if len(run) > 1])
    return SmallChart(WIDTH, HEIGHT, base, lines, tuple(points))
