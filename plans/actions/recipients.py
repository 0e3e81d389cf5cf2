"""Who is told about a patient: the responsible clinician, whoever stands in for them, or else somebody of the clinic.

Never somebody outside the patient's clinic, and never nobody while one active clinician or lead works there.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from accounts.models import Absence, CareAssignment, Clinic, Membership, Patient, Role, User
from accounts.standing_in import by_clinician, instead_of
from plans.models import Flag
from plans.schedule import local_date


@dataclass(frozen=True)
class Staff:
    """A clinic's active clinicians and leads at one moment, by id and in order of name, and who is away that day.

    `stand_ins` names, for everybody on leave, those who stand in (newest leave first).
    """

    clinic: Clinic
    members: dict[UUID, User]
    leads: frozenset[UUID]
    stand_ins: dict[UUID, list[UUID]]

    def doing(self, person: UUID) -> Iterator[UUID]:
        """Who does the work of that person: they themself, or everybody who stands in, followed through chains."""
        return (other for other in instead_of(person, self.stand_ins) if other in self.members)

    def present(self, person: UUID) -> User | None:
        """That person, or the first who does their work; None when nobody is there."""
        return next((self.members[pk] for pk in self.doing(person)), None)

    def of(self, people: Iterable[UUID]) -> list[User]:
        """Those who are there for these people, each once."""
        found = (self.present(person) for person in people)
        return list({user.pk: user for user in found if user is not None}.values())

    def chiefs(self) -> list[User]:
        """The leads, or whoever stands in; else every clinician who is there; else the leads on leave, else all."""
        on_leave = [self.members[person] for person in self._in_order(self.leads)]
        there = [user for person, user in self.members.items() if person not in self.stand_ins]
        return self.of(self._in_order(self.leads)) or there or on_leave or list(self.members.values())

    def _in_order(self, people: frozenset[UUID]) -> Iterator[UUID]:
        return (person for person in self.members if person in people)


def staff_of(*, clinic: Clinic, at: datetime) -> Staff:
    """Who works in the clinic at that moment; leave counts by the clinic's local date."""
    rows = Membership.objects.open(at).clinical().filter(clinic=clinic, user__is_active=True).select_related("user")
    members: dict[UUID, User] = {}
    leads = set()
    for row in rows.order_by("user__full_name", "user_id"):
        members[row.user_id] = row.user
        if row.role == Role.LEAD:
            leads.add(row.user_id)
    away = Absence.objects.on(local_date(at, clinic.time_zone)).filter(clinic=clinic).order_by("-made_at", "-id")
    stand_ins = by_clinician(away.values_list("clinician_id", "stand_in_id"))
    return Staff(clinic, members, frozenset(leads), stand_ins)


def of_patients(*, staff: Staff, patient_ids: Iterable[UUID], at: datetime) -> dict[UUID, list[User]]:
    """For each of these patients of the clinic, who is told about them; empty only when the clinic has nobody."""
    wanted = list(patient_ids)
    responsible: dict[UUID, list[UUID]] = {}
    covers: dict[UUID, list[UUID]] = {}
    open_now = CareAssignment.objects.open(at).filter(patient_id__in=wanted, patient__clinic=staff.clinic)
    for row in open_now.order_by("valid_from", "id"):
        kind = responsible if row.kind == CareAssignment.Kind.RESPONSIBLE else covers
        kind.setdefault(row.patient_id, []).append(row.clinician_id)
    return {pk: _choose(staff, responsible.get(pk, []), covers.get(pk, [])) for pk in wanted}


def of_patient(*, patient: Patient, at: datetime) -> list[User]:
    """Who is told about this patient at that moment."""
    return of_patients(staff=staff_of(clinic=patient.clinic, at=at), patient_ids=[patient.pk], at=at)[patient.pk]


def of_flags(*, staff: Staff, flags: Iterable[Flag], at: datetime) -> dict[UUID, list[User]]:
    """By flag: whoever it was given to (or stands in for them), else those who are told about the patient."""
    rows = list(flags)
    by_patient = of_patients(staff=staff, patient_ids={flag.patient_id for flag in rows}, at=at)
    found = {}
    for flag in rows:
        given_to = staff.of([flag.assigned_to_id]) if flag.assigned_to_id else []
        found[flag.pk] = given_to or by_patient[flag.patient_id]
    return found


def received_by(*, user: User, clinic: Clinic, at: datetime) -> set[UUID]:
    """The ids of the clinic's current patients about whom this user is told at that moment."""
    ids = Patient.objects.in_clinic(clinic).current().values_list("pk", flat=True)
    chosen = of_patients(staff=staff_of(clinic=clinic, at=at), patient_ids=ids, at=at)
    return {patient_id for patient_id, people in chosen.items() if user in people}


def flags_without(*, at: datetime) -> int:
    """How many open flags have nobody to be told: their clinic has no active clinician and no lead left."""
    return unheard_flags(at=at).count()


def unheard_flags(*, at: datetime) -> QuerySet[Flag]:
    """Those flags."""
    staffed = Membership.objects.open(at).clinical().filter(user__is_active=True)
    return Flag.objects.open().exclude(patient__clinic__in=staffed.values("clinic_id"))


def _choose(staff: Staff, responsible: list[UUID], covers: list[UUID]) -> list[User]:
    chosen = staff.of(responsible) or staff.of(covers) or staff.chiefs()
    if staff.clinic.record_access == Clinic.RecordAccess.OPEN:
        return chosen
    # Where records open to assigned clinicians only, somebody among them must be able to open this one: the assigned
    # themselves, a lead, or who stands in for one of these.
    own = [*responsible, *covers, *staff.leads]
    may_open = {*own, *(pk for person in own for pk in staff.doing(person))}
    if any(user.pk in may_open for user in chosen):
        return chosen
    leads = [user for user in staff.chiefs() if user.pk in staff.leads] or [staff.members[pk] for pk in staff.leads]
    return [*chosen, *(user for user in leads if user not in chosen)]
