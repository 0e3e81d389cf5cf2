"""Sessions done of those planned, for one patient or a page full of them, in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import cast
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db.models import DateField, PositiveSmallIntegerField, UUIDField, Value

from accounts.models import Patient
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


def spans_of(patients: Collection[Patient]) -> dict[UUID, list[Span]]:
    """By patient, what their current plan asked for, version after version; nothing while it rested. One query."""
    zones = {patient.pk: patient.time_zone for patient in patients}
    current = Plan.objects.current().filter(patient__in=zones)
    versions = PlanVersion.objects.exclude(state=PlanVersion.State.DRAFT).filter(plan__in=current)
    pauses = Pause.objects.filter(plan__in=current)
    no_day, no_days = Value(None, DateField()), Value(None, ArrayField(PositiveSmallIntegerField()))
    of_versions = versions.order_by().values_list(
        "plan__patient", "activated_at", "pk", "prescriptions__weekdays", "prescriptions__times_a_week", no_day, no_day
    )
    of_pauses = pauses.order_by().values_list(
        "plan__patient", "paused_at", Value(None, UUIDField()), no_days, Value(None, PositiveSmallIntegerField()),
        "from_on", "until_on",
    )  # fmt: skip
    rows = sorted(of_versions.union(of_pauses, all=True), key=lambda row: row[1])
    rests: dict[UUID, list[tuple[date, date | None]]] = defaultdict(list)
    asked: dict[UUID, list[Planned]] = defaultdict(list)
    starts: dict[UUID, tuple[UUID, datetime]] = {}
    for patient, activated_at, version, weekdays, times, rest_from, rest_until in rows:
        if version is None:
            rests[patient].append((rest_from, rest_until))
            continue
        starts[version] = (patient, cast(datetime, activated_at))
        if weekdays is not None or times is not None:  # else a version without exercises
            asked[version].append(Planned(None if weekdays is None else frozenset(weekdays), times))
    found: dict[UUID, list[Span]] = {pk: [] for pk in zones}
    for version, (patient, activated_at) in starts.items():
        found[patient].append(Span(local_date(activated_at, zones[patient]), asked[version]))
    return {patient: with_pauses(spans, rests[patient]) for patient, spans in found.items()}


def done_days(patients: Collection[Patient], first: date) -> dict[UUID, set[date]]:
    """By patient, the days since `first` with a finished session. One query."""
    found: dict[UUID, set[date]] = {patient.pk: set() for patient in patients}
    rows = Session.objects.finished().filter(patient__in=found, local_date__gte=first)
    for patient, day in rows.values_list("patient", "local_date").distinct():
        found[patient].add(day)
    return found


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
