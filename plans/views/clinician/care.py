"""Whose work an item is: the patient's clinicians, whoever stands in for them, or the colleague it was handed to."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from accounts.compiled import Piece, piece
from accounts.models import Absence, CareAssignment, Membership, User
from accounts.policy import Actor
from accounts.standing_in import by_clinician, instead_of
from plans.schedule import local_date
from plans.views.clinician.items import TIMELESS, Found, Level, light

ROWS = (MEMBER, AWAY, CARE) = ("works here", "away", "in care")
"""Kinds of the rows that say whose work it is; they are no items."""


@dataclass(frozen=True)
class Care:
    """What is one's own: the people whose work one does today (oneself first of all) and the patients in their care.

    `answered` are colleagues who are there, or for whom somebody stands in: what was handed to anybody else is back
    with the patient's own clinicians.
    """

    people: frozenset[UUID]
    answered: frozenset[UUID]
    patients: frozenset[UUID]

    def holds(self, found: Found) -> bool:
        """Whether it is for this person to look after."""
        if found.assigned_to is not None and found.assigned_to in self.answered:
            return found.assigned_to in self.people
        return found.patient_id in self.patients


def rows_of(me: Actor, at: datetime) -> list[Piece | None]:
    """What `care_of` reads, in the shape of `items.light`, so that it comes with the query of what waits: who works
    here, who is away with whom standing in, and the patients of oneself and of everybody who is away.
    """
    if me.clinic is None:
        return []
    here, today = me.clinic.pk, local_date(at, me.clinic.time_zone)
    return [
        _members(at=at, clinic=here),
        _leave(on=today, clinic=here),
        _patients(user=me.user, at=at, on=today, clinic=here),
    ]


@piece
def _members(*, at: datetime, clinic: UUID) -> QuerySet[Any, Any]:
    rows = Membership.objects.open(at).clinical().filter(clinic=clinic, user__is_active=True)
    return light(rows, kind=MEMBER, level=Level.URGENT, key="user", patient="user", since=TIMELESS)


@piece
def _leave(*, on: date, clinic: UUID) -> QuerySet[Any, Any]:
    rows = Absence.objects.on(on).filter(clinic=clinic)
    return light(rows, kind=AWAY, level=Level.URGENT, key="clinician", patient="stand_in", since=TIMELESS)


@piece
def _patients(*, user: User, at: datetime, on: date, clinic: UUID) -> QuerySet[Any, Any]:
    mine = Q(clinician=user.pk) | Q(clinician__in=Absence.objects.on(on).filter(clinic=clinic).values("clinician"))
    rows = CareAssignment.objects.open(at).filter(mine, patient__clinic=clinic)
    return light(rows, kind=CARE, level=Level.URGENT, key="clinician", patient="patient", since=TIMELESS)


def care_of(me: Actor, rows: Iterable[Found]) -> Care:
    """Care of the person who asks, from the rows of `rows_of`."""
    if me.clinic is None:
        return Care(frozenset(), frozenset(), frozenset())
    pairs: dict[str, list[tuple[UUID, UUID]]] = {kind: [] for kind in ROWS}
    for row in rows:
        pairs[row.kind].append((row.key, row.patient_id))
    members = frozenset(person for person, _same in pairs[MEMBER])
    away = by_clinician(pairs[AWAY])
    doing = {person: frozenset(instead_of(person, away)) & members for person in members | set(away)}
    people = frozenset(person for person, others in doing.items() if me.user.pk in others) | {me.user.pk}
    patients = frozenset(patient for person, patient in pairs[CARE] if person in people)
    return Care(people, frozenset(person for person, others in doing.items() if others), patients)


def with_the_forgotten(care: Care, me: Actor, at: datetime, found: Iterable[Found]) -> Care:
    """The same for a lead, who also has those of the found patients whom nobody there looks after. One query."""
    asked = {one.patient_id for one in found} - care.patients
    looked_after = CareAssignment.objects.open(at).filter(
        patient__clinic=me.clinic, patient__in=asked, clinician__in=care.answered
    )
    forgotten = asked - set(looked_after.values_list("patient_id", flat=True))
    return replace(care, patients=care.patients | forgotten)
