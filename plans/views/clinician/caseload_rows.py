"""The lines of the caseload: who, the pain of four weeks, sessions, last log, re-evaluation, gravest flag.

A line is plain data.
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from django.utils.safestring import SafeString
from django.utils.translation import get_language

from accounts.models import Patient
from accounts.models.patient import age_on
from accounts.routes import addresses_of
from plans import charts
from plans.schedule import local_date
from plans.templatetags.chart_words import spark_marks
from plans.views.clinician import adherence, pain_days
from plans.views.clinician.caseload_asked import SPARK_DAYS
from plans.views.clinician.caseload_read import Read
from plans.views.clinician.inbox_rows import Shape
from plans.views.clinician.people import about_in_words, near_day
from plans.wording_numbers import points_of, rounded, short_day

SAME_POINTS = 1
DISCHARGED = Patient.Status.DISCHARGED.value
BEFORE_TODAY = timedelta(days=SPARK_DAYS - 1)
WEEK = timedelta(days=6)


class Line(NamedTuple):
    """A line as it is drawn (see painplan.templatetags.lines): words, and what decides on its shape."""

    id: str
    name: str
    about: str
    url: str
    record: str
    spark: SafeString
    last: str
    usual: str
    known: str
    needed: str
    week: str
    by: str
    done: str
    planned: str
    log: str
    due: str
    has_chart: bool
    direction: Shape
    few: bool
    is_discharged: bool
    late: bool
    severity: Shape
    current: bool


def rows(
    patients: Sequence[Read], asked: Sequence[tuple[Any, ...]], at: datetime, here: str, opened: UUID | None
) -> list[Line]:
    """The lines of a page. `asked` is what `adherence.asked_and_rested` said of these patients, `here` the address of
    the page; `opened` is in the panel.
    """
    spans = adherence.spans_from(asked, {patient.pk: patient.time_zone for patient in patients})
    language = get_language()
    record = addresses_of("patient")
    # Many lines say the same few days.
    near, log_day = Said(near_day), Said(_log_day)
    made = []
    for patient in patients:
        key, today = str(patient.pk), local_date(at, patient.time_zone)
        pain = _pain(patient, today)
        sessions = adherence.count(spans[patient.pk], set(patient.done or ()), today - BEFORE_TODAY, today)
        level, end = pain.level, pain.spark and pain.spark.end
        made.append(
            Line(
                id=key,
                name=patient.full_name,
                about=about_in_words(age_on(today, patient.birth_on), [patient.place] if patient.place else []),
                url=f"{here}&patient={key}",
                record=record(key),
                spark=spark_marks(pain.spark) if pain.spark else SafeString(""),
                last=points_of(rounded(end.value), language) if end else "",
                usual="" if pain.usual is None else points_of(pain.usual, language),
                known=str(level.learned) if level else "",
                needed=str(level.needed) if level else "",
                week="" if pain.week is None else points_of(pain.week, language),
                by="" if pain.change is None else points_of(abs(pain.change), language),
                done=str(sessions.done),
                planned=str(sessions.planned) if sessions.planned else "",
                log=log_day[patient.last_on, today] if patient.last_on else "",
                due=near[patient.due_on, today] if patient.due_on else "",
                has_chart=pain.spark is not None,
                direction=Shape(_direction(pain.change)),
                few=sessions.is_low,
                is_discharged=patient.status == DISCHARGED,
                late=patient.due_on is not None and patient.due_on <= today,
                severity=Shape(patient.severity or ""),
                current=patient.pk == opened,
            )
        )
    return made


class Said(dict[tuple[date, date], str]):
    """A day in words, by day and today; each asked for once."""

    def __init__(self, ask: Callable[[date, date], str]) -> None:
        self.ask = ask

    def __missing__(self, key: tuple[date, date]) -> str:
        said = self[key] = self.ask(*key)
        return said


class Pain(NamedTuple):
    """What a line shows of somebody's pain, in points; `change` is the last 7 days against the usual level."""

    spark: charts.Sparkline | None = None
    level: pain_days.Level | None = None
    usual: Decimal | None = None
    week: Decimal | None = None
    change: Decimal | None = None


def _pain(patient: Read, today: date) -> Pain:
    if patient.site is None:
        return Pain()
    level = pain_days.Level(
        usual=patient.usual if patient.ready else None, spread=patient.spread or 0.0, learned=patient.learned or 0
    )
    values = pain_days.means(zip(patient.days or (), patient.tenths or (), strict=True))
    spark = charts.sparkline(
        days=values,
        usual=level.usual,
        spread=level.spread,
        first=today - BEFORE_TODAY,
        last=today,
        since=patient.rising_since,
    )
    mean = pain_days.mean_between(values, today - WEEK, today)
    week, usual = None if mean is None else rounded(mean), None if level.usual is None else rounded(level.usual)
    return Pain(spark, level, usual, week, None if week is None or usual is None else week - usual)


def _direction(change: Decimal | None) -> str:
    """Where the pain goes: up, down, same, or empty when that is not known."""
    if change is None:
        return ""
    return "same" if abs(change) < SAME_POINTS else "up" if change > 0 else "down"


def _log_day(day: date, today: date) -> str:
    return near_day(day, today) if (today - day).days < 2 else short_day(day)
