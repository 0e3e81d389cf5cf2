"""Whose work an item is: the patient's clinicians, whoever stands in for them, or the colleague it was handed to."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from accounts.models import Absence, CareAssignment, Membership, Role
from accounts.policy import Actor
from plans.schedule import local_date
from plans.views.clinician.items import Found


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


def care_of(me: Actor, at: datetime, *, found: Iterable[Found] = ()) -> Care:
    """Care of the person who asks. A lead also has those of the found patients whom nobody there looks after."""
    if me.clinic is None:
        return Care(frozenset(), frozenset(), frozenset())
    members = frozenset(
        Membership.objects.open(at)
        .clinical()
        .filter(clinic=me.clinic, user__is_active=True)
        .values_list("user_id", flat=True)
    )
    away: dict[UUID, list[UUID]] = {}
    leave = Absence.objects.on(local_date(at, me.clinic.time_zone)).filter(clinic=me.clinic)
    for clinician_id, stand_in_id in leave.values_list("clinician_id", "stand_in_id"):
        away.setdefault(clinician_id, []).append(stand_in_id)
    doing = {person: _doing(person, members, away, frozenset()) for person in members | set(away)}
    people = frozenset(person for person, others in doing.items() if me.user.pk in others) | {me.user.pk}
    assignments = CareAssignment.objects.open(at).filter(patient__clinic=me.clinic)
    patients = frozenset(assignments.filter(clinician__in=people).values_list("patient_id", flat=True))
    answered = frozenset(person for person, others in doing.items() if others)
    if Role.LEAD in me.roles:
        asked = {one.patient_id for one in found} - patients
        looked_after = assignments.filter(patient__in=asked, clinician__in=answered).values_list(
            "patient_id", flat=True
        )
        patients |= asked - set(looked_after)
    return Care(people, answered, patients)


def _doing(
    person: UUID, members: frozenset[UUID], away: Mapping[UUID, list[UUID]], asked: frozenset[UUID]
) -> frozenset[UUID]:
    """Who does the work of a person today: they themself, or everybody who stands in for them, through chains."""
    if person in asked:
        return frozenset()  # two on leave who name each other
    if person not in away:
        return frozenset({person}) & members
    others = (_doing(other, members, away, asked | {person}) for other in away[person])
    return frozenset[UUID]().union(*others)
