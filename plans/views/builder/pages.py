"""The builder's pages: start, the builder itself, preview, activate, discard."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.policy import clinical
from accounts.routes import address_of
from plans.actions import plans
from plans.actions.refusals import DraftChanged, NotReady, Refused
from plans.forms.builder import ActivateForm
from plans.models import PlanVersion
from plans.views import doors
from plans.views.builder import answers, pieces
from plans.views.builder import draft as drafts
from plans.views.builder.answers import Attempt
from plans.views.builder.changes import lock_of
from plans.views.builder.difference import differences, suggested_why


@clinical
@require_POST
def start(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """To the draft of the patient's plan: the open one, a copy of the active version, or a first plan."""
    patient = doors.patient_record(request, patient_id)
    title = patient.profile.goal.strip()[:120] or _("Movement plan")
    try:
        version = plans.start(patient=patient, title=title, by=doors.user(request), at=answers.now())
    except Refused as problem:
        messages.error(request, str(problem))
        return redirect("patient", patient.pk)
    return redirect("plan_builder", version.pk)


@clinical
@require_safe
def builder(request: HttpRequest, version_id: UUID) -> HttpResponse:
    """The draft beside the library; an activated version is shown for reading."""
    version, at = doors.plan_version(request, version_id), answers.now()
    if not version.is_draft:
        return render(request, "plans/builder/version.html", _version_context(version, at))
    if answers.wants_part(request) and request.htmx.target == "shelf-list":  # type: ignore[attr-defined]
        return answers.searched(request, version, at)
    return render(request, "plans/builder/builder.html", answers.context(request, version, at))


@clinical
@require_safe
def preview(request: HttpRequest, version_id: UUID) -> HttpResponse:
    """The plan as the patient reads it."""
    version, at = doors.plan_version(request, version_id), answers.now()
    return render(request, "plans/builder/preview.html", _version_context(version, at))


@clinical
@require_http_methods(["GET", "HEAD", "POST"])
def activate(request: HttpRequest, version_id: UUID) -> HttpResponse:
    """Say what changed and why, and make the draft the patient's plan."""
    version, at = doors.plan_version(request, version_id), answers.now()
    if request.method != "POST":
        if not version.is_draft:
            return redirect("plan_builder", version.pk)
        form = ActivateForm(initial={"why": suggested_why(version)})
        return render(request, "plans/builder/activate.html", _activate_context(version, at, form))
    form = ActivateForm(request.POST)
    why = request.POST.get("why", "").strip()
    attempt = Attempt(_("Activate v%(number)d") % {"number": version.number}, [why] if why else [])
    if lock_of(request) != version.lock or not version.is_draft:
        return answers.conflict(request, version, at, attempt)
    if not form.is_valid():
        return render(request, "plans/builder/activate.html", _activate_context(version, at, form), status=422)
    try:
        plans.activate(
            version=version, lock=lock_of(request), why=form.cleaned_data["why"], by=doors.user(request), at=at
        )
    except DraftChanged:
        return answers.conflict(request, version, at, attempt)
    except NotReady as problem:
        shown = _activate_context(version, at, form) | {"missing": problem.missing}
        return render(request, "plans/builder/activate.html", shown, status=422)
    except Refused as problem:
        messages.error(request, str(problem))
        return redirect("plan_builder", version.pk)
    messages.success(request, _("v%(number)d is active") % {"number": version.number})
    return redirect("patient", version.plan.patient_id)


@clinical
@require_http_methods(["GET", "HEAD", "POST"])
def discard(request: HttpRequest, version_id: UUID) -> HttpResponse:
    """Throw the draft away, after asking."""
    version, at = doors.plan_version(request, version_id), answers.now()
    patient = version.plan.patient
    if request.method != "POST":
        if not version.is_draft:
            return redirect("plan_builder", version.pk)
        return render(
            request, "plans/builder/discard.html", {"version": version, "patient": patient, "nav": "caseload"}
        )
    try:
        plans.discard_draft(version=version, lock=lock_of(request), by=doors.user(request), at=at)
    except DraftChanged:
        title = _("Throw away the draft v%(number)d") % {"number": version.number}
        return answers.conflict(request, version, at, Attempt(title))
    messages.success(request, _("Draft v%(number)d thrown away") % {"number": version.number})
    return redirect("patient", patient.pk)


def _version_context(version: PlanVersion, at: Any) -> dict[str, Any]:
    draft = drafts.read(version, at)
    plan = version.plan
    return {
        "draft": draft,
        "version": version,
        "patient": plan.patient,
        "totals": pieces.totals(draft.totals, draft.last_totals, draft.last_name, jumps=draft.jumps),
        "is_current": plan.active_version_id == version.pk,
        "open_draft": plan.versions.filter(state=PlanVersion.State.DRAFT).first(),
        "nav": "caseload",
    }


def _activate_context(version: PlanVersion, at: Any, form: ActivateForm) -> dict[str, Any]:
    draft = drafts.read(version, at)
    rows = [row.prescription for row in draft.rows]
    return {
        "form": form,
        "draft": draft,
        "checks": pieces.checks(draft.checks, address_of("patient", version.plan.patient_id)),
        "version": version,
        "patient": version.plan.patient,
        "totals": pieces.totals(draft.totals, draft.last_totals, draft.last_name, jumps=draft.jumps),
        "differences": differences(draft.before, rows) if version.based_on else [],
        "nav": "caseload",
    }
