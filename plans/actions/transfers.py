"""A patient goes on in another clinic: their clinic asks, they decide, and the whole record goes with them."""

from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.models import CareAssignment, Clinic, Invitation, Patient, Transfer, User
from plans.actions import recipients
from plans.actions.care import begin
from plans.actions.history import note_event
from plans.actions.notification_kinds import TRANSFER
from plans.actions.notifications import owe
from plans.actions.refusals import Refused
from plans.actions.sessions import mark_dirty
from plans.models import Flag, PlanVersion, Prescription

State = Transfer.State


def ask(*, patient: Patient, to_clinic: Clinic, why: str, by: User, at: datetime) -> Transfer:
    """Ask the patient whether their care may go on in another clinic. Nothing moves, and that clinic sees nothing, yet.

    Raises Refused when the patient could not answer or could not be taken there.
    """
    with transaction.atomic():
        patient = _locked(patient)
        if patient.user_id is None or patient.has_left:
            raise Refused(_("The patient has to agree in their own Painplan. Invite them first."))
        if patient.transfers.filter(state=State.ASKED).exists():
            raise Refused(_("The patient has been asked already. Take that question back first."))
        _refuse_impossible(patient, to_clinic, at)
        transfer = Transfer.objects.create(
            patient=patient, from_clinic=patient.clinic, to_clinic=to_clinic, why=why, asked_at=at, asked_by=by
        )
        owe(key=f"transfer:{transfer.pk}", recipient=patient.user, kind=TRANSFER, at=at, patient=patient)  # type: ignore[arg-type]
        note_event(patient=patient, verb="transfer asked for", at=at, by=by, clinic=to_clinic.name, why=why)
    return transfer


def take_back(*, transfer: Transfer, by: User, at: datetime) -> Transfer:
    """The clinic asks no more. Raises Refused when the patient has answered."""
    return _answer(transfer, State.WITHDRAWN, "transfer taken back", by, at)


def decline(*, transfer: Transfer, by: User, at: datetime) -> Transfer:
    """The patient stays. Raises Refused when the question was taken back or answered."""
    return _answer(transfer, State.DECLINED, "transfer declined", by, at)


def accept(*, transfer: Transfer, by: User, at: datetime) -> Transfer:
    """The patient goes: the record with its whole history belongs to the new clinic from this moment.

    The old clinic's assignments end and its open invitation is void. A lead of the new clinic is responsible until they
    hand over; open flags and re-evaluations stay open and are theirs. The number of the old clinic goes, for it means
    nothing in the new one; it is kept in the history.
    """
    with transaction.atomic():
        patient = _locked(transfer.patient)
        to = transfer.to_clinic
        _refuse_impossible(patient, to, at)
        transfer = _answer(transfer, State.ACCEPTED, "", by, at)
        CareAssignment.objects.open(at).filter(patient=patient).update(valid_until=at)
        CareAssignment.objects.filter(patient=patient, valid_from__gt=at).update(valid_until=F("valid_from"))
        Invitation.objects.usable(at).filter(patient=patient).update(revoked_at=at)
        Flag.objects.of(patient).open().update(assigned_to=None)
        number = patient.clinic_number or ""
        patient.clinic, patient.clinic_number = to, None
        patient.save(update_fields=["clinic", "clinic_number"])
        chief = recipients.staff_of(clinic=to, at=at).chiefs()[0]
        begin(patient=patient, clinician=chief, by=by, at=at)
        note_event(
            patient=patient, verb="transfer accepted", at=at, by=by, before=transfer.from_clinic.name, clinic=to.name,
            number=number, who=chief.full_name,
        )  # fmt: skip
        mark_dirty(patient_id=patient.pk, at=at)
    return transfer


def own_exercises(patient: Patient) -> list[str]:
    """Names of the clinic's own exercises in the plan or draft that is worked with: another clinic may not use them."""
    rows = Prescription.objects.of(patient).filter(
        version__state__in=[PlanVersion.State.ACTIVE, PlanVersion.State.DRAFT],
        exercise_version__exercise__clinic__isnull=False,
    )
    rows = rows.exclude(version__plan__status="ended")
    return sorted(set(rows.values_list("exercise_version__name", flat=True)))


def _answer(transfer: Transfer, state: str, verb: str, by: User, at: datetime) -> Transfer:
    with transaction.atomic():
        row = Transfer.objects.select_for_update(of=("self",)).select_related("patient", "to_clinic", "from_clinic")
        transfer = row.get(pk=transfer.pk)
        if transfer.state != State.ASKED:
            raise Refused(_("This has been answered, or taken back, already."))
        transfer.state, transfer.answered_at, transfer.answered_by = State(state), at, by
        transfer.save(update_fields=["state", "answered_at", "answered_by"])
        if verb:
            note_event(patient=transfer.patient, verb=verb, at=at, by=by, clinic=transfer.to_clinic.name)
    return transfer


def _locked(patient: Patient) -> Patient:
    row = Patient.objects.select_for_update(of=("self",)).select_related("clinic", "user").get(pk=patient.pk)
    if row.status == Patient.Status.DISCHARGED:
        raise Refused(_("This patient has been discharged. Take them back into care first."))
    return row


def _refuse_impossible(patient: Patient, to: Clinic, at: datetime) -> None:
    if to.pk == patient.clinic_id:
        raise Refused(_("The patient is in this clinic already."))
    if Patient.objects.in_clinic(to).filter(user=patient.user_id).exists():
        raise Refused(_("%(clinic)s has a record of this patient already.") % {"clinic": to.name})
    if not recipients.staff_of(clinic=to, at=at).members:
        raise Refused(_("Nobody works in %(clinic)s now who could look after the patient.") % {"clinic": to.name})
    names = own_exercises(patient)
    if names:
        words = _("The plan holds exercises of this clinic alone: %(names)s. Change them for others first.")
        raise Refused(words % {"names": ", ".join(names)})
