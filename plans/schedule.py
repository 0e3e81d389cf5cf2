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
    days: set[int] = set()
    times = 0
    for exercise in plan:
        if exercise.weekdays is not None:
            days |= exercise.weekdays
        else:
            times = max(times, exercise.times_a_week or 0)
    return max(len(days), times)


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

    With "times a week" no day is named, so the days still needed are shown on the next free days of the week.
    """
    done_days = set(done)
    named = {n for e in plan if e.weekdays is not None for n in e.weekdays}
    open_times = sessions_a_week(plan) - sum(1 for d in week_of(today) if d in done_days)
    strip = []
    for day in week_of(today):
        wanted = day.isoweekday() in named if named else (day >= today and open_times > 0 and day not in done_days)
        if not named and wanted:
            open_times -= 1
        if day in done_days:
            state = "done"
        elif not wanted or day < since:
            state = "rest"
        elif day == today:
            state = "today"
        else:
            state = "planned" if day > today else "missed"
        strip.append(Day(day, state))
    return strip


def planned_between(plan: Sequence[Planned], first: date, last: date) -> int:
    """How many sessions the plan asked for from `first` to `last`, both included; part weeks count in proportion."""
    days = (last - first).days + 1
    if days <= 0:
        return 0
    named = {n for e in plan if e.weekdays is not None for n in e.weekdays}
    if named:
        return sum(1 for n in range(days) if (first + timedelta(days=n)).isoweekday() in named)
    return round(sessions_a_week(plan) * days / 7)
