"""Pictures and videos of an exercise: the curator's page about them, and the files for staff."""

from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from accounts.policy import curator, staff
from exercises.actions import media as actions
from exercises.actions.media_preparing import try_again
from exercises.actions.refusals import Refused
from exercises.forms_media import MediaForm, MediaWordsForm
from exercises.models import Exercise, ExerciseVersion, Media
from exercises.uploads import limits
from exercises.uploads.serving import captions_response, media_response
from exercises.uploads.wording import sentence


def media_section(version: ExerciseVersion, form: MediaForm | None = None) -> dict[str, Any]:
    """The context of exercises/_media.html. `form` is one that came back with errors."""
    items = list(version.media.all())
    for item in items:
        item.sentence = sentence(item.error) if item.error else ""  # type: ignore[attr-defined]
    return {
        "version": version,
        "media_items": items,
        "media_form": form or MediaForm(),
        "media_open": version.state == ExerciseVersion.State.DRAFT,
        "media_full": len(items) >= limits.ITEMS_A_VERSION,
        "media_most": limits.ITEMS_A_VERSION,
    }


@curator
@require_http_methods(["GET", "HEAD", "POST"])
def exercise_media(request: HttpRequest, curated_id: UUID) -> HttpResponse:
    """All pictures and videos of the draft (or, to look at, of the version that is published); POST adds one."""
    at = timezone.now()
    exercise = get_object_or_404(Exercise.objects.writable_by(_user(request), at), pk=curated_id)
    version = _in_work(exercise)
    form, status = None, 200
    if request.method == "POST":
        form = MediaForm(request.POST, request.FILES)
        if getattr(request, "files_too_large", False):
            form.add_error("file", sentence("video_bytes"))
        elif not form.is_valid() and "file" in request.FILES and "file" not in form.errors:
            form.add_error("file", _("Choose the file again: a page cannot keep it while something is put right."))
        if form.is_valid():
            try:
                actions.add_media(
                    version=version, upload=form.cleaned_data["file"], words=form.words(), by=_user(request), at=at
                )
            except actions.FileRefused as refused:
                form.add_error("file", str(refused))
            except Refused as refused:
                form.add_error(None, str(refused))
            else:
                messages.success(request, _("Added. It is being prepared."))
                return redirect("exercise_media", exercise.pk)
        status = 422
    context = {"exercise": exercise, "nav": "library", **media_section(version, form)}
    return render(request, "exercises/media.html", context, status=status)


@curator
@require_http_methods(["GET", "HEAD", "POST"])
def media_edit(request: HttpRequest, curated_media_id: UUID) -> HttpResponse:
    media = _mine(request, curated_media_id)
    form = MediaWordsForm(request.POST or None, media=media)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_words(media=media, words=form.words(), by=_user(request), at=timezone.now())
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            return redirect("exercise_media", media.version.exercise_id)
    context = {"form": form, "media": media, "version": media.version, "nav": "library"}
    return render(request, "exercises/media_edit.html", context, status=422 if form.errors else 200)


@curator
@require_POST
def media_move(request: HttpRequest, curated_media_id: UUID) -> HttpResponse:
    media = _mine(request, curated_media_id)
    down = request.POST.get("to") == "down"
    return _done(
        request, media, lambda: actions.move_media(media=media, down=down, by=_user(request), at=timezone.now())
    )


@curator
@require_POST
def media_remove(request: HttpRequest, curated_media_id: UUID) -> HttpResponse:
    media = _mine(request, curated_media_id)
    return _done(request, media, lambda: actions.remove_media(media=media, by=_user(request), at=timezone.now()))


@curator
@require_POST
def media_again(request: HttpRequest, curated_media_id: UUID) -> HttpResponse:
    media = _mine(request, curated_media_id)
    return _done(request, media, lambda: try_again(media=media, by=_user(request), at=timezone.now()))


@curator
@require_safe
def media_state(request: HttpRequest, curated_media_id: UUID) -> HttpResponse:
    """How far the preparing of one item has come: the fragment that asks for itself until it is done."""
    media = _mine(request, curated_media_id)
    return render(request, "exercises/_media_state.html", {"item": media, "sentence": sentence(media.error)})


@staff
@require_safe
def media_file(request: HttpRequest, media_id: UUID) -> HttpResponseBase:
    return media_response(request, _visible(request, media_id))


@staff
@require_safe
def media_thumbnail(request: HttpRequest, media_id: UUID) -> HttpResponseBase:
    return media_response(request, _visible(request, media_id), thumbnail=True)


@staff
@require_safe
def media_captions(request: HttpRequest, media_id: UUID) -> HttpResponseBase:
    return captions_response(_visible(request, media_id))


def _user(request: HttpRequest) -> User:
    return cast(User, request.user)


def _in_work(exercise: Exercise) -> ExerciseVersion:
    """The version that is being written, else the newest one."""
    versions = exercise.versions.order_by("-number")
    work = versions.exclude(state=ExerciseVersion.State.PUBLISHED).first() or versions.first()
    return get_object_or_404(versions, pk=work.pk if work else None)


def _mine(request: HttpRequest, media_id: UUID) -> Media:
    """An item that this curator may write, or 404."""
    writable = Exercise.objects.writable_by(_user(request), timezone.now())
    return get_object_or_404(_rows().filter(version__exercise__in=writable), pk=media_id)


def _visible(request: HttpRequest, media_id: UUID) -> Media:
    """An item of a published version that this person sees, or of a draft that they may write; or 404."""
    user, at = _user(request), timezone.now()
    published = Q(version__state=ExerciseVersion.State.PUBLISHED)
    seen = Q(version__exercise__in=Exercise.objects.visible_to(user, at))
    written = Q(version__exercise__in=Exercise.objects.writable_by(user, at))
    return get_object_or_404(_rows().filter(published & seen | written), pk=media_id)


def _rows() -> QuerySet[Media]:
    return Media.objects.select_related("version__exercise")


def _done(request: HttpRequest, media: Media, work: Any) -> HttpResponse:
    """Do it, say why not if it was refused, and show the list again."""
    try:
        work()
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("exercise_media", media.version.exercise_id)
