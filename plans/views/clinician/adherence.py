"""Sessions done of those planned, for one patient or a page full of them, in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from operator import itemgetter
from typing import Any
from uuid import UUID

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import DateField, F, Func, PositiveSmallIntegerField, QuerySet, TextField, Value
from django.db.models.functions import Cast

from accounts.compiled import compiled
from accounts.together import one_of_many, together
from plans.models import Pause, Plan, PlanVersion, Session
from plans.schedule import Planned, local_date
from plans.spans import Span, asked_between, pieces, with_pauses


@dataclass(frozen=True)
class Count:
    """Days with a finished session, and sessions planned, over some time."""

    done: int
    planned: int

    @property
    def percent(self) -> int | None:
        return round(100 * self.done / self.planned) if self.planned else None

    @property
    def is_low(self) -> bool:
        """Less than half: worth a look."""
        return self.planned > 0 and self.done * 2 < self.planned


def spans_of(zones: Mapping[UUID, str]) -> dict[UUID, list[Span]]:
    """By patient (with their time zones), what their current plan asked for, version after version; nothing while it
    rested. One query.
    """
    [rows] = together(asked_and_rested(patients=list(zones)))
    return spans_from(rows, zones)


def spans_from(rows: Sequence[tuple[Any, ...]], zones: Mapping[UUID, str]) -> dict[UUID, list[Span]]:
    """The same from the rows of `asked_and_rested`."""
    rests: dict[str, list[tuple[date, date | None]]] = defaultdict(list)
    asked: dict[str, list[Planned]] = defaultdict(list)
    starts: dict[str, tuple[str, datetime]] = {}
    for patient, activated_at, version, weekdays, times, rest_from, rest_until in sorted(rows, key=itemgetter(1)):
        if version is None:
            rests[patient].append((rest_from, rest_until))
            continue
        starts[version] = (patient, activated_at)
        if weekdays is not None or times is not None:  # else a version without exercises
            asked[version].append(planned(_read(weekdays), times))
    of_patient = {str(pk): (pk, zone, list[Span]()) for pk, zone in zones.items()}
    for version, (patient, activated_at) in starts.items():
        _pk, zone, spans = of_patient[patient]
        spans.append(Span(local_date(activated_at, zone), asked[version]))
    return {
        pk: with_pauses(spans, rests[patient]) if patient in rests else spans
        for patient, (pk, _zone, spans) in of_patient.items()
    }


@one_of_many
def asked_and_rested(*, patients: Sequence[UUID]) -> QuerySet[Any, Any]:
    """Versions with the days of their exercises ("1,3,5"), each once, and the pauses."""
    current = Plan.objects.current().filter(patient__in=patients)
    versions = PlanVersion.objects.exclude(state=PlanVersion.State.DRAFT).filter(plan__in=current)
    pauses = Pause.objects.filter(plan__in=current)
    no_day, no_days = Cast(Value(None), DateField()), Cast(Value(None), TextField())
    no_times, no_version = Cast(Value(None), PositiveSmallIntegerField()), Cast(Value(None), TextField())
    # Keys in words: they are looked up a dozen times, and a UUID is slow to look up.
    patient, version = Cast("plan__patient", TextField()), Cast("pk", TextField())
    weekdays = Func(F("prescriptions__weekdays"), Value(","), function="array_to_string", output_field=TextField())
    asked = (weekdays, "prescriptions__times_a_week")
    of_versions = versions.values_list(patient, "activated_at", version, *asked, no_day, no_day).distinct()
    rested = ("from_on", "until_on")
    of_pauses = pauses.values_list(patient, "paused_at", no_version, no_days, no_times, *rested)
    return of_versions.order_by().union(of_pauses.order_by(), all=True)


@lru_cache(maxsize=1024)
def planned(weekdays: tuple[int, ...] | None, times: int | None) -> Planned:
    """The plans of a clinic use few sets of days again and again."""
    return Planned(None if weekdays is None else frozenset(weekdays), times)


@lru_cache(maxsize=1024)
def _read(weekdays: str | None) -> tuple[int, ...] | None:
    return None if weekdays is None else tuple(int(day) for day in weekdays.split(",") if day)


def done_days(patients: Collection[UUID], first: date) -> dict[UUID, set[date]]:
    """By patient, the days since `first` with a finished session. One query."""
    found: dict[UUID, set[date]] = {patient: set() for patient in patients}
    return found | {patient: set(days) for patient, days in _done(patients=list(patients), first=first)}


@compiled
def _done(*, patients: Sequence[UUID], first: date) -> QuerySet[Any, Any]:
    rows = Session.objects.finished().filter(patient__in=patients, local_date__gte=first)
    return rows.order_by().values("patient").annotate(days=ArrayAgg("local_date")).values_list("patient", "days")


def count(spans: Sequence[Span], done: Collection[date], first: date, today: date) -> Count:
    """Done and planned from `first` to `today`. Today's session counts as planned only once it is done."""
    last = today if today in done else today - timedelta(days=1)
    return Count(
        done=len([day for day in done if first <= day <= today]),
        planned=asked_between(spans, first, last),
    )


def weeks(spans: Sequence[Span], done: Collection[date], today: date, number: int = 4) -> list[tuple[date, Count]]:
    """The last weeks (Monday first), the current one last and whole: what it asks for until Sunday."""
    monday = today - timedelta(days=today.weekday())
    found = []
    for back in range(number - 1, -1, -1):
        start = monday - timedelta(weeks=back)
        end = start + timedelta(days=6)
        found.append((start, Count(sum(1 for day in done if start <= day <= end), asked_between(spans, start, end))))
    return found


def missed_days(spans: Sequence[Span], done: Collection[date], first: date, today: date) -> list[date]:
    """Days named by the plan, gone by without a session. "Times a week" names no day, so it misses none."""
    missed = []
    for plan, start, end in pieces(spans, first, today - timedelta(days=1)):
        named = {number for planned in plan for number in planned.weekdays or ()}
        days = (start + timedelta(days=n) for n in range((end - start).days + 1))
        missed += [day for day in days if day.isoweekday() in named and day not in done]
    return missed
