"""Something new happened: the safety questions alone, and what to do now. The clinic's wording comes first."""

from contextlib import suppress
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Patient
from accounts.policy import patient
from plans.actions import player
from plans.actions.refusals import Refused
from plans.actions.reports import report_safety
from plans.forms import patient_safety
from plans.forms.patient_safety import SafetyForm
from plans.models import Plan, Report, Session
from plans.views import doors
from plans.views.patient import mine
from plans.wording import in_a_row
from plans.wording_red_flags import finding

IN_BACKGROUND = "background"


@patient
@require_http_methods(["GET", "HEAD", "POST"])
def safety(request: HttpRequest) -> HttpResponse:
    """The questions alone. A yes is stored, pauses the plan and ends a session that is in progress."""
    me, at = doors.my_record(request), timezone.now()
    form = SafetyForm(request.POST if request.method == "POST" else None, zone=mine.zone_here(request, me))
    if form.is_valid():
        try:
            report = tell(request, me, form.cleaned_data["entry"], form.answers, form.zone, at)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            if request.POST.get("sent") == IN_BACKGROUND:
                return HttpResponse(status=204)
            return redirect("safety_told", report.pk)
    if request.POST.get("sent") == IN_BACKGROUND:
        return HttpResponse(status=422)
    return render(request, "plans/patient/safety.html", {"form": form, **questions(request, me)})


@patient
@require_safe
def safety_told(request: HttpRequest, report_id: UUID) -> HttpResponse:
    """What to do now, who knows, and what rests."""
    me, at = doors.my_record(request), timezone.now()
    report = doors.my_safety_report(request, report_id)
    context = {
        "nav": "help",
        "report": report,
        "found": in_a_row([finding(slug) for slug in report.answers]),
        "paused": Plan.objects.of(me).filter(status=Plan.Status.PAUSED).exists(),
        "clinician": mine.clinician_name(me, at),
        **questions(request, me),
    }
    return render(request, "plans/patient/safety_told.html", context)


def tell(request: HttpRequest, me: Patient, entry: str, answers: list[str], zone: str, at: datetime) -> Report:
    """Store the yes (R0), then end the session in progress kindly. The yes is stored first, whatever follows."""
    by = doors.user(request)
    running = Session.objects.of(me).in_progress().first()
    report = report_safety(
        patient=me,
        report_id=patient_safety.report_id(entry, answers),
        answers=answers,
        time_zone=zone,
        source=Session.Source.PLAYER if running is not None else Session.Source.QUICK,
        by=by,
        at=at,
        session=running,
    )
    if running is not None:
        # The yes is stored and the words are on their way: a session that cannot be closed must not stand between.
        with suppress(Refused):
            player.leave(session=running, by=by, at=at)
    return report


def questions(request: HttpRequest, me: Patient) -> dict[str, Any]:
    """What the safety questions need wherever they stand: the list, what is chosen, the clinic's own words."""
    return {
        "asked": patient_safety.asked(),
        "happened": patient_safety.happened(request.POST),
        "clinic": me.clinic,
        "tel": mine.telephone(me.clinic),
        "happened_label": _("Which one?"),
    }
