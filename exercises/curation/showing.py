"""What the curators' pages show of a version: the difference to another, its words for the patient, its neighbours."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from accounts.names import folded
from exercises.actions.links import name_of
from exercises.difference import BAGS, KEYED, LISTS, PLAIN, Change, changed_lines, difference
from exercises.media_shown import shown, staff_address
from exercises.models import Exercise, ExerciseLink, ExerciseVersion
from exercises.review import content_row
from exercises.said import name_fields, name_from
from exercises.wording_curation import Line, lines

NOTHING: dict[str, Any] = {
    **dict.fromkeys(PLAIN),
    **{name: [] for name in (*BAGS, *LISTS, *KEYED)},
    **{"effort_min": None, "effort_max": None, "starting_dose": {}, "dose_range": {}},
}
"""A version that says nothing."""


@dataclass(frozen=True)
class Compared:
    """Two versions side by side: the changes, their lines for reading, and the steps that are new."""

    before: ExerciseVersion | None
    after: ExerciseVersion
    changes: Sequence[Change]
    lines: Sequence[Line]
    new_steps: set[int]


@dataclass(frozen=True)
class Neighbour:
    """An exercise of the chain, and the link that makes it one."""

    link: ExerciseLink
    exercise: Exercise
    name: str


def comparable(version: ExerciseVersion, cautions: list[dict[str, str]] | None = None) -> dict[str, Any]:
    """A version in the form that exercises.difference compares."""
    media = [f"{item.get_kind_display()}: {item.alt_text}" for item in version.media.all()]
    return content_row(version, cautions) | {"media": media, "source": version.source, "licence": version.licence}


def everything(version: ExerciseVersion) -> Sequence[Line]:
    """All that a version says, in the form of a difference to nothing."""
    return lines(difference(NOTHING, comparable(version)))


def compared(before: ExerciseVersion | None, after: ExerciseVersion) -> Compared:
    """The difference between two stored versions; nothing to compare with shows nothing."""
    changes = difference(comparable(before), comparable(after)) if before else []
    return Compared(before, after, changes, lines(changes), changed_lines(changes, "steps"))


def as_patient(version: ExerciseVersion, new_steps: set[int] | None = None) -> dict[str, Any]:
    """The context of exercises/curation/_preview.html."""
    return {"exercise": version, "media": shown(version, staff_address), "new_steps": new_steps or set()}


def neighbours(exercise: Exercise) -> dict[str, list[Neighbour]]:
    """The easier and the harder ones. One query."""
    rows = ExerciseLink.objects.filter(Q(easier=exercise) | Q(harder=exercise))
    rows = rows.select_related("easier__current_version", "harder__current_version")
    found: dict[str, list[Neighbour]] = {"easier": [], "harder": []}
    for row in rows:
        side, other = ("easier", row.easier) if row.harder_id == exercise.pk else ("harder", row.harder)
        found[side].append(Neighbour(row, other, name_of(other)))
    return found


def linkable(exercise: Exercise, known: dict[str, list[Neighbour]]) -> list[tuple[str, str]]:
    """What can be linked with it, as choices: published, of the shared library or of the same clinic."""
    linked = {each.exercise.pk for side in known.values() for each in side}
    rows = Exercise.objects.prescribable().filter(Q(clinic__isnull=True) | Q(clinic_id=exercise.clinic_id))
    rows = rows.exclude(pk__in=[*linked, exercise.pk])
    found = [(str(pk), name_from(*name)) for pk, *name in rows.values_list("pk", *name_fields("current_version__"))]
    return sorted(found, key=lambda choice: folded(choice[1]))
