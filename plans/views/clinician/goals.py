"""The patient's goals, and what else a plan should know about them before it begins."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import Patient
from accounts.policy import clinical
from exercises.models import Equipment, ExerciseVersion
from plans.actions import goals as actions
from plans.actions.refusals import Refused
from plans.forms.goals import EndForm, GoalForm
from plans.models import Goal
from plans.views import doors
from plans.wording import in_a_row, in_sentence


@clinical
@require_http_methods(["GET", "HEAD", "POST"])
def goals(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """The goals with how close the patient feels; write another one down."""
    patient = doors.patient_record(request, patient_id)
    form = GoalForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            actions.add(patient=patient, text=form.cleaned_data["text"], by=doors.user(request), at=timezone.now())
        except Refused as problem:
            form.add_error("text", str(problem))
        else:
            messages.success(request, _("Goal written down."))
            return redirect("patient_goals", patient.pk)
    rows = list(Goal.objects.of(patient).prefetch_related("ratings"))
    page = {
        "patient": patient,
        "form": form,
        "standing": [_shown(goal) for goal in rows if goal.ended_at is None],
        "ended": [goal for goal in rows if goal.ended_at is not None],
        "nav": "caseload",
    }
    return render(request, "plans/clinician/goals.html", page, status=422 if form.errors else 200)


@clinical
@require_POST
def end(request: HttpRequest, patient_id: UUID, goal_id: UUID) -> HttpResponse:
    """Reached, or given up."""
    patient = doors.patient_record(request, patient_id)
    goal = doors.goal_of(patient, goal_id)
    form = EndForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say how the goal ended: reached, or given up."))
        return redirect("patient_goals", patient.pk)
    try:
        actions.end(goal=goal, how=form.cleaned_data["end"], by=doors.user(request), at=timezone.now())
    except Refused as problem:
        messages.error(request, str(problem))
    return redirect("patient_goals", patient.pk)


def readiness(patient: Patient) -> dict[str, str]:
    """The positions they cannot be in, and what they have at home, in words; empty when nothing is recorded."""
    profile = patient.profile
    names = dict(ExerciseVersion.Position.choices)
    cannot = [in_sentence(str(names.get(key, key))) for key in profile.avoided_positions]
    kept = profile.equipment
    owned = list(Equipment.objects.filter(pk__in=kept).names().values()) if kept else []
    return {
        "cannot_be": in_a_row(cannot) if cannot else "",
        "at_home": in_a_row([in_sentence(name) for name in owned]) if owned else "",
    }


def _shown(goal: Goal) -> dict[str, object]:
    ratings = list(goal.ratings.all())
    return {"goal": goal, "first": ratings[0] if len(ratings) > 1 else None, "last": ratings[-1] if ratings else None}
