"""Exercises that may be one and the same: names and other names compared, slips and word order forgiven. Pure.

Two names are as close as their words say, from 0 to 100: words that mean the exercise ("calf") count more than words
that half the library has ("standing", "stretch"); rapidfuzz decides whether two words are the same but for a slip, and
adds how well the smaller name is contained in the larger. The same goal or a shared body region raises it a little,
another position lowers it.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz, process

from accounts.names import folded

LIKELY = 81.0
"""From here on two exercises are shown as a likely pair. Nothing is ever merged by itself."""

_CONTAINED = 0.25
_SAME_WORD = 89.0
_COMMON_WEIGHT = 0.4
_COMMON_WORDS = frozenset(
    [
        *("arm", "back", "band", "bed", "chair", "exercise", "floor", "front", "hand", "head", "kneel", "leg", "lift"),
        *("ly", "lying", "one", "pose", "press", "pull", "push", "raise", "seated", "side", "single"),
        *("sitt", "slow", "stand", "stretch", "supine", "support", "supported", "turn", "two", "walk", "wall"),
    ]
)
_SAME_GOAL, _SAME_REGION, _OTHER_POSITION = 3.0, 3.0, 6.0
_WORTH_A_LOOK = 60.0
_STEP_ALIKE = 80.0
_SMALL_WORDS = frozenset(["a", "an", "and", "at", "for", "from", "in", "of", "on", "or", "the", "to", "with"])
_OPPOSITES = (
    *(("left", "right"), ("front", "back"), ("inner", "outer"), ("push", "pull"), ("in", "out"), ("up", "down")),
    *(("abduction", "adduction"), ("flexion", "extension"), ("internal", "external"), ("one", "two")),
    ("incline", "decline"),
)
_MOST_CANDIDATES = 400


@dataclass(frozen=True, slots=True)
class Named:
    """What is compared of an exercise: its key (any text), name and other names, goal, body regions, position."""

    key: str
    names: tuple[str, ...]
    goal: str = ""
    regions: frozenset[str] = frozenset()
    position: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """An exercise that is like the one asked about; `score` 0-100, `name` and `other` their closest names."""

    key: str
    score: float
    name: str
    other: str


class Index:
    """Exercises by the words of their names, so that each is compared only with those that share one."""

    def __init__(self, exercises: Iterable[Named]) -> None:
        self.exercises = {exercise.key: exercise for exercise in exercises}
        self._names = [(plain(name), name, each.key) for each in self.exercises.values() for name in each.names]
        self._places: dict[str, list[int]] = defaultdict(list)
        for place, (words, name, _key) in enumerate(self._names):
            for sign in _signs(words, name):
                self._places[sign].append(place)

    def matches(self, wanted: Named, *, least: float = LIKELY, most: int = 3) -> list[Match]:
        """The likeliest first, at most `most`; `wanted` itself (by its key) is left out."""
        best: dict[str, Match] = {}
        for name in wanted.names:
            for place in self._candidates(name):
                _words, known, key = self._names[place]
                if key == wanted.key:
                    continue
                score = _raised(likeness(name, known), wanted, self.exercises[key])
                if score >= least and (key not in best or score > best[key].score):
                    best[key] = Match(key, score, name, known)
        return sorted(best.values(), key=lambda match: (-match.score, match.other, match.key))[:most]

    def pairs(self, *, least: float = LIKELY) -> list[tuple[str, Match]]:
        """Every likely pair once, the likeliest first: (key, the other as Match)."""
        found = [
            (key, match)
            for key, exercise in self.exercises.items()
            for match in self.matches(exercise, least=least, most=_MOST_CANDIDATES)
            if key < match.key
        ]
        return sorted(found, key=lambda pair: (-pair[1].score, pair[1].name, pair[0], pair[1].key))

    def _candidates(self, name: str) -> list[int]:
        """Names that share a word and much of the rest, those with the rarest words first."""
        words = plain(name)
        lists = sorted((self._places[sign] for sign in _signs(words, name) if sign in self._places), key=len)
        seen: dict[int, None] = {}
        for places in lists:
            if len(seen) + len(places) > _MOST_CANDIDATES and seen:
                break
            seen.update(dict.fromkeys(places))
        choices = {place: self._names[place][0] for place in seen}
        near = process.extract(words, choices, scorer=fuzz.token_set_ratio, score_cutoff=_WORTH_A_LOOK, limit=None)
        return [place for _words, _score, place in near]


def compare(one: Named, other: Named) -> Match:
    """How alike two exercises are by the two of their names that are closest."""
    score, name, known = max((likeness(a, b), a, b) for a in one.names for b in other.names)
    return Match(other.key, _raised(score, one, other), name, known)


def _raised(score: float, one: Named, other: Named) -> float:
    if score in (0.0, 100.0):
        return score
    if one.goal and one.goal == other.goal:
        score += _SAME_GOAL
    if one.regions & other.regions:
        score += _SAME_REGION
    if one.position and other.position and one.position != other.position:
        score -= _OTHER_POSITION
    return round(min(score, 99.0), 1)


def likeness(one: str, other: str) -> float:
    """How alike two names are, 0-100; 100 means the same words, whatever their order."""
    first, second = plain(one), plain(other)
    if not first or not second:
        return 0.0
    if first == second:
        return 100.0
    if _together(one) == _together(other):
        return 99.0
    shared = _shared(first.split(), second.split())
    if not shared or _contrary(one, other):
        return 0.0
    return 100 * (1 - _CONTAINED) * shared + _CONTAINED * fuzz.token_set_ratio(first, second)


def _contrary(one: str, other: str) -> bool:
    """Whether one name says the opposite of the other: palms up and palms down are two exercises."""
    first, second = _said(one), _said(other)
    only_first, only_second = first - second, second - first
    return any((a in only_first and b in only_second) or (b in only_first and a in only_second) for a, b in _OPPOSITES)


def _shared(first: Sequence[str], second: Sequence[str]) -> float:
    """The weight of the words that stand in both, as a share of all the words there are: 0 to 1."""
    left = list(second)
    both = 0.0
    for word in first:
        known = word if word in left else next((other for other in left if _nearly(word, other)), None)
        if known is not None:
            left.remove(known)
            both += 2 * _weight(word)
    return both / sum(_weight(word) for word in (*first, *second))


@lru_cache(maxsize=65_536)
def _nearly(word: str, other: str) -> bool:
    return min(len(word), len(other)) >= 4 and fuzz.ratio(word, other, score_cutoff=_SAME_WORD) > 0


def _weight(word: str) -> float:
    return _COMMON_WEIGHT if word in _COMMON_WORDS else 1.0


def steps_alike(one: Sequence[str], other: Sequence[str]) -> int:
    """How many steps of the first stand in the second too, in nearly the same words."""
    others = [folded(step) for step in other]
    return sum(
        any(fuzz.token_set_ratio(folded(step), known, score_cutoff=_STEP_ALIKE) for known in others) for step in one
    )


@lru_cache(maxsize=65_536)
def plain(name: str) -> str:
    """The words that count, folded, in the singular, sorted: "Sit-ups with a Band" gives "band sit"."""
    words = [_singular(word) for word in re.findall(r"\w+", folded(name).replace("'", ""))]
    kept = [word for word in words if word not in _SMALL_WORDS] or words
    return " ".join(sorted(kept))


def _singular(word: str) -> str:
    if len(word) > 6 and word.endswith("ing"):
        return word[:-3]
    return word[:-1] if len(word) > 2 and word.endswith("s") and not word.endswith("ss") else word


@lru_cache(maxsize=65_536)
def _said(name: str) -> frozenset[str]:
    """Every word of a name, small ones too, in its short form."""
    return frozenset(_singular(word) for word in re.findall(r"\w+", folded(name)))


@lru_cache(maxsize=65_536)
def _together(name: str) -> str:
    """The name without its gaps, so that "push up" and "push-ups" and "pushup" agree."""
    return _singular("".join(re.findall(r"\w+", folded(name))))


def _signs(words: str, name: str) -> set[str]:
    """What two names must share to be compared at all: a word, the start of one, or the start of the whole."""
    each = set(words.split())
    return each | {word[:4] for word in each if len(word) > 4} | {f"^{_together(name)[:6]}"}
