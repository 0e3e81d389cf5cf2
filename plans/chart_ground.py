"""What a pain chart is made of, and where its days and points stand. Pure.

Coordinates as in plans/charts.py. What is kept between charts is numbers alone: places by width, heights by value.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple, NotRequired, TypedDict

from plans.chart_marks import EpisodeLike, LoggedDay

SCALE = 10.0
LEFT = 24.0
TOP = 30.0


class Given(TypedDict):
    """What a chart is made of.

    `days` holds one value per logged day. `versions` are (first day, words), `sessions` (day, state). With
    `lanes` (when left open: if there are sessions) sessions, versions and flag poles are drawn; without, a version
    is a line with its words on top. `below` keeps room at the foot for more lanes.
    """

    days: Iterable[tuple[date, float]]
    usual: float | None
    spread: float
    first: date
    last: date
    episodes: NotRequired[Iterable[EpisodeLike]]
    versions: NotRequired[Iterable[tuple[date, str]]]
    sessions: NotRequired[Iterable[tuple[date, str]]]
    lanes: NotRequired[bool | None]
    below: NotRequired[int]


class Days(NamedTuple):
    """The same, in the order of the days, and what is alike in every size. `numbers` are those of the logged days, from
    `first` on, `mark_numbers` those of the sessions; `runs` are stretches of logged days.
    """

    first: date
    last: date
    logged: tuple[LoggedDay, ...]
    numbers: list[int]
    runs: list[tuple[int, int]]
    marks: tuple[tuple[date, str], ...]
    mark_numbers: list[int]
    lanes: bool
    episodes: list[EpisodeLike]
    versions: list[tuple[date, str]]
    usual: float | None
    spread: float


@lru_cache(maxsize=64)
def places_of(right: float, number: int) -> tuple[float, ...]:
    """The middles of so many days between the left edge of a chart and the right one."""
    step = (right - LEFT) / number
    return tuple(round(LEFT + n * step + step / 2, 1) for n in range(number))


@lru_cache(maxsize=1024)
def height_of(top: float, bottom: float, value: float) -> float:
    """Where a value stands, when no pain is at the bottom and the worst at the top."""
    return round(bottom - value / SCALE * (bottom - top), 1)


@lru_cache(maxsize=64)
def places_said(right: float, number: int) -> tuple[str, ...]:
    return tuple(map(str, places_of(right, number)))


@lru_cache(maxsize=1024)
def height_said(top: float, bottom: float, value: float) -> str:
    return str(height_of(top, bottom, value))


def stretches(numbers: Sequence[int]) -> list[tuple[int, int]]:
    """Where days in a row begin, and the place after their end; a day alone is none."""
    starts = [n for n, day in enumerate(numbers) if not n or day - numbers[n - 1] > 1]
    return [(start, end) for start, end in pairwise([*starts, len(numbers)]) if end - start > 1]
