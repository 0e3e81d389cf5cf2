"""A re-evaluation on one page: what happened since the last one, and the decision. And its date, when it changes."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import Patient
from accounts.policy import clinical
from plans import wording_flags
from plans.actions import deciding, reevaluations
from plans.actions.deciding import Decided, open_rise
from plans.actions.next_version import NextVersion
from plans.actions.refusals import Refused
from plans.forms.clinician_reevaluation import ReevaluationForm, RescheduleForm
from plans.models import PlanEvent, Reevaluation
from plans.schedule import local_date
from plans.views import doors
from plans.views.clinician.inbox import why_in_words
from plans.views.clinician.people import about, near_day
from plans.views.clinician.prepared import prepare
from plans.wording import day_in_words
from plans.wording_flags import short_day

Taken = Reevaluation.DecisionTaken
MOVED = ("re-evaluation brought forward", "re-evaluation asked for", "re-evaluation put off")


@clinical
@require_http_methods(["GET", "HEAD", "POST"])
def reevaluation(request: HttpRequest, reevaluation_id: UUID) -> HttpResponse:
    """The prepared facts with the form; once done, with what was decided."""
    at = timezone.now()
    row = doors.reevaluation(request, reevaluation_id)
    patient = row.plan.patient
    today = local_date(at, patient.time_zone)
    form = ReevaluationForm(
        request.POST if request.method == "POST" else None,
        today=today,
        usual_days=patient.clinic.reevaluation_days,
    )
    if form.is_valid():
        try:
            decided = deciding.decide(reevaluation=row, **form.cleaned_data, by=doors.user(request), at=at)
        except Refused as error:
            form.add_error(None, str(error))
            row.refresh_from_db()
        else:
            return _onwards(request, patient, decided, at)
    prepared = prepare(row, at)
    rise = open_rise(prepared.flags)
    page: dict[str, Any] = {
        "reevaluation": row,
        "patient": patient,
        "form": form,
        "f": prepared,
        "due": near_day(row.due_on, today, inside=True),
        "late": row.due_on <= today,
        "why": _why(row),
        "options": _options(str(row.plan.active_version or "")),
        "open_flags": [flag for flag in prepared.flags if flag.is_open],
        "accept_level": wording_flags.points(float(rise.evidence["mean"])) if rise else "",
        "nav": "caseload",
    }
    return render(request, "plans/clinician/reevaluation.html", page)


@clinical
@require_http_methods(["GET", "HEAD", "POST"])
def reschedule(request: HttpRequest, reevaluation_id: UUID) -> HttpResponse:
    """Ask for it earlier, or put it off, with a reason."""
    at = timezone.now()
    row = doors.reevaluation(request, reevaluation_id)
    patient = row.plan.patient
    if row.state != Reevaluation.State.OPEN and request.method != "POST":
        return redirect("reevaluation", row.pk)
    today = local_date(at, patient.time_zone)
    latest = reevaluations.latest_day(row, at=at)
    form = RescheduleForm(request.POST if request.method == "POST" else None, today=today, latest=latest)
    if form.is_valid():
        try:
            moved = reevaluations.reschedule(reevaluation=row, **form.cleaned_data, by=doors.user(request), at=at)
        except Refused as error:
            form.add_error(None, str(error))
        else:
            day = near_day(moved.due_on, today, inside=True)
            messages.success(
                request, _("The re-evaluation of %(name)s is due %(day)s.") % {"name": patient.full_name, "day": day}
            )
            return redirect("patient", patient.pk)
    page: dict[str, Any] = {
        "reevaluation": row,
        "patient": patient,
        "about": about(patient, today),
        "form": form,
        "due": near_day(row.due_on, today, inside=True),
        "late": row.due_on <= today,
        "why": _why(row),
        "latest": day_in_words(latest),
        "held": reevaluations.is_held(row),
        "nav": "caseload",
    }
    return render(request, "plans/clinician/reevaluation_date.html", page)


def _onwards(request: HttpRequest, patient: Patient, decided: Decided, at: datetime) -> HttpResponse:
    """A toast, and the page where the decision is carried out."""
    if decided.following is not None:
        next_on = near_day(decided.following.due_on, local_date(at, patient.time_zone), inside=True)
        messages.success(request, _("Re-evaluation done. The next one is due %(day)s.") % {"day": next_on})
    else:
        messages.success(
            request, _("Re-evaluation done. The plan of %(name)s has ended.") % {"name": patient.full_name}
        )
    if decided.next_version is not None:
        messages.info(request, _prepared_in_words(decided.next_version))
        return redirect("plan_builder", decided.next_version.draft.pk)
    return redirect("patient", patient.pk)


def _why(row: Reevaluation) -> str:
    """Why it is due then; when the date was changed, from which one and, if somebody said so, for what reason."""
    moved = PlanEvent.objects.filter(
        plan=row.plan, at__gte=row.created_at, detail__due_on=row.due_on.isoformat(), verb__in=MOVED
    ).first()
    if moved is None or "was" not in moved.detail:
        return why_in_words(row)
    day = {"was": short_day(date.fromisoformat(moved.detail["was"])), "reason": moved.detail.get("reason", "")}
    if moved.verb == "re-evaluation brought forward":
        return _("Brought forward from %(was)s by a flag.") % day
    if moved.verb == "re-evaluation asked for":
        return _("Asked for instead of %(was)s: %(reason)s") % day
    return _("Put off from %(was)s: %(reason)s") % day


def _prepared_in_words(prepared: NextVersion) -> str:
    version = {"version": prepared.draft}
    if prepared.was_there:
        return _("%(version)s had been begun before. Its doses were left as they are.") % version
    if prepared.changed:
        return _("%(version)s is prepared with changed doses. Nothing changes until you activate it.") % version
    return _("%(version)s is a copy of the plan. Nothing changes until you activate it.") % version


def _options(version: str) -> list[tuple[str, str, str]]:
    """The decisions, each with what will happen."""
    words = {"version": version}
    follows = {
        Taken.CONTINUE: _("Keep %(version)s until the next re-evaluation.") % words,
        Taken.PROGRESS: _("Opens the plan builder with each dose a tenth up."),
        Taken.REGRESS: _("Opens the plan builder with each dose a fifth down."),
        Taken.CHANGE: _("Opens the plan builder, to swap, add or take out."),
        Taken.REFER: _("You write to another service. The plan goes on."),
        Taken.DISCHARGE: _("Ends the plan. No further re-evaluation."),
    }
    return [(taken.value, str(taken.label), follows[taken]) for taken in Taken]
