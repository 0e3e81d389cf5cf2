"""The patient's goals: writing one down, saying how close it feels, ending it."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.policy import patient
from plans.actions import goals
from plans.actions.refusals import Refused
from plans.forms.patient_goals import ClosenessForm, GoalForm
from plans.models import Goal
from plans.views import doors
from plans.views.patient import mine


@patient
@require_http_methods(["GET", "HEAD", "POST"])
def new_goal(request: HttpRequest) -> HttpResponse:
    """One goal in the patient's own words."""
    me, at = doors.my_record(request), timezone.now()
    posted = request.POST if request.method == "POST" else None
    form = GoalForm(posted)
    if posted is not None and form.is_valid():
        try:
            goal = goals.add(
                patient=me, text=" ".join(form.cleaned_data["text"].split()), by=doors.user(request), at=at
            )
        except Refused as refused:
            form.add_error("text", str(refused))
        else:
            return redirect("my_goal", goal.pk)
    return render(request, "plans/patient/goal_new.html", {"form": form})


@patient
@require_http_methods(["GET", "HEAD", "POST"])
def my_goal(request: HttpRequest, goal_id: UUID) -> HttpResponse:
    """How close it feels now; or it is reached, or given up."""
    me, at = doors.my_record(request), timezone.now()
    goal = doors.my_goal(request, goal_id)
    posted = request.POST if request.method == "POST" else None
    form = ClosenessForm(posted, zone=mine.zone_here(request, me))
    if goal.ended_at is not None:
        return redirect(_goals())
    if posted is not None and posted.get("end") in Goal.End.values:
        try:
            goals.end(goal=goal, how=posted["end"], by=doors.user(request), at=at)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            reached = posted["end"] == Goal.End.REACHED
            messages.success(request, _("You got there. Well done.") if reached else _("Let go. That is fine."))
            return redirect(_goals())
    elif posted is not None and form.is_valid():
        mine.remember_zone(request, me, form.zone)
        closeness = int(form.cleaned_data["closeness"])
        goals.rate(goal=goal, closeness=closeness, time_zone=form.zone, by=doors.user(request), at=at)
        messages.success(request, _("Saved. Thank you."))
        return redirect(_goals())
    last = goal.ratings.order_by("at", "id").last()
    context = {"form": form, "goal": goal, "last": last, "back_url": _goals()}
    return render(request, "plans/patient/goal.html", context)


def _goals() -> str:
    return reverse("progress") + "#goals"
