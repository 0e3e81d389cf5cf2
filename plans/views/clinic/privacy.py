"""Being forgotten and legal holds: the lead asks, holds back, and sees what is still to come."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import LegalHold, Patient
from accounts.policy import lead
from accounts.reauth import confirmed_to_send
from plans.actions import erasing
from plans.actions.refusals import Refused
from plans.forms.privacy import ErasureForm, HoldForm
from plans.views import doors
from plans.views.clinic.frame import clinic_of, frame

A_PAGE = 25
FOUND = 10


@lead
@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """Who asked to be forgotten, what is on hold, and a search for the patient whom it is about."""
    here, at = clinic_of(request), timezone.now()
    rows = (
        Patient.objects.visible_to(doors.user(request), at)
        .filter(clinic=here)
        .filter(Q(erasure__isnull=False) | Q(holds__released_at__isnull=True, holds__isnull=False))
        .select_related("erasure")
        .distinct()
        .order_by("erasure__retention_until", "name_key", "id")
    )
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    people = list(page.object_list)
    held = {hold.patient_id: hold for hold in LegalHold.objects.open().filter(patient__in=people)}
    words = request.GET.get("q", "").strip()
    found = []
    if words:
        visible = Patient.objects.visible_to(doors.user(request), at).filter(clinic=here, locked_at__isnull=True)
        found = list(visible.named(words)[:FOUND])
    doors.list_shown(request, [row.pk for row in [*people, *found]])
    context = {
        **frame(request, "clinic_privacy"),
        "page": page,
        "lines": [
            {"patient": row, "erasure": getattr(row, "erasure", None), "hold": held.get(row.pk)} for row in people
        ],
        "q": words,
        "found": found,
        "years": here.retention_years,
    }
    return render(request, "plans/clinic/privacy.html", context)


@lead
@require_http_methods(["GET", "HEAD", "POST"])
@confirmed_to_send
def patient_erase(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Says in words what goes now, what stays and until when; the name has to be typed."""
    at = timezone.now()
    patient = doors.patient_record(request, patient_id)
    if patient.locked_at is not None:
        messages.error(request, _("This was asked for already."))
        return redirect("clinic_privacy")
    form = ErasureForm(request.POST if request.method == "POST" else None, patient=patient)
    if form.is_valid():
        try:
            erasure = erasing.request_erasure(patient=patient, by=doors.user(request), at=at)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            kept = {"day": f"{erasure.retention_until:%d/%m/%Y}"}
            messages.success(request, _("Contact data erased. The record is locked and kept until %(day)s.") % kept)
            return redirect("clinic_privacy")
    context = {
        **frame(request, "clinic_privacy"),
        "patient": patient,
        "form": form,
        "until": erasing.kept_until(patient, at),
        "years": patient.clinic.retention_years,
    }
    return render(request, "plans/clinic/patient_erase.html", context, status=422 if form.errors else 200)


@lead
@require_http_methods(["GET", "HEAD", "POST"])
@confirmed_to_send
def patient_hold(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """A legal hold: the record is kept whatever its date."""
    patient = doors.patient_record(request, patient_id)
    form = HoldForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        reason, at = form.cleaned_data["reason"], timezone.now()
        try:
            erasing.hold(patient=patient, reason=reason, by=doors.user(request), at=at)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("The record is on hold."))
            return redirect("clinic_privacy")
    context = {**frame(request, "clinic_privacy"), "patient": patient, "form": form}
    return render(request, "plans/clinic/patient_hold.html", context, status=422 if form.errors else 200)


@lead
@require_POST
@confirmed_to_send
def hold_release(request: HttpRequest, hold_id: UUID) -> HttpResponse:
    """Nothing holds the record back any more."""
    hold = doors.legal_hold(request, hold_id)
    try:
        erasing.release(hold=hold, by=doors.user(request), at=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("The hold is released."))
    return redirect("clinic_privacy")
