"""The review: what waits, what a version changes and what that means for plans; a second person publishes."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.policy import curator
from exercises import translated
from exercises.actions import lifecycle
from exercises.actions.refusals import NotReady, Refused
from exercises.curation import doors, showing
from exercises.models import ExerciseVersion
from exercises.review import missing_for_review
from exercises.said import language
from plans.actions.library import effect_of
from plans.forms.curation import ChangeForm, PublishForm
from plans.views.curation import queue, use
from plans.views.curation.frame import tabs_of


@curator
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """The curator's own work list. `?list=` chooses one of queue.LISTS."""
    at, me = timezone.now(), doors.user(request)
    counts = queue.counts(me, at)
    asked = request.GET.get("list", "")
    name = asked if asked in queue.LISTS else next((each for each in queue.LISTS if counts[each]), "waiting")
    page, items = queue.page_of(name, me, at, request.GET.get("page"))
    words = {
        "waiting": _("Waiting for you"),
        "shipped": _("Not yet reviewed here"),
        "mine": _("Yours"),
        "others": _("Drafts of others"),
        "proposals": _("Proposals"),
        "retired": _("Retired"),
    }
    shown = [each for each in queue.LISTS if each != "proposals" or me.curates_shared_library]
    tabs = [
        {
            "url": f"{reverse('library_review')}?list={each}",
            "label": words[each],
            "count": counts[each],
            "current": each == name,
        }
        for each in shown
    ]
    context = {"tabs": tabs, "list": name, "page": page, "items": items, "title": words[name], "nav": "review"}
    return render(request, "plans/curation/overview.html", context)


@curator
@require_safe
def version_review(request: HttpRequest, exercise_version_id: UUID) -> HttpResponse:
    """A version in review, or a shipped one that waits for a first look. `?tab=fields` shows all of it."""
    return _show(request, doors.curated_version(request, exercise_version_id))


@curator
@require_POST
def publish(request: HttpRequest, exercise_version_id: UUID) -> HttpResponse:
    version = doors.curated_version(request, exercise_version_id)
    form = PublishForm(request.POST)
    if not form.is_valid():
        return _show(request, version, publish_form=form, status=422)
    try:
        lifecycle.publish(version=version, by=doors.user(request), at=timezone.now())
    except NotReady as refused:
        for sentence in refused.missing:
            messages.error(request, sentence)
        return redirect("version_review", version.pk)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("version_review", version.pk)
    messages.success(
        request, _("%(name)s, version %(number)d, is published.") % {"name": version.name, "number": version.number}
    )
    return redirect("library_review")


@curator
@require_POST
def send_back(request: HttpRequest, exercise_version_id: UUID) -> HttpResponse:
    version = doors.curated_version(request, exercise_version_id)
    form = ChangeForm(request.POST)
    if not form.is_valid():
        return _show(request, version, change_form=form, status=422)
    try:
        lifecycle.send_back(version=version, note=form.cleaned_data["note"], by=doors.user(request), at=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("version_review", version.pk)
    messages.success(request, _("Sent back with your note."))
    return redirect("library_review")


@curator
@require_POST
def reviewed(request: HttpRequest, exercise_version_id: UUID) -> HttpResponse:
    """A person of this installation has read a shipped version; on to the next."""
    version, at, me = doors.curated_version(request, exercise_version_id), timezone.now(), doors.user(request)
    try:
        lifecycle.review_shipped(version=version, by=me, at=at)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("%(name)s is reviewed here.") % {"name": version.name})
    following = queue.next_shipped(me, at, version)
    return redirect("version_review", following.pk) if following else redirect("library_review")


def _show(
    request: HttpRequest,
    version: ExerciseVersion,
    *,
    publish_form: PublishForm | None = None,
    change_form: ChangeForm | None = None,
    status: int = 200,
) -> HttpResponse:
    at, me = timezone.now(), doors.user(request)
    exercise = version.exercise
    before = exercise.versions.filter(state=ExerciseVersion.State.PUBLISHED, number__lt=version.number).first()
    everything = before is None or request.GET.get("tab") == "fields"
    in_review = version.state == ExerciseVersion.State.REVIEW
    seen = showing.compared(before, version)
    shown = showing.everything(version) if everything else seen.lines
    context = {
        "version": version,
        "exercise": exercise,
        "before": before,
        "everything": everything,
        "lines": shown,
        "beside": queue.beside(me, at, version),
        "tabs": tabs_of(
            exercise,
            "fields" if everything else "changes",
            version=version,
            changes=len(seen.changes) if before else None,
            plans=use.plans_using(exercise.pk),
        ),
        "in_review": in_review,
        "mine": version.author_id == me.pk,
        "missing": missing_for_review(version) if in_review else [],
        "effect": effect_of(version) if in_review and before else None,
        "publish_form": publish_form or PublishForm(),
        "change_form": change_form or ChangeForm(),
        "preview": showing.as_patient(version, seen.new_steps),
        "spoken": _languages(request, version, everything=everything),
        "nav": "review",
    }
    return render(request, "plans/curation/version_review.html", context, status=status)


def _languages(request: HttpRequest, version: ExerciseVersion, *, everything: bool) -> dict[str, Any]:
    """The language of the preview, `now`, and links to all that it can be read in when there are several."""
    known = {
        short: (code, name)
        for code, name in settings.LANGUAGES
        if (short := code.partition("-")[0]) == translated.SOURCE or short in version.translations
    }
    asked = request.GET.get("said", "")
    now = asked if asked in known else language()
    kept = "tab=fields&" if everything else ""
    links = [
        {"code": code, "name": name, "url": f"?{kept}said={short}", "on": short == now}
        for short, (code, name) in known.items()
    ]
    return {"now": known[now][0] if now in known else get_language(), "links": links if len(links) > 1 else []}
