"""The timeline of the patient page: pain, usual level, flags, versions, sessions, pauses and notes, under a title that
answers; and the same as rows of a table."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Min
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from accounts.models import Patient
from plans import charts
from plans.chart_events import NOTES_LANE, with_events
from plans.models import Flag, PainScore
from plans.schedule import local_date
from plans.spans import Span
from plans.views.clinician import adherence, pain_days
from plans.views.clinician.people import Place
from plans.views.clinician.record_read import FlagOfRecord, NoteRead
from plans.views.clinician.record_rows import Logged, PauseRead, VersionRead
from plans.wording_flags import points, rounded, short_day

WIDE = (738, 322)
NARROW = (576, 322)
PHONE = (310, 322)
PERIODS = {"4w": 28, "3m": 91, "1y": 365}
USUAL_PERIOD, ALL = "3m", "all"
QUIET_DAYS = 14
SAME_POINTS = 1


@dataclass(frozen=True)
class Shown:
    """The chart at three widths, its title, the day values it is made of, and what else happened by day."""

    title: str
    wide: charts.PainChart
    narrow: charts.PainChart
    phone: charts.PainChart
    days: pain_days.Days
    table: list[tuple[date, float | None, str, str]]


def period_asked(text: str | None) -> str:
    """The period: "4w", "3m", "1y" or "all"; three months unless one of these was asked for."""
    return text if text in (*PERIODS, ALL) else USUAL_PERIOD


def first_day(patient: Patient, period: str, today: date) -> date:
    """The first day of the period. "All" begins with the first score, and shows four weeks at least (one query)."""
    if period != ALL:
        return today - timedelta(days=PERIODS[period] - 1)
    known = PainScore.objects.of(patient).aggregate(first=Min("local_date"))["first"]
    four_weeks = today - timedelta(days=PERIODS["4w"] - 1)
    return min(known, four_weeks) if known else four_weeks


def periods() -> tuple[tuple[str, str], ...]:
    """The periods, and what they are called."""
    return ("4w", _("4 weeks")), ("3m", _("3 months")), ("1y", _("1 year")), (ALL, _("All"))


def record_chart(
    *,
    patient: Patient,
    site: Place,
    level: pain_days.Level | None,
    days: pain_days.Days,
    flags: list[FlagOfRecord],
    versions: Sequence[VersionRead],
    spans: list[Span],
    sessions: Sequence[Logged],
    pauses: Sequence[PauseRead],
    notes: Iterable[NoteRead],
    first: date,
    today: date,
) -> Shown:
    """The timeline of one place from `first` to `today` (local dates of the patient)."""
    here = [flag for flag in flags if flag.site_id == site.pk]
    starts = [
        (local_date(version.activated_at, patient.time_zone), f"{version} {version.why}".strip())
        for version in versions
        if version.activated_at
    ]
    marks = session_marks(spans, sessions, first, today)
    written = [
        (day, _("%(who)s: %(words)s") % {"who": note.author, "words": Truncator(note.text).chars(120)})
        for note in notes
        if first <= (day := local_date(note.at, patient.time_zone)) <= today
    ]
    below = NOTES_LANE if written else 0
    rests = [(pause.from_on, pause.until_on) for pause in pauses]
    sizes = [(width, (height if spans else height - 58) + below) for width, height in (WIDE, NARROW, PHONE)]
    drawn = charts.pain_charts(
        sizes,
        days=days,
        usual=level.usual if level else None,
        spread=level.spread if level else 0.0,
        episodes=pain_days.rises(here, patient.time_zone),
        first=first,
        last=today,
        versions=starts,
        sessions=marks,
        lanes=bool(spans),
        below=below,
    )
    wide, narrow, phone = (with_events(chart, pauses=rests, notes=written) for chart in drawn)
    events = _events(patient, flags, starts, pauses, written)
    return Shown(
        title=_title(wide, level, days, today),
        wide=wide,
        narrow=narrow,
        phone=phone,
        days=days,
        table=_table(days, marks, events, first, today),
    )


def session_marks(spans: list[Span], sessions: Sequence[Logged], first: date, today: date) -> list[tuple[date, str]]:
    """Sessions done, partly done and missed, one a day: of two sessions the fuller one stands for the day."""
    states: dict[date, str] = {}
    for row in sessions:
        if first <= row.day <= today and (not row.part or row.day not in states):
            states[row.day] = "part" if row.part else "done"
    missed = adherence.missed_days(spans, set(states), first, today)
    return [*states.items(), *((day, "missed") for day in missed)]


def _events(
    patient: Patient,
    flags: Iterable[FlagOfRecord],
    starts: Iterable[tuple[date, str]],
    pauses: Iterable[PauseRead],
    written: Iterable[tuple[date, str]],
) -> list[tuple[date, str]]:
    """What happened beside pain and sessions, in words, for the table."""
    found = [(day, _("Plan %(version)s") % {"version": label}) for day, label in starts]
    for flag in flags:
        if flag.state != Flag.State.WITHDRAWN:
            day = local_date(flag.raised_at, patient.time_zone)
            found.append((day, _("Flag: %(rule)s") % {"rule": flag.get_rule_display()}))
    for pause in pauses:
        found.append((pause.from_on, _("Plan paused")))
        if pause.until_on:
            found.append((pause.until_on, _("Plan resumed")))
    return found + [(day, _("Note: %(words)s") % {"words": words}) for day, words in written]


def _table(
    days: pain_days.Days,
    marks: Iterable[tuple[date, str]],
    events: Iterable[tuple[date, str]],
    first: date,
    today: date,
) -> list[tuple[date, float | None, str, str]]:
    """By day, the newest first: pain, session, and what else happened. Days with nothing are left out."""
    words = {"done": _("done"), "part": _("partly done"), "missed": _("missed")}
    pain, session = dict(days), {day: words[state] for day, state in marks}
    others: dict[date, list[str]] = {}
    for day, said in events:
        if first <= day <= today:
            others.setdefault(day, []).append(said)
    every = sorted({*pain, *session, *others}, reverse=True)
    return [(day, pain.get(day), session.get(day, ""), ". ".join(others.get(day, ()))) for day in every]


def _title(chart: charts.PainChart, level: pain_days.Level | None, days: pain_days.Days, today: date) -> str:
    """The answer to "how is it going?", in one line."""
    if chart.current:
        return _("Pain has been above usual since %(day)s") % {"day": short_day(chart.current.since_on)}
    if not days:
        return _("No pain logged in this time")
    if (today - days[-1][0]).days >= QUIET_DAYS:
        return _("Nothing logged since %(day)s") % {"day": short_day(days[-1][0])}
    if level is None or level.usual is None:
        known, needed = (level.learned, level.needed) if level else (0, 7)
        return _("Learning the usual level (%(known)d of %(needed)d days)") % {"known": known, "needed": needed}
    week = pain_days.mean_between(days, today - timedelta(days=6), today)
    if week is None:
        return _("No pain logged in the last 7 days")
    change = rounded(week) - rounded(level.usual)
    if change >= SAME_POINTS:
        return _("This week’s pain is %(n)s above the usual level") % {"n": points(change)}
    if change <= -SAME_POINTS:
        return _("This week’s pain is %(n)s below the usual level") % {"n": points(-change)}
    return _("Pain is around its usual level")
