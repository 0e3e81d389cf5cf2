"""What the builder's draft is made of, once it is read: exercises of both versions, reasons against them, last pain."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from exercises.models import Caution
from exercises.said import language
from exercises.translated import SOURCE
from plans.models import PlanVersion, Prescription
from plans.views.builder.draft_asked import cautions_asked, exercises_asked, pain_logged

PAIN_VALUES = 3

Reasons = dict[UUID, dict[str, dict[str, str]]]
"""Exercise version id -> "contraindicated" | "caution" -> condition name -> reason."""


@dataclass(frozen=True)
class Known:
    """The exercises of a version in their order, and those of the version that it is based on. `reasons` and `pain`
    (by exercise) where they were read with them.
    """

    rows: list[Prescription]
    before: list[Prescription]
    reasons: Reasons | None = None
    pain: Mapping[UUID, list[int]] | None = None


def exercises_of(version: PlanVersion) -> Known:
    """The exercises of a version and of the one before it. One query."""
    return known_as(version, exercises_asked(versions=version_and_last(version)))


def version_and_last(version: PlanVersion) -> list[UUID]:
    return [version.pk] if version.based_on_id is None else [version.pk, version.based_on_id]


def known_as(
    version: PlanVersion,
    rows: Sequence[Prescription],
    reasons: Reasons | None = None,
    pain: Mapping[UUID, list[int]] | None = None,
) -> Known:
    """`rows` of both versions, apart."""
    found: dict[UUID, list[Prescription]] = {version.pk: []}
    for row in rows:
        found.setdefault(row.version_id, []).append(row)
    for row in found[version.pk]:
        row.version = version
    before = found.get(version.based_on_id, []) if version.based_on_id else []
    return Known(found[version.pk], before, reasons, pain)


def reasons_for(version_ids: Sequence[UUID], condition_slugs: Sequence[str]) -> Reasons:
    """Why these exercises are unsafe, or need care, for somebody with these conditions. One query."""
    if not version_ids or not condition_slugs:
        return reasons_in([], english=True)
    english = language() == SOURCE
    rows = cautions_asked(english, versions=list(version_ids), conditions=list(condition_slugs))
    return reasons_in(rows, english)


def reasons_in(rows: Sequence[Caution], english: bool) -> Reasons:
    """`english`: as they were written, else in the reader's language."""
    found: Reasons = defaultdict(lambda: {"contraindicated": {}, "caution": {}})
    for row in sorted(rows, key=lambda row: row.condition.said):
        found[row.version_id][row.kind][row.condition.said] = row.reason if english else row.said
    return found


def pain_on(exercise_ids: Sequence[UUID], version: PlanVersion) -> dict[UUID, list[int]]:
    """The last scores that the patient gave on these exercises, newest last."""
    if not exercise_ids:
        return {}
    return scores_in(pain_logged(patient=version.plan.patient_id, exercises=list(exercise_ids)))


def scores_in(logged: Sequence[tuple[UUID, int | None]]) -> dict[UUID, list[int]]:
    """`logged` is newest first."""
    found: dict[UUID, list[int]] = defaultdict(list)
    for exercise_id, score in logged:
        if score is not None and len(found[exercise_id]) < PAIN_VALUES:
            found[exercise_id].insert(0, score)
    return found
