"""The sessions of the last weeks as columns of dots. Pure: plain values in, coordinates (px) out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from plans.schedule import week_of
from plans.spans import Span, asked_between

WEEKS = 4
PITCH = 21
RADIUS = 8
FOOT = 26


@dataclass(frozen=True)
class WeekCount:
    """One week: sessions done, planned but not done, and still to come."""

    monday: date
    done: int
    missed: int
    to_come: int


@dataclass(frozen=True)
class Dot:
    """`state` is done, missed or next."""

    x: float
    y: float
    state: str


@dataclass(frozen=True)
class Column:
    week: WeekCount
    x: float
    dots: list[Dot]


@dataclass(frozen=True)
class WeeksChart:
    """Ready to draw. `base` is the y of the ground line."""

    width: int
    height: int
    base: int
    radius: int
    columns: list[Column]

    @property
    def label_y(self) -> int:
        return self.base + 19


def count_weeks(spans: Sequence[Span], done_days: Sequence[date], today: date) -> list[WeekCount]:
    """The last four weeks, this one included, but none before the plan's first week.

    Days already gone that were planned and not done count as missed; today and later count as to come.
    """
    if not spans:
        return []
    this_monday = week_of(today)[0]
    first_monday = max(week_of(spans[0].first)[0], this_monday - timedelta(weeks=WEEKS - 1))
    counts = []
    monday = first_monday
    while monday <= this_monday:
        sunday = monday + timedelta(days=6)
        done = len({day for day in done_days if monday <= day <= sunday})
        asked = asked_between(spans, monday, sunday)
        gone = asked_between(spans, monday, min(sunday, today - timedelta(days=1)))
        missed = max(0, min(gone, asked) - done)
        counts.append(WeekCount(monday, done, missed, max(0, asked - done - missed)))
        monday += timedelta(weeks=1)
    return counts


def weeks_chart(counts: Sequence[WeekCount], width: int) -> WeeksChart:
    """Columns of dots, done ones at the bottom."""
    highest = max((w.done + w.missed + w.to_come for w in counts), default=0)
    base = max(highest, 1) * PITCH + 10
    step = width / max(len(counts), 1)
    columns = []
    for n, week in enumerate(counts):
        x = round(step * (n + 0.5), 1)
        states = ["done"] * week.done + ["missed"] * week.missed + ["next"] * week.to_come
        dots = [Dot(x, base - 12 - PITCH * row, state) for row, state in enumerate(states)]
        columns.append(Column(week, x, dots))
    return WeeksChart(width, base + FOOT, base, RADIUS, columns)
