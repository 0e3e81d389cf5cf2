"""Who looks after a patient: handing over to a colleague, and cover from one day to another."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import CareAssignment, Membership, Patient, User
from plans.actions.clinic import leads
from plans.actions.history import note_event
from plans.actions.notification_kinds import CARE
from plans.actions.notifications import owe
from plans.actions.refusals import Refused
from plans.actions.triage import colleagues
from plans.models import Flag

Kind = CareAssignment.Kind


def responsible_for(*, patient: Patient, at: datetime) -> CareAssignment | None:
    """The open assignment of the responsible clinician, or nothing."""
    rows = CareAssignment.objects.open(at).filter(patient=patient, kind=Kind.RESPONSIBLE)
    return rows.select_related("clinician").first()


def may_hand_over(*, patient: Patient, by: User, at: datetime) -> bool:
    """The responsible clinician and a lead may; anybody of the clinic when the responsible one works there no more."""
    current = responsible_for(patient=patient, at=at)
    if current is None or current.clinician_id == by.pk or leads(by, patient.clinic, at):
        return True
    here = Membership.objects.open(at).clinical().filter(clinic=patient.clinic_id, user__is_active=True)
    return not here.filter(user=current.clinician_id).exists()


def hand_over(*, patient: Patient, to: User, why: str, by: User, at: datetime) -> CareAssignment:
    """Another clinician of the clinic is responsible from now on, also for what is open.

    Open flags that had been given to the one before go along. Raises Refused for somebody who does not work here, for
    the one who is responsible already, for a discharged patient, and when it is not for `by` to decide.
    """
    with transaction.atomic():
        patient = _locked(patient)
        if not may_hand_over(patient=patient, by=by, at=at):
            raise Refused(_("Only the responsible clinician or a clinic lead can hand a patient over."))
        _refuse_strangers(patient, to, at)
        before = responsible_for(patient=patient, at=at)
        if before is not None and before.clinician_id == to.pk:
            raise Refused(_("%(name)s is responsible already.") % {"name": to.full_name})
        if before is not None:
            before.valid_until = at
            before.save(update_fields=["valid_until"])
            Flag.objects.of(patient).open().filter(assigned_to=before.clinician_id).update(assigned_to=to)
        covers = CareAssignment.objects.open(at).filter(patient=patient, kind=Kind.COVER, clinician=to)
        covers.update(valid_until=at)
        new = begin(patient=patient, clinician=to, by=by, at=at)
        was = before.clinician.full_name if before else ""
        note_event(patient=patient, verb="care handed over", at=at, by=by, before=was, who=to.full_name, why=why)
    return new


def begin(*, patient: Patient, clinician: User, by: User, at: datetime) -> CareAssignment:
    """Make somebody responsible and tell them, in the caller's transaction. Nobody may be responsible then."""
    new = CareAssignment.objects.create(patient=patient, clinician=clinician, valid_from=at)
    if clinician.pk != by.pk:
        owe(key=f"care:{new.pk}", recipient=clinician, kind=CARE, at=at, patient=patient)
    return new


def add_cover(
    *, patient: Patient, clinician: User, valid_from: datetime, valid_until: datetime | None, by: User, at: datetime
) -> CareAssignment:
    """Somebody else looks after the patient too, from and perhaps until a moment. Raises Refused if it cannot be."""
    with transaction.atomic():
        patient = _locked(patient)
        _refuse_strangers(patient, clinician, at)
        if valid_until is not None and valid_until <= max(valid_from, at):
            raise Refused(_("Choose a last day that is not over, and not before the first."))
        current = responsible_for(patient=patient, at=at)
        if current is not None and current.clinician_id == clinician.pk:
            raise Refused(_("%(name)s is responsible already.") % {"name": clinician.full_name})
        standing = CareAssignment.objects.filter(patient=patient, clinician=clinician, kind=Kind.COVER)
        if any(row.valid_until is None or row.valid_until > valid_from for row in standing):
            raise Refused(_("%(name)s covers in that time already.") % {"name": clinician.full_name})
        new = CareAssignment.objects.create(
            patient=patient, clinician=clinician, kind=Kind.COVER, valid_from=valid_from, valid_until=valid_until
        )
        if clinician.pk != by.pk:
            owe(key=f"care:{new.pk}", recipient=clinician, kind=CARE, at=at, patient=patient)
        note_event(patient=patient, verb="cover added", at=at, by=by, who=clinician.full_name)
    return new


def end_cover(*, assignment: CareAssignment, by: User, at: datetime) -> None:
    """The cover is over now. One that has not begun never begins. Ending twice does nothing."""
    with transaction.atomic():
        patient = _locked(assignment.patient)
        row = CareAssignment.objects.select_for_update().get(pk=assignment.pk)
        if row.kind != Kind.COVER:
            raise Refused(_("Hand the patient over instead: somebody has to be responsible."))
        if row.valid_until is None or row.valid_until > at:
            row.valid_until = max(at, row.valid_from)
            row.save(update_fields=["valid_until"])
            note_event(patient=patient, verb="cover ended", at=at, by=by, who=row.clinician.full_name)


def _locked(patient: Patient) -> Patient:
    row = Patient.objects.select_for_update(of=("self",)).select_related("clinic").get(pk=patient.pk)
    if row.status == Patient.Status.DISCHARGED:
        raise Refused(_("This patient has been discharged. Take them back into care first."))
    return row


def _refuse_strangers(patient: Patient, person: User, at: datetime) -> None:
    if not colleagues(patient=patient, at=at).filter(pk=person.pk).exists():
        raise Refused(_("%(name)s does not work here now. Choose somebody else.") % {"name": person.full_name})
