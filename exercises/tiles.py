"""Exercises as the library's tiles show them. A published version never changes, so each is read once in a process."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from exercises.drawn import Drawn
from exercises.models import ExerciseVersion
from exercises.said import language
from exercises.search_catalogue import Found
from exercises.translated import SOURCE

MOST_KEPT = 10_000
"""A tile is about half a kilobyte, drawn one more."""


@dataclass(frozen=True)
class Tile:
    """What a tile shows of a version; `key` is that of the exercise, `amounts` its starting dose."""

    key: str
    version: str
    name: str
    goal: str
    impact: str
    position: str
    amounts: tuple[tuple[str, Any], ...]
    drawn: Drawn | None

    @property
    def goal_words(self) -> str:
        return str(ExerciseVersion.Goal(self.goal).label)

    @property
    def impact_words(self) -> str:
        return str(ExerciseVersion.Impact(self.impact).label)

    @property
    def dose(self) -> dict[str, Any]:
        return dict(self.amounts)


_kept: dict[UUID, Tile] = {}
_drawn: dict[tuple[str, ...], SafeString] = {}
FIELDS = (
    "exercise_id", "name", "goal", "impact", "position", "starting_dose", "figure", "figure_digest", "translations"
)  # fmt: skip


def tiles_of(found: Sequence[Found]) -> list[Tile]:
    """The tiles of one page of results, in the same order. One query, none when all were shown before.

    In another language than English they are read each time: a translation can change under a version.
    """
    wanted = [each.version_id for each in found]
    ready = {key: _kept[key] for key in wanted if key in _kept} if language() == SOURCE else {}
    missing = [key for key in wanted if key not in ready]
    if missing:
        read = {one.pk: _tile(one) for one in ExerciseVersion.objects.filter(pk__in=missing).only("pk", *FIELDS)}
        if language() == SOURCE:
            if len(_kept) + len(read) > MOST_KEPT:
                _kept.clear()
            _kept.update(read)
        ready |= read
    return [ready[key] for key in wanted if key in ready]


def _tile(version: ExerciseVersion) -> Tile:
    return Tile(
        key=str(version.exercise_id),
        version=str(version.pk),
        name=version.said.name,
        goal=version.goal,
        impact=version.impact,
        position=version.position,
        amounts=tuple(version.dose().items()),
        drawn=version.drawn,
    )


def drawn(tile: Tile, care: str) -> SafeString:
    """The tile as the page shows it; `care`: the conditions that need care, in words."""
    # By the name too: it is all of a version that can change, by a translation.
    key = (language(), tile.key, tile.version, tile.name, care)
    if key not in _drawn:
        if len(_drawn) >= MOST_KEPT:
            _drawn.clear()
        _drawn[key] = render_to_string("exercises/_tile.html", {"tile": tile, "care": care})
    return _drawn[key]
