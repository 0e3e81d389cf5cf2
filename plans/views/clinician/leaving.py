"""A patient stopped using Painplan: the clinic says that it has read it."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.policy import clinical
from plans.actions import leaving
from plans.views import doors
from plans.views.clinician.people import safe_next


@clinical
@require_POST
def seen(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Take it out of the inbox; the record goes on saying it."""
    patient = doors.patient_record(request, patient_id)
    target = safe_next(request, reverse("patient", args=[patient.pk]))
    if leaving.mark_seen(patient=patient, by=doors.user(request), at=timezone.now()):
        messages.success(request, _("Noted. The record of %(name)s says that they left.") % {"name": patient.full_name})
    return redirect(target)
