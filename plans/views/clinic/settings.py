"""What a lead sets for the whole clinic: who we are, when we work, when we look again; and what was changed."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import ClinicEvent, Holiday
from accounts.policy import clinical, lead
from plans.actions import clinic as actions
from plans.actions.refusals import Refused
from plans.forms.clinic import CareForm, DetailsForm, HolidayForm, HoursForm
from plans.schedule import local_date
from plans.views import doors
from plans.views.clinic.frame import clinic_of, frame, is_lead
from plans.wording import days_in_words
from plans.wording_clinic import event_in_words

PAGE = 50
What = ClinicEvent.What


@lead
@require_http_methods(["GET", "HEAD", "POST"])
def clinic(request: HttpRequest) -> HttpResponse:
    """Name, contact, promise and emergency wording, as patients see them. `preview` shows without saving."""
    here = clinic_of(request)
    form = DetailsForm(request.POST if request.method == "POST" else None, clinic=here)
    previewing = "preview" in request.POST
    if previewing and request.htmx:  # type: ignore[attr-defined]
        return render(request, "plans/clinic/_emergency.html", {"emergency": _typed(form), "clinic": here})
    if form.is_valid() and not previewing and _saved(request, What.DETAILS, form):
        return redirect("clinic")
    context = {**frame(request, "clinic"), "form": form, "emergency": _typed(form), "previewing": previewing}
    return render(request, "plans/clinic/details.html", context, status=422 if form.errors else 200)


@clinical
@require_safe
def hours(request: HttpRequest) -> HttpResponse:
    """Working days, hours and holidays; a lead can change them."""
    return _hours_page(request)


@lead
@require_POST
def hours_save(request: HttpRequest) -> HttpResponse:
    form = HoursForm(request.POST, clinic=clinic_of(request))
    if form.is_valid() and _saved(request, What.HOURS, form):
        return redirect("clinic_hours")
    return _hours_page(request, hours_form=form)


@lead
@require_POST
def holiday_add(request: HttpRequest) -> HttpResponse:
    at, here = timezone.now(), clinic_of(request)
    form = HolidayForm(request.POST, today=local_date(at, here.time_zone))
    if form.is_valid():
        try:
            actions.add_holiday(clinic=here, **form.cleaned_data, by=doors.user(request), at=at)
        except Refused as refused:
            form.add_error("on", str(refused))
        else:
            messages.success(request, _("Holiday added."))
            return redirect("clinic_hours")
    return _hours_page(request, holiday_form=form)


@lead
@require_POST
def holiday_remove(request: HttpRequest, holiday_id: UUID) -> HttpResponse:
    holiday = doors.holiday(request, holiday_id)
    actions.remove_holiday(holiday=holiday, by=doors.user(request), at=timezone.now())
    messages.success(request, _("Holiday removed. The clinic works on that day."))
    return redirect("clinic_hours")


@lead
@require_POST
def holidays_copy(request: HttpRequest) -> HttpResponse:
    """This year's holidays for the next year, on the same dates."""
    at, here = timezone.now(), clinic_of(request)
    year = local_date(at, here.time_zone).year
    new = actions.copy_holidays(clinic=here, from_year=year, by=doors.user(request), at=at)
    if new:
        said = ngettext(
            "%(n)d holiday copied to %(year)d. Check the ones that move, like Easter.",
            "%(n)d holidays copied to %(year)d. Check the ones that move, like Easter.",
            new,
        )
        messages.success(request, said % {"n": new, "year": year + 1})
    else:
        messages.success(request, _("There was nothing new to copy."))
    return redirect("clinic_hours")


@lead
@require_http_methods(["GET", "HEAD", "POST"])
def care(request: HttpRequest) -> HttpResponse:
    """Re-evaluation intervals, and when a flag that nobody has seen goes to the lead."""
    form = CareForm(request.POST if request.method == "POST" else None, clinic=clinic_of(request))
    if form.is_valid() and _saved(request, What.CARE, form):
        return redirect("clinic_care")
    context = {**frame(request, "clinic_care"), "form": form}
    return render(request, "plans/clinic/care.html", context, status=422 if form.errors else 200)


@lead
@require_safe
def history(request: HttpRequest) -> HttpResponse:
    """Every change of the clinic's settings, the newest first."""
    rows = ClinicEvent.objects.filter(clinic=clinic_of(request)).select_related("by")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    lines = [(event, event_in_words(event)) for event in page.object_list]
    return render(
        request, "plans/clinic/history.html", {**frame(request, "clinic_history"), "page": page, "lines": lines}
    )


def _saved(request: HttpRequest, what: str, form: Form) -> bool:
    """Change what a valid form says; a refusal goes into the form."""
    try:
        changed = actions.change(
            clinic=clinic_of(request), what=what, values=form.cleaned_data, by=doors.user(request), at=timezone.now()
        )
    except Refused as refused:
        form.add_error(None, str(refused))
        return False
    messages.success(request, _("Changes saved.") if changed else _("Nothing was different."))
    return True


def _typed(form: DetailsForm) -> str:
    """The emergency wording as it stands in the form now."""
    return str(form["emergency_text"].value() or "").strip()


def _hours_page(
    request: HttpRequest, *, hours_form: HoursForm | None = None, holiday_form: HolidayForm | None = None
) -> HttpResponse:
    here = clinic_of(request)
    today = local_date(timezone.now(), here.time_zone)
    coming = list(Holiday.objects.filter(clinic=here, on__gte=today.replace(month=1, day=1)))
    this_year = [holiday for holiday in coming if holiday.on.year == today.year]
    context: dict[str, Any] = {
        **frame(request, "clinic_hours"),
        "clinic": here,
        "days": days_in_words(here.working_days),
        "form": (hours_form or HoursForm(clinic=here)) if is_lead(request) else None,
        "holiday_form": (holiday_form or HolidayForm(today=today)) if is_lead(request) else None,
        "holidays": [holiday for holiday in coming if holiday.on >= today - timedelta(days=31)],
        "today": today,
        "copy_to": today.year + 1 if this_year else None,
    }
    status = 422 if (hours_form and hours_form.errors) or (holiday_form and holiday_form.errors) else 200
    return render(request, "plans/clinic/hours.html", context, status=status)
