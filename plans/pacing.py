"""Progress by quota: how much to start with, how much more and when. Pure: plain numbers and local dates.

Start at the measured tolerance minus 20 %; grow by 5 to 20 % at most once a week up to a ceiling; never while a flag
is open or less than 60 % of the week's sessions were done. Source: docs/clinical-rules.md, section 4. Amounts are in
the unit of their measure: repetitions, seconds held, minutes, metres.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_FLOOR, Decimal
from typing import Literal

TOLERANCE_SHARE = Decimal("0.8")
STEP_LOWEST, STEP_HIGHEST, STEP_DEFAULT = 5, 20, 10
DONE_PERCENT_NEEDED = 60
MOST_WEEKS = 52

# The smallest amount that a person can tell apart and do: nobody does half a repetition.
GRID = {
    "repetitions": Decimal(1),
    "hold_seconds": Decimal(1),
    "duration_minutes": Decimal("0.5"),
    "distance_metres": Decimal(10),
}

Hold = Literal["", "flag", "few sessions", "paused"]


class PacingRefused(ValueError):
    """Amounts or steps that make no quota. The message says what is expected."""


@dataclass(frozen=True, slots=True)
class Pace:
    """From `start` by `step_percent` (5-20) up to `ceiling`, counted in `measure` (a key of GRID)."""

    measure: str
    start: Decimal
    step_percent: int
    ceiling: Decimal

    def __post_init__(self) -> None:
        if self.measure not in GRID:
            raise PacingRefused(f"unknown measure {self.measure!r}: one of {', '.join(GRID)}")
        if not STEP_LOWEST <= self.step_percent <= STEP_HIGHEST:
            raise PacingRefused(f"a step is {STEP_LOWEST} to {STEP_HIGHEST} %, not {self.step_percent}")
        if not 0 < self.start <= self.ceiling:
            raise PacingRefused("the start is above zero and not above the ceiling")


@dataclass(frozen=True, slots=True)
class Step:
    """The next amount, and how many weeks after the last change it may come."""

    to: Decimal
    weeks: int


def on_grid(amount: Decimal, measure: str) -> Decimal:
    """The largest amount not above `amount` that can be done, at least the smallest one."""
    unit = GRID[measure]
    return max(unit, (amount / unit).to_integral_value(rounding=ROUND_FLOOR) * unit)


def start_from_test(tolerance: Decimal, measure: str) -> Decimal:
    """The starting dose for a measured tolerance: 20 % less, so that the first days go well."""
    if tolerance <= 0:
        raise PacingRefused("the test gives an amount above zero")
    return on_grid(tolerance * TOLERANCE_SHARE, measure)


def next_step(pace: Pace, current: Decimal) -> Step | None:
    """The step after `current`; None at the ceiling.

    Small amounts cannot grow by a tenth: three repetitions become four, but only after as many weeks as the pace
    needs to get there.
    """
    if current >= pace.ceiling:
        return None
    factor = 1 + Decimal(pace.step_percent) / 100
    ideal = current
    for week in range(1, MOST_WEEKS + 1):
        ideal *= factor
        to = min(on_grid(ideal, pace.measure), pace.ceiling)
        if to > current:
            return Step(to, week)
    return None


def coming_weeks(pace: Pace, weeks: int) -> list[Decimal]:
    """The amount in each of the coming weeks, the first one at the start, if every step is taken."""
    amounts, current, waited = [pace.start], pace.start, 0
    while len(amounts) < weeks:
        step = next_step(pace, current)
        waited += 1
        if step is not None and waited >= step.weeks:
            current, waited = step.to, 0
        amounts.append(current)
    return amounts[:weeks]


def step_due_on(pace: Pace, current: Decimal, changed_on: date) -> date | None:
    """The first local date on which the next step may be in force; None at the ceiling."""
    step = next_step(pace, current)
    return None if step is None else changed_on + timedelta(weeks=step.weeks)


def held_by(*, open_flags: int, done: int, planned: int, is_paused: bool) -> Hold:
    """Why no step is made this week: a pause, an open flag, or less than 60 % of the planned sessions done."""
    if is_paused:
        return "paused"
    if open_flags:
        return "flag"
    if done * 100 < planned * DONE_PERCENT_NEEDED:
        return "few sessions"
    return ""
