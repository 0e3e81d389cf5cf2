"""A patient's conversation with the clinic, seen by the clinic: read, answer, or say that no answer is needed."""

from uuid import UUID

from django.contrib import messages as toasts
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import Patient
from accounts.policy import clinical
from plans.actions import messages
from plans.schedule import local_date
from plans.views import doors
from plans.views.clinician.people import about, safe_next
from plans.views.conversation import page_of, shown_ids, written


@clinical
@require_http_methods(["GET", "HEAD", "POST"])
def conversation(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """The newest messages below, the answer under them. Answering counts as having read what stood above."""
    at = timezone.now()
    patient = doors.patient_record(request, patient_id)
    form, is_sent = written(request, patient, at)
    if is_sent:
        toasts.success(request, _("Sent to %(name)s.") % {"name": patient.full_name})
        return redirect(safe_next(request, request.path))
    page = page_of(request, patient)
    context = {
        "patient": patient,
        "about": about(patient, local_date(at, patient.time_zone), all_sites=True),
        "page": page,
        "written": list(page)[::-1],
        "unread": [message for message in page if message.from_patient and message.read_at is None],
        "form": form,
        "closed": patient.status == Patient.Status.DISCHARGED,
        "nav": "caseload",
    }
    return render(request, "plans/clinician/messages.html", context)


@clinical
@require_POST
def read(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """No answer needed: what was shown has been read."""
    patient = doors.patient_record(request, patient_id)
    number = messages.mark_read(patient=patient, shown=shown_ids(request), by=doors.user(request), at=timezone.now())
    if number:
        toasts.success(
            request,
            ngettext("%(n)d message marked as read.", "%(n)d messages marked as read.", number) % {"n": number},
        )
    return redirect("patient_messages", patient.pk)
