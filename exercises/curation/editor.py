"""The editor: one page, saved as it is written, with the patient's view beside it. Incomplete is fine until review."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.policy import curator
from exercises.actions import lifecycle
from exercises.actions.refusals import DraftChanged, NotReady, Refused
from exercises.curation import doors, showing, translating
from exercises.difference import Change, difference
from exercises.forms_editor import BLANK_ROWS, EditorForm, Row
from exercises.media_views import media_section
from exercises.models import ExerciseVersion
from exercises.review import Missing, missing_for_review
from exercises.wording_curation import lines

NOT_SENT_AGAIN = {"csrfmiddlewaretoken", "lock", "then"}
DOSE_FIELDS = ("starting_dose", "dose_range")
PLACES = tuple(EditorForm.base_fields)


@dataclass(frozen=True)
class Said:
    """A sentence beside a field. `unsaved`: what was typed there is not stored, or the review was refused for it."""

    sentence: str
    unsaved: bool


@curator
@require_http_methods(["GET", "HEAD", "POST"])
def editor(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """The page of a draft. POST saves it: as it is written (htmx), with a button, or on the way to review."""
    version = doors.draft(request, draft_id)
    if version.state == ExerciseVersion.State.REVIEW:
        return redirect("version_review", version.pk)
    if request.method != "POST":
        return render(request, "exercises/curation/editor.html", _page(version, EditorForm(version)))
    return _save(request, version)


def _save(request: HttpRequest, version: ExerciseVersion) -> HttpResponse:
    form, at, by = EditorForm(version, request.POST), timezone.now(), doors.user(request)
    then = request.POST.get("then", "")
    try:
        saved = lifecycle.save_draft(version=version, content=form.content(), lock=_lock(request), by=by, at=at)
    except DraftChanged:
        stored = doors.draft(request, version.pk)
        changes = _against(stored, form)
        if changes or stored.state != ExerciseVersion.State.DRAFT:
            return _conflict(request, stored, changes)
        saved = stored  # the same again: the answer to the first time got lost on its way
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("exercise_editor", version.pk)
    if request.htmx:  # type: ignore[attr-defined]
        answer = render(request, "exercises/curation/_saved.html", _saved(saved, form))
        answer["X-Saved"] = "yes"
        return answer
    unsaved = bool(form.errors or any(form.row_errors().values()))
    if then == "review" and not unsaved:
        return _submit(request, saved, form)
    if unsaved:
        messages.warning(request, _("Saved, except for what is marked."))
        return render(
            request, "exercises/curation/editor.html", _page(saved, form, strict=then == "review"), status=422
        )
    messages.success(request, _("Draft saved."))
    return redirect(reverse("exercise_editor", args=[saved.pk]) + ("#preview" if then == "preview" else ""))


def _submit(request: HttpRequest, saved: ExerciseVersion, form: EditorForm) -> HttpResponse:
    try:
        lifecycle.submit(version=saved, lock=saved.lock, by=doors.user(request), at=timezone.now())
    except NotReady:
        return render(request, "exercises/curation/editor.html", _page(saved, form, strict=True), status=422)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("exercise_editor", saved.pk)
    messages.success(request, _("Sent to review. Somebody else publishes it."))
    return redirect("version_review", saved.pk)


def _against(stored: ExerciseVersion, form: EditorForm) -> list[Change]:
    """What was typed, as a difference to what is stored."""
    mine = ExerciseVersion.objects.select_related("exercise").get(pk=stored.pk)
    content = form.content()
    cautions = content.pop("cautions")
    for name, value in content.items():
        setattr(mine, name, value)
    changes = difference(showing.comparable(stored), showing.comparable(mine, cautions))
    if mine.change_note != stored.change_note:
        changes.append(Change("change_note", stored.change_note or None, mine.change_note or None))
    return changes


def _conflict(request: HttpRequest, stored: ExerciseVersion, changes: list[Change]) -> HttpResponse:
    """409: what is stored beside what was typed. Nothing was overwritten, and nothing that was typed is lost."""
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "exercises/curation/_conflict_note.html", {"stored": stored}, status=409)
    sent = [(name, value) for name in request.POST for value in request.POST.getlist(name)]
    context = {
        "stored": stored,
        "lines": lines(changes),
        "sent": [pair for pair in sent if pair[0] not in NOT_SENT_AGAIN],
        "can_save": stored.state == ExerciseVersion.State.DRAFT,
        "nav": "review",
    }
    return render(request, "exercises/curation/conflict.html", context, status=409)


def _page(version: ExerciseVersion, form: EditorForm, *, strict: bool = False) -> dict[str, Any]:
    exercise = version.exercise
    known = showing.neighbours(exercise)
    asked = exercise.events.filter(verb__in=["sent back", "sent to review"]).select_related("by").first()
    return {
        **_saved(version, form, strict=strict),
        **media_section(version),
        "media_closed": True,
        "exercise": exercise,
        "asked": asked if asked and asked.verb == "sent back" else None,
        "languages": translating.waiting(version),
        "neighbours": known,
        "linkable": showing.linkable(exercise, known),
        "blank_rows": range(BLANK_ROWS),
        "blank": Row({}),
        "nav": "review",
    }


def _saved(version: ExerciseVersion, form: EditorForm, *, strict: bool = False) -> dict[str, Any]:
    """What changes with every save: the time, what is missing, what is said beside each field, the preview."""
    missing = missing_for_review(version)
    said = _said(form, missing, strict=strict)
    names = [name for name in PLACES if name != "change_note" or version.number > 1]
    return {
        "version": version,
        "form": form,
        "missing": missing,
        "said": said,
        "refused": strict and missing,
        "places": [(name, said.get(name, [])) for name in (*names, "dose", "cautions", "evidence")],
        "preview": showing.as_patient(version),
    }


def _said(form: EditorForm, missing: list[Missing], *, strict: bool) -> Mapping[str, list[Said]]:
    """Place on the page -> what to say there: what is not saved, and what a review will miss.

    What nobody has filled in yet is said in the list of missing things alone, unless the draft was meant for review.
    """
    found: dict[str, list[Said]] = {}
    errors: list[tuple[str, Iterable[object]]] = [*form.errors.items(), *form.row_errors().items()]
    for name, sentences in errors:
        found.setdefault(_place(name), []).extend(Said(str(sentence), True) for sentence in sentences)
    for each in missing:
        if _place(each.field) not in found and (strict or _is_filled(form, each.field)):
            found[_place(each.field)] = [Said(each.sentence, strict)]
    return found


def _place(name: str) -> str:
    return "dose" if name in DOSE_FIELDS or name.startswith(("start_", "least_", "most_")) else name


def _is_filled(form: EditorForm, field: str) -> bool:
    if field in DOSE_FIELDS:
        return any(box.value() not in (None, "") for _key, _name, boxes in form.dose_table() for box in boxes)
    if field in ("cautions", "evidence"):
        return bool(getattr(form, field))
    return field in form.fields and form[field].value() not in (None, "", [])


def _lock(request: HttpRequest) -> int:
    """The state of the draft that the page was made from. Without one it is nobody's state, so nothing is saved."""
    text = request.POST.get("lock", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1
