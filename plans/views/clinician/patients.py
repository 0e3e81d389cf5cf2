"""A patient comes, is written down better, goes, and comes back."""

from collections.abc import Sequence
from uuid import UUID

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import Patient
from accounts.policy import clinical
from plans.actions import patients
from plans.actions.refusals import Refused
from plans.forms.clinician import DischargeForm, PatientForm
from plans.models import Flag, Plan
from plans.schedule import local_date
from plans.views import doors
from plans.views.clinician.people import about

TAKEN = "patient_number_unique_in_clinic"


@clinical
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """A new patient. Look-alikes are shown first; the clinician says that it is another person."""
    at = timezone.now()
    clinic = doors.actor(request).clinic
    if clinic is None:
        raise Http404
    today = local_date(at, clinic.time_zone)
    form = PatientForm(request.POST if request.method == "POST" else None, clinic=clinic, today=today)
    alike: list[Patient] = []
    if form.is_valid():
        given = form.given
        alike = patients.possible_duplicates(clinic, given.full_name, given.birth_on, given.clinic_number)
        if not alike or form.cleaned_data["another_person"] == _key(alike):
            try:
                with transaction.atomic():
                    patient = patients.register(clinic=clinic, given=given, by=doors.user(request), at=at)
            except (Refused, IntegrityError) as error:
                _say_why(form, error)
            else:
                messages.success(request, _("%(name)s was added.") % {"name": patient.full_name})
                return redirect("patient", patient.pk)
    return _form_page(request, form, None, alike)


@clinical
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Identity, places that hurt and profile of a patient."""
    at = timezone.now()
    patient = doors.patient_record(request, patient_id)
    form = PatientForm(
        request.POST if request.method == "POST" else None,
        clinic=patient.clinic,
        today=local_date(at, patient.time_zone),
        patient=patient,
    )
    if form.is_valid():
        try:
            with transaction.atomic():
                patients.update(patient=patient, given=form.given, by=doors.user(request), at=at)
        except (Refused, IntegrityError) as error:
            _say_why(form, error)
        else:
            messages.success(request, _("Changes saved."))
            return redirect("patient", patient.pk)
    return _form_page(request, form, patient, [])


@clinical
@require_http_methods(["GET", "HEAD", "POST"])
def discharge(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Asks why, says what follows, and ends the care."""
    at = timezone.now()
    patient = doors.patient_record(request, patient_id)
    form = DischargeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            patients.discharge(patient=patient, note=form.cleaned_data["note"], by=doors.user(request), at=at)
        except Refused as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("%(name)s was discharged.") % {"name": patient.full_name})
            return redirect("patient", patient.pk)
    if request.method != "POST" and patient.status == Patient.Status.DISCHARGED:
        return redirect("patient", patient.pk)
    page = {
        "form": form,
        "patient": patient,
        "about": about(patient, local_date(at, patient.time_zone), all_sites=True),
        "plan": Plan.objects.of(patient).current().first(),
        "open_flags": Flag.objects.of(patient).open().count(),
        "nav": "caseload",
    }
    return render(request, "plans/clinician/patient_discharge.html", page)


@clinical
@require_POST
def readmit(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Takes a discharged patient back into care."""
    patient = doors.patient_record(request, patient_id)
    try:
        patients.readmit(patient=patient, by=doors.user(request), at=timezone.now())
    except Refused as error:
        messages.error(request, str(error))
    else:
        said = _("%(name)s is in your care again. Build a new plan next.") % {"name": patient.full_name}
        messages.success(request, said)
    return redirect("patient", patient.pk)


def _key(alike: Sequence[Patient]) -> str:
    """Names the look-alikes that were shown, so that saying "another person" counts for these alone."""
    return ",".join(sorted(str(patient.pk) for patient in alike))


def _say_why(form: PatientForm, error: Refused | IntegrityError) -> None:
    if isinstance(error, Refused):
        form.add_error(None, str(error))
    elif TAKEN in str(error):
        form.add_error(
            "clinic_number", _("Another patient of this clinic has this number. Check it, or leave it empty.")
        )
    else:
        raise error


def _form_page(
    request: HttpRequest, form: PatientForm, patient: Patient | None, alike: Sequence[Patient]
) -> HttpResponse:
    me = doors.actor(request)
    visible = set(Patient.objects.visible_to(me.user).filter(pk__in=[p.pk for p in alike]).values_list("pk", flat=True))
    page = {
        "form": form,
        "patient": patient,
        "alike": [other for other in alike if other.pk in visible],
        "alike_hidden": sum(1 for other in alike if other.pk not in visible),
        "alike_key": _key(alike),
        "nav": "caseload",
    }
    return render(request, "plans/clinician/patient_form.html", page)
