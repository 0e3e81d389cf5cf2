"""Writes the rows that a curator takes from an import: drafts, with their source and licence, one event each.

Runs in the transaction of `import_applying`: either all of it is stored or nothing.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from accounts.models import User
from exercises.actions import lifecycle
from exercises.actions.events import note_event
from exercises.actions.refusals import Refused
from exercises.models import Caution, CurationEvent, Exercise, ExerciseLink, ExerciseVersion, ImportBatch
from exercises.transfer import stored
from exercises.transfer.checking import checked
from exercises.transfer.comparing import over, whole
from exercises.transfer.judging import TAKEN, on_loops
from exercises.transfer.values import Content, ReadRow

Chosen = Sequence[tuple[Mapping[str, Any], str]]
_MOST_NAMED = 5
_SLICE = 250
_STEP = 20


def unheard(_written: int) -> None:
    """Nobody wants to know how many rows are written by now."""


def write(
    *,
    batch: ImportBatch,
    chosen: Chosen,
    rows: Sequence[ReadRow],
    by: User,
    at: datetime,
    progress: Callable[[int], None] = unheard,
) -> dict[str, int]:
    """Store every row whose decision is `new`, `alias` or `replace`. Returns how many of each.

    `progress` hears now and then how many rows are written; what it raises stops the writing.
    """
    words = stored.words()
    contents = {row.line: checked(row, words)[0] for row in rows}
    taken = [(row, decision, contents[row["line"]]) for row, decision in chosen if decision in TAKEN]
    if not taken:
        raise Refused(
            _("No row is to be taken, so there is nothing to apply. Decide about some, or cancel the import.")
        )
    new = [(row, content) for row, decision, content in taken if decision == "new"]
    changed: dict[str, list[tuple[Mapping[str, Any], str, Content]]] = defaultdict(list)
    for row, decision, content in taken:
        if decision != "new":
            changed[row["match"]["id"]].append((row, decision, content))
    _refuse_two_contents(changed)
    _refuse_stale(batch, new, changed)
    made: list[tuple[str, Content]] = []
    for start in range(0, len(new), _SLICE):
        made += _create(batch, new[start : start + _SLICE], by, at)
        progress(len(made))
    written = len(made)
    for place, steps in enumerate(changed.values(), 1):
        _change(batch, steps, by, at)
        written += len(steps)
        if place % _STEP == 0:
            progress(written)
    _link(batch, [*made, *((row["slug"], content) for row, decision, content in taken if decision == "replace")])
    return {decision: sum(each == decision for _row, each, _content in taken) for decision in TAKEN}


def _create(
    batch: ImportBatch, new: Sequence[tuple[Mapping[str, Any], Content]], by: User, at: datetime
) -> list[tuple[str, Content]]:
    """New exercises with their first draft; (slug, content) of each. A handful of statements, however many rows."""
    exercises, versions, cautions, events = [], [], [], []
    for row, given in new:
        content = whole({**_with_origin(given, batch), "slug": row["slug"]})
        exercise = Exercise(clinic=batch.clinic, slug=row["slug"])
        version = ExerciseVersion(exercise=exercise, number=1, author=by, saved_at=at, **stored.columns_of(content))
        exercises.append(exercise)
        versions.append(version)
        cautions += [
            Caution(version=version, condition_id=each["condition"], kind=each["kind"], reason=each["reason"])
            for each in content["cautions"]
        ]
        events.append(CurationEvent(exercise=exercise, at=at, by=by, verb="imported", note=_note(batch, row)))
    Exercise.objects.bulk_create(exercises, batch_size=500)
    ExerciseVersion.objects.bulk_create(versions, batch_size=200)
    Caution.objects.bulk_create(cautions, batch_size=500)
    CurationEvent.objects.bulk_create(events, batch_size=500)
    return [(row["slug"], content) for row, content in new]


def _change(
    batch: ImportBatch, steps: Sequence[tuple[Mapping[str, Any], str, Content]], by: User, at: datetime
) -> None:
    """One draft for an exercise that is here: the file's content over ours, then the names that are added."""
    exercise = Exercise.objects.get(pk=UUID(steps[0][0]["match"]["id"]))
    draft = lifecycle.edit(exercise=exercise, by=by, at=at)
    content = stored.content_of(draft, exercise.slug, {"easier": [], "harder": []})
    for row, decision, given in sorted(steps, key=lambda step: step[1] == "alias"):
        if decision == "replace":
            content = over(content, _with_origin(given, batch))
        else:
            content["also_known_as"] = _names(content, [given["name"], *given.get("also_known_as", [])])
        verb = "imported as a new version" if decision == "replace" else "name added"
        note_event(exercise=exercise, verb=verb, by=by, at=at, note=_note(batch, row))
    columns = stored.columns_of(content)
    wanted = {name: columns[name] for name in lifecycle.CONTENT} | {"cautions": content["cautions"]}
    lifecycle.save_draft(version=draft, content=wanted, lock=draft.lock, by=by, at=at)


