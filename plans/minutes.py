"""How long exercises take. Pure: plain values in and out. Source: docs/clinical-rules.md, section 4."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Protocol

from plans.schedule import Planned

SECONDS_A_REPETITION = 4
SECONDS_TO_LET_GO = 2
SECONDS_BETWEEN = 15
METRES_A_MINUTE = 50


class Amounts(Protocol):
    """What a dose is made of: sets of repetitions, holds (s), minutes or metres; each side or not."""

    @property
    def sets(self) -> int: ...
    @property
    def repetitions(self) -> int | None: ...
    @property
    def hold_seconds(self) -> int | None: ...
    @property
    def duration_minutes(self) -> float | Decimal | None: ...
    @property
    def distance_metres(self) -> int | None: ...
    @property
    def per_side(self) -> bool: ...


class Timed(Amounts, Protocol):
    """What a dose takes its time from."""

    @property
    def rest_seconds(self) -> int | None: ...


def work_minutes_of(dose: Timed) -> float:
    """Minutes of the exercise itself, without getting ready and resting."""
    return dose.sets * _set_seconds(dose) * (2 if dose.per_side else 1) / 60


def minutes_of(dose: Timed) -> float:
    """Estimated minutes a session, with getting ready and the rests between sets.

    The work of a set is the minutes given; else the metres at a slow walk (3 km/h); else 4 s a repetition or
    the hold and 2 s to let go. Each side counts twice.
    """
    counted = dose.duration_minutes is None and dose.distance_metres is None
    usual_rest = SECONDS_BETWEEN if counted else 0
    rest = usual_rest if dose.rest_seconds is None else dose.rest_seconds
    ready = SECONDS_BETWEEN if counted else 0
    return work_minutes_of(dose) + ((dose.sets - 1) * rest + ready) / 60


def longest_session(exercises: Sequence[tuple[Planned, float]]) -> float:
    """Minutes of the longest session, of exercises with the minutes of each. One given as "times a week" may fall on
    any session day, so it counts for each.
    """
    any_day = sum(each for planned, each in exercises if planned.weekdays is None)
    named = (sum(each for planned, each in exercises if day in (planned.weekdays or ())) for day in range(1, 8))
    return any_day + max(named)


def _set_seconds(dose: Timed) -> float:
    times = dose.repetitions or 1
    if dose.duration_minutes is not None:
        return float(dose.duration_minutes) * 60
    if dose.distance_metres is not None:
        return dose.distance_metres / METRES_A_MINUTE * 60
    if dose.hold_seconds is not None:
        return times * float(dose.hold_seconds + SECONDS_TO_LET_GO)
    return times * float(SECONDS_A_REPETITION)
