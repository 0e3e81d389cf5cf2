"""Two exercises that are one: one of them is kept, the other is retired in its favour. Never by itself, and undoable.

Nothing that refers to the merged exercise is touched: plans keep the version they were made with, and their clinicians
hear that it is retired (LibraryChange). Its easier and harder neighbours move to the one that is kept; its names become
other names of the kept one, in a draft that a second person publishes. What was moved stands in `Merge.detail`.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import User
from exercises.actions import lifecycle
from exercises.actions.events import note_event
from exercises.actions.refusals import Refused
from exercises.models import Exercise, ExerciseLink, ExerciseVersion, Merge, NotDuplicate
from exercises.transfer.judging import on_loops

State = ExerciseVersion.State
Pair = tuple[UUID, UUID]


@dataclass(frozen=True)
class Merged:
    """What a merge did: `names` were added to a draft of the kept exercise; empty when somebody else works on it."""

    merge: Merge
    names: list[str]


def merge(*, kept: Exercise, merged: Exercise, by: User, at: datetime) -> Merged:
    """Retire `merged` in favour of `kept`. A curator does it who writes the library that `merged` belongs to."""
    with transaction.atomic():
        kept, merged = _locked(kept, merged)
        _refuse(kept, merged, by, at)
        detail: dict[str, Any] = _move_links(kept, merged)
        names = _add_names(kept, merged, detail, by, at)
        reason = _("It is the same exercise as “%(name)s”, which stays.") % {"name": name_of(kept)}
        lifecycle.retire(exercise=merged, reason=reason, by=by, at=at)
        row = Merge.objects.create(kept=kept, merged=merged, at=at, by=by, detail=detail)
        note_event(exercise=merged, verb="merged", by=by, at=at, note=name_of(kept))
        note_event(exercise=kept, verb="took another in", by=by, at=at, note=name_of(merged))
    return Merged(row, names)


def undo(*, merge: Merge, by: User, at: datetime) -> bool:
    """Bring the merged exercise back with its neighbours, and take its names out of the draft of the other.

    False when the names have to be taken out by hand: they are published by now, or somebody else works on the draft.
    """
    with transaction.atomic():
        row = Merge.objects.select_for_update().get(pk=merge.pk)
        if row.undone_at is not None:
            raise Refused(_("This merge has been undone already."))
        kept, merged = _locked(row.kept, row.merged)
        if not Exercise.objects.writable_by(by, at).filter(pk=merged.pk).exists():
            raise Refused(_("You do not look after this library, so nothing was done."))
        row.undone_at, row.undone_by = at, by
        row.save(update_fields=["undone_at", "undone_by"])
        lifecycle.restore(exercise=merged, by=by, at=at)
        _move_links_back(row.detail)
        clean = _take_names_out(row.detail, by, at)
        note_event(exercise=merged, verb="merge undone", by=by, at=at, note=name_of(kept))
        note_event(exercise=kept, verb="merge undone", by=by, at=at, note=name_of(merged))
    return clean


def mark_different(*, one: Exercise, other: Exercise, by: User, at: datetime) -> NotDuplicate:
    """Remember that these two are not the same, so that they are not suggested again. Asking twice does no harm."""
    if one.pk == other.pk:
        raise Refused(_("Choose two different exercises."))
    first, second = sorted([one.pk, other.pk])
    row, _made = NotDuplicate.objects.get_or_create(one_id=first, other_id=second, defaults={"at": at, "by": by})
    return row


def name_of(exercise: Exercise) -> str:
    """The name that people know it by; of its draft where nothing is published yet."""
    version = exercise.current_version or exercise.versions.order_by("-number").first()
    return version.said.name if version else exercise.slug


def _locked(kept: Exercise, merged: Exercise) -> tuple[Exercise, Exercise]:
    rows = Exercise.objects.select_for_update(of=("self",)).select_related("current_version")
    found = {row.pk: row for row in rows.filter(pk__in=[kept.pk, merged.pk]).order_by("pk")}
    return found[kept.pk], found[merged.pk]


def _refuse(kept: Exercise, merged: Exercise, by: User, at: datetime) -> None:
    if kept.pk == merged.pk:
        raise Refused(_("Choose two different exercises."))
    writable = Exercise.objects.writable_by(by, at)
    if not writable.filter(pk=merged.pk).exists():
        raise Refused(_("You do not look after this library, so nothing was done."))
    if kept.clinic_id is not None and kept.clinic_id != merged.clinic_id:
        raise Refused(_("An exercise that every clinic has cannot be merged into one of a single clinic."))
    if kept.retired_at is not None or merged.retired_at is not None:
        raise Refused(_("One of the two is retired already."))
    if kept.current_version_id is None and merged.current_version_id is not None:
        raise Refused(
            _("“%(name)s” has never been published, so it cannot stand in for one that is. Keep the other one.")
            % {"name": name_of(kept)}
        )


def _move_links(kept: Exercise, merged: Exercise) -> dict[str, Any]:
    """The neighbours of `merged` become neighbours of `kept`, unless they are already or it would close a loop."""
    with connection.cursor() as cursor:
        # Two changes of the chain at once could close a loop that neither sees.
        cursor.execute("LOCK TABLE exercises_exerciselink IN SHARE ROW EXCLUSIVE MODE")
    links = set(ExerciseLink.objects.values_list("easier_id", "harder_id"))
    removed = sorted(pair for pair in links if merged.pk in pair)
    links -= set(removed)
    added: list[Pair] = []
    for easier, harder in removed:
        moved = (kept.pk if easier == merged.pk else easier, kept.pk if harder == merged.pk else harder)
        if moved[0] != moved[1] and moved not in links and not _closes_a_loop(links | {moved}):
            added.append(moved)
            links.add(moved)
    ExerciseLink.objects.filter(Q(easier=merged) | Q(harder=merged)).delete()
    ExerciseLink.objects.bulk_create([ExerciseLink(easier_id=easier, harder_id=harder) for easier, harder in added])
    return {"links_removed": _plain(removed), "links_added": _plain(added)}


def _move_links_back(detail: dict[str, Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE exercises_exerciselink IN SHARE ROW EXCLUSIVE MODE")
    for easier, harder in detail["links_added"]:
        ExerciseLink.objects.filter(easier_id=easier, harder_id=harder).delete()
    links = set(ExerciseLink.objects.values_list("easier_id", "harder_id"))
    for pair in detail["links_removed"]:
        back = (UUID(pair[0]), UUID(pair[1]))
        # The chain may have changed since; what would close a loop today stays out.
        if back not in links and not _closes_a_loop(links | {back}):
            links.add(back)
            ExerciseLink.objects.create(easier_id=back[0], harder_id=back[1])


def _add_names(kept: Exercise, merged: Exercise, detail: dict[str, Any], by: User, at: datetime) -> list[str]:
    """The merged exercise's names, in a draft of the kept one; none when that draft is somebody else's."""
    detail |= {"draft": None, "draft_made": False, "names": []}
    if not Exercise.objects.writable_by(by, at).filter(pk=kept.pk).exists():
        return []
    in_work = kept.versions.exclude(state=State.PUBLISHED).first()
    if in_work is not None and (in_work.state != State.DRAFT or in_work.author_id != by.pk):
        return []
    other = merged.current_version or merged.versions.order_by("-number").first()
    base = in_work or kept.current_version
    if base is None or other is None:
        return []
    known = {name.casefold() for name in [base.name, *base.also_known_as]}
    names = []
    for name in [other.name, *other.also_known_as]:
        if name.casefold() not in known:
            known.add(name.casefold())
            names.append(name)
    if not names:
        return []
    draft = lifecycle.edit(exercise=kept, by=by, at=at)
    content = {"also_known_as": [*draft.also_known_as, *names]}
    saved = lifecycle.save_draft(version=draft, content=content, lock=draft.lock, by=by, at=at)
    detail |= {"draft": str(saved.pk), "draft_made": in_work is None, "names": names, "lock": saved.lock}
    return names


def _take_names_out(detail: dict[str, Any], by: User, at: datetime) -> bool:
    if not detail["names"]:
        return True
    draft = ExerciseVersion.objects.filter(pk=detail["draft"]).first()
    if draft is None:  # thrown away since, and the names with it
        return True
    if draft.state != State.DRAFT or draft.author_id != by.pk:
        return not set(detail["names"]) & set(draft.also_known_as)
    if detail["draft_made"] and draft.lock == detail["lock"]:
        lifecycle.discard_draft(version=draft, lock=draft.lock, by=by, at=at)
        return True
    left = [name for name in draft.also_known_as if name not in detail["names"]]
    lifecycle.save_draft(version=draft, content={"also_known_as": left}, lock=draft.lock, by=by, at=at)
    return True


def _closes_a_loop(links: set[Pair]) -> bool:
    ahead: dict[Any, set[Any]] = defaultdict(set)
    for easier, harder in links:
        ahead[easier].add(harder)
    return bool(on_loops(ahead))


def _plain(pairs: list[Pair]) -> list[list[str]]:
    return [[str(easier), str(harder)] for easier, harder in pairs]
