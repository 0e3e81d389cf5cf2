"""The exercises that somebody may see, arranged for searching: kept in memory and read again only when they change.

Published versions never change, so what a catalogue holds is true as long as it is made of the same versions. One
row from the database tells whether it is: the number of versions and a mark of all their ids together.

A set of exercises is a whole number whose n-th bit stands for the n-th exercise by name. So "strength, lying, for
the knee" is an `&` of three numbers, and counting beside every filter takes microseconds.
"""

from collections import OrderedDict, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from threading import Lock
from typing import Any
from uuid import UUID

from django.contrib.postgres.aggregates import ArrayAgg, BitXor
from django.db.models import BigIntegerField, Count, F, Func, Model, QuerySet, TextField, Value
from django.db.models.functions import Cast, Concat

from accounts.names import folded
from exercises.models import Caution, Exercise
from exercises.said import language, name_from
from exercises.search_meanings import SMALL
from exercises.search_words import Phrase, Vocabulary, words_of
from exercises.translated import Translations

MOST_KEPT = 8
MOST_ANSWERS = 64
"""Answers that a catalogue keeps, 60 kB each when they hold all of a large library."""
Stamp = tuple[str, str]
"""How many exercises there are, and a mark of their versions; ("0", "") for none."""
NONE: Stamp = ("0", "")
Set = int
"""A set of exercises: bit n is the n-th of the catalogue."""


@dataclass(frozen=True, slots=True)
class Found:
    """An exercise of the library, lightest form: enough to order, count and page."""

    exercise_id: UUID
    version_id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class Text:
    """A name of the exercise at a place of the catalogue, as words without the small ones; `other` if not its own."""

    place: int
    words: Phrase
    other: bool


class Latest:
    """What was asked for last, by what was asked; so many at most."""

    def __init__(self, most: int) -> None:
        self._most, self._lock = most, Lock()
        self._kept: OrderedDict[Any, Any] = OrderedDict()

    def get(self, asked: Any) -> Any:
        with self._lock:
            if asked in self._kept:
                self._kept.move_to_end(asked)
            return self._kept.get(asked)

    def keep(self, asked: Any, answer: Any) -> None:
        with self._lock:
            self._kept[asked] = answer
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)

    def forget(self) -> None:
        with self._lock:
            self._kept.clear()

    def __len__(self) -> int:
        return len(self._kept)


