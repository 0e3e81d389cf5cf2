"""What stands beside the chart of a record: the small facts of a patient from a dozen tables, in one question."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Exists, Q, QuerySet, Subquery, Value
from django.db.models.functions import JSONObject

from accounts.compiled import compiled
from accounts.models import CareAssignment, Invitation, Patient, User, Withdrawal
from exercises.models import Condition
from plans.models import BodySite, ClinicalProfile, Goal, Message, PainScore, Plan, QuotaStep, Reevaluation, Screening
from plans.views.clinician.people import Place


@dataclass(frozen=True)
class Responsible:
    clinician_id: UUID
    name: str
    since: datetime


@dataclass(frozen=True)
class Due:
    """The open re-evaluation of the plan that the patient has."""

    pk: UUID
    due_on: date
    why: str


@dataclass(frozen=True)
class Letter:
    """The invitation that was sent and not used yet."""

    email: str
    made_at: datetime
    expires_at: datetime


@dataclass(frozen=True)
class Checked:
    """The latest screening."""

    tool: str
    who: str
    done_on: date
    expires_on: date


@dataclass(frozen=True)
class Beside:
    """`unread` are messages that nobody has read, `fresh` those written since then that this user has not read;
    `has_left`: the patient has stopped using Painplan; `steps_wait`: quota steps wait for approval.
    """

    places: list[Place]
    conditions: list[Condition]
    goals: list[str]
    responsible: Responsible | None
    due: Due | None
    invitation: Letter | None
    screening: Checked | None
    last_log: tuple[date, datetime] | None
    unread: int
    fresh: int
    has_left: bool
    steps_wait: bool


def beside(*, patient: UUID, user: User, at: datetime, since: datetime) -> Beside:
    """One query. The patient came through a door before."""
    [(places, conditions, goals, responsible, due, invitation, screening, last, *others)] = _facts(
        patient=patient, user=user, at=at, since=since
    )
    return Beside(
        [Place(UUID(row["pk"]), row["name"]) for row in places],
        [Condition(**row) for row in conditions],
        [row["text"] for row in goals],
        Responsible(UUID(row["clinician"]), row["name"], _moment(row["since"])) if (row := _one(responsible)) else None,
        Due(UUID(row["pk"]), date.fromisoformat(row["due_on"]), row["why"]) if (row := _one(due)) else None,
        Letter(row["email"], _moment(row["made_at"]), _moment(row["expires_at"]))
        if (row := _one(invitation))
        else None,
        Checked(row["tool"], row["who"], date.fromisoformat(row["done_on"]), date.fromisoformat(row["expires_on"]))
        if (row := _one(screening))
        else None,
        (date.fromisoformat(row["day"]), _moment(row["at"])) if (row := _one(last)) else None,
        *others,
    )


@compiled
def _facts(*, patient: UUID, user: User, at: datetime, since: datetime) -> QuerySet[Patient, Any]:
    mine = {"patient": patient}
    current = {"plan__patient": patient, "plan__status__in": (Plan.Status.ACTIVE, Plan.Status.PAUSED)}
    theirs = ClinicalProfile.conditions.through.objects.filter(clinicalprofile__patient=patient)
    responsible = CareAssignment.objects.open(at).filter(**mine, kind=CareAssignment.Kind.RESPONSIBLE)
    invitation = Invitation.objects.filter(**mine, accepted_at=None, revoked_at=None)
    messages = Message.objects.filter(**mine, from_patient=True)
    steps = QuotaStep.objects.proposed().filter(
        quota__prescription__version__plan__patient=patient,
        quota__prescription__version__plan__status=Plan.Status.ACTIVE,
    )
    return Patient.objects.filter(pk=patient).values_list(
        _rows(BodySite.objects.filter(**mine), pk="pk", name="name"),
        _rows(Condition.objects.filter(pk__in=theirs.values("condition")), slug="slug", name="name", icd10="icd10"),
        _rows(Goal.objects.filter(**mine).standing(), text="text"),
        _rows(responsible[:1], clinician="clinician", name="clinician__full_name", since="valid_from"),
        _rows(Reevaluation.objects.open().filter(**current)[:1], pk="pk", due_on="due_on", why="why"),
        _rows(invitation[:1], email="email", made_at="made_at", expires_at="expires_at"),
        _rows(
            Screening.objects.filter(**mine)[:1],
            tool="tool",
            who="done_by__full_name",
            done_on="done_on",
            expires_on="expires_on",
        ),
        _rows(PainScore.objects.filter(**mine).current().answered()[:1], day="local_date", at="occurred_at"),
        _number(messages.filter(read_at=None)),
        _number(messages.filter(Q(at__gt=since) & ~Q(read_by=user.pk))),
        Exists(Withdrawal.objects.filter(**mine, ended_at__isnull=True)),
        Exists(steps),
    )


def _rows(rows: QuerySet[Any, Any], **names: str) -> ArraySubquery:
    return ArraySubquery(rows.values(row=JSONObject(**names)))


def _number(rows: QuerySet[Message, Any]) -> Subquery:
    counted = rows.order_by().annotate(whole=Value(1)).values("whole").annotate(number=Count("pk")).values("number")
    return Subquery(counted)


def _one(rows: list[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    return rows[0] if rows else None


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
