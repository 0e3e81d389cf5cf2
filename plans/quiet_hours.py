"""When mail may come: at the reader's hour of the day, never in their quiet hours. Pure.

Moments are aware datetimes, answers are in UTC; times of day are the wall clock of the reader's IANA time zone.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def is_quiet(at: datetime, quiet_from: time, quiet_until: time, time_zone: str) -> bool:
    """Whether that moment lies in the quiet hours; they may reach over midnight, and are none when both are equal."""
    wall = at.astimezone(ZoneInfo(time_zone)).time()
    if quiet_from <= quiet_until:
        return quiet_from <= wall < quiet_until
    return wall >= quiet_from or wall < quiet_until


def after_quiet(at: datetime, quiet_from: time, quiet_until: time, time_zone: str) -> datetime:
    """That moment, or the end of the quiet hours it lies in: where the clocks go back, they may end twice."""
    if not is_quiet(at, quiet_from, quiet_until, time_zone):
        return at.astimezone(UTC)
    today = at.astimezone(ZoneInfo(time_zone)).date()
    ends = (_moment(today + timedelta(days=days), quiet_until, time_zone, fold) for days in range(3) for fold in (0, 1))
    return min(end for end in ends if end > at and not is_quiet(end, quiet_from, quiet_until, time_zone))


def next_time(at: datetime, wall: time, time_zone: str) -> datetime:
    """The first moment after `at` at which the clocks there show `wall`; on a day that skips it, an hour later."""
    today = at.astimezone(ZoneInfo(time_zone)).date()
    for days in range(3):
        moment = _moment(today + timedelta(days=days), wall, time_zone)
        if moment > at:
            return moment
    raise AssertionError("a time of day comes within two days")


def _moment(day: date, wall: time, time_zone: str, fold: int = 0) -> datetime:
    """When the clocks there show it; of two times the first, or with `fold` the second."""
    return datetime.combine(day, wall.replace(fold=fold), ZoneInfo(time_zone)).astimezone(UTC)
