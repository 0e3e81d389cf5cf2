"""A patient comes, changes, leaves. The clinical rows that every patient needs are made with them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from rapidfuzz import fuzz

from accounts.models import CareAssignment, Clinic, Patient, User
from accounts.names import folded
from exercises.models import Condition
from plans.actions.ending import close
from plans.actions.history import note_event
from plans.actions.refusals import Refused
from plans.actions.sessions import mark_dirty
from plans.models import (
    BodySite,
    ClinicalProfile,
    Decision,
    Flag,
    PainWatch,
    Plan,
    Screening,
)
from plans.schedule import local_date

ALIKE_PERCENT = 88


@dataclass(frozen=True)
class PatientInput:
    """What the clinician writes down. `sites` are 1 to 3 names, the first is the main one."""

    full_name: str
    birth_on: date
    sites: Sequence[str]
    clinic_number: str | None = None
    email: str = ""
    time_zone: str = "Europe/London"
    conditions: Sequence[Condition] = field(default_factory=list)
    usual_pain_at_intake: Decimal | None = None
    goal: str = ""
    what_helps: str = ""
    limits: str = ""
    flare_plan: str = ""
    equipment: Sequence[str] = ()
    avoided_positions: Sequence[str] = ()


def possible_duplicates(
    clinic: Clinic, full_name: str, birth_on: date | None, clinic_number: str | None
) -> list[Patient]:
    """Patients of the clinic who may be the same person: same number, or same birthday, or nearly the same name."""
    key = folded(full_name)
    near: QuerySet[Patient] = Patient.objects.in_clinic(clinic)
    words = key.split()
    likely = Q(name_key=key)
    if birth_on is not None:
        likely |= Q(birth_on=birth_on)
    if clinic_number:
        likely |= Q(clinic_number=clinic_number)
    if words:
        likely |= Q(name_key__contains=words[-1])
    found = []
    for patient in near.filter(likely)[:200]:
        # A letter more or less can change the order of the sorted words, so both readings count.
        alike = max(fuzz.ratio(patient.name_key, key), fuzz.token_sort_ratio(patient.name_key, key))
        same_number = bool(clinic_number) and patient.clinic_number == clinic_number
        if same_number or alike >= ALIKE_PERCENT or (patient.birth_on == birth_on and alike >= 60):
            found.append(patient)
    return found[:5]


def register(*, clinic: Clinic, given: PatientInput, by: User, at: datetime, user: User | None = None) -> Patient:
    """A new patient with profile, sites, watch row, and `by` as the responsible clinician."""
    with transaction.atomic():
        patient = Patient.objects.create(
            clinic=clinic,
            user=user,
            full_name=given.full_name,
            birth_on=given.birth_on,
            clinic_number=given.clinic_number or None,
            email=given.email,
            time_zone=given.time_zone,
            created_at=at,
        )
        profile = ClinicalProfile.objects.create(patient=patient)
        _fill_profile(profile, given)
        PainWatch.objects.create(patient=patient)
        _set_sites(patient, given.sites)
        CareAssignment.objects.create(patient=patient, clinician=by, valid_from=at)
        note_event(patient=patient, verb="patient added", at=at, by=by)
    return patient


def update(*, patient: Patient, given: PatientInput, by: User, at: datetime) -> Patient:
    """Change identity and profile. Sites can be renamed and added; one with scores is never taken away."""
    with transaction.atomic():
        patient = Patient.objects.select_for_update().get(pk=patient.pk)
        _refuse_locked(patient)
        for name in ["full_name", "birth_on", "email", "time_zone"]:
            setattr(patient, name, getattr(given, name))
        patient.clinic_number = given.clinic_number or None
        patient.save()
        _fill_profile(patient.profile, given)
        _set_sites(patient, given.sites)
        note_event(patient=patient, verb="patient changed", at=at, by=by)
    return patient


def discharge(*, patient: Patient, note: str, by: User, at: datetime) -> Patient:
    """End the care: the plan ends, its re-evaluation is cancelled, the record stays readable."""
    with transaction.atomic():
        patient = Patient.objects.select_for_update().get(pk=patient.pk)
        if patient.status == Patient.Status.DISCHARGED:
            raise Refused(_("This patient has been discharged already."))
        patient.status = Patient.Status.DISCHARGED
        patient.discharged_at, patient.discharged_by = at, by
        patient.save()
        for plan in Plan.objects.of(patient).exclude(status=Plan.Status.ENDED):
            close(plan=plan, note=note.strip() or _("The patient was discharged."), by=by, at=at)
        CareAssignment.objects.open(at).filter(patient=patient).update(valid_until=at)
        note_event(patient=patient, verb="patient discharged", at=at, by=by, note=note)
    return patient


def readmit(*, patient: Patient, by: User, at: datetime) -> Patient:
    """Take a discharged patient back; a new plan is built, and the usual level is learnt anew."""
    with transaction.atomic():
        patient = Patient.objects.select_for_update().get(pk=patient.pk)
        if patient.status != Patient.Status.DISCHARGED:
            raise Refused(_("This patient is not discharged."))
        _refuse_locked(patient)
        patient.status = Patient.Status.ACTIVE
        patient.discharged_at = patient.discharged_by = None
        patient.save()
        CareAssignment.objects.create(patient=patient, clinician=by, valid_from=at)
        today = local_date(at, patient.time_zone)
        for site in patient.sites.all():
            Decision.objects.create(
                patient=patient,
                site=site,
                rule=Flag.Rule.R3,
                kind=Decision.Kind.NEW_BASELINE,
                on=today,
                at=at,
                by=by,
            )
        mark_dirty(patient_id=patient.pk, at=at)
        note_event(patient=patient, verb="patient readmitted", at=at, by=by)
    return patient


def record_screening(
    *, patient: Patient, tool: str, done_on: date, expires_on: date, by: User, at: datetime
) -> Screening:
    """That readiness for exercise was checked, with which tool and until when it holds."""
    with transaction.atomic():
        screening = Screening.objects.create(
            patient=patient, tool=tool, done_on=done_on, done_by=by, expires_on=expires_on
        )
        note_event(patient=patient, verb="screening recorded", at=at, by=by, until=str(expires_on))
    return screening


def _refuse_locked(patient: Patient) -> None:
    if patient.locked_at is not None:
        raise Refused(_("This record is locked: the patient asked to be forgotten. It can only be read."))


def _fill_profile(profile: ClinicalProfile, given: PatientInput) -> None:
    for name in ["usual_pain_at_intake", "goal", "what_helps", "limits", "flare_plan"]:
        setattr(profile, name, getattr(given, name))
    profile.equipment, profile.avoided_positions = list(given.equipment), list(given.avoided_positions)
    profile.save()
    profile.conditions.set(given.conditions)


def _set_sites(patient: Patient, names: Sequence[str]) -> None:
    """The first name is the main site. Positions keep their row, so a renamed site keeps its scores."""
    wanted = [name.strip() for name in names if name.strip()]
    if not 1 <= len(wanted) <= 3 or len({name.casefold() for name in wanted}) != len(wanted):
        raise Refused(_("Name one to three different places that hurt; the first is the main one."))
    rows = {site.position: site for site in patient.sites.all()}
    if any(position > len(wanted) and rows[position].scores.exists() for position in rows):
        raise Refused(_("A place with scores cannot be taken away. Rename it, or keep it."))
    for position, site in rows.items():
        if position > len(wanted):
            site.delete()
        elif site.name != wanted[position - 1]:
            # Two names may swap places: park the old one first, for names are unique.
            BodySite.objects.filter(pk=site.pk).update(name=f"{site.pk}")
    for position, name in enumerate(wanted, start=1):
        BodySite.objects.update_or_create(
            patient=patient, position=position, defaults={"name": name, "is_main": position == 1}
        )
