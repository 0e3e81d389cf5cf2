"""When a plan asks for what: session days, rest days, sessions a week. Pure: local dates in, plain values out.

Weeks run from Monday to Sunday by the patient's local date. An exercise is planned either on named weekdays
(1 = Monday .. 7 = Sunday) or so many times a week, on days of the patient's choice.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class Planned:
    """When one exercise is planned: exactly one of the two is given."""

    weekdays: frozenset[int] | None = None
    times_a_week: int | None = None

    def __post_init__(self) -> None:
        if (self.weekdays is None) == (self.times_a_week is None):
            raise ValueError("give weekdays or times a week, not both and not neither")
        if self.weekdays is not None and not self.weekdays <= frozenset(range(1, 8)):
            raise ValueError("weekdays are 1 (Monday) to 7 (Sunday)")
        if self.times_a_week is not None and not 1 <= self.times_a_week <= 7:
            raise ValueError("times a week are 1 to 7")


@dataclass(frozen=True)
class Day:
    """One day of the week strip: `state` is done, today, planned, missed or rest."""

    day: date
    state: str


def local_date(at: datetime, time_zone: str) -> date:
    """The calendar date at that moment (aware) in an IANA time zone."""
    return at.astimezone(ZoneInfo(time_zone)).date()


def week_of(day: date) -> list[date]:
    """Monday to Sunday of that day's week."""
    monday = day - timedelta(days=day.isoweekday() - 1)
    return [monday + timedelta(days=n) for n in range(7)]


def sessions_a_week(plan: Iterable[Planned]) -> int:
    """How many sessions a week the plan asks for: its weekdays together, or its highest "times a week"."""
    exercises = list(plan)
    times = max((exercise.times_a_week or 0 for exercise in exercises), default=0)
    return max(len(_named_days(exercises)), times)


def is_due(exercise: Planned, day: date, done_this_week: int) -> bool:
    """Whether an exercise belongs to that day, after it was done so often in the same week before that day."""
    if exercise.weekdays is not None:
        return day.isoweekday() in exercise.weekdays
    return done_this_week < (exercise.times_a_week or 0)


def is_session_day(plan: Sequence[Planned], day: date, sessions_this_week: int) -> bool:
    """Whether anything is planned on that day. `sessions_this_week` are those done earlier in the same week."""
    return any(is_due(exercise, day, sessions_this_week) for exercise in plan)


def week_strip(plan: Sequence[Planned], today: date, done: Iterable[date], since: date) -> list[Day]:
    """The seven days of this week. `done` are days with a finished session; nothing is missed before `since`.

    Sessions beyond the named days ("times a week") have no day of their own, so those still needed are shown on
    the next free days of the week.
    """
    done_days = set(done)
    named = _named_days(plan)
    free = [day for day in week_of(today) if day.isoweekday() not in named]
    still_needed = sessions_a_week(plan) - len(named) - sum(1 for day in free if day in done_days)
    coming = [day for day in free if day >= max(today, since) and day not in done_days]
    chosen = set(coming[: max(0, still_needed)])
    strip = []
    for day in week_of(today):
        wanted = day in chosen or (day.isoweekday() in named and day >= since)
        if day in done_days:
            state = "done"
        elif not wanted:
            state = "rest"
        elif day == today:
            state = "today"
        else:
            state = "planned" if day > today else "missed"
        strip.append(Day(day, state))
    return strip


def planned_between(plan: Sequence[Planned], first: date, last: date) -> int:
    """How many sessions the plan asked for from `first` to `last`, both included.

    Named days are counted; sessions beyond them ("times a week") count part weeks in proportion, halves up.
    """
    days = (last - first).days + 1
    if days <= 0:
        return 0
    named, times = _named_days(plan), max([exercise.times_a_week or 0 for exercise in plan], default=0)
    weeks, rest = divmod(days, 7)
    start = first.weekday()
    on_named = weeks * len(named) + len([n for n in range(rest) if (start + n) % 7 + 1 in named])
    beyond = max(times - len(named), 0)
    return on_named + (2 * beyond * days + 7) // 14


def _named_days(plan: Iterable[Planned]) -> set[int]:
    return set().union(*[exercise.weekdays for exercise in plan if exercise.weekdays is not None])
