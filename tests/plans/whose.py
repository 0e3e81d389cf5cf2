"""Whose work an item is, and what a list shows, said in plain words: what the SQL of the inbox is compared with."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from accounts.models import Absence, CareAssignment, Membership, Patient, Role
from accounts.policy import Actor
from accounts.standing_in import by_clinician, instead_of
from plans.views.clinician import items
from plans.views.clinician.inbox_asked import Asked
from plans.views.clinician.items import Found
from plans.views.clinician.items_all import KINDS
from tests.cast import TODAY


class Waits(NamedTuple):
    """An item with all that its question tells: the fields of `Found`, and what decides on the lists."""

    patient_id: UUID
    level: int
    since: datetime
    key: UUID
    kind: str
    arrived: datetime
    asleep: bool
    assigned_to: UUID | None

    @property
    def found(self) -> Found:
        return Found(*self[: len(Found._fields)])


class Whose:
    """What is one's own: the people whose work one does today (oneself first of all) and the patients in their care."""

    def __init__(self, me: Actor, at: datetime) -> None:
        here = me.clinic.pk
        working = Membership.objects.open(at).clinical().filter(clinic=here, user__is_active=True)
        members = set(working.values_list("user", flat=True))
        away = by_clinician(Absence.objects.on(TODAY).filter(clinic=here).values_list("clinician", "stand_in"))
        doing = {person: {*instead_of(person, away)} & members for person in members | set(away)}
        self.people = {person for person, others in doing.items() if me.user.pk in others} | {me.user.pk}
        # Colleagues who are there, or for whom somebody stands in.
        self.answered = {person for person, others in doing.items() if others}
        given = list(CareAssignment.objects.open(at).values_list("clinician", "patient"))
        self.patients = {patient for person, patient in given if person in self.people}
        if Role.LEAD in me.roles:  # who also has those whom nobody there looks after
            looked_after = {patient for person, patient in given if person in self.answered}
            self.patients |= set(Patient.objects.values_list("pk", flat=True)) - looked_after

    def holds(self, found: Waits) -> bool:
        if found.assigned_to is not None and found.assigned_to in self.answered:
            return found.assigned_to in self.people
        return found.patient_id in self.patients


def listed(me: Actor, at: datetime) -> dict[str, dict]:
    """For each list: the patients, the gravest and oldest first, each with all that waits."""
    visible = Patient.objects.filter(clinic=me.clinic).visible_to(me.user, at)
    found, own = [Waits(*row) for row in items.waiting(KINDS, visible, TODAY)], Whose(me, at)
    return {
        "mine": _by_patient(one for one in found if own.holds(one) and not one.asleep),
        "clinic": _by_patient(one for one in found if not one.asleep),
        "asleep": _by_patient(one for one in found if one.asleep),
    }


def _by_patient(found: Iterable[Waits]) -> dict:
    entries: dict = {}
    for one in found:
        entries.setdefault(one.patient_id, []).append(one)
    return entries


def chosen(entries: dict, what: Asked) -> list:
    """The patients with something of these levels; the gravest first in either order."""
    kept = [each for each in entries.items() if not what.only or {one.level for one in each[1]} & {*what.levels}]
    if what.newest:
        kept.sort(key=lambda each: (each[1][0].level, -each[1][0].since.timestamp(), each[0]))
    return [(patient, [one.found for one in those]) for patient, those in kept]
