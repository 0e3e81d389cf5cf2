"""A plan rests, goes on, is released after a warning sign, or ends: each with its consequence said before."""

from collections.abc import Callable, Mapping
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.policy import clinical
from plans.actions import pausing
from plans.actions.ending import end_plan
from plans.actions.refusals import Refused
from plans.forms.words import ReasonForm
from plans.models import Flag, Pause, Plan
from plans.schedule import local_date
from plans.views import doors
from plans.views.clinician.people import about


@clinical
@require_http_methods(["GET", "HEAD", "POST"])
def pause(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """Let an active plan rest, with the reason."""
    plan = doors.plan(request, plan_id)
    if plan.status != Plan.Status.ACTIVE:
        return _too_late(request, plan, _("This plan is not active, so there is nothing to pause."))
    form = _form(request, label=_("Why does the plan rest?"), missing=_("Say why: the next person needs to know."))

    def work(reason: str) -> str:
        pausing.pause(plan=plan, reason=reason, by=doors.user(request), at=timezone.now())
        return _("Plan paused.")

    page = {
        "title": _("Pause the plan of %(name)s?") % {"name": plan.patient.full_name},
        "submit": _("Pause plan"),
        "follows": [
            ("warning", _("The patient is asked to wait, and no session is planned or missed until it goes on.")),
            ("info", _("The re-evaluation stays due.")),
            ("ok", _("You can let it go on at any time, as it is or changed.")),
        ],
    }
    return _answer(request, plan, form, work, page)


@clinical
@require_http_methods(["GET", "HEAD", "POST"])
def resume(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """Let a plan go on that a clinician paused."""
    plan = doors.plan(request, plan_id)
    rest = _open_pause(plan)
    if rest is None:
        return _too_late(request, plan, _("This plan is not paused."))
    if rest.why == Pause.Why.SAFETY:
        return redirect("plan_release", plan.pk)
    form = _form(request, label=_("Note"), missing="", required=False)

    def work(note: str) -> str:
        pausing.resume(plan=plan, note=note, by=doors.user(request), at=timezone.now())
        return _("The plan goes on.")

    page = {
        "title": _("Let the plan of %(name)s go on?") % {"name": plan.patient.full_name},
        "submit": _("Resume plan"),
        "pause": rest,
        "follows": [
            ("info", _("Sessions are planned again from today on, with the version that was active.")),
            ("ok", _("The time of the pause counts as rest: nothing in it was missed.")),
        ],
    }
    return _answer(request, plan, form, work, page)


@clinical
@require_http_methods(["GET", "HEAD", "POST"])
def release(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """Let a plan go on that a safety question paused. The note says what was found."""
    plan = doors.plan(request, plan_id)
    rest = _open_pause(plan)
    if rest is None:
        return _too_late(request, plan, _("This plan is not paused."))
    if rest.why != Pause.Why.SAFETY:
        return redirect("plan_resume", plan.pk)
    form = _form(
        request,
        label=_("What did you find, and why is it safe to go on?"),
        missing=_("Write what you found: without it the plan stays paused."),
    )

    def work(note: str) -> str:
        pausing.release(plan=plan, note=note, by=doors.user(request), at=timezone.now())
        return _("Plan released. It goes on from today.")

    flags = Flag.objects.of(plan.patient).open().filter(rule=Flag.Rule.R0)
    page = {
        "title": _("Release the plan of %(name)s?") % {"name": plan.patient.full_name},
        "submit": _("Release plan"),
        "pause": rest,
        "follows": [
            ("warning", _("The patient answered yes to a safety question. Speak with them first.")),
            ("info", _("The patient can log sessions again at once.")),
            *([("info", _("The flag stays open: resolve it on its own."))] if flags.exists() else []),
        ],
    }
    return _answer(request, plan, form, work, page)


@clinical
@require_http_methods(["GET", "HEAD", "POST"])
def end(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """End a plan while the patient stays in care."""
    plan = doors.plan(request, plan_id)
    if plan.status not in (Plan.Status.ACTIVE, Plan.Status.PAUSED):
        return _too_late(request, plan, _("This plan has ended already."))
    form = _form(request, label=_("Why does the plan end?"), missing=_("Say why: it stays in the history."))

    def work(reason: str) -> str:
        end_plan(plan=plan, reason=reason, by=doors.user(request), at=timezone.now())
        return _("The plan has ended.")

    page = {
        "title": _("End the plan of %(name)s?") % {"name": plan.patient.full_name},
        "submit": _("End plan"),
        "danger": True,
        "follows": [
            ("warning", _("It cannot be taken up again; you can build a new one. A draft is thrown away.")),
            ("warning", _("Its re-evaluation is cancelled. Open flags stay in the inbox.")),
            ("ok", _("The patient stays in care and can log pain.")),
        ],
    }
    return _answer(request, plan, form, work, page)


def _form(request: HttpRequest, *, label: str, missing: str, required: bool = True) -> ReasonForm:
    posted = request.POST if request.method == "POST" else None
    return ReasonForm(posted, label=label, missing=missing, required=required)


def _answer(
    request: HttpRequest, plan: Plan, form: ReasonForm, work: Callable[[str], str], page: Mapping[str, object]
) -> HttpResponse:
    """Do it when the form says so; else ask."""
    if form.is_valid():
        try:
            said = work(form.cleaned_data["reason"])
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, said)
            return redirect("patient", plan.patient_id)
    patient = plan.patient
    today = local_date(timezone.now(), patient.time_zone)
    frame = {"form": form, "patient": patient, "about": about(patient, today, all_sites=True), "nav": "caseload"}
    return render(request, "plans/clinician/plan_rest.html", {**frame, **page})


def _open_pause(plan: Plan) -> Pause | None:
    return Pause.objects.open().filter(plan=plan).select_related("paused_by", "flag").first()


def _too_late(request: HttpRequest, plan: Plan, said: str) -> HttpResponse:
    """Somebody else was quicker, or the address was typed: say so on the record."""
    messages.info(request, said)
    return redirect("patient", plan.patient_id)
