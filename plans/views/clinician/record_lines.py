"""Lines of the record that are drawn by shape (painplan/templatetags/lines.py): days logged, weeks, exercises."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.template.defaultfilters import linebreaksbr, truncatewords
from django.utils.safestring import SafeString
from django.utils.timezone import get_current_timezone, localtime

from plans.views.clinician import adherence, history
from plans.views.clinician.record_read import FlagOfRecord
from plans.wording_flags import short_day, state_in_words


@dataclass(frozen=True)
class Log:
    """Something that happened: `moment` for machines, `day` for people, and in grey who did it or when."""

    moment: str
    day: str
    text: str
    beside: str


@dataclass(frozen=True)
class Raised:
    """A flag so far. `place` is empty for the main one, `key` for a flag that is not open."""

    moment: str
    day: str
    rule: str
    place: str
    state: str
    note: str
    useful: bool | None
    key: str


@dataclass(frozen=True)
class Written:
    """What was said with a session or a score."""

    moment: str
    day: str
    text: SafeString
    about: str


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


def raised(flags: Iterable[FlagOfRecord]) -> list[Raised]:
    zone = get_current_timezone()
    days = [(flag, flag.raised_at.astimezone(zone).date()) for flag in flags]
    return [
        Raised(
            moment=day.isoformat(),
            day=short_day(day),
            rule=flag.get_rule_display(),
            place=flag.site.name if flag.site and not flag.site.is_main else "",
            state=state_in_words(flag),
            note=truncatewords(flag.note, 30),
            useful=flag.useful,
            key=str(flag.pk) if flag.is_open else "",
        )
        for flag, day in days
    ]


def written(day: date, text: str, about: str) -> Written:
    return Written(day.isoformat(), short_day(day), linebreaksbr(text), about)


def looks(found: Iterable[history.Look]) -> list[Log]:
    at = [(localtime(look.at), look.who) for look in found]
    return [Log(local.isoformat(), short_day(local.date()), who, f"{local:%H:%M}") for local, who in at]


def weeks(found: Sequence[tuple[date, adherence.Count]], monday: date) -> list[Week]:
    return [
        Week(short_day(start), str(week.done), str(week.planned or ""), str(week.planned or 1), running=start == monday)
        for start, week in found
    ]
