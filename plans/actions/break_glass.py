"""A record opened by somebody who is not assigned, where only assigned clinicians may: a reason, an hour, a review."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import BreakGlass, Clinic, Patient, User
from accounts.models.break_glass import LASTS
from accounts.names import folded
from plans.actions import recipients
from plans.actions.clinic import refuse_strangers
from plans.actions.history import note_event
from plans.actions.notification_kinds import BREAK_GLASS
from plans.actions.notifications import owe
from plans.actions.refusals import Refused

SHORTEST_REASON = 10


@dataclass(frozen=True)
class Sought:
    """What somebody knows of a patient: the clinic number, or the whole name and the date of birth."""

    full_name: str = ""
    birth_on: date | None = None
    clinic_number: str = ""


def find(*, clinic: Clinic, sought: Sought) -> Patient | None:
    """The one patient of the clinic who fits exactly; nothing when none or more than one does."""
    rows = Patient.objects.in_clinic(clinic)
    if sought.clinic_number:
        rows = rows.filter(clinic_number=sought.clinic_number)
    elif sought.full_name and sought.birth_on:
        rows = rows.filter(name_key=folded(sought.full_name), birth_on=sought.birth_on)
    else:
        return None
    found = list(rows[:2])
    return found[0] if len(found) == 1 else None


def open_record(*, patient: Patient, reason: str, by: User, at: datetime) -> BreakGlass:
    """Open the record to this clinician for an hour, and tell the leads. Within that hour nothing new is written.

    Raises Refused without a reason that says something, and where records are open to everybody of the clinic.
    """
    reason = " ".join(reason.split())[:200]
    if len(reason) < SHORTEST_REASON:
        raise Refused(_("Write in a few words why you need this record now."))
    with transaction.atomic():
        patient = Patient.objects.select_for_update(of=("self",)).select_related("clinic").get(pk=patient.pk)
        if patient.clinic.record_access != Clinic.RecordAccess.ASSIGNED:
            raise Refused(_("Records of this clinic are open to its clinicians. There is no need for this."))
        running = BreakGlass.objects.open(at).filter(patient=patient, clinician=by).first()
        if running is not None:
            return running
        opened = BreakGlass.objects.create(
            patient=patient, clinician=by, reason=reason, opened_at=at, expires_at=at + LASTS
        )
        for lead in recipients.staff_of(clinic=patient.clinic, at=at).chiefs():
            owe(key=f"opened:{opened.pk}:{lead.pk}", recipient=lead, kind=BREAK_GLASS, at=at, patient=patient)
        note_event(patient=patient, verb="record opened", at=at, by=by, reason=reason)
    return opened


def review(*, opened: BreakGlass, by: User, at: datetime) -> BreakGlass:
    """A lead has looked at it. Raises Refused for one's own, and for somebody who does not lead the clinic."""
    with transaction.atomic():
        opened = BreakGlass.objects.select_for_update(of=("self",)).select_related("patient__clinic").get(pk=opened.pk)
        refuse_strangers(by, opened.patient.clinic, at)
        if opened.clinician_id == by.pk:
            raise Refused(_("Somebody else has to review what you opened yourself."))
        if opened.reviewed_at is None:
            opened.reviewed_at, opened.reviewed_by = at, by
            opened.save(update_fields=["reviewed_at", "reviewed_by"])
            note_event(patient=opened.patient, verb="opened record reviewed", at=at, by=by)
    return opened


def reason_of(*, patient: Patient, by: User, at: datetime) -> str:
    """Why this person may look, when it is because they opened the record with a reason; else empty."""
    if patient.clinic.record_access != Clinic.RecordAccess.ASSIGNED:
        return ""
    return BreakGlass.objects.reasons(patient=patient, clinician=by, at=at).first() or ""
