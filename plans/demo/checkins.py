"""Check-ins of the demo's patients: daily life, sleep and confidence each week, mood and worry every four weeks.

They follow the pain of the diary, so that the pages tell one story. Joan's last ones are those of the pictures.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from statistics import fmean
from zoneinfo import ZoneInfo

from plans.actions.checkins import period_of
from plans.demo import joan
from plans.demo.diary import LoggedDay
from plans.demo.rows import made_id, moment
from plans.demo.writing import Stored
from plans.models import CheckIn

EVENING_MINUTE = 19 * 60
EVERY_WEEKS = {"PEG": 1, "sleep": 1, "confidence": 1, "PHQ-4": 4}
SHARE_ANSWERED = 0.8
SHARE_OF_LOW_MOOD = 0.1
WEEK = 7

Items = dict[str, int | None]


def checkin_rows(stored: Stored, at: datetime) -> list[CheckIn]:
    """The check-ins of one patient up to `at`, oldest first. They have a chance of their own, so that the diary
    stays as it is."""
    story = stored.story
    if stored.plan is None or not story.versions or not story.days:
        return []
    rng = Random(stored.patient.pk.int)
    is_joan = story.person is joan.PERSON
    low_mood = rng.random() < SHARE_OF_LOW_MOOD
    last = story.left_on or at.astimezone(ZoneInfo(stored.patient.time_zone)).date()
    rows, day, week = [], story.versions[0].on, 0
    while day <= last:
        answered_at = moment(day, EVENING_MINUTE, ZoneInfo(stored.patient.time_zone))
        for kind, every in EVERY_WEEKS.items():
            answers = rng.random() < SHARE_ANSWERED
            items = _joans(kind, week) if is_joan else _items(kind, _pain(story.days, day), low_mood, rng)
            if week % every == 0 and (answers or is_joan) and answered_at <= at:
                rows.append(_row(stored, kind, items, day, answered_at, rng))
        day, week = day + timedelta(days=WEEK), week + 1
    return rows


def _row(stored: Stored, kind: str, items: Items, day: date, at: datetime, rng: Random) -> CheckIn:
    return CheckIn(
        id=made_id(at, rng),
        patient=stored.patient,
        kind=kind,
        period_on=period_of(kind, day),
        items=items,
        total=_total(kind, items),
        answered_at=at,
        local_date=day,
        time_zone=stored.patient.time_zone,
        received_at=at,
        source="quick",
        recorded_by=stored.user,
    )


def _total(kind: str, items: Items) -> Decimal | None:
    given = [answer for answer in items.values() if answer is not None]
    if len(given) < len(items):
        return None
    total = Decimal(sum(given))
    return (total / len(given)).quantize(Decimal("0.01")) if kind == "PEG" else total


def _pain(days: Sequence[LoggedDay], day: date) -> float:
    """The mean pain of the main place in the week before that day; 4 when nothing was logged."""
    known = [
        entry[0]
        for logged in days
        if day - timedelta(days=WEEK) < logged.on <= day
        for entry in logged.entries
        if entry and entry[0] is not None
    ]
    return fmean(known) if known else 4.0


def _items(kind: str, pain: float, low_mood: bool, rng: Random) -> Items:
    def near(level: float, spread: float = 0.6, highest: int = 10) -> int:
        return min(highest, max(0, round(rng.gauss(level, spread))))

    mood = 1.6 if low_mood else 0.4
    made: Mapping[str, Items] = {
        "PEG": {"pain": near(pain), "enjoyment": near(pain), "activity": near(pain - 0.5)},
        "sleep": {"sleep": near(pain - 1, 1.0)},
        "confidence": {"confidence": near(8 - pain / 3, 0.8)},
        "PHQ-4": {name: near(mood, 0.5, 3) for name in ("interest", "low", "nervous", "worry")},
    }
    return made[kind]


def _joans(kind: str, week: int) -> Items:
    """Four weeks ago as before, a little worse now; mood and worry are asked again in four days."""
    worse = week >= joan.WORSE_FROM // WEEK
    made: Mapping[str, Items] = {
        "PEG": {"pain": 6 if worse else 5, "enjoyment": 5, "activity": 5 if worse else 4},
        "sleep": {"sleep": 5 if worse else 3},
        "confidence": {"confidence": 7},
        "PHQ-4": {"interest": 1, "low": 0, "nervous": 1, "worry": 1},
    }
    return made[kind]
