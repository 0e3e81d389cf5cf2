"""Likely duplicates: a list, two side by side, and the decision. Nothing is merged but by a curator."""

from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import CharField, Exists, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Clinic, User
from accounts.policy import curator
from exercises.actions import merges
from exercises.actions.refusals import Refused
from exercises.duplicates import compare as compare_names
from exercises.import_forms import PairForm, libraries
from exercises.models import Exercise, ExerciseVersion, Merge
from exercises.side_by_side import rows as side_by_side
from exercises.suggestions import suggest
from exercises.transfer.judging import named

PAGE = 20
RECENT = 8


@curator
@require_safe
def duplicates(request: HttpRequest) -> HttpResponse:
    """Pairs that may be one exercise, the likeliest first, and the merges of late."""
    user, at = _user(request), timezone.now()
    mine = libraries(user, at)
    chosen = request.GET.get("library", "")
    key = chosen if chosen in mine else next(iter(mine), "")
    goal = request.GET.get("goal", "")
    found = suggest(mine[key], goal if goal in ExerciseVersion.Goal.values else "") if mine else None
    pairs = found.pairs if found else []
    context = {
        "page": Paginator(pairs, PAGE).get_page(request.GET.get("page")),
        "found": found,
        "libraries": [(value, clinic.name if clinic else _("The shared library")) for value, clinic in mine.items()],
        "library": key,
        "goals": ExerciseVersion.Goal.choices,
        "merges": _recent(user, at, mine.get(key)),
        "nav": "review",
    }
    return render(request, "exercises/duplicates/list.html", context)


@curator
@require_safe
def compare(request: HttpRequest, one_id: UUID, other_id: UUID) -> HttpResponse:
    """Two exercises side by side, what differs marked."""
    one, other = _pair(request, one_id, other_id)
    shown = side_by_side(one, other)
    likeness = compare_names(named("", shown.contents[0]), named("", shown.contents[1]))
    context: dict[str, Any] = {"one": one, "other": other, "shown": shown, "likeness": likeness, "nav": "review"}
    return render(request, "exercises/duplicates/compare.html", context)


@curator
@require_POST
def merge(request: HttpRequest, one_id: UUID, other_id: UUID) -> HttpResponse:
    """Merges two into the one that is to be kept."""
    one, other = _pair(request, one_id, other_id)
    first = PairForm(request.POST).kept_of(one.pk, other.pk)
    if first is None:
        messages.error(request, _("Choose which of the two is kept."))
        return redirect("duplicates_compare", one_id, other_id)
    kept, merged = (one, other) if first else (other, one)
    try:
        done = merges.merge(kept=kept, merged=merged, by=_user(request), at=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("duplicates_compare", one_id, other_id)
    said = _("Merged into “%(name)s”.") % {"name": merges.name_of(kept)}
    if done.names:
        said += " " + _("Its names are in a draft now.")
    else:
        said += " " + _("No name was added.")
    messages.success(request, said, extra_tags=f"undo:{reverse('merge_undo', args=[done.merge.pk])}")
    return redirect("duplicates")


@curator
@require_POST
def apart(request: HttpRequest, one_id: UUID, other_id: UUID) -> HttpResponse:
    """Remembers that two exercises are not the same."""
    one, other = _pair(request, one_id, other_id)
    try:
        merges.mark_different(one=one, other=other, by=_user(request), at=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("Kept as two. They are not suggested again."))
    return redirect("duplicates")


@curator
@require_POST
def undo(request: HttpRequest, merge_id: UUID) -> HttpResponse:
    """Takes a merge back."""
    writable = Exercise.objects.writable_by(_user(request), timezone.now())
    row = get_object_or_404(Merge.objects.filter(merged__in=writable).select_related("kept", "merged"), pk=merge_id)
    try:
        clean = merges.undo(merge=row, by=_user(request), at=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("Merge undone"))
        if not clean:
            words = _("Its names still stand with “%(name)s”. Take them out there.")
            messages.warning(request, words % {"name": merges.name_of(row.kept)})
    return redirect("duplicates")


def _pair(request: HttpRequest, one_id: UUID, other_id: UUID) -> tuple[Exercise, Exercise]:
    """Two exercises of which this curator writes at least one and may look at the other, or 404."""
    user, at = _user(request), timezone.now()
    rows = Exercise.objects.select_related("current_version", "clinic")
    written = Exists(ExerciseVersion.objects.filter(exercise=OuterRef("pk")))
    writable = {row.pk: row for row in rows.writable_by(user, at).filter(written, pk__in=[one_id, other_id])}
    if not writable:
        raise Http404
    readable = rows.visible_to(user, at).prescribable()
    one, other = (writable.get(pk) or get_object_or_404(readable, pk=pk) for pk in (one_id, other_id))
    return one, other


def _recent(user: User, at: Any, clinic: Clinic | None) -> list[Merge]:
    rows = Merge.objects.filter(merged__in=Exercise.objects.writable_by(user, at), merged__clinic=clinic)
    rows = rows.annotate(kept_name=_name("kept"), merged_name=_name("merged"))
    return list(rows.select_related("by")[:RECENT])


def _name(side: str) -> Coalesce:
    """The name of one side of a merge, as merges.name_of has it."""
    drafts = ExerciseVersion.objects.filter(exercise=OuterRef(side)).order_by("-number")
    names = [f"{side}__current_version__name", Subquery(drafts.values("name")[:1]), f"{side}__slug"]
    return Coalesce(*names, output_field=CharField())


def _user(request: HttpRequest) -> User:
    return cast(User, request.user)
