"""The lines of the caseload: who, the pain of four weeks, sessions, last log, re-evaluation, gravest flag.

A line is plain data.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.utils.safestring import SafeString

from accounts.models import Patient
from accounts.models.patient import age_on
from plans import charts
from plans.schedule import local_date
from plans.templatetags.chart_words import spark_marks
from plans.views.clinician import adherence, pain_days
from plans.views.clinician.addresses import address_of
from plans.views.clinician.caseload_asked import SPARK_DAYS
from plans.views.clinician.caseload_read import Read
from plans.views.clinician.inbox_rows import Shape
from plans.views.clinician.people import about_in_words, near_day
from plans.wording_flags import points, rounded, short_day

SAME_POINTS = 1


@dataclass(frozen=True)
class Line:
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


@dataclass(frozen=True)
class Row:
    """A line of the table. Pain in points; `change` is the last 7 days against the usual level."""

    id: str
    name: str
    is_discharged: bool
    about: str
    spark: charts.Sparkline | None
    level: pain_days.Level | None
    week: float | None
    change: Decimal | None
    sessions: adherence.Count
    last_log: str
    due: str
    late: bool
    severity: str
    url: str
    current: bool

    @property
    def direction(self) -> str:
        """Where the pain goes: up, down, same, or empty when that is not known."""
        if self.change is None:
            return ""
        return "same" if abs(self.change) < SAME_POINTS else "up" if self.change > 0 else "down"

    @property
    def line(self) -> Line:
        level, end = self.level, self.spark.end if self.spark else None
        return Line(
            id=self.id,
            name=self.name,
            about=self.about,
            url=self.url,
            record=address_of("patient", self.id),
            spark=spark_marks(self.spark) if self.spark else SafeString(""),
            last=points(end.value) if end else "",
            usual=points(level.usual) if level and level.usual is not None else "",
            known=str(level.learned) if level else "",
            needed=str(level.needed) if level else "",
            week="" if self.week is None else points(self.week),
            by="" if self.change is None else points(abs(self.change)),
            done=str(self.sessions.done),
            planned=str(self.sessions.planned) if self.sessions.planned else "",
            log=self.last_log,
            due=self.due,
            has_chart=self.spark is not None,
            direction=Shape(self.direction),
            few=self.sessions.is_low,
            is_discharged=self.is_discharged,
            late=self.late,
            severity=Shape(self.severity),
            current=self.current,
        )


def rows(patients: Sequence[Read], at: datetime, here: str, opened: UUID | None) -> list[Row]:
    """The lines of a page: one query for all of them together. `here` is its address, `opened` is in the panel."""
    if not patients:
        return []
    spans = adherence.spans_of({patient.pk: patient.time_zone for patient in patients})
    made = []
    for patient in patients:
        today = local_date(at, patient.time_zone)
        start = today - timedelta(days=SPARK_DAYS - 1)
        level = spark = week = None
        if patient.site is not None:
            level = pain_days.level_of(patient.level or {})
            values = pain_days.means(patient.days or (), patient.tenths or ())
            rise = patient.rise
            spark = charts.sparkline(
                days=values,
                usual=level.usual,
                spread=level.spread,
                first=start,
                last=today,
                since=date.fromisoformat(rise["since_on"]) if rise and not rise.get("over") else None,
            )
            week = pain_days.mean_between(values, today - timedelta(days=6), today)
        usual = level.usual if level else None
        made.append(
            Row(
                id=str(patient.pk),
                name=patient.full_name,
                is_discharged=patient.status == Patient.Status.DISCHARGED,
                about=about_in_words(age_on(today, patient.birth_on), [patient.place] if patient.place else []),
                spark=spark,
                level=level,
                week=week,
                change=None if week is None or usual is None else rounded(week) - rounded(usual),
                sessions=adherence.count(spans[patient.pk], set(patient.done or ()), start, today),
                last_log=_log_day(patient.last_on, today) if patient.last_on else "",
                due=near_day(patient.due_on, today) if patient.due_on else "",
                late=patient.due_on is not None and patient.due_on <= today,
                severity=patient.severity or "",
                url=f"{here}&patient={patient.pk}",
                current=patient.pk == opened,
            )
        )
    return made


def _log_day(day: date, today: date) -> str:
    return near_day(day, today) if (today - day).days < 2 else short_day(day)
