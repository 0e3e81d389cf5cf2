"""The plan to read, one exercise to look up, and where to find help."""

from datetime import datetime
from typing import cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.policy import patient
from plans.models import ClinicalProfile, Plan, Prescription, Reevaluation
from plans.schedule import local_date
from plans.views import doors
from plans.views.patient import mine
from plans.views.patient.media import media_of
from plans.wording import days_in_words, dose_in_words


@patient
@require_safe
def my_plan(request: HttpRequest) -> HttpResponse:
    me, at = doors.my_record(request), timezone.now()
    plan = mine.current_plan(me)
    if plan is None or plan.active_version is None:
        return render(request, "plans/patient/plan.html", {"plan": None})
    prescriptions = mine.exercises(plan.active_version, mine.today_here(request, me, at))
    shown = mine.items(prescriptions)
    looked_at = Reevaluation.objects.open().filter(plan=plan).values_list("due_on", flat=True).first()
    made_on = local_date(cast(datetime, plan.active_version.activated_at), me.time_zone)
    context = {
        "plan": plan,
        "goal": plan.patient.profile.goal or plan.title,
        "about": mine.about_in_words(shown),
        "sections": mine.sections(shown),
        "week": weekday_chips(prescriptions),
        "days": days_said(prescriptions),
        "days_differ": len({(tuple(p.weekdays or ()), p.times_a_week) for p in prescriptions}) > 1,
        "made_on": made_on,
        "looked_at": looked_at if looked_at and looked_at >= mine.today_here(request, me, at) else None,
        "clinician": mine.clinician_name(me, at),
        "shared_notes": mine.shared_notes(me),
    }
    return render(request, "plans/patient/plan.html", context)


@patient
@require_safe
def plan_exercise(request: HttpRequest, prescription_id: UUID) -> HttpResponse:
    prescription = doors.my_prescription(request, prescription_id)
    context = {
        "nav": "plan",
        "prescription": prescription,
        "exercise": prescription.exercise_version,
        "media": media_of(prescription),
        "dose": dose_in_words(prescription),
        "days": days_in_words(prescription.weekdays, prescription.times_a_week),
        "needs": mine.needs_in_words(prescription.exercise_version, mine.names_of_equipment()),
    }
    return render(request, "plans/patient/exercise.html", context)


@patient
@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    me, at = doors.my_record(request), timezone.now()
    flare_plan = ClinicalProfile.objects.of(me).values_list("flare_plan", flat=True).first()
    context = {
        "clinic": me.clinic,
        "tel": mine.telephone(me.clinic),
        "flare_plan": flare_plan,
        "clinician": mine.clinician_name(me, at),
        "paused": Plan.objects.of(me).filter(status=Plan.Status.PAUSED).exists(),
    }
    return render(request, "plans/patient/help.html", context)


def weekday_chips(prescriptions: list[Prescription]) -> list[dict[str, object]]:
    """For _day_chips.html; empty when the days are the patient's own choice."""
    named = {day for p in prescriptions for day in p.weekdays or ()}
    if not named:
        return []
    names = [str(WEEKDAYS[n]) for n in range(7)]
    return [{"short": name[:2], "name": name, "on": n + 1 in named} for n, name in enumerate(names)]


def days_said(prescriptions: list[Prescription]) -> str:
    """How often, when no days are named."""
    times = max((p.times_a_week or 0 for p in prescriptions), default=0)
    if not times:
        return ""
    return _("%(often)s, on days that suit you") % {"often": days_in_words(None, times).capitalize()}
