"""Where a plan starts: from nothing, a template, an earlier version, or the structure of another patient's plan."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Exists, OuterRef, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import Patient
from accounts.policy import clinical
from plans.actions import templates
from plans.actions.refusals import DraftChanged, Refused
from plans.actions.templates import Filled
from plans.models import Plan, PlanTemplate, PlanVersion
from plans.views import doors
from plans.views.asked import uuid_or_404
from plans.views.builder import answers, offers
from plans.wording import in_a_row

FOUND_AT_MOST = 8
PARTS = "prescriptions__exercise_version__exercise__current_version"
ITEMS = "items__exercise__current_version"


@clinical
@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Choose where the draft starts (`?q=` searches templates, `?who=` patients, `?patient=` shows their plan).

    POST: `kind` (nothing, template, version, structure) and `source`, the id of what is chosen.
    """
    patient, at = doors.patient_record(request, patient_id), answers.now()
    if request.method == "POST":
        try:
            filled = _start(request, patient, at)
        except (Refused, DraftChanged) as problem:
            messages.error(request, str(problem))
            return redirect("plan_begin", patient.pk)
        if filled.left_out:
            messages.info(request, _("Left out: %(names)s.") % {"names": in_a_row(filled.left_out)})
        return redirect("plan_builder", filled.draft.pk)
    return render(request, "plans/builder/start.html", _context(request, patient, at))


def _start(request: HttpRequest, patient: Patient, at: datetime) -> Filled:
    kind, by = request.POST.get("kind", "nothing"), doors.user(request)
    title = patient.profile.goal.strip()[:120] or _("Movement plan")
    source: Any = None
    if kind == "template":
        source = doors.plan_template(request, uuid_or_404(request.POST.get("source")))
    elif kind in ("version", "structure"):
        source = doors.plan_version(request, uuid_or_404(request.POST.get("source")))
    elif kind != "nothing":
        raise Http404
    draft = templates.begin_empty(patient=patient, title=title, by=by, at=at)
    if kind == "template":
        without = request.POST.get("without_unsafe") == "1"
        return templates.fill_from_template(version=draft, template=source, by=by, at=at, without_unsafe=without)
    if kind == "version":
        return templates.fill_from_version(version=draft, source=source, by=by, at=at)
    if kind == "structure":
        return templates.fill_from_structure(version=draft, source=source, by=by, at=at)
    return Filled(draft, [])


def _context(request: HttpRequest, patient: Patient, at: datetime) -> dict[str, Any]:
    me = doors.actor(request)
    query, who = request.GET.get("q", "").strip(), request.GET.get("who", "").strip()
    usable = PlanTemplate.objects.visible_to(me.user, at).in_use().filter(Q(clinic=me.clinic) | Q(clinic=None))
    offered = offers.of_templates(usable.select_related("clinic").prefetch_related(ITEMS), patient)
    earlier = PlanVersion.objects.filter(plan__patient=patient).exclude(state=PlanVersion.State.DRAFT)
    earlier = earlier.select_related("plan").prefetch_related(PARTS).order_by("-activated_at")
    draft = PlanVersion.objects.filter(plan__patient=patient, state=PlanVersion.State.DRAFT).first()
    other = _other(request, patient)
    return {
        "patient": patient,
        "draft": draft,
        "draft_full": draft is not None and draft.prescriptions.exists(),
        "query": query,
        "who": who,
        "offers": offers.matching(offered, query) if query else offered,
        "checked": patient.profile.conditions.exists(),
        "earlier": offers.of_versions(earlier, patient),
        "people": _people(me, patient, who, at) if who else None,
        "other": other,
        "other_offer": _structure(other, patient) if other else None,
        "nav": "caseload",
    }


def _people(me: Any, patient: Patient, words: str, at: datetime) -> list[Patient]:
    """Patients of the clinic with a plan in force, by name: who they are, nothing of what they do."""
    current = Plan.objects.current().filter(patient=OuterRef("pk"))
    found = Patient.objects.visible_to(me.user, at).filter(clinic=me.clinic).named(words).exclude(pk=patient.pk)
    return list(found.filter(Exists(current))[:FOUND_AT_MOST])


def _other(request: HttpRequest, patient: Patient) -> Patient | None:
    wanted = request.GET.get("patient")
    if not wanted:
        return None
    return doors.patient_record(request, uuid_or_404(wanted))


def _structure(other: Patient, patient: Patient) -> offers.Offer | None:
    versions = PlanVersion.objects.filter(plan__patient=other, state=PlanVersion.State.ACTIVE)
    version = versions.filter(plan__in=Plan.objects.current()).prefetch_related(PARTS).first()
    return offers.of_versions([version], patient, newest=True)[0] if version else None
