"""Finding exercises of the library: words with typing mistakes forgiven, and filters. Used by library and builder.

The folded key of a version holds its name, other names, regions and goal, so case, accents and word order do not
matter. Every word must be found; a word that stands nowhere may differ by a slip or two from a word of the names.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet
from rapidfuzz.distance import OSA

from accounts.names import folded
from exercises.models import Exercise, ExerciseVersion

NOTHING = "none"
LONGEST_QUERY = 100
MOST_WORDS = 8
RUN_TOGETHER = 5
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

_UP_TO = (Impact.NONE, Impact.LOW, Impact.MODERATE, Impact.HIGH)


@dataclass(frozen=True)
class Wanted:
    """What somebody looks for; empty fields ask for nothing.

    `positions` are keys of POSITIONS (any of them); `equipment` is a slug or NOTHING (needs nothing); `impact` is
    the most that is wanted.
    """

    words: str = ""
    goal: str = ""
    region: str = ""
    positions: tuple[str, ...] = ()
    equipment: str = ""
    impact: str = ""


@dataclass(frozen=True)
class Found:
    """An exercise that matches, lightest form: enough to order, count and page."""

    exercise_id: UUID
    version_id: UUID
    name: str


def find(exercises: QuerySet[Exercise], wanted: Wanted) -> list[Found]:
    """The exercises among `exercises` (with a current version) that match, best first. One query."""
    rows = _filtered(exercises, wanted).values_list(
        "pk", "current_version_id", "current_version__name", "current_version__also_known_as",
        "current_version__search_key",
    )  # fmt: skip
    words = split(wanted.words)
    ranked = []
    for pk, version_id, name, aliases, key in rows:
        place = rank(words, name, aliases, key)
        if place is not None:
            ranked.append((place, folded(name), Found(pk, version_id, name)))
    return [found for _place, _name, found in sorted(ranked, key=lambda each: (each[0], each[1], each[2].exercise_id))]


def in_order(found: Sequence[Found]) -> list[Exercise]:
    """The rows of one page of results, in the same order, with their current versions. One query."""
    rows = Exercise.objects.filter(pk__in=[each.exercise_id for each in found]).select_related("current_version")
    by_id = {row.pk: row for row in rows}
    return [by_id[each.exercise_id] for each in found if each.exercise_id in by_id]


def split(text: str) -> list[str]:
    """The words of a query, folded; hyphens and other signs separate."""
    return re.findall(r"\w+", folded(text[:LONGEST_QUERY]))[:MOST_WORDS]


def rank(words: Sequence[str], name: str, aliases: Sequence[str], key: str) -> int | None:
    """How well an exercise matches: 0 is best, None not at all.

    0 the name itself, 1 the name begins so, 2 all in the name, 3 all in one of the names, 4 somewhere in the key,
    5 with a typing mistake.
    """
    if not words:
        return 0
    phrase = "".join(words)
    own, others = _plain(name), [_plain(alias) for alias in aliases]
    if phrase in (own.replace(" ", ""), *(other.replace(" ", "") for other in others)):
        return 0
    if own.replace(" ", "").startswith(phrase):
        return 1
    for place, text in ((2, [own]), (3, others), (4, [_plain(key)])):
        if any(_holds(each, words) for each in text):
            return place
    everything = " ".join([own, *others, _plain(key)])
    known = set(everything.split())
    run_together = len(phrase) >= RUN_TOGETHER and phrase in everything.replace(" ", "")
    if run_together or all(word in everything or _nearly(word, known) for word in words):
        return 5
    return None


def allowed_slips(word: str) -> int:
    """How many letters may be wrong, missing, doubled or swapped: none in short words."""
    return 0 if len(word) < 4 else 1 if len(word) < 7 else 2


def _nearly(word: str, known: set[str]) -> bool:
    slips = allowed_slips(word)
    if not slips:
        return False
    for other in known:
        if OSA.distance(word, other, score_cutoff=slips) <= slips:
            return True
        # Somebody still typing: "pelvci" is nearly the start of a longer word.
        if len(other) > len(word) and OSA.distance(word, other[: len(word)], score_cutoff=slips) <= slips:
            return True
    return False


def _holds(text: str, words: Sequence[str]) -> bool:
    return all(word in text for word in words)


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", folded(text)))


def _filtered(exercises: QuerySet[Exercise], wanted: Wanted) -> QuerySet[Exercise]:
    found = exercises
    if wanted.goal:
        found = found.filter(current_version__goal=wanted.goal)
    if wanted.region:
        found = found.filter(current_version__body_regions__contains=[wanted.region])
    if wanted.positions:
        values = [value for group in wanted.positions for value in POSITIONS[group]]
        found = found.filter(current_version__position__in=values)
    if wanted.equipment == NOTHING:
        found = found.filter(current_version__equipment=[])
    elif wanted.equipment:
        found = found.filter(current_version__equipment__contains=[wanted.equipment])
    if wanted.impact:
        most = _UP_TO.index(Impact(wanted.impact))
        found = found.filter(current_version__impact__in=_UP_TO[: most + 1])
    return found
