"""One exercise over time: where it is used, its versions, how it goes, and the end and return of it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.policy import curator
from exercises.actions import lifecycle
from exercises.actions.links import name_of
from exercises.actions.refusals import Refused
from exercises.curation import doors, showing
from exercises.models import Exercise, ExerciseVersion
from exercises.wording_curation import verb_in_words
from plans.forms.curation import RetireForm
from plans.views.curation import use
from plans.views.curation.frame import tabs_of

PAGE = 50
SORTS = ("skipped", "pain", "prescribed", "name")


@curator
@require_safe
def used(request: HttpRequest, curated_id: UUID) -> HttpResponse:
    """Which current plans hold it: how many, whose; no patient."""
    exercise, at = doors.curated(request, curated_id), timezone.now()
    found = use.where_used(exercise, at)
    context = {**_frame(exercise, "used", found.plans), "used": found}
    return render(request, "plans/curation/used.html", context)


@curator
@require_safe
def history(request: HttpRequest, curated_id: UUID) -> HttpResponse:
    """All versions, any two of which can be compared, and what happened when."""
    exercise = doors.curated(request, curated_id)
    versions = list(exercise.versions.select_related("author", "publisher", "reviewed_by").order_by("-number"))
    events = exercise.events.select_related("by", "version")[:200]
    open_version = next((v for v in versions if v.state != ExerciseVersion.State.PUBLISHED), None)
    offered = exercise.proposals.order_by("-proposed_at").first()
    context = {
        **_frame(exercise, "history", use.plans_using(exercise.pk)),
        "versions": versions,
        "events": [(event, verb_in_words(event)) for event in events],
        "open_version": open_version,
        "neighbours": showing.neighbours(exercise),
        "offered": offered,
        "may_propose": exercise.clinic_id is not None
        and exercise.retired_at is None
        and exercise.current_version_id is not None
        and (offered is None or (offered.answered_at is not None and offered.accepted_as_id is None)),
    }
    return render(request, "plans/curation/history.html", context)


@curator
@require_safe
def statistics(request: HttpRequest, curated_id: UUID) -> HttpResponse:
    """How it went for those who were prescribed it, version by version."""
    exercise = doors.curated(request, curated_id)
    by_version = use.answers_by_version(exercise)
    whole = use.answers_by_exercise(Exercise.objects.filter(pk=exercise.pk))
    context = {
        **_frame(exercise, "statistics", use.plans_using(exercise.pk)),
        "by_version": list(by_version.items()),
        "all": use.together(list(by_version.values()), whole.get(exercise.pk, use.Answers())),
        "few": use.FEW,
        "few_patients": use.FEW_PATIENTS,
    }
    return render(request, "plans/curation/statistics.html", context)


@curator
@require_safe
def library_statistics(request: HttpRequest) -> HttpResponse:
    """Which exercises people cannot do: the whole library, the most skipped first."""
    sort = request.GET.get("sort", "")
    sort = sort if sort in SORTS else SORTS[0]
    exercises = doors.writable(request)
    answers = use.answers_by_exercise(exercises)
    known = exercises.filter(pk__in=answers).select_related("current_version", "clinic")
    rows = [(exercise, name_of(exercise), answers[exercise.pk]) for exercise in known]
    rows.sort(key=lambda row: (*_place(row[2], sort), row[1].casefold()))
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    heads = {
        "name": _("Exercise"), "prescribed": _("Plans"), "skipped": _("Skipped"), "pain": _("Pain during"),
    }  # fmt: skip
    context = {"page": page, "sort": sort, "heads": heads, "nav": "review", "few": use.FEW}
    context["few_patients"] = use.FEW_PATIENTS
    return render(request, "plans/curation/library_statistics.html", context)


@curator
@require_http_methods(["GET", "HEAD", "POST"])
def retire(request: HttpRequest, curated_id: UUID) -> HttpResponse:
    """Ask with the consequences in sight: which plans use it and who will be told; then retire."""
    exercise, at = doors.curated(request, curated_id), timezone.now()
    form = RetireForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            lifecycle.retire(exercise=exercise, reason=form.cleaned_data["reason"], by=doors.user(request), at=at)
        except Refused as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, _("Retired. The clinicians whose plans use it are told."))
        return redirect("exercise_history", exercise.pk)
    context = {**_frame(exercise, "", 0), "form": form, "used": use.where_used(exercise, at)}
    return render(request, "plans/curation/retire.html", context, status=422 if form.errors else 200)


@curator
@require_POST
def restore(request: HttpRequest, curated_id: UUID) -> HttpResponse:
    exercise = doors.curated(request, curated_id)
    try:
        lifecycle.restore(exercise=exercise, by=doors.user(request), at=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("Back in the library."))
    return redirect("exercise_history", exercise.pk)


def _frame(exercise: Exercise, tab: str, plans: int) -> dict[str, Any]:
    return {
        "exercise": exercise,
        "name": name_of(exercise),
        "tabs": tabs_of(exercise, tab, plans=plans),
        "nav": "review",
    }


def _place(answers: use.Answers, sort: str) -> tuple[float, ...]:
    """Where a row stands: what is asked for, most first; what has too few answers comes last."""
    if sort == "prescribed":
        return (-answers.prescribed,)
    if sort == "name":
        return ()
    share = answers.skipped_share if sort == "skipped" else answers.pain_mean
    return (1, 0) if share is None else (0, -share)
