"""A clinic's working time: how much of it lies between two moments, and when so much of it has passed. Pure.

Moments are aware datetimes, answers are in UTC. A clinic opens and closes by the wall clock of its own time zone: a day
on which the clocks change is as long as its opening hours really are. A wall time that the clocks jump over is taken
with the offset before the jump; one that comes twice is the first of the two.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Calendar:
    """When a clinic works: weekdays (1 = Monday .. 7 = Sunday), opening hours, days off, IANA time zone.

    Raises ValueError for no weekday, an unknown weekday, or a clinic that closes before it opens; ZoneInfoNotFoundError
    for an unknown zone.
    """

    weekdays: frozenset[int]
    opens_at: time
    closes_at: time
    holidays: frozenset[date]
    time_zone: str

    def __post_init__(self) -> None:
        if not self.weekdays or not self.weekdays <= frozenset(range(1, 8)):
            raise ValueError("a clinic works on at least one weekday of 1 (Monday) to 7 (Sunday)")
        if self.closes_at <= self.opens_at:
            raise ValueError("a clinic closes after it opens")
        ZoneInfo(self.time_zone)

    def is_working_day(self, day: date) -> bool:
        return day.isoweekday() in self.weekdays and day not in self.holidays

    def hours_of(self, day: date) -> tuple[datetime, datetime] | None:
        """From when to when the clinic is open on that local date, or None."""
        if not self.is_working_day(day):
            return None
        opens, closes = self._moment(day, self.opens_at), self._moment(day, self.closes_at)
        return (opens, closes) if opens < closes else None

    def _moment(self, day: date, wall: time) -> datetime:
        return datetime.combine(day, wall, ZoneInfo(self.time_zone)).astimezone(UTC)

    def _days_from(self, at: datetime) -> Iterator[tuple[date, datetime, datetime]]:
        """The working days from the local date of `at` on, with their hours. Never ends: some weekday is worked."""
        day = at.astimezone(ZoneInfo(self.time_zone)).date()
        while True:
            hours = self.hours_of(day)
            if hours is not None:
                yield (day, *hours)
            day += DAY


def between(calendar: Calendar, start: datetime, end: datetime) -> timedelta:
    """Working time from `start` to `end`; none when `end` is not later."""
    worked = timedelta(0)
    for _day, opens, closes in calendar._days_from(start):
        if opens >= end:
            break
        worked += max(min(closes, end) - max(opens, start), timedelta(0))
    return worked


def after_hours(calendar: Calendar, start: datetime, hours: float) -> datetime:
    """The first moment at which so many working hours have passed since `start`. Raises ValueError below 0."""
    if hours < 0:
        raise ValueError("working hours are 0 or more")
    left = timedelta(hours=hours)
    if not left:
        return start.astimezone(UTC)
    for _day, opens, closes in calendar._days_from(start):
        begins = max(opens, start)
        open_for = closes - begins
        if open_for >= left:
            return (begins + left).astimezone(UTC)
        left -= max(open_for, timedelta(0))
    raise AssertionError("working days never end")


def after_days(calendar: Calendar, start: datetime, days: int) -> datetime:
    """The same time of day, so many working days later. Raises ValueError below 0.

    A start outside the opening hours counts as the next opening: Friday 18:00 plus one day is Tuesday 09:00.
    """
    if days < 0:
        raise ValueError("working days are 0 or more")
    begins: datetime | None = None
    seen = 0
    for day, opens, closes in calendar._days_from(start):
        if begins is None:
            if closes <= start:
                continue
            begins = max(opens, start)
            if days == 0:
                return begins.astimezone(UTC)
            continue
        seen += 1
        if seen == days:
            wall = begins.astimezone(ZoneInfo(calendar.time_zone)).time()
            return min(max(calendar._moment(day, wall), opens), closes)
    raise AssertionError("working days never end")
