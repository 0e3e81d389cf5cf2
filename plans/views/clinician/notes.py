"""Notes about a patient: write one for the staff or for the patient too, read them all, take an own one back."""

from uuid import UUID

from django.contrib import messages as toasts
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.policy import clinical
from plans.actions import notes
from plans.actions.refusals import Refused
from plans.forms.words import NoteForm
from plans.models import Note
from plans.schedule import local_date
from plans.views import doors
from plans.views.clinician.people import about

A_PAGE = 20


@clinical
@require_http_methods(["GET", "HEAD", "POST"])
def all_notes(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """All notes, the newest first, and the form for the next."""
    at = timezone.now()
    patient = doors.patient_record(request, patient_id)
    form = NoteForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            notes.write(
                patient=patient,
                note_id=form.entry_id,
                text=form.cleaned_data["text"],
                is_shared=form.is_shared,
                by=doors.user(request),
                at=at,
            )
        except Refused as refused:
            form.renew()
            form.add_error(None, str(refused))
        else:
            said = _("Shared with %(name)s.") if form.is_shared else _("Note saved for the staff.")
            toasts.success(request, said % {"name": patient.full_name})
            return redirect("patient_notes", patient.pk)
    rows = Note.objects.visible_to(doors.user(request), at).of(patient).select_related("author", "withdrawn_by")
    context = {
        "patient": patient,
        "about": about(patient, local_date(at, patient.time_zone), all_sites=True),
        "page": Paginator(rows, A_PAGE).get_page(request.GET.get("page")),
        "form": form,
        "nav": "caseload",
    }
    return render(request, "plans/clinician/notes.html", context)


@clinical
@require_POST
def take_back(request: HttpRequest, note_id: UUID) -> HttpResponse:
    """Take an own note back."""
    note = doors.note(request, note_id)
    try:
        notes.take_back(note=note, by=doors.user(request), at=timezone.now())
    except Refused as refused:
        toasts.error(request, str(refused))
    else:
        toasts.success(request, _("Note taken back."))
    return redirect("patient_notes", note.patient_id)
