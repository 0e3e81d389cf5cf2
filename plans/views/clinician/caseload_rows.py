"""The lines of the caseload: who, the pain of four weeks, sessions, last log, re-evaluation, gravest flag.

Every question is written once a process (accounts.compiled), and a line is plain data.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple, TypedDict
from uuid import UUID

from django.db.models import QuerySet
from django.utils.safestring import SafeString

from accounts.compiled import compiled
from accounts.models import Patient, User
from accounts.models.patient import age_on
from plans import charts
from plans.schedule import local_date
from plans.templatetags.chart_words import spark_marks
from plans.views.clinician import adherence, pain_days
from plans.views.clinician.addresses import address_of
from plans.views.clinician.caseload_asked import Asked, Days, conditions, days_of, found, ordered
from plans.views.clinician.caseload_counts import counted
from plans.views.clinician.inbox_rows import Shape
from plans.views.clinician.people import about_in_words, near_day, with_places
from plans.wording_flags import points, rounded, short_day

SPARK_DAYS = 28
SAME_POINTS = 1
FIELDS = (
    "pk", "full_name", "birth_on", "time_zone", "status", "watched",
    "place_rows", "severity", "rise", "due_on", "last_on",
)  # fmt: skip


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


class Read(NamedTuple):
    """What is read of a patient for a line: FIELDS."""

    pk: UUID
    full_name: str
    birth_on: date
    time_zone: str
    status: str
    state: dict[str, Any] | None
    places: list[dict[str, str]]
    severity: str | None
    rise: dict[str, Any] | None
    due_on: date | None
    last_on: date | None


class Caseload:
    """The patients of a clinic whom somebody may see, as they asked for them; a sequence for a paginator."""

    def __init__(self, me: User, clinic: UUID, at: datetime, what: Asked, today: date) -> None:
        self.what = what
        self.counted: int | None = None
        self.given = Given(user=me, at=at, clinic=clinic, on=days_of(at, today))

    def counts(self) -> dict[str, int]:
        """How many patients each filter knows, and "all" in care. One query."""
        counts = counted(**self.given)
        if not self.what.words and len(self.what.show) < 2:
            self.counted = counts[self.what.show[0] if self.what.show else "all"]
        return counts

    def __len__(self) -> int:
        """How many there are. One query, unless `counts` has told."""
        if self.counted is None:
            self.counted = _those(self.what, **self.given).count()
        return self.counted

    def __getitem__(self, wanted: slice) -> list[Read]:
        # Words differ each time, so their text is not worth keeping.
        page = _page if not self.what.words else _page_of
        return [Read(*row) for row in page(self.what, wanted.start, wanted.stop, **self.given)]


class Given(TypedDict):
    """The values of every question of a request."""

    user: User
    at: datetime
    clinic: UUID
    on: Days


def _everybody(*, user: User, at: datetime, clinic: UUID) -> QuerySet[Patient]:
    return Patient.objects.visible_to(user, at).filter(clinic=clinic)


def _those(what: Asked, *, user: User, at: datetime, clinic: UUID, on: Days) -> QuerySet[Patient]:
    return found(_everybody(user=user, at=at, clinic=clinic), what, conditions(user, at, on))


def _page_of(
    what: Asked, first: int, last: int, *, user: User, at: datetime, clinic: UUID, on: Days
) -> QuerySet[Any, Any]:
    rows = with_places(ordered(_those(what, user=user, at=at, clinic=clinic, on=on), what.sort, on))
    return rows.values_list(*FIELDS)[first:last]


_page = compiled(_page_of)


def rows(patients: Sequence[Read], at: datetime, here: str, opened: UUID | None) -> list[Row]:
    """The lines of a page: three queries for all of them together. `here` is its address, `opened` is in the panel."""
    if not patients:
        return []
    todays = {patient.pk: local_date(at, patient.time_zone) for patient in patients}
    first, last = min(todays.values()) - timedelta(days=SPARK_DAYS - 1), max(todays.values())
    sites = {patient.pk: UUID(patient.places[0]["pk"]) for patient in patients if patient.places}
    values = pain_days.day_values(list(sites.values()), first, last)
    spans = adherence.spans_of({patient.pk: patient.time_zone for patient in patients})
    done = adherence.done_days(todays, first)
    made = []
    for patient in patients:
        today, site = todays[patient.pk], sites.get(patient.pk)
        start = today - timedelta(days=SPARK_DAYS - 1)
        level = spark = week = None
        if site is not None:
            level = pain_days.level_in(patient.state or {}, site)
            rise = patient.rise
            spark = charts.sparkline(
                days=values[site],
                usual=level.usual,
                spread=level.spread,
                first=start,
                last=today,
                since=date.fromisoformat(rise["since_on"]) if rise and not rise.get("over") else None,
            )
            week = pain_days.mean_between(values[site], today - timedelta(days=6), today)
        usual = level.usual if level else None
        made.append(
            Row(
                id=str(patient.pk),
                name=patient.full_name,
                is_discharged=patient.status == Patient.Status.DISCHARGED,
                about=about_in_words(age_on(today, patient.birth_on), [one["name"] for one in patient.places[:1]]),
                spark=spark,
                level=level,
                week=week,
                change=None if week is None or usual is None else rounded(week) - rounded(usual),
                sessions=adherence.count(spans[patient.pk], done[patient.pk], start, today),
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