class Catalogue:
    """`entries` by name; for each kind of filter the exercises of every value; the words they are known by; `answers`
    of searches, which are true as long as the catalogue is.
    """

    def __init__(self, rows: Iterable[Any], cautions: Iterable[tuple[str, str, list[UUID]]]) -> None:
        self.answers = Latest(MOST_ANSWERS)
        read = sorted(rows, key=lambda row: (folded(row[2]), row[0]))
        self.entries = [Found(*row[:3]) for row in read]
        self.places = {entry.version_id: place for place, entry in enumerate(self.entries)}
        self.all: Set = (1 << len(self.entries)) - 1
        members: dict[str, dict[Any, list[int]]] = defaultdict(lambda: defaultdict(list))
        for place, (_id, _version, _name, _aliases, goal, family, regions, *rest) in enumerate(read):
            position, equipment, impact, effort = rest
            pairs = [("goal", goal), ("family", family), ("position", position), ("impact", impact), ("effort", effort)]
            pairs += [("region", region) for region in regions]
            pairs += [("needs", thing) for thing in equipment]
            pairs += [("first region", region) for region in regions[:1]]
            pairs += [("about", word) for slug in {goal, family, *regions} for word in slug.split("-")]
            for kind, value in pairs:
                members[kind][value].append(place)
        self._sets = {
            kind: {value: self.set_of(places) for value, places in by_value.items()}
            for kind, by_value in members.items()
        }
        self._cautions = {
            (kind, condition): self.set_of(self.places[each] for each in versions if each in self.places)
            for condition, kind, versions in cautions
        }
        self.texts: list[Text] = []
        self.texts_with: dict[str, list[int]] = defaultdict(list)
        phrases = []
        for place, row in enumerate(read):
            for number, name in enumerate((row[2], *row[3])):
                phrases.append(words := tuple(words_of(name)))
                text = Text(place, tuple(word for word in words if word not in SMALL) or words, number > 0)
                for word in set(text.words):
                    self.texts_with[word].append(len(self.texts))
                self.texts.append(text)
        slugs = {*self._sets.get("goal", {}), *self._sets.get("family", {})}
        self.vocabulary = Vocabulary(phrases, self._sets.get("region", {}), slugs)

    def having(self, kind: str, value: Any) -> Set:
        """Those of this goal, family, position, impact, effort (the most it takes), region; or that need a thing."""
        return self._sets.get(kind, {}).get(value, 0)

    def values(self, kind: str) -> Iterable[Any]:
        return self._sets.get(kind, {})

    def texts_of(self, words: Iterable[str]) -> set[int]:
        """The names (by their place in `texts`) that hold at least one of the words."""
        return set().union(*(self.texts_with[word] for word in words if word in self.texts_with))

    def not_for(self, condition: str) -> Set:
        return self._cautions.get((Caution.Kind.CONTRAINDICATED.value, condition), 0)

    def care_with(self, condition: str) -> Set:
        return self._cautions.get((Caution.Kind.CAUTION.value, condition), 0)

    def set_of(self, places: Iterable[int]) -> Set:
        bits = bytearray(len(self.entries) // 8 + 1)
        for place in places:
            bits[place >> 3] |= 1 << (place & 7)
        return int.from_bytes(bits, "little")

    def of(self, exercises: Set) -> list[Found]:
        """The members of a set, by name."""
        return [self.entries[place] for place in places_of(exercises)]


def places_of(exercises: Set) -> Iterator[int]:
    return (place for place, bit in enumerate(reversed(bin(exercises))) if bit == "1")


_catalogues = Latest(MOST_KEPT)


def catalogue(exercises: QuerySet[Exercise], stamp: Stamp | None = None) -> Catalogue:
    """The catalogue of these exercises (all with a current version). One query, none when their `stamp` was read
    already; and two more when they changed.
    """
    key = (language(), *(stamp or _stamp(exercises)))
    known: Catalogue | None = _catalogues.get(key)
    if known is None:
        _catalogues.keep(key, known := _read(exercises))
    return known


def stamp_row(exercises: QuerySet[Exercise]) -> QuerySet[Any, Any]:
    """One row ("stamp", *Stamp), in the shape of a vocabulary's (kind, slug, name); none where no exercises are."""
    marks = (
        BitXor(
            Func(F("current_version_id"), Value(seed), function="uuid_hash_extended", output_field=BigIntegerField())
        )
        for seed in (0, 1)
    )
    return _mark_row(exercises, "stamp", *marks)


def vocabulary_row(model: type[Model]) -> QuerySet[Any, Any]:
    """One row (kind, how many, mark) that changes when a vocabulary does; none for an empty one."""
    term = Concat("slug", Value(" "), "name", output_field=TextField())
    marks = (
        BitXor(Func(term, Value(seed), function="hashtextextended", output_field=BigIntegerField())) for seed in (0, 1)
    )
    return _mark_row(model._default_manager.all(), model.__name__.lower(), *marks)


def _mark_row(rows: QuerySet[Any], kind: str, one: BitXor, other: BitXor) -> QuerySet[Any, Any]:
    both = Concat(Cast(one, TextField()), Value(" "), Cast(other, TextField()), output_field=TextField())
    marked: QuerySet[Any, Any] = rows.order_by().values(kind=Value(kind, TextField()))
    found: QuerySet[Any, Any] = marked.annotate(many=Cast(Count("pk"), TextField()), marks=both)
    return found.values_list("kind", "many", "marks")


def _stamp(exercises: QuerySet[Exercise]) -> Stamp:
    for _kind, many, marks in stamp_row(exercises):
        return many, marks
    return NONE


def _read(exercises: QuerySet[Exercise]) -> Catalogue:
    columns = [
        "name", "also_known_as", "goal", "family", "body_regions", "position", "equipment", "impact", "effort_max"
    ]  # fmt: skip
    asked = exercises.order_by().values_list(
        "pk", "current_version_id", "current_version__translations", *(f"current_version__{each}" for each in columns)
    )
    rows = (_in_language(*row) for row in asked)
    cautions = (
        Caution.objects.filter(version__in=exercises.order_by().values("current_version_id"))
        .order_by()
        .values_list("condition_id", "kind")
        .annotate(versions=ArrayAgg("version_id"))
    )
    return Catalogue(rows, cautions)


def _in_language(
    key: UUID, version: UUID, translations: Translations, name: str, aliases: list[str], *rest: Any
) -> Any:
    """The row with the name that the reader sees; it is known by its names in every language."""
    said = name_from(name, translations.get(language(), {}).get("name"))
    others = [entry["name"]["said"] for entry in translations.values() if "name" in entry]
    also = [each for entry in translations.values() for each in entry.get("also_known_as", {}).get("said", ())]
    known = dict.fromkeys([name, *aliases, *others, *also])
    known.pop(said, None)
    return key, version, said, list(known), *rest
