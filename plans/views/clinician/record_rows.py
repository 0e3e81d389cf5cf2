"""What the patient page reads about plan and sessions: plan, draft, versions, pauses, sessions."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple, cast
from uuid import UUID

from django.db.models import Case, Exists, OuterRef, Q, QuerySet, When

from accounts.models import Patient
from accounts.together import Part, one_of_many
from plans.models import ExerciseLog, Pause, Plan, PlanVersion, Prescription, Session
from plans.schedule import Planned, local_date
from plans.spans import Span, with_pauses
from plans.views.clinician.adherence import planned
from plans.views.clinician.record_read import name_of

CURRENT = (Plan.Status.ACTIVE, Plan.Status.PAUSED)


class VersionRead(NamedTuple):
    """Fields of a PlanVersion by their names; without a day of activation it is a draft."""

    pk: UUID
    number: int
    why: str
    activated_at: datetime | None

    def __str__(self) -> str:
        return f"v{self.number}"


class PlanRead(NamedTuple):
    """The plan that a patient has, active or paused."""

    pk: UUID
    status: str
    active_version: VersionRead

    def get_status_display(self) -> str:
        return str(Plan.Status(self.status).label)


class PauseRead(NamedTuple):
    """Fields of a Pause by their names; `paused_by` is a name, None for a rule."""

    why: str
    reason: str
    from_on: date
    until_on: date | None
    paused_at: datetime
    ended_at: datetime | None
    paused_by: str | None


@dataclass(frozen=True)
class PlanRows:
    """The plan the patient has (with its active version), the draft, the activated versions, what was asked for when.

    `spans` ask for nothing while the plan rested.
    """

    plan: PlanRead | None
    draft: VersionRead | None
    versions: list[VersionRead]
    spans: list[Span]
    pauses: list[PauseRead]

    @property
    def open_pause(self) -> PauseRead | None:
        return next((pause for pause in self.pauses if pause.ended_at is None), None)


class Logged(NamedTuple):
    """One session. `part`: left early, or not every exercise done. `by` is empty when the patient logged it."""

    day: date
    done: bool
    part: bool
    note: str
    by: str


def plan_parts(patient: UUID) -> list[Part]:
    """What `plan_rows` are made of."""
    return [_versions(patient=patient), _asked(patient=patient), _pauses(patient=patient)]


def plan_rows(patient: Patient, found: Sequence[list[Any]]) -> PlanRows:
    """From the rows of the parts."""
    rows, days, rested = found
    every = [VersionRead(*row[:4]) for row in rows]
    draft = next((version for version in every if version.activated_at is None), None)
    versions = [version for version in every if version.activated_at is not None]
    if not versions:
        return PlanRows(None, draft, [], [], [])
    key, status, active = next(row[4:] for row in rows if row[3] is not None)
    plan = PlanRead(key, status, next(version for version in versions if version.pk == active))
    asked: dict[UUID, list[Planned]] = {row.pk: [] for row in versions}
    for version, weekdays, times in days:
        asked[version].append(planned(None if weekdays is None else tuple(weekdays), times))
    spans = [Span(local_date(cast(datetime, row.activated_at), patient.time_zone), asked[row.pk]) for row in versions]
    pauses = [PauseRead(*row) for row in rested]
    rests = [(pause.from_on, pause.until_on) for pause in pauses]
    return PlanRows(plan, draft, versions, with_pauses(spans, rests), pauses)


@one_of_many
def _versions(*, patient: UUID) -> QuerySet[PlanVersion, tuple[Any, ...]]:
    wanted = Q(plan__status__in=CURRENT) | Q(state=PlanVersion.State.DRAFT)
    rows = PlanVersion.objects.filter(wanted, plan__patient=patient).order_by("number")
    return rows.values_list("pk", "number", "why", "activated_at", "plan", "plan__status", "plan__active_version")


@one_of_many
def _asked(*, patient: UUID) -> QuerySet[Any, Any]:
    """On which days, or how often a week, the exercises of a version are done."""
    versions = PlanVersion.objects.exclude(state=PlanVersion.State.DRAFT).filter(
        plan__patient=patient, plan__status__in=CURRENT
    )
    rows = Prescription.objects.filter(version__in=versions.order_by().values("pk")).order_by()
    return rows.values_list("version", "weekdays", "times_a_week").distinct()


@one_of_many
def _pauses(*, patient: UUID) -> QuerySet[Pause, tuple[Any, ...]]:
    rows = Pause.objects.filter(plan__patient=patient, plan__status__in=CURRENT).order_by("paused_at")
    return rows.values_list(*PauseRead._fields[:-1], "paused_by__full_name")


def logged(found: Iterable[Any]) -> list[Logged]:
    """From the rows of `sessions`, the newest first."""
    return [
        Logged(day, state == "done", state != "done" or some, note, name or "")
        for day, state, some, note, name in found
    ]


@one_of_many
def sessions(*, patient: UUID, own: UUID, first: date) -> QuerySet[Any, Any]:
    """The sessions since `first`; one in progress is none yet. `own`: the patient as a user, not named."""
    unfinished = ExerciseLog.objects.filter(session=OuterRef("pk")).exclude(state=ExerciseLog.State.DONE)
    rows = Session.objects.filter(patient=patient, local_date__gte=first).exclude(state=Session.State.IN_PROGRESS)
    some = rows.annotate(some=Exists(unfinished))
    by = Case(When(~Q(recorded_by=own), then=name_of("recorded_by")))
    return some.values_list("local_date", "state", "some", "note", by)


def done_days(rows: Sequence[Logged]) -> set[date]:
    return {row.day for row in rows if row.done}
