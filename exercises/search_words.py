"""What somebody types into the search, as terms that can be looked for: slips forgiven, clinicians' words known. Pure.

`read(text, vocabulary)` gives one `Term` for each word (or two that belong together, "low back"). A word that stands
nowhere in the library may go on ("rais"), be written together ("taichi"), or differ by a slip or two ("stnad").
"""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from rapidfuzz import process
from rapidfuzz.distance import OSA

from accounts.names import folded
from exercises.search_meanings import MEANT, OF_COMPLAINTS, SHORT_FOR, SMALL

LONGEST_QUERY = 100
MOST_WORDS = 8
SHORT, LONG = 4, 6
SHORTEST_START = 3
VOWELS = set("aeiouy")
TYPED, ALIKE, FORGIVEN = 0, 1, 3
"""How well a word of a name answers a term: as typed; continued or in another form; only after forgiving a slip."""

Phrase = tuple[str, ...]


@dataclass(frozen=True)
class Term:
    """One thing that is looked for.

    `own` are the phrases as typed, in other forms, or written apart; with `goes_on` the last word may continue.
    `meant` are short names of regions, goals and families; `near` are words that differ by a slip. `grades` says for
    each word of the names how well it answers alone; `together` are the words of which a name must hold one each.
    A term that is not `needed` only helps to order.
    """

    typed: Phrase
    own: tuple[Phrase, ...]
    goes_on: bool = False
    meant: tuple[str, ...] = ()
    near: tuple[str, ...] = ()
    near_meant: tuple[str, ...] = ()
    needed: bool = True
    grades: Mapping[str, int] = field(default_factory=dict)
    together: tuple[tuple[str, ...], ...] = ()


class Vocabulary:
    """The words of names (`phrases`, one word after the other) and of the short names of regions, goals, families."""

    def __init__(self, phrases: Iterable[Phrase], regions: Iterable[str], others: Iterable[str]) -> None:
        self.regions = frozenset(regions)
        self.pairs: dict[str, Phrase] = {}
        known: set[str] = set()
        for phrase in phrases:
            known.update(phrase)
            self.pairs.update(("".join(pair), pair) for pair in pairwise(phrase))
        self.meant: dict[Phrase, tuple[str, ...]] = defaultdict(tuple)
        for slug in sorted(self.regions.union(others)):
            known.update(slug.split("-"))
            self.meant[tuple(stem(word) for word in slug.split("-"))] += (slug,)
        for phrase, meant in MEANT.items():
            self.meant[tuple(stem(word) for word in phrase)] += meant
        self.words = sorted(known)
        self.known = frozenset(known)
        self._stems: dict[str, list[str]] = defaultdict(list)
        for word in self.words:
            self._stems[stem(word)].append(word)
        single = {phrase[0] for phrase in MEANT if len(phrase) == 1}
        self._targets = sorted({word for word in (known | single) - SMALL if len(word) >= SHORTEST_START})

    def forms(self, word: str) -> list[str]:
        """Known words that are the same but for their ending, the word itself among them if it is known."""
        return self._stems.get(stem(word), [])

    def beginning(self, start: str) -> list[str]:
        """Known words that begin so."""
        first = bisect_left(self.words, start)
        last = bisect_left(self.words, start + "\U0010ffff")
        return self.words[first:last]

    def near(self, word: str, *, goes_on: bool) -> list[str]:
        """The known words with the fewest slips, at most `allowed_slips`; with `goes_on` also as their beginning."""
        slips = allowed_slips(word)
        if not slips:
            return []
        targets = [each for each in self._targets if each[0] == word[0]] if len(word) < SHORT else self._targets
        found = _closest(word, targets, targets, slips)
        if not found and goes_on and len(word) >= SHORT:
            longer = [each for each in targets if len(each) > len(word)]
            found = _closest(word, [each[: len(word)] for each in longer], longer, slips)
        return found


def split(text: str) -> list[str]:
    """The words of a query, folded; apostrophes are left out, other signs separate, what is written short is whole."""
    words = words_of(text[:LONGEST_QUERY])[:MOST_WORDS]
    return [each for word in words for each in SHORT_FOR.get(word, (word,))]


def words_of(text: str) -> list[str]:
    """The words of a text as the database's search knows them."""
    return re.findall(r"[^\W_]+", re.sub("['’`]", "", folded(text)))


def stem(word: str) -> str:
    """A word without its ending: "raises" and "raise", "sitting" and "sit" are alike."""
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 3 and word.endswith("s") and not word.endswith("ss"):
        word = word[:-1]
    for ending in ("ing", "ed"):
        rest = word.removesuffix(ending)
        if rest != word and len(rest) >= SHORTEST_START and VOWELS & set(rest):
            return rest[:-1] if rest[-1] == rest[-2] and rest[-1] not in "ls" else rest
    return word[:-1] if len(word) > 3 and word.endswith("e") else word


