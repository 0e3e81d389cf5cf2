"""A re-evaluation on one page: what happened since the last one, and the decision."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import User
from accounts.policy import clinical
from plans import wording_flags
from plans.actions import flags, plans, reevaluations
from plans.actions.refusals import Refused
from plans.forms.clinician_reevaluation import ReevaluationForm
from plans.models import Flag, Reevaluation
from plans.schedule import local_date
from plans.views import doors
from plans.views.clinician.inbox import why_in_words
from plans.views.clinician.people import near_day
from plans.views.clinician.prepared import prepare

Taken = Reevaluation.DecisionTaken
TO_THE_BUILDER = (Taken.PROGRESS, Taken.REGRESS, Taken.CHANGE)
FLAG_ACTION = {
    Taken.CONTINUE: Flag.Action.WATCHING,
    Taken.PROGRESS: Flag.Action.CHANGED,
    Taken.REGRESS: Flag.Action.CHANGED,
    Taken.CHANGE: Flag.Action.CHANGED,
    Taken.REFER: Flag.Action.REFERRED,
    Taken.DISCHARGE: Flag.Action.OTHER,
}


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
            following = _complete(row, form.cleaned_data, by=doors.user(request), at=at)
        except Refused as error:
            form.add_error(None, str(error))
            row.refresh_from_db()
        else:
            return _onwards(request, row, form.cleaned_data["decision"], following, at)
    prepared = prepare(row, at)
    rise = _open_rise(prepared.flags)
    page: dict[str, Any] = {
        "reevaluation": row,
        "patient": patient,
        "form": form,
        "f": prepared,
        "due": near_day(row.due_on, today, inside=True),
        "late": row.due_on <= today,
        "why": why_in_words(row),
        "options": _options(str(row.plan.active_version or "")),
        "open_flags": [flag for flag in prepared.flags if flag.is_open],
        "accept_level": wording_flags.points(float(rise.evidence["mean"])) if rise else "",
        "nav": "caseload",
    }
    return render(request, "plans/clinician/reevaluation.html", page)


def _complete(row: Reevaluation, given: dict[str, Any], *, by: User, at: datetime) -> Reevaluation | None:
    """The flags that the decision settles and the re-evaluation itself, all or nothing."""
    with transaction.atomic():
        # Flags first: an evaluation, too, locks the watch row before it touches the re-evaluation.
        if given["resolve_flags"] or given["accept_usual"]:
            open_flags = list(Flag.objects.of(row.plan.patient).open().select_related("site").gravest_first())
            rise = _open_rise(open_flags) if given["accept_usual"] else None
            for flag in open_flags:
                if flag != rise and not given["resolve_flags"]:
                    continue
                action = Flag.Action.NEW_USUAL if flag == rise else FLAG_ACTION[Taken(given["decision"])]
                flags.resolve(flag=flag, action_taken=action, note=given["note"][:2000], useful=None, by=by, at=at)
        return reevaluations.complete(
            reevaluation=row,
            decision=given["decision"],
            note=given["note"],
            next_due_on=given["next_due_on"],
            by=by,
            at=at,
        )


def _onwards(
    request: HttpRequest, row: Reevaluation, decision: str, following: Reevaluation | None, at: datetime
) -> HttpResponse:
    """A toast, and the page where the decision is carried out."""
    patient = row.plan.patient
    if following is not None:
        next_on = near_day(following.due_on, local_date(at, patient.time_zone), inside=True)
        messages.success(request, _("Re-evaluation done. The next one is due %(day)s.") % {"day": next_on})
    else:
        messages.success(
            request, _("Re-evaluation done. The plan of %(name)s has ended.") % {"name": patient.full_name}
        )
    if decision in TO_THE_BUILDER:
        draft = plans.revise(plan=row.plan, by=doors.user(request), at=at)
        return redirect("plan_builder", draft.pk)
    return redirect("patient", patient.pk)


def _open_rise(rows: list[Flag]) -> Flag | None:
    """The gravest open sustained increase: its level is the one that can become the new usual."""
    return next((flag for flag in rows if flag.is_open and flag.rule == Flag.Rule.R3 and "mean" in flag.evidence), None)


def _options(version: str) -> list[tuple[str, str, str]]:
    """The decisions, each with what will happen."""
    words = {"version": version}
    follows = {
        Taken.CONTINUE: _("Keep %(version)s until the next re-evaluation.") % words,
        Taken.PROGRESS: _("Opens the plan builder, to do a little more."),
        Taken.REGRESS: _("Opens the plan builder, to do less."),
        Taken.CHANGE: _("Opens the plan builder, to swap, add or take out."),
        Taken.REFER: _("You write to another service. The plan goes on."),
        Taken.DISCHARGE: _("Ends the plan. No further re-evaluation."),
    }
    return [(taken.value, str(taken.label), follows[taken]) for taken in Taken]
