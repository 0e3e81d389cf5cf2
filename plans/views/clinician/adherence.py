"""Sessions done of those planned, for one patient or a page full of them, in a fixed number of queries."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from operator import itemgetter
from typing import cast
from uuid import UUID

from accounts.models import Patient
from plans.models import Plan, PlanVersion, Session
from plans.schedule import Planned, local_date, planned_between


@dataclass(frozen=True)
class Span:
    """What a patient's plan asks for from `first` on, until the next span begins (or the plan ends)."""

    first: date
    plan: Sequence[Planned]


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
    """By patient, the activated versions of their current plan in order. One query."""
    zones = {patient.pk: patient.time_zone for patient in patients}
    versions = (
        PlanVersion.objects.exclude(state=PlanVersion.State.DRAFT)
        .filter(plan__patient__in=zones, plan__status__in=[Plan.Status.ACTIVE, Plan.Status.PAUSED])
        .order_by("activated_at", "pk")
        .values_list(
            "pk", "plan__patient", "activated_at",
            "prescriptions", "prescriptions__weekdays", "prescriptions__times_a_week",
        )
    )  # fmt: skip
    found: dict[UUID, list[Span]] = {pk: [] for pk in zones}
    for (_version, patient, activated_at), rows in groupby(versions, key=itemgetter(0, 1, 2)):
        asked = [
            Planned(None if weekdays is None else frozenset(weekdays), times)
            for *_whose, prescription, weekdays, times in rows
            if prescription is not None
        ]
        found[patient].append(Span(local_date(cast(datetime, activated_at), zones[patient]), asked))
    return found


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
        planned=sum(planned_between(plan, start, end) for plan, start, end in _pieces(spans, first, last)),
    )


def weeks(spans: Sequence[Span], done: Collection[date], today: date, number: int = 4) -> list[tuple[date, Count]]:
    """The last weeks (Monday first), the current one last and whole: what it asks for until Sunday."""
    monday = today - timedelta(days=today.weekday())
    found = []
    for back in range(number - 1, -1, -1):
        start = monday - timedelta(weeks=back)
        end = start + timedelta(days=6)
        planned = sum(planned_between(plan, first, last) for plan, first, last in _pieces(spans, start, end))
        found.append((start, Count(sum(1 for day in done if start <= day <= end), planned)))
    return found


def missed_days(spans: Sequence[Span], done: Collection[date], first: date, today: date) -> list[date]:
    """Days named by the plan, gone by without a session. "Times a week" names no day, so it misses none."""
    missed = []
    for plan, start, end in _pieces(spans, first, today - timedelta(days=1)):
        named = {number for planned in plan for number in planned.weekdays or ()}
        days = (start + timedelta(days=n) for n in range((end - start).days + 1))
        missed += [day for day in days if day.isoweekday() in named and day not in done]
    return missed


def _pieces(spans: Sequence[Span], first: date, last: date) -> list[tuple[Sequence[Planned], date, date]]:
    """The parts of the time from `first` to `last`, each with the plan that counted then."""
    pieces = []
    for number, span in enumerate(spans):
        end = spans[number + 1].first - timedelta(days=1) if number + 1 < len(spans) else last
        start, end = max(span.first, first), min(end, last)
        if start <= end:
            pieces.append((span.plan, start, end))
    return pieces


def with_pauses(spans: Sequence[Span], rests: Sequence[tuple[date, date | None]]) -> list[Span]:
    """The spans with nothing asked for while the plan rested: from its first day until the day it went on (or None)."""
    found = list(spans)
    for start, end in rests:
        running = [span for span in found if span.first <= start]
        resumed = [span for span in found if end is not None and span.first <= end]
        found = [span for span in found if span.first < start or (end is not None and span.first > end)]
        if running:
            found.append(Span(start, ()))
        if end is not None and resumed:
            found.append(Span(end, resumed[-1].plan))
        found.sort(key=lambda span: span.first)
    return found
