"""Lines of the record that are drawn by shape (painplan/templatetags/lines.py): days logged, weeks, exercises."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.timezone import localtime

from plans.views.clinician import adherence, history
from plans.wording_flags import short_day


@dataclass(frozen=True)
class Log:
    """Something that happened: `moment` for machines, `day` for people, and in grey who did it or when."""

    moment: str
    day: str
    text: str
    beside: str


@dataclass(frozen=True)
class Week:
    """Sessions done and planned in a week; `planned` is empty for none. `most` is the end of its bar."""

    day: str
    done: str
    planned: str
    most: str
    running: bool


@dataclass(frozen=True)
class Exercise:
    """An exercise of the plan, beside its picture; `pain` is empty where none was told."""

    name: str
    dose: str
    pain: str
    painful: bool


def events(lines: Iterable[history.Line]) -> list[Log]:
    return [
        Log(line.day.isoformat() if line.day else "", short_day(line.day) if line.day else "", line.text, line.who)
        for line in lines
    ]


def looks(found: Iterable[history.Look]) -> list[Log]:
    at = [(localtime(look.at), look.who) for look in found]
    return [Log(local.isoformat(), short_day(local.date()), who, f"{local:%H:%M}") for local, who in at]


def weeks(found: Sequence[tuple[date, adherence.Count]], monday: date) -> list[Week]:
    return [
        Week(short_day(start), str(week.done), str(week.planned or ""), str(week.planned or 1), running=start == monday)
        for start, week in found
    ]
