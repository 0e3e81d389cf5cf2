"""The clinic's templates: look, use, copy, change their words, put away."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Patient
from accounts.policy import Actor, clinical
from plans.actions import templates
from plans.actions.refusals import DraftChanged, Refused
from plans.forms.templates import TemplateForm
from plans.models import PlanTemplate, PlanVersion
from plans.views import doors
from plans.views.asked import uuid_or_404
from plans.views.builder import answers, offers
from plans.views.builder.changes import lock_of
from plans.views.builder.starting import ITEMS

FOUND_AT_MOST = 8


@clinical
@require_safe
def all_templates(request: HttpRequest) -> HttpResponse:
    """Those for everyone and those of the clinic; `?q=` searches, `?away=1` shows what was put away."""
    me, at = doors.actor(request), answers.now()
    query, away = request.GET.get("q", "").strip(), request.GET.get("away") == "1"
    rows = PlanTemplate.objects.visible_to(me.user, at).filter(Q(clinic=me.clinic) | Q(clinic=None))
    put_away = rows.filter(clinic=me.clinic, archived_at__isnull=False)
    shown = put_away if away else rows.in_use()
    offered = offers.of_templates(shown.select_related("clinic", "made_by").prefetch_related(ITEMS))
    found = offers.matching(offered, query) if query else offered
    page = {
        "own": [offer for offer in found if offer.template and offer.template.clinic_id],
        "shared": [offer for offer in found if offer.template and not offer.template.clinic_id],
        "query": query,
        "away": away,
        "away_count": put_away.count(),
        "nav": "templates",
    }
    return render(request, "plans/builder/templates.html", page)


@clinical
@require_safe
def one(request: HttpRequest, template_id: UUID) -> HttpResponse:
    """One template with its exercises; `?who=` finds the patient to use it for."""
    me, at = doors.actor(request), answers.now()
    template = doors.plan_template(request, template_id)
    who = request.GET.get("who", "").strip()
    page = {
        "template": template,
        "offer": offers.of_templates(PlanTemplate.objects.filter(pk=template.pk).prefetch_related(ITEMS))[0],
        "who": who,
        "people": _people(me, who, at) if who else None,
        "changes": template.steps.select_related("by"),
        "nav": "templates",
    }
    return render(request, "plans/builder/template.html", page)


@clinical
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, template_id: UUID) -> HttpResponse:
    """Change the words of a template of one's own clinic; its exercises are changed in the builder."""
    template = doors.plan_template(request, template_id)
    words = {"name": template.name, "meant_for": template.meant_for, "note": template.note, "lock": template.lock}
    form = TemplateForm(request.POST if request.method == "POST" else None, initial=words)
    if template.clinic_id is None:
        messages.error(request, _("This template is shared by all clinics. Copy it, and change the copy."))
        return redirect("template", template.pk)
    if form.is_valid():
        lock = form.cleaned_data["lock"]
        try:
            templates.rename_template(
                template=template,
                lock=-1 if lock is None else lock,
                by=doors.user(request),
                at=answers.now(),
                **form.words,
            )
        except (Refused, DraftChanged) as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(request, _("Template saved."))
            return redirect("template", template.pk)
    page = {"form": form, "template": template, "nav": "templates"}
    return render(request, "plans/builder/template_form.html", page, status=422 if form.errors else 200)


@clinical
@require_POST
def copy(request: HttpRequest, template_id: UUID) -> HttpResponse:
    """A copy of one's own clinic, to be renamed."""
    template, me = doors.plan_template(request, template_id), doors.actor(request)
    assert me.clinic is not None
    by, at = me.user, answers.now()
    name = _("%(name)s (copy)") % {"name": template.said.name[:100]}
    try:
        copied = templates.copy_template(template=template, clinic=me.clinic, name=name, by=by, at=at)
    except Refused as problem:
        messages.error(request, str(problem))
        return redirect("template", template.pk)
    messages.success(request, _("Copied. Give it a name of its own."))
    return redirect("template_edit", copied.pk)


@clinical
@require_POST
def put_away(request: HttpRequest, template_id: UUID) -> HttpResponse:
    return _changed(request, template_id, templates.put_away, _("Template put away."))


@clinical
@require_POST
def bring_back(request: HttpRequest, template_id: UUID) -> HttpResponse:
    return _changed(request, template_id, templates.bring_back, _("Template is offered again."))


@clinical
@require_http_methods(["GET", "HEAD", "POST"])
def save(request: HttpRequest, version_id: UUID) -> HttpResponse:
    """Keep the exercises of a version as a template of the clinic; or, with `into`, in the place of an older one's."""
    version = doors.plan_version(request, version_id)
    if "into" in request.POST:
        return _into(request, version)
    form = TemplateForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            made = templates.save_as_template(version=version, by=doors.user(request), at=answers.now(), **form.words)
        except Refused as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(request, _("Kept as a template of your clinic."))
            return redirect("template", made.pk)
    own = PlanTemplate.objects.in_use().filter(clinic=version.plan.patient.clinic)
    page = {"form": form, "version": version, "patient": version.plan.patient, "own": own, "nav": "caseload"}
    return render(request, "plans/builder/template_form.html", page, status=422 if form.errors else 200)


def _into(request: HttpRequest, version: PlanVersion) -> HttpResponse:
    template = doors.plan_template(request, uuid_or_404(request.POST.get("into")))
    at, lock = answers.now(), lock_of(request)
    try:
        templates.update_from_version(template=template, version=version, lock=lock, by=doors.user(request), at=at)
    except (Refused, DraftChanged) as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, _("Template brought up to date."))
    return redirect("template", template.pk)


def _people(me: Actor, words: str, at: datetime) -> list[Patient]:
    """Patients in care, by name, for whom this person may build a plan."""
    rows = Patient.objects.visible_to(me.user, at).filter(clinic=me.clinic)
    return list(rows.current().named(words)[:FOUND_AT_MOST])


def _changed(request: HttpRequest, template_id: UUID, action: Any, said: str) -> HttpResponse:
    template = doors.plan_template(request, template_id)
    try:
        action(template=template, by=doors.user(request), at=answers.now())
    except Refused as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, said)
    return redirect("template", template.pk)
