"""Who may open records in this clinic, and those that were opened without being assigned."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models import BreakGlass, ClinicEvent, Patient
from accounts.policy import clinical, lead
from accounts.reauth import confirmed_to_send
from plans.actions import break_glass
from plans.actions import clinic as actions
from plans.actions.refusals import Refused
from plans.forms.care import RecordAccessForm
from plans.views import doors
from plans.views.clinic.frame import clinic_of, frame, is_lead

PAGE = 50


@clinical
@require_safe
def records(request: HttpRequest) -> HttpResponse:
    """The clinic's setting, and what was opened, as far as this person may see the patients."""
    return _page(request, RecordAccessForm(clinic=clinic_of(request)))


@lead
@require_POST
@confirmed_to_send
def records_save(request: HttpRequest) -> HttpResponse:
    here = clinic_of(request)
    form = RecordAccessForm(request.POST, clinic=here)
    if not form.is_valid():
        return _page(request, form)
    changed = actions.change(
        clinic=here,
        what=ClinicEvent.What.RECORD_ACCESS,
        values=form.cleaned_data,
        by=doors.user(request),
        at=timezone.now(),
    )
    messages.success(request, _("Changes saved.") if changed else _("Nothing was different."))
    return redirect("clinic_records")


@lead
@require_POST
def reviewed(request: HttpRequest, opened_id: UUID) -> HttpResponse:
    """A lead has looked at why."""
    opened = doors.opened_record(request, opened_id)
    try:
        break_glass.review(opened=opened, by=doors.user(request), at=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("Marked as reviewed."))
    return redirect("clinic_records")


def _page(request: HttpRequest, form: RecordAccessForm) -> HttpResponse:
    here = clinic_of(request)
    visible = Patient.objects.visible_to(doors.user(request)).filter(clinic=here)
    rows = BreakGlass.objects.filter(patient__in=visible.values("pk"))
    rows = rows.select_related("patient", "clinician", "reviewed_by").order_by("-reviewed_at", "-opened_at")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    doors.list_shown(request, [row.patient_id for row in page.object_list])
    context = {
        **frame(request, "clinic_records"),
        "clinic": here,
        "form": form if is_lead(request) else None,
        "page": page,
    }
    return render(request, "plans/clinic/records.html", context, status=422 if form.errors else 200)
