"""Whose work an item is: the patient's clinicians, whoever stands in for them, or the colleague it was handed to."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from accounts.models import CareAssignment, Role
from accounts.policy import Actor
from plans.actions.recipients import staff_of
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
    staff = staff_of(clinic=me.clinic, at=at)
    doing = {person: frozenset(staff.doing(person)) for person in {*staff.members, *staff.stand_ins}}
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
