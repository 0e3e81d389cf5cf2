"""Which exercises of the starter library a demo patient does, and with how much of each."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from exercises.models import ExerciseVersion

MOST_VERSIONS = 3


@dataclass(frozen=True, slots=True)
class Item:
    """An exercise by its short name; `dose` replaces parts of its starting dose."""

    slug: str
    section: str = "main"
    dose: tuple[tuple[str, Any], ...] = ()


BREATHING = Item("diaphragmatic-breathing", "cool-down")
WALK = Item("walking-on-level-ground", "warm-up")
BIKE = Item("stationary-bike", "warm-up")

# The second exercise of the main part comes with the second version: a plan starts low.
ROUTINES: dict[str, tuple[Item, ...]] = {
    "back": (WALK, Item("pelvic-tilt"), Item("bridge"), BREATHING),
    "neck": (Item("seated-trunk-rotation", "warm-up"), Item("chin-tuck"), Item("standing-band-row"), BREATHING),
    "shoulder": (
        Item("shoulder-pendulum", "warm-up"),
        Item("lying-shoulder-lift-with-stick"),
        Item("wall-slide"),
        BREATHING,
    ),
    "knee": (BIKE, Item("seated-knee-extension"), Item("sit-to-stand"), BREATHING),
    "hip": (WALK, Item("clamshell"), Item("standing-hip-abduction"), BREATHING),
    "gentle": (WALK, Item("tai-chi-weight-shift"), Item("wall-push-up"), BREATHING),
    "foot": (BIKE, Item("heel-raise-with-support"), Item("tai-chi-weight-shift"), BREATHING),
}

JOAN: tuple[tuple[Item, ...], ...] = tuple(
    (
        Item(WALK.slug, "warm-up", (("duration_minutes", Decimal(walk)),)),
        *((Item("sit-to-stand", "main", (("sets", 2), ("repetitions", 6))),) if number > 1 else ()),
        Item("single-knee-to-chest", "main", (("repetitions", holds), ("hold_seconds", 20))),
        Item(BREATHING.slug, "cool-down", (("duration_minutes", Decimal(3)),)),
    )
    for number, walk, holds in ((1, 4, 2), (2, 5, 2), (3, 5, 3))
)
JOAN_WHY = (
    "Three exercises to start with.",
    "Sit to stand added, for stairs and getting up.",
    "Knee hug: three holds instead of two, because two felt easy.",
)
WHY = (
    "A gentle start, below what you managed in the clinic.",
    "One exercise added, because the first weeks went well.",
    "A little more of what you do already.",
)


def needed() -> set[str]:
    """The short names of all exercises that demo plans use."""
    return {item.slug for version in (*ROUTINES.values(), *JOAN) for item in version}


def items(routine: str, number: int) -> tuple[Item, ...]:
    """The exercises in version `number` (1 to 3) of a plan with this routine."""
    every = ROUTINES[routine]
    return every if number > 1 else (*every[:2], *every[3:])


def dose(exercise: ExerciseVersion, item: Item, number: int) -> dict[str, Any]:
    """The fields of a prescription's dose: the starting dose, one small step up from the third version on."""
    found = exercise.dose() | dict(item.dose)
    found["sets"] = found["sets"] or 1
    if number >= MOST_VERSIONS and not item.dose:
        for name in ("repetitions", "duration_minutes"):
            span = exercise.dose_range.get(name)
            if found[name] and span:
                found[name] = min(span[1], found[name] + 1)
                break
    if found["duration_minutes"] is not None:
        found["duration_minutes"] = Decimal(found["duration_minutes"])
    found["effort"] = min(exercise.effort_max, max(exercise.effort_min, 1 + number))
    return found
