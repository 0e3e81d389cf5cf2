"""The life of an exercise: written, reviewed, published by a second person, retired. Every step is one transaction.

Who saved a draft last is its author: they answer for all of it, and somebody else publishes (the database refuses
anything else). Published versions never change; an edit makes the next one as a copy.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Max, Q
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.models import Clinic, User
from accounts.names import folded
from exercises import translated
from exercises.actions.events import note_event, note_publication
from exercises.actions.figures import keep_pose
from exercises.actions.media import copy_media, drop_media
from exercises.actions.refusals import DraftChanged, NotReady, Refused
from exercises.models import Caution, Exercise, ExerciseVersion, LibraryChange
from exercises.review import missing_for_review

CONTENT = (
    "name", "also_known_as", "goal", "family", "body_regions", "position", "equipment", "impact", "effort_min",
    "effort_max", "met_value", "met_edition", "met_code", "starting_dose", "dose_range", "steps", "cues",
    "common_mistakes", "should_feel", "stop_if", "evidence", "figure", "source", "licence",
)  # fmt: skip
"""What a curator writes. Cautions are rows of their own; `change_note` says what changed and why."""

State = ExerciseVersion.State


def create(*, name: str, clinic: Clinic | None, by: User, at: datetime) -> ExerciseVersion:
    """A new exercise of the shared library (no clinic) or of a clinic, with its first draft."""
    name = name.strip()
    if not name:
        raise Refused(_("Give the exercise a name."))
    with transaction.atomic():
        same = Exercise.objects.filter(clinic=clinic, retired_at__isnull=True)
        taken = same.filter(
            Q(current_version__name__iexact=name) | Q(versions__name__iexact=name, current_version=None)
        )
        if taken.exists():
            raise Refused(_("There is an exercise with this name in this library already. Edit that one."))
        exercise = Exercise.objects.create(clinic=clinic, slug=free_slug(name, clinic))
        draft = ExerciseVersion.objects.create(
            exercise=exercise, number=1, name=name, author=by, saved_at=at, search_key=search_key({"name": name})
        )
        note_event(exercise=exercise, verb="created", by=by, at=at)
    return draft


def edit(*, exercise: Exercise, by: User, at: datetime) -> ExerciseVersion:
    """The draft to work on: the open one, else the next version as a copy of the current one."""
    with transaction.atomic():
        exercise = _locked(exercise)
        if exercise.retired_at is not None:
            raise Refused(_("This exercise is retired. Bring it back to the library before you change it."))
        open_version = exercise.versions.exclude(state=State.PUBLISHED).first()
        if open_version is not None and open_version.state == State.REVIEW:
            raise Refused(
                _("Version %(number)d is being reviewed. It can change once it has been sent back.")
                % {"number": open_version.number}
            )
        if open_version is not None:
            return open_version
        current = exercise.current_version
        highest = exercise.versions.aggregate(highest=Max("number"))["highest"] or 0
        draft = ExerciseVersion.objects.create(
            exercise=exercise,
            number=highest + 1,
            author=by,
            saved_at=at,
            **({} if current else {"name": exercise.slug}),
        )
        if current is not None:
            copy_content(from_version=current, to_version=draft)
        note_event(exercise=exercise, verb="draft started", by=by, at=at, note=f"v{draft.number}")
    return draft


def save_draft(
    *, version: ExerciseVersion, content: Mapping[str, Any], lock: int, by: User, at: datetime
) -> ExerciseVersion:
    """Store what has been written so far; it may be incomplete. What `content` does not name stays as it is.

    Keys are CONTENT, "change_note" and "cautions" (mappings with condition, kind and reason, one a condition).
    Raises DraftChanged when somebody saved since it was shown.
    """
    unknown = set(content) - {*CONTENT, "change_note", "cautions"}
    if unknown:
        raise ValueError(f"not part of an exercise: {sorted(unknown)}")
    with transaction.atomic():
        _take_lock(version, lock, at)
        draft = ExerciseVersion.objects.select_related("exercise").get(pk=version.pk)
        for name, value in content.items():
            if name != "cautions":
                setattr(draft, name, value)
        draft.search_key = search_key({name: getattr(draft, name) for name in CONTENT})
        if draft.author_id != by.pk:
            draft.author = by
            note_event(exercise=draft.exercise, verb="taken over", by=by, at=at, note=f"v{draft.number}")
        draft.save()
        if "cautions" in content:
            _store_cautions(draft, content["cautions"])
    return draft


def english_of(version: ExerciseVersion) -> dict[str, Any]:
    """What a translation is made from: translated.FIELDS, and "cautions" as condition -> reason."""
    cautions = {caution.condition_id: caution.reason for caution in version.cautions.all()}
    return {name: getattr(version, name) for name in translated.FIELDS} | {"cautions": cautions}


def translate(
    *, version: ExerciseVersion, language: str, said: Mapping[str, Any], lock: int, by: User, at: datetime
) -> None:
    """Keep a draft's words in another language, as they fit its English now. `said` as `english_of`; empty: none.

    Raises DraftChanged when somebody saved since it was shown.
    """
    with transaction.atomic():
        _take_lock(version, lock, at)
        draft = ExerciseVersion.objects.select_related("exercise").get(pk=version.pk)
        draft.translations = draft.translations | {language: translated.kept(english_of(draft), said)}
        draft.save(update_fields=["translations"])
        note_event(exercise=draft.exercise, verb="translated", by=by, at=at, note=f"v{draft.number}, {language}")


def submit(*, version: ExerciseVersion, lock: int, by: User, at: datetime) -> None:
    """Send a draft to review. Raises NotReady with what is missing."""
    with transaction.atomic():
        exercise = _locked(version.exercise)
        _take_lock(version, lock, at)
        draft = exercise.versions.get(pk=version.pk)
        missing = missing_for_review(draft)
        if missing:
            raise NotReady([each.sentence for each in missing])
        draft.state = State.REVIEW
        draft.author = by
        draft.save(update_fields=["state", "author"])
        note_event(exercise=exercise, version=draft, verb="sent to review", by=by, at=at, note=draft.change_note)


def take_back(*, version: ExerciseVersion, by: User, at: datetime) -> None:
    """The author wants to go on writing: out of review, a draft again."""
    with transaction.atomic():
        exercise, reviewed = _in_review(version)
        if reviewed.author_id != by.pk:
            raise Refused(_("Only the author takes it back. Ask for a change instead, and say which."))
        _to_draft(reviewed)
        note_event(exercise=exercise, version=reviewed, verb="taken back", by=by, at=at)


def send_back(*, version: ExerciseVersion, note: str, by: User, at: datetime) -> None:
    """Ask the author for a change, and say which."""
    if not note.strip():
        raise Refused(_("Say what should change."))
    with transaction.atomic():
        exercise, reviewed = _in_review(version)
        _to_draft(reviewed)
        note_event(exercise=exercise, version=reviewed, verb="sent back", by=by, at=at, note=note.strip())


def publish(*, version: ExerciseVersion, by: User, at: datetime) -> ExerciseVersion:
    """Make a reviewed version the one that is prescribed. The publisher is never the author.

    Plans keep the version they were made with; they hear of added or changed cautions through LibraryChange.
    """
    with transaction.atomic():
        exercise, reviewed = _in_review(version)
        if reviewed.author_id == by.pk:
            raise Refused(_("You wrote it, so somebody else publishes it."))
        if exercise.retired_at is not None:
            raise Refused(_("This exercise is retired. Bring it back to the library before you publish."))
        missing = missing_for_review(reviewed)
        if missing:
            raise NotReady([each.sentence for each in missing])
        previous = exercise.current_version
        reviewed.state = State.PUBLISHED
        reviewed.publisher, reviewed.published_at = by, at
        reviewed.figure_digest = keep_pose(figure=reviewed.figure, at=at)
        reviewed.save()
        exercise.current_version = reviewed
        exercise.save(update_fields=["current_version"])
        note_publication(version=reviewed, previous=previous, by=by, at=at)
        note_event(exercise=exercise, version=reviewed, verb="published", by=by, at=at)
    return reviewed


def review_shipped(*, version: ExerciseVersion, by: User, at: datetime) -> None:
    """Note that a person of this installation has read a version that came with a release."""
    with transaction.atomic():
        exercise = _locked(version.exercise)
        shipped = exercise.versions.get(pk=version.pk)
        if not shipped.needs_local_review:
            raise Refused(_("This version has been reviewed already."))
        shipped.reviewed_at, shipped.reviewed_by = at, by
        shipped.save(update_fields=["reviewed_at", "reviewed_by"])
        note_event(exercise=exercise, version=shipped, verb="reviewed here", by=by, at=at)


def retire(*, exercise: Exercise, reason: str, by: User, at: datetime) -> None:
    """Offer it no more. Nothing disappears from a plan; the clinicians whose plans use it are told."""
    if not reason.strip():
        raise Refused(_("Say why it is retired: clinicians read it."))
    with transaction.atomic():
        exercise = _locked(exercise)
        if exercise.retired_at is not None:
            raise Refused(_("This exercise is retired already."))
        if exercise.versions.filter(state=State.REVIEW).exists():
            raise Refused(_("A version is being reviewed. Publish it or send it back first."))
        _set_retired(exercise, reason.strip(), by, at)
        if exercise.current_version_id:
            LibraryChange.objects.create(
                exercise=exercise, version=exercise.current_version, kind=LibraryChange.Kind.RETIRED, at=at, by=by
            )
        note_event(exercise=exercise, verb="retired", by=by, at=at, note=reason.strip())


def restore(*, exercise: Exercise, by: User, at: datetime) -> None:
    """Offer it again."""
    with transaction.atomic():
        exercise = _locked(exercise)
        if exercise.retired_at is None:
            raise Refused(_("This exercise is in the library already."))
        if exercise.merges_merged.filter(undone_at__isnull=True).exists():
            raise Refused(_("It was merged into another exercise. Undo the merge to bring it back."))
        exercise.retired_at, exercise.retired_by, exercise.retired_reason = None, None, ""
        exercise.save(update_fields=["retired_at", "retired_by", "retired_reason"])
        if exercise.current_version_id:
            LibraryChange.objects.create(
                exercise=exercise, version=exercise.current_version, kind=LibraryChange.Kind.RESTORED, at=at, by=by
            )
        note_event(exercise=exercise, verb="restored", by=by, at=at)


def discard_draft(*, version: ExerciseVersion, lock: int, by: User, at: datetime) -> None:
    """Throw a draft away that nobody has reviewed yet. An exercise that was never published goes out of the lists."""
    with transaction.atomic():
        exercise = _locked(version.exercise)
        _take_lock(version, lock, at)
        draft = exercise.versions.get(pk=version.pk)
        if exercise.events.filter(version=draft).exists():
            raise Refused(_("This draft is part of the history by now, so it stays. Change it instead."))
        drop_media(version=draft)
        draft.delete()
        note_event(exercise=exercise, verb="draft discarded", by=by, at=at, note=f"v{draft.number}")
        if exercise.current_version_id is None:
            _set_retired(exercise, _("Its only draft was thrown away."), by, at)


def copy_content(*, from_version: ExerciseVersion, to_version: ExerciseVersion) -> None:
    """Everything a curator wrote, with cautions and media, from one version into a draft."""
    for name in CONTENT:
        setattr(to_version, name, getattr(from_version, name))
    to_version.translations = from_version.translations
    to_version.search_key = search_key({name: getattr(to_version, name) for name in CONTENT})
    to_version.save()
    _store_cautions(
        to_version,
        [{"condition": c.condition_id, "kind": c.kind, "reason": c.reason} for c in from_version.cautions.all()],
    )
    copy_media(from_version=from_version, to_version=to_version)


def search_key(content: Mapping[str, Any]) -> str:
    """What searching looks at: the names, the regions and the goal, folded."""
    parts = [content.get("name", ""), *content.get("also_known_as", ()), *content.get("body_regions", ())]
    return folded(" ".join([*parts, content.get("goal", "")]))


def free_slug(name: str, clinic: Clinic | None) -> str:
    """A short name that no exercise of this library has yet."""
    base = slugify(folded(name))[:70].strip("-") or "exercise"
    taken = set(Exercise.objects.filter(clinic=clinic, slug__startswith=base).values_list("slug", flat=True))
    numbered = (f"{base}-{number}" for number in range(2, len(taken) + 3))
    return base if base not in taken else next(slug for slug in numbered if slug not in taken)


def _locked(exercise: Exercise) -> Exercise:
    return Exercise.objects.select_for_update(of=("self",)).select_related("current_version").get(pk=exercise.pk)


def _take_lock(version: ExerciseVersion, lock: int, at: datetime) -> None:
    """The draft's optimistic lock: the change counts only if nobody saved since it was shown."""
    taken = ExerciseVersion.objects.filter(pk=version.pk, state=State.DRAFT, lock=lock).update(
        lock=F("lock") + 1, saved_at=at
    )
    if not taken:
        raise DraftChanged(_("This draft was changed while you were working on it. Nothing was overwritten."))


def _in_review(version: ExerciseVersion) -> tuple[Exercise, ExerciseVersion]:
    exercise = _locked(version.exercise)
    reviewed = exercise.versions.get(pk=version.pk)
    if reviewed.state != State.REVIEW:
        raise Refused(_("This version is not in review any more. Look at it again."))
    return exercise, reviewed


def _to_draft(version: ExerciseVersion) -> None:
    version.state = State.DRAFT
    version.save(update_fields=["state"])


def _set_retired(exercise: Exercise, reason: str, by: User, at: datetime) -> None:
    exercise.retired_at, exercise.retired_by, exercise.retired_reason = at, by, reason
    exercise.save(update_fields=["retired_at", "retired_by", "retired_reason"])


def _store_cautions(version: ExerciseVersion, cautions: Sequence[Mapping[str, str]]) -> None:
    version.cautions.all().delete()
    Caution.objects.bulk_create(
        Caution(version=version, condition_id=row["condition"], kind=row["kind"], reason=row["reason"])
        for row in cautions
    )