def allowed_slips(word: str) -> int:
    """How many letters may be wrong, missing, doubled or swapped."""
    return 0 if len(word) < SHORTEST_START else 1 if len(word) < LONG else 2


def read(text: str, vocabulary: Vocabulary, *, doubting: bool = False) -> list[Term]:
    """The terms of a query. With `doubting` known words too may be slips for others ("hell raise")."""
    words = split(text)
    terms: list[Term] = []
    at = 0
    while at < len(words):
        pair, last = tuple(words[at : at + 2]), at + 2 >= len(words)
        term = _pair(pair, vocabulary, last) if len(pair) == 2 else None
        if term is None:
            pair, last = pair[:1], at + 1 == len(words)
            small = pair[0] in SMALL and len(words) > 1
            term = Term(pair, (), needed=False) if small else _single(pair[0], vocabulary, last, doubting)
        terms.append(term)
        at += len(pair)
    return _about_a_complaint(terms, vocabulary.regions)


def needed(terms: Sequence[Term]) -> list[Term]:
    return [term for term in terms if term.needed]


def _pair(pair: Phrase, vocabulary: Vocabulary, last: bool) -> Term | None:
    """Two words that are one thing: "low back", or "breast stroke" where the library writes one word."""
    stems = (stem(pair[0]), stem(pair[1]))
    meant = vocabulary.meant.get(stems, ())
    if not meant and last and len(pair[1]) > 1:
        meant = _first(slugs for key, slugs in vocabulary.meant.items() if _continues(key, stems, pair))
    joined = "".join(pair)
    forms = vocabulary.forms(joined)
    if not meant and not (forms and any(word not in vocabulary.known for word in pair)):
        return None
    own = (pair, *((form,) for form in forms))
    second = vocabulary.beginning(pair[1]) if last else vocabulary.forms(pair[1])
    together = ((pair[0],), tuple(second))
    grades = dict.fromkeys(forms, ALIKE)
    return Term(pair, own, goes_on=last, meant=tuple(dict.fromkeys(meant)), grades=grades, together=together)


def _single(word: str, vocabulary: Vocabulary, last: bool, doubting: bool) -> Term:
    forms = vocabulary.forms(word)
    goes_on = last or not forms
    longer = vocabulary.beginning(word) if goes_on else []
    apart = vocabulary.pairs.get(word, ()) if word not in vocabulary.known else ()
    meant = vocabulary.meant.get((stem(word),), ())
    if not meant and last and len(word) >= SHORT:
        meant = _first(slugs for key, slugs in vocabulary.meant.items() if len(key) == 1 and key[0].startswith(word))
    grades = dict.fromkeys((*longer, *forms), ALIKE) | {word: TYPED}
    near: list[str] = []
    if doubting or not (forms or longer or apart or meant):
        near = [each for each in vocabulary.near(word, goes_on=last) if each not in grades]
    near = list(dict.fromkeys(form for each in near for form in (each, *vocabulary.forms(each))))
    near_meant = tuple(slug for each in near for slug in vocabulary.meant.get((stem(each),), ()))
    return Term(
        typed=(word,),
        own=tuple(dict.fromkeys(((word,), *((form,) for form in forms), *([apart] if apart else [])))),
        goes_on=goes_on,
        meant=tuple(dict.fromkeys(meant)),
        near=tuple(near),
        near_meant=tuple(dict.fromkeys(near_meant)),
        needed=word not in OF_COMPLAINTS,
        grades=dict.fromkeys(near, FORGIVEN) | grades,
        together=tuple((each,) for each in apart),
    )


def _about_a_complaint(terms: list[Term], regions: frozenset[str]) -> list[Term]:
    """With "pain" in it a query names the part of the body that hurts, not an exercise: "knee pain" is no knee roll."""
    if not any(term.needed for term in terms):
        return [replace(term, needed=bool(term.own)) for term in terms]
    if not any(word in OF_COMPLAINTS for term in terms for word in term.typed):
        return terms
    return [replace(term, own=()) if term.needed and regions.intersection(term.meant) else term for term in terms]


def _continues(key: Phrase, stems: Phrase, pair: Phrase) -> bool:
    return len(key) == 2 and key[0] == stems[0] and key[1].startswith(pair[1])


def _first(found: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return next(iter(found), ())


def _closest(word: str, texts: Sequence[str], names: Sequence[str], slips: int) -> list[str]:
    near = process.extract(word, texts, scorer=OSA.distance, score_cutoff=slips, limit=None)
    near = [each for each in near if each[1]]  # a known word that is doubted is not its own correction
    fewest = min((distance for _text, distance, _place in near), default=0)
    return list(dict.fromkeys(names[place] for _text, distance, place in near if distance == fewest))
