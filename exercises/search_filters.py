"""The filters of the library on a catalogue: what remains, how many each choice would leave, what to relax."""

from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AnySet
from dataclasses import dataclass
from typing import Any

from exercises.models import ExerciseVersion
from exercises.search_catalogue import Catalogue, Set

NOTHING = "none"
HOME = "home"
"""The count of what needs nothing beyond `Wanted.home` and the ticked things."""
MOST_EFFORT = 10
Position = ExerciseVersion.Position
Impact = ExerciseVersion.Impact

POSITIONS: dict[str, tuple[str, ...]] = {
    "lying": (Position.LYING_BACK, Position.LYING_FRONT, Position.LYING_SIDE),
    "sitting": (Position.SITTING,),
    "standing": (Position.STANDING,),
    "knees": (Position.FOUR_POINT, Position.KNEELING),
    "walking": (Position.WALKING,),
    "water": (Position.IN_WATER,),
    "cycling": (Position.CYCLING,),
}
"""Positions as people look for them, and the values they stand for."""

UP_TO = (Impact.NONE, Impact.LOW, Impact.MODERATE, Impact.HIGH)


@dataclass(frozen=True)
class Wanted:
    """What somebody looks for; empty fields ask for nothing.

    `positions` are keys of POSITIONS, any of them. `equipment` is what is at hand (slugs; NOTHING alone means nothing
    at all): an exercise may need nothing beyond it. `impact` and `effort` (0-10, the most that the exercise takes)
    are upper bounds. Exercises that are contraindicated for one of `conditions` are left out, or, with
    `keeps_unsafe`, put last. `home` is what somebody has at home: it narrows nothing, it is counted (HOME).
    """

    words: str = ""
    goal: str = ""
    family: str = ""
    region: str = ""
    positions: tuple[str, ...] = ()
    equipment: tuple[str, ...] = ()
    impact: str = ""
    effort: int | None = None
    conditions: tuple[str, ...] = ()
    keeps_unsafe: bool = False
    home: tuple[str, ...] = ()


Keep = Callable[[Catalogue, Any], Set]


def _effort(catalogue: Catalogue, most: int) -> Set:
    return _any(catalogue, "effort", range(most + 1))


def _impact(catalogue: Catalogue, most: str) -> Set:
    return _any(catalogue, "impact", UP_TO[: UP_TO.index(Impact(most)) + 1])


def _positions(catalogue: Catalogue, groups: Iterable[str]) -> Set:
    return _any(catalogue, "position", [value for group in groups for value in POSITIONS[group]])


def _equipment(catalogue: Catalogue, owned: Iterable[str]) -> Set:
    return catalogue.all & ~_any(catalogue, "needs", set(catalogue.values("needs")) - set(owned))


def _safe(catalogue: Catalogue, conditions: Iterable[str]) -> Set:
    return catalogue.all & ~not_for(catalogue, conditions)


def not_for(catalogue: Catalogue, conditions: Iterable[str]) -> Set:
    """What is contraindicated for at least one of the conditions."""
    found = 0
    for condition in conditions:
        found |= catalogue.not_for(condition)
    return found


def _any(catalogue: Catalogue, kind: str, values: Iterable[Any]) -> Set:
    found = 0
    for value in values:
        found |= catalogue.having(kind, value)
    return found


KEEP: dict[str, Keep] = {
    "goal": lambda catalogue, value: catalogue.having("goal", value),
    "family": lambda catalogue, value: catalogue.having("family", value),
    "region": lambda catalogue, value: catalogue.having("region", value),
    "positions": _positions,
    "equipment": _equipment,
    "impact": _impact,
    "effort": _effort,
    "conditions": _safe,
}
"""For each filter of `Wanted` what it lets through."""


def asked(wanted: Wanted) -> list[str]:
    """The filters that ask for something."""
    names = [name for name in KEEP if getattr(wanted, name) not in ("", (), None)]
    return [name for name in names if name != "conditions" or not wanted.keeps_unsafe]


class Narrowed:
    """A set of exercises with the filters of `wanted`, each of which can be taken away or chosen otherwise."""

    def __init__(self, catalogue: Catalogue, exercises: Set, wanted: Wanted) -> None:
        self.catalogue, self.exercises, self.wanted = catalogue, exercises, wanted
        self._kept = {name: KEEP[name](catalogue, getattr(wanted, name)) for name in asked(wanted)}

    @property
    def remaining(self) -> Set:
        return self.without("")

    def without(self, filter_name: str) -> Set:
        """What would remain without this filter."""
        found = self.exercises
        for name, kept in self._kept.items():
            if name != filter_name:
                found &= kept
        return found

    def counts(self) -> dict[str, dict[str, int]]:
        """For each filter how many exercises each of its choices would leave, beside all the other filters.

        A position counts alone: those of all that are chosen add up. A thing or a condition counts together with
        those chosen already. The empty choice of a filter is what there would be without it.
        """
        catalogue, wanted = self.catalogue, self.wanted
        found: dict[str, dict[str, int]] = {}
        for name in ("goal", "family", "region"):
            found[name] = self._each(name, catalogue.values(name), lambda value: value)
        found["impact"] = self._each("impact", UP_TO, lambda value: value)
        found["effort"] = self._each("effort", range(MOST_EFFORT + 1), lambda value: value)
        for name in found:
            found[name][""] = self.without(name).bit_count()
        found["positions"] = self._each("positions", POSITIONS, lambda value: (value,))
        owned = set(wanted.equipment)
        found["equipment"] = self._with_one_thing_more(owned)
        found["equipment"] |= self._each("equipment", [NOTHING], lambda _none: ())
        found["equipment"] |= self._each("equipment", [HOME], lambda _home: {*wanted.home, *owned})
        return found

    def safe_counts(self, conditions: Iterable[str]) -> dict[str, int]:
        """How many would remain with each of these conditions beside those chosen already."""
        remaining = self.remaining
        return {slug: (remaining & ~self.catalogue.not_for(slug)).bit_count() for slug in conditions}

    def relaxed(self) -> dict[str, int]:
        """For each filter that asks for something how many there would be without it."""
        return {name: self.without(name).bit_count() for name in self._kept}

    def _with_one_thing_more(self, owned: AnySet[str]) -> dict[str, int]:
        """For each thing how many need nothing beyond it and what is there: those that lack nothing, or it alone."""
        lacking, lacking_more = 0, 0
        things = {thing: self.catalogue.having("needs", thing) for thing in self.catalogue.values("needs")}
        for thing, needing in things.items():
            if thing not in owned:
                lacking_more |= lacking & needing
                lacking |= needing
        others = self.without("equipment")
        ready, one_away = (others & ~lacking).bit_count(), others & lacking & ~lacking_more
        return {
            thing: ready + (0 if thing in owned else (one_away & needing).bit_count())
            for thing, needing in things.items()
        }

    def _each(self, name: str, values: Iterable[Any], choice: Callable[[Any], Any]) -> dict[str, int]:
        others = self.without(name)
        return {str(value): (others & KEEP[name](self.catalogue, choice(value))).bit_count() for value in values}


Counts = Mapping[str, Mapping[str, int]]
