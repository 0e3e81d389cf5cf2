"""Let a patient in: send the letter, send it again, take it back."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.policy import clinical
from plans.actions import invitations
from plans.actions.refusals import Refused
from plans.forms.staff import LetterForm
from plans.views import doors


@clinical
@require_POST
def invite(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Send an invitation to the address in the record, in the language chosen. One sent before stops working."""
    patient = doors.patient_record(request, patient_id)
    form = LetterForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose one of the languages."))
        return redirect("patient", patient.pk)
    language = form.cleaned_data["language"]
    try:
        made = invitations.invite(patient=patient, by=doors.user(request), at=timezone.now(), language=language)
    except Refused as problem:
        messages.error(request, str(problem))
        return redirect("patient", patient.pk)
    if made.sent:
        messages.success(request, _("Invitation sent to %(email)s.") % {"email": made.invitation.email})
    else:
        messages.error(request, _("The invitation could not be sent. Check the address and send it again."))
    return redirect("patient", patient.pk)


@clinical
@require_POST
def take_back(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """The letter that was sent opens nothing any more."""
    patient = doors.patient_record(request, patient_id)
    if invitations.take_back(patient=patient, by=doors.user(request), at=timezone.now()):
        messages.success(request, _("Invitation taken back."))
    return redirect("patient", patient.pk)
