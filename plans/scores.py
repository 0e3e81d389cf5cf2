"""Pain scores in, one value per logged day out: what every rule about a patient's days starts from.

Pure. Days are local dates or, for diaries without a calendar, whole day numbers (one kind in one series).
Pain is in points on the 0 to 10 numeric rating scale. Source: docs/clinical-rules.md, sections 1 and 2.
"""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from math import isfinite
from typing import Any, TypeVar, cast

from plans.usual import mean

SCALE_LOWEST = 0
SCALE_HIGHEST = 10
COUNTED_MOMENTS = frozenset({"before", "daily"})  # exercise soreness is not a relapse

Day = TypeVar("Day", bound=date | int)
Score = Decimal | float | int


class PainRefused(ValueError):
    """Input that is not judged. The message says what is wrong and what is expected."""


class ScoreRefused(PainRefused):
    """A score that is not a number from 0 to 10. Scores are refused, never clamped."""


class DayRefused(PainRefused):
    """A day that is neither a date nor a whole number, or days that are mixed, repeated or out of order."""


def checked_score(value: object) -> float:
    """The score as a float. Raises ScoreRefused unless it is a finite number from 0 to 10."""
    if type(value) is float and SCALE_LOWEST <= value <= SCALE_HIGHEST:
        return value
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise ScoreRefused(f"pain {value!r} is not a number; a score from 0 to 10 is needed")
    if not _is_finite(value) or not SCALE_LOWEST <= value <= SCALE_HIGHEST:
        raise ScoreRefused(f"pain {value} is off the scale; a score from 0 to 10 is needed")
    return float(value)


def _is_finite(value: Score) -> bool:
    if isinstance(value, Decimal):
        return value.is_finite()
    return isinstance(value, int) or isfinite(value)


def day_means(scores: Iterable[tuple[Day, Score | None]]) -> list[tuple[Day, float]]:
    """One value per logged day, in day order: the mean of the day's scores. None (not answered) is no score.

    `scores` are (local date, score) in any order. Raises ScoreRefused and DayRefused.
    """
    number_of = Calendar()
    logged: dict[int, tuple[Day, list[float]]] = {}
    for day, value in scores:
        number = number_of(day)
        if value is not None:
            logged.setdefault(number, (day, []))[1].append(checked_score(value))
    return [(day, mean(values)) for _, (day, values) in sorted(logged.items())]


def day_values(scores: Iterable[tuple[Day, str, Score | None]]) -> list[tuple[Day, float]]:
    """One value per logged day out of (local date, moment, score): only "before" and "daily" count."""
    return day_means((day, value) for day, moment, value in scores if moment in COUNTED_MOMENTS)


class Calendar:
    """Turns days into day numbers, and back. All days of one series are of the kind of the first."""

    def __init__(self) -> None:
        self._kind: type | None = None

    def __call__(self, day: object) -> int:
        if type(day) is not self._kind:
            self._admit(day)
        return day.toordinal() if isinstance(day, date) else cast(int, day)

    def name(self, number: int) -> Any:
        return date.fromordinal(number) if self._kind is date else number

    def _admit(self, day: object) -> None:
        if isinstance(day, bool | datetime) or not isinstance(day, date | int):
            raise DayRefused(f"{day!r} is no day; a local date or a whole day number is needed")
        kind = date if isinstance(day, date) else int
        if self._kind is not None and kind is not self._kind:
            raise DayRefused("dates and day numbers are mixed; one series needs one kind")
        self._kind = kind