def _with_origin(given: Content, batch: ImportBatch) -> Content:
    """Where a row comes from: as the row says itself, else as the curator said for the file."""
    return {**given, "source": given.get("source") or batch.source, "licence": given.get("licence") or batch.licence}


def _names(content: Content, more: Sequence[str]) -> list[str]:
    """The other names with some more, each once in any writing, and never the name itself."""
    known = {content["name"].casefold()}
    names = []
    for name in [*content["also_known_as"], *more]:
        if name.casefold() not in known:
            known.add(name.casefold())
            names.append(name)
    return names


def _note(batch: ImportBatch, row: Mapping[str, Any]) -> str:
    return _("Row %(line)s of %(file)s") % {"line": row["line"], "file": batch.file_name}


def _refuse_two_contents(changed: Mapping[str, Sequence[tuple[Mapping[str, Any], str, Content]]]) -> None:
    for steps in changed.values():
        lines = [row["line"] for row, decision, _content in steps if decision == "replace"]
        if len(lines) > 1:
            raise Refused(
                _("Rows %(lines)s would all replace “%(name)s”. Choose one of them.")
                % {"lines": get_text_list(lines, _("and")), "name": steps[0][0]["match"]["name"]}
            )


def _refuse_stale(
    batch: ImportBatch,
    new: Sequence[tuple[Mapping[str, Any], Content]],
    changed: Mapping[str, Sequence[tuple[Mapping[str, Any], str, Content]]],
) -> None:
    """What was free or untouched when it was checked must be so still. The exercises are locked from here on."""
    slugs = [row["slug"] for row, _content in new]
    taken = set(Exercise.objects.filter(clinic=batch.clinic, slug__in=slugs).values_list("slug", flat=True))
    stale = [row["name"] for row, _content in new if row["slug"] in taken]
    ids = [UUID(key) for key in changed]
    locked = Exercise.objects.select_for_update().filter(pk__in=ids).order_by("pk")
    versions = {
        str(exercise.pk): "" if exercise.retired_at else str(exercise.current_version_id) for exercise in locked
    }
    in_work = ExerciseVersion.objects.exclude(state="published").filter(exercise__in=ids)
    worked_on = {str(pk) for pk in in_work.values_list("exercise_id", flat=True)}
    for key, steps in changed.items():
        match = steps[0][0]["match"]
        if key in worked_on or versions.get(key) != match["version"]:
            stale.append(match["name"])
    if stale:
        more = [_("and %(count)d more") % {"count": len(stale) - _MOST_NAMED}] if len(stale) > _MOST_NAMED else []
        raise Refused(
            _("The library has changed since this file was checked: %(names)s. Nothing was applied. Check it again.")
            % {"names": ", ".join([*stale[:_MOST_NAMED], *more])}
        )


def _link(batch: ImportBatch, applied: Sequence[tuple[str, Content]]) -> None:
    """Add the easier and harder exercises that the rows name. One that is not here is left out, as the report said."""
    pairs = {
        (slug, other) if field == "harder" else (other, slug)
        for slug, content in applied
        for field in ("easier", "harder")
        for other in content.get(field, [])
    }
    if not pairs:
        return
    with connection.cursor() as cursor:
        # Two imports at once could close a loop that neither sees.
        cursor.execute("LOCK TABLE exercises_exerciselink IN SHARE ROW EXCLUSIVE MODE")
    ids = dict(Exercise.objects.filter(clinic=batch.clinic).values_list("slug", "pk"))
    wanted = {(ids[low], ids[high]) for low, high in pairs if low in ids and high in ids and low != high}
    here = set(ExerciseLink.objects.values_list("easier_id", "harder_id"))
    ahead: dict[Any, set[Any]] = defaultdict(set)
    for low, high in here | wanted:
        ahead[low].add(high)
    if on_loops(ahead):
        raise Refused(
            _("With the links of this file an exercise would be harder than itself. Nothing was applied.")
            + " "
            + _("Check it again.")
        )
    ExerciseLink.objects.bulk_create(
        [ExerciseLink(easier_id=low, harder_id=high) for low, high in sorted(wanted - here)], batch_size=500
    )
