"""A record that is closed to this clinician: found by exact words alone, opened for an hour with a reason."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import Clinic, Patient
from accounts.policy import clinical
from plans.actions import break_glass
from plans.actions.refusals import Refused
from plans.forms.care import FindForm, ReasonForm
from plans.views import doors


@clinical
@require_http_methods(["GET", "HEAD", "POST"])
def find(request: HttpRequest) -> HttpResponse:
    """Whether there is a record, for somebody who knows exactly whose. What was typed is in no address."""
    me, at = doors.actor(request), timezone.now()
    if me.clinic is None or me.clinic.record_access != Clinic.RecordAccess.ASSIGNED:
        return redirect("caseload")
    form = FindForm(request.POST if request.method == "POST" else None)
    found, searched = None, False
    if form.is_valid():
        found, searched = break_glass.find(clinic=me.clinic, sought=form.cleaned_data["sought"]), True
        if found is not None and Patient.objects.visible_to(me.user, at).filter(pk=found.pk).exists():
            return redirect("patient", found.pk)
        if found is not None:
            doors.list_shown(request, [found.pk])
    return _page(request, form, found, searched=searched)


@clinical
@require_POST
def open_record(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Open it for an hour; the leads are told."""
    patient = doors.closed_record(request, patient_id)
    form = ReasonForm(request.POST)
    if form.is_valid():
        try:
            break_glass.open_record(
                patient=patient, reason=form.cleaned_data["reason"], by=doors.user(request), at=timezone.now()
            )
        except Refused as refused:
            form.add_error("reason", str(refused))
        else:
            messages.warning(request, _("Open to you for 60 minutes. The clinic lead has been told."))
            return redirect("patient", patient.pk)
    return _page(request, FindForm(), patient, searched=True, reason=form)


def _page(
    request: HttpRequest, form: FindForm, found: Patient | None, *, searched: bool, reason: ReasonForm | None = None
) -> HttpResponse:
    if found is None and reason is not None:
        raise Http404
    context = {
        "form": form,
        "found": found,
        "searched": searched,
        "reason": reason or ReasonForm(),
        "nav": "caseload",
    }
    failed = form.errors or (reason is not None and reason.errors)
    return render(request, "plans/clinician/record_find.html", context, status=422 if failed else 200)
