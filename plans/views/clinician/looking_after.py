"""Who looks after a patient: handing over, cover, and going on in another clinic."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import CareAssignment, Patient, Transfer
from accounts.policy import clinical
from plans.actions import care as actions
from plans.actions import transfers
from plans.actions.refusals import Refused
from plans.actions.triage import colleagues
from plans.forms.care import CoverForm, HandOverForm, TransferForm
from plans.models import Flag, Plan, Reevaluation
from plans.views import doors


@clinical
@require_http_methods(["GET", "HEAD", "POST"])
def care(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Who looks after the patient now and did before. POST hands over to a colleague."""
    patient, at = doors.patient_record(request, patient_id), timezone.now()
    if request.method != "POST":
        return _page(request, patient)
    form = HandOverForm(request.POST, colleagues=colleagues(patient=patient, at=at))
    if form.is_valid():
        to = form.cleaned_data["to"]
        try:
            actions.hand_over(patient=patient, to=to, why=form.cleaned_data["why"], by=doors.user(request), at=at)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            names = {"name": to.full_name, "patient": patient.full_name}
            messages.success(request, _("%(name)s is responsible for %(patient)s from now on.") % names)
            return _back(request, patient)
    return _page(request, patient, over=form)


@clinical
@require_POST
def cover(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Somebody else looks after the patient too."""
    patient, at = doors.patient_record(request, patient_id), timezone.now()
    people = colleagues(patient=patient, at=at)
    form = CoverForm(request.POST, colleagues=people, now=at, zone=patient.clinic.time_zone)
    if form.is_valid():
        given = form.cleaned_data
        try:
            actions.add_cover(
                patient=patient,
                clinician=given["clinician"],
                valid_from=given["begins"],
                valid_until=given["ends"],
                by=doors.user(request),
                at=at,
            )
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Cover written down."))
            return redirect("patient_care", patient.pk)
    return _page(request, patient, cover_form=form)


@clinical
@require_POST
def cover_end(request: HttpRequest, patient_id: UUID, assignment_id: UUID) -> HttpResponse:
    """The cover is over."""
    patient = doors.patient_record(request, patient_id)
    assignment = doors.assignment_of(patient, assignment_id)
    try:
        actions.end_cover(assignment=assignment, by=doors.user(request), at=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("Cover ended."))
    return _back(request, patient)


@clinical
@require_POST
def move(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Ask the patient whether their care may go on in another clinic."""
    patient = doors.patient_record(request, patient_id)
    form = TransferForm(request.POST, clinic=patient.clinic)
    if form.is_valid():
        try:
            transfers.ask(patient=patient, **form.cleaned_data, by=doors.user(request), at=timezone.now())
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            said = _("%(name)s is asked. The record stays here until they agree.")
            messages.success(request, said % {"name": patient.full_name})
            return redirect("patient_care", patient.pk)
    return _page(request, patient, move_form=form)


@clinical
@require_POST
def move_take_back(request: HttpRequest, patient_id: UUID, transfer_id: UUID) -> HttpResponse:
    """Do not ask the patient any more."""
    patient = doors.patient_record(request, patient_id)
    transfer = doors.transfer_of(patient, transfer_id)
    try:
        transfers.take_back(transfer=transfer, by=doors.user(request), at=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("Taken back. The patient stays in this clinic."))
    return redirect("patient_care", patient.pk)


def _back(request: HttpRequest, patient: Patient) -> HttpResponse:
    """To the page of the care, or to the caseload for somebody who has just given the patient away."""
    if Patient.objects.visible_to(doors.user(request)).filter(pk=patient.pk).exists():
        return redirect("patient_care", patient.pk)
    return redirect("caseload")


def _page(
    request: HttpRequest,
    patient: Patient,
    *,
    over: HandOverForm | None = None,
    cover_form: CoverForm | None = None,
    move_form: TransferForm | None = None,
) -> HttpResponse:
    at, me = timezone.now(), doors.user(request)
    current = actions.responsible_for(patient=patient, at=at)
    people = colleagues(patient=patient, at=at)
    others = people.exclude(pk=current.clinician_id) if current else people
    rows = list(patient.assignments.select_related("clinician").order_by("-valid_from"))
    open_now = [row for row in rows if row.valid_until is None or row.valid_until > at]
    forms = [form for form in (over, cover_form, move_form) if form is not None]
    page: dict[str, Any] = {
        "patient": patient,
        "responsible": current,
        "covers": [row for row in open_now if row.kind == CareAssignment.Kind.COVER],
        "before": [row for row in rows if row not in open_now],
        "alone": not others.exists(),
        "may_hand_over": actions.may_hand_over(patient=patient, by=me, at=at),
        "over": over or HandOverForm(colleagues=others),
        "cover_form": cover_form or CoverForm(colleagues=others, now=at, zone=patient.clinic.time_zone),
        "move_form": move_form or TransferForm(clinic=patient.clinic),
        "asked": patient.transfers.filter(state=Transfer.State.ASKED).select_related("to_clinic", "asked_by").first(),
        "own_exercises": transfers.own_exercises(patient),
        "open_flags": Flag.objects.of(patient).open().count(),
        "due": Reevaluation.objects.open().filter(plan__in=Plan.objects.of(patient).current()).first(),
        "discharged": patient.status == Patient.Status.DISCHARGED,
        "nav": "caseload",
    }
    return render(request, "plans/clinician/care.html", page, status=422 if any(f.errors for f in forms) else 200)
