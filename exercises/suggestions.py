"""Which exercises of a library may be the same: suggested by their names, for a curator to decide."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from accounts.models import Clinic
from exercises.duplicates import LIKELY, Index, Match
from exercises.models import ExerciseLink, NotDuplicate
from exercises.transfer import stored
from exercises.transfer.judging import Stored, named

MOST_COMPARED = 1_500
"""Exercises that are compared with each other at once; a larger library is looked through goal by goal."""


@dataclass(frozen=True)
class Suggestion:
    """Two exercises that look alike, and the two names that do. `one` belongs to the curator's library."""

    one: Stored
    other: Stored
    match: Match


@dataclass(frozen=True)
class Suggestions:
    """Likely pairs, the likeliest first. `narrowed`: the library is so large that only one goal was looked at."""

    pairs: list[Suggestion]
    goal: str
    narrowed: bool


def suggest(clinic: Clinic | None, goal: str = "") -> Suggestions:
    """Pairs within a library (for a clinic also with the shared ones), without those that somebody told apart.

    Easier and harder neighbours are told apart by being neighbours. Seven queries.
    """
    exercises = [one for one in stored.library(clinic) if not one.retired]
    narrowed = not goal and len(exercises) > MOST_COMPARED
    goal = goal or (exercises[0].content["goal"] if narrowed else "")
    if goal:
        exercises = [one for one in exercises if one.content["goal"] == goal]
    by_id = {one.id: one for one in exercises}
    apart = _told_apart()
    found = []
    for key, match in Index(named(one.id, one.content) for one in exercises).pairs(least=LIKELY):
        one, other = by_id[key], by_id[match.key]
        if frozenset([UUID(one.id), UUID(other.id)]) in apart or not (one.ours or other.ours):
            continue
        if not one.ours:
            one, other, match = other, one, Match(one.id, match.score, match.other, match.name)
        found.append(Suggestion(one, other, match))
    return Suggestions(found, goal, narrowed)


def _told_apart() -> set[frozenset[UUID]]:
    pairs: Iterable[tuple[UUID, UUID]] = [
        *NotDuplicate.objects.values_list("one_id", "other_id"),
        *ExerciseLink.objects.values_list("easier_id", "harder_id"),
    ]
    return {frozenset(pair) for pair in pairs}
