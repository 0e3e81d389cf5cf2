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
from django.contrib.postgres.fields import ArrayField
from django.db.models import DateField, PositiveSmallIntegerField, QuerySet, UUIDField, Value
from django.db.models.functions import Cast

from accounts.compiled import compiled
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
    rests: dict[UUID, list[tuple[date, date | None]]] = defaultdict(list)
    asked: dict[UUID, list[Planned]] = defaultdict(list)
    starts: dict[UUID, tuple[UUID, datetime]] = {}
    rows = sorted(_asked_and_rested(patients=list(zones)), key=itemgetter(1))
    for patient, activated_at, version, weekdays, times, rest_from, rest_until in rows:
        if version is None:
            rests[patient].append((rest_from, rest_until))
            continue
        starts[version] = (patient, activated_at)
        if weekdays is not None or times is not None:  # else a version without exercises
            asked[version].append(planned(None if weekdays is None else tuple(weekdays), times))
    found: dict[UUID, list[Span]] = {pk: [] for pk in zones}
    for version, (patient, activated_at) in starts.items():
        found[patient].append(Span(local_date(activated_at, zones[patient]), asked[version]))
    return {patient: with_pauses(spans, rests[patient]) for patient, spans in found.items()}


@compiled
def _asked_and_rested(*, patients: Sequence[UUID]) -> QuerySet[Any, Any]:
    """Versions with the days of their exercises, each once, and the pauses."""
    current = Plan.objects.current().filter(patient__in=patients)
    versions = PlanVersion.objects.exclude(state=PlanVersion.State.DRAFT).filter(plan__in=current)
    pauses = Pause.objects.filter(plan__in=current)
    no_day, no_days = Cast(Value(None), DateField()), Cast(Value(None), ArrayField(PositiveSmallIntegerField()))
    no_times, no_version = Cast(Value(None), PositiveSmallIntegerField()), Cast(Value(None), UUIDField())
    asked = ("prescriptions__weekdays", "prescriptions__times_a_week")
    of_versions = versions.values_list("plan__patient", "activated_at", "pk", *asked, no_day, no_day).distinct()
    rested = ("from_on", "until_on")
    of_pauses = pauses.values_list("plan__patient", "paused_at", no_version, no_days, no_times, *rested)
    return of_versions.order_by().union(of_pauses.order_by(), all=True)


@lru_cache(maxsize=1024)
def planned(weekdays: tuple[int, ...] | None, times: int | None) -> Planned:
    """The plans of a clinic use few sets of days again and again."""
    return Planned(None if weekdays is None else frozenset(weekdays), times)


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
        done=sum(1 for day in done if first <= day <= today),
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
