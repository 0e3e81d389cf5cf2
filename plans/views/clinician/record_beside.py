"""What stands beside the chart of a record: the small facts of a patient from a dozen tables."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Count, Exists, QuerySet, Subquery, Value
from django.utils.translation import gettext

from accounts.models import CareAssignment, Invitation, Patient, Withdrawal
from accounts.together import Part, one_of_many
from exercises.models import Condition
from plans.models import BodySite, ClinicalProfile, Goal, Message, PainScore, Plan, QuotaStep, Reevaluation, Screening
from plans.views.clinician.people import Place

T = TypeVar("T")


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
    """`conditions` are names in the reader's language; `unread` are messages that nobody has read; `has_left`: the
    patient has stopped using Painplan; `steps_wait`: quota steps wait for approval.
    """

    places: list[Place]
    conditions: list[str]
    goals: list[str]
    responsible: Responsible | None
    due: Due | None
    invitation: Letter | None
    screening: Checked | None
    last_log: tuple[date, datetime] | None
    unread: int | None
    has_left: bool
    steps_wait: bool


def parts(patient: UUID, at: datetime) -> list[Part]:
    """What `beside` is made of. The patient came through a door before."""
    return [
        _places(patient=patient),
        _conditions(patient=patient),
        _goals(patient=patient),
        _responsible(patient=patient, at=at),
        _due(patient=patient),
        _invitation(patient=patient),
        _screening(patient=patient),
        _last_log(patient=patient),
        _counts(patient=patient),
    ]


def beside(found: Sequence[list[Any]]) -> Beside:
    """From the rows of the parts."""
    places, conditions, goals, responsible, due, invitation, screening, last, [counts] = found
    return Beside(
        [Place(*row) for row in places],
        [gettext(name) for (name,) in conditions],
        [text for (text,) in goals],
        _one(Responsible, responsible),
        _one(Due, due),
        _one(Letter, invitation),
        _one(Checked, screening),
        last[0] if last else None,
        *counts,
    )


def _one(kind: Callable[..., T], rows: list[Any]) -> T | None:
    return kind(*rows[0]) if rows else None


@one_of_many
def _places(*, patient: UUID) -> QuerySet[BodySite, Any]:
    return BodySite.objects.filter(patient=patient).values_list("pk", "name")


@one_of_many
def _conditions(*, patient: UUID) -> QuerySet[Condition, Any]:
    theirs = ClinicalProfile.conditions.through.objects.filter(clinicalprofile__patient=patient)
    return Condition.objects.filter(pk__in=theirs.values("condition")).values_list("name")


@one_of_many
def _goals(*, patient: UUID) -> QuerySet[Goal, Any]:
    return Goal.objects.filter(patient=patient).standing().values_list("text")


@one_of_many
def _responsible(*, patient: UUID, at: datetime) -> QuerySet[CareAssignment, Any]:
    open_now = CareAssignment.objects.open(at).filter(patient=patient, kind=CareAssignment.Kind.RESPONSIBLE)
    return open_now.values_list("clinician", "clinician__full_name", "valid_from")[:1]


@one_of_many
def _due(*, patient: UUID) -> QuerySet[Reevaluation, Any]:
    current = Reevaluation.objects.open().filter(
        plan__patient=patient, plan__status__in=(Plan.Status.ACTIVE, Plan.Status.PAUSED)
    )
    return current.values_list("pk", "due_on", "why")[:1]


@one_of_many
def _invitation(*, patient: UUID) -> QuerySet[Invitation, Any]:
    standing = Invitation.objects.filter(patient=patient, accepted_at=None, revoked_at=None)
    return standing.values_list("email", "made_at", "expires_at")[:1]


@one_of_many
def _screening(*, patient: UUID) -> QuerySet[Screening, Any]:
    rows = Screening.objects.filter(patient=patient)
    return rows.values_list("tool", "done_by__full_name", "done_on", "expires_on")[:1]


@one_of_many
def _last_log(*, patient: UUID) -> QuerySet[PainScore, Any]:
    scores = PainScore.objects.filter(patient=patient).current().answered()
    # By the day first, as the index is: by the moment alone all of the patient's were read and put in order.
    return scores.order_by("-local_date", "-occurred_at").values_list("local_date", "occurred_at")[:1]


@one_of_many
def _counts(*, patient: UUID) -> QuerySet[Patient, Any]:
    unread = Message.objects.filter(patient=patient, from_patient=True, read_at=None).order_by()
    steps = QuotaStep.objects.proposed().filter(
        quota__prescription__version__plan__patient=patient,
        quota__prescription__version__plan__status=Plan.Status.ACTIVE,
    )
    return Patient.objects.filter(pk=patient).values_list(
        Subquery(unread.annotate(whole=Value(1)).values("whole").annotate(number=Count("pk")).values("number")),
        Exists(Withdrawal.objects.filter(patient=patient, ended_at__isnull=True)),
        Exists(steps),
    )
