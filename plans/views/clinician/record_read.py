"""What the record asks for, each question written once a process. The patient came through a door before."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Value

from accounts.compiled import compiled
from accounts.models import CareAssignment, Invitation, User, Withdrawal
from exercises.models import Condition
from plans.models import BodySite, ClinicalProfile, Flag, Goal, Message, Note, PainScore, Reevaluation, Screening


@compiled
def sites(*, patient: UUID) -> QuerySet[BodySite, BodySite]:
    """The places that hurt, the main one first."""
    return BodySite.objects.filter(patient=patient)


@compiled
def conditions(*, patient: UUID) -> QuerySet[Condition, Condition]:
    theirs = ClinicalProfile.conditions.through.objects.filter(clinicalprofile__patient=patient)
    return Condition.objects.filter(pk__in=theirs.values("condition"))


@compiled
def flags(*, patient: UUID) -> QuerySet[Flag, Flag]:
    """All flags of the patient, the gravest first."""
    rows = Flag.objects.filter(patient=patient).select_related("site", "acknowledged_by", "resolved_by")
    return rows.gravest_first()


@compiled
def notes(most: int, *, user: User, at: datetime, patient: UUID) -> QuerySet[Note, Note]:
    """The team's notes that this person may read, the newest first."""
    return Note.objects.visible_to(user, at).filter(patient=patient).standing().select_related("author")[:most]


@compiled
def due(*, plan: UUID) -> QuerySet[Reevaluation, Reevaluation]:
    """The open re-evaluation of a plan."""
    return Reevaluation.objects.open().filter(plan=plan)[:1]


@compiled
def responsible(*, patient: UUID, at: datetime) -> QuerySet[CareAssignment, CareAssignment]:
    rows = CareAssignment.objects.open(at).filter(patient=patient, kind=CareAssignment.Kind.RESPONSIBLE)
    return rows.select_related("clinician")[:1]


@compiled
def messages(*, patient: UUID, user: User, since: datetime) -> QuerySet[Message, tuple[int, int]]:
    """Messages of the patient that nobody has read, and those written since then that this user has not."""
    theirs = Q(from_patient=True)
    fresh = theirs & Q(at__gt=since) & ~Q(read_by=user.pk)
    whole = Message.objects.filter(patient=patient).order_by().annotate(whole=Value(1)).values("whole")
    counted = whole.annotate(unread=Count("pk", filter=theirs & Q(read_at=None)), fresh=Count("pk", filter=fresh))
    return counted.values_list("unread", "fresh")


@compiled
def goals(*, patient: UUID) -> QuerySet[Goal, Goal]:
    return Goal.objects.filter(patient=patient).standing()


@compiled
def withdrawals(*, patient: UUID) -> QuerySet[Withdrawal, tuple[UUID]]:
    """One when the patient has stopped using Painplan, else none."""
    return Withdrawal.objects.filter(patient=patient, ended_at__isnull=True).values_list("pk")[:1]


@compiled
def invitation(*, patient: UUID) -> QuerySet[Invitation, Invitation]:
    """The letter that was sent and not used yet."""
    return Invitation.objects.filter(patient=patient, accepted_at=None, revoked_at=None)[:1]


@compiled
def screening(*, patient: UUID) -> QuerySet[Screening, Screening]:
    """The latest."""
    return Screening.objects.filter(patient=patient).select_related("done_by")[:1]


@compiled
def said(most: int, *, patient: UUID, first: date) -> QuerySet[Any, Any]:
    """Scores with words since a day: day, words, value, and who logged it."""
    rows = PainScore.objects.filter(patient=patient).current().exclude(note="").filter(local_date__gte=first)
    return rows.values_list("local_date", "note", "value", "recorded_by", "recorded_by__full_name")[:most]


@compiled
def last_log(*, patient: UUID) -> QuerySet[PainScore, tuple[date, datetime]]:
    rows = PainScore.objects.filter(patient=patient).current().answered()
    return rows.values_list("local_date", "occurred_at")[:1]


def first_of(rows: Sequence[Any]) -> Any:
    """The one row of a question that has one or none."""
    return rows[0] if rows else None
