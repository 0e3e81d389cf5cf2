"""Whether a reminder is due at a moment of a patient's own day. Pure.

Once at the time they chose, on days with something planned, and once more in the evening when nothing was logged;
never between 21:00 and 07:00 by their clock.
"""

from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo

REMINDER = "reminder"
EVENING_REMINDER = "evening reminder"
FIRST, LAST = time(7), time(21)


@dataclass(frozen=True)
class Wish:
    """When to remind, by the patient's clock; without `evening_at` only once."""

    at: time
    evening_at: time | None = None


@dataclass(frozen=True)
class DaySoFar:
    """The patient's local day: is something planned, was a session done, was anything logged (a session or pain)."""

    planned: bool
    session_done: bool = False
    logged: bool = False


def is_waking(at: datetime, time_zone: str) -> bool:
    """Whether mail may come at that moment (aware): from 07:00 to 21:00 by the clock of the IANA time zone."""
    return FIRST <= at.astimezone(ZoneInfo(time_zone)).time() < LAST


def due(wish: Wish, at: datetime, time_zone: str, day: DaySoFar) -> str | None:
    """REMINDER, EVENING_REMINDER or None at that moment (aware).

    A reminder that could not be sent in time is still due later that day, until the evening one takes its place.
    """
    if not day.planned or day.session_done or not is_waking(at, time_zone):
        return None
    wall = at.astimezone(ZoneInfo(time_zone)).time()
    if wish.evening_at is not None and wish.evening_at > wish.at and wall >= wish.evening_at:
        return None if day.logged else EVENING_REMINDER
    return REMINDER if wall >= wish.at else None
