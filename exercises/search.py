"""Finding exercises of the library: words with slips forgiven, filters, and a count beside every choice.

PostgreSQL's full-text search finds the words: in the name before other names, before regions, goals and families,
before the text. What somebody may see is decided by the queryset that is handed in, and by nothing else.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import and_, or_
from typing import Any
from uuid import UUID

from django.contrib.postgres.search import SearchQuery
from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from accounts.compiled import ask
from exercises.models import Exercise
from exercises.search_catalogue import Catalogue, Found, Set, Stamp, catalogue, places_of
from exercises.search_filters import Counts, Narrowed, Wanted, not_for
from exercises.search_words import FORGIVEN, TYPED, Phrase, Term, needed, read

WEIGHTS = [0.05, 0.2, 0.5, 1.0]
"""Of text, regions, other names and the name, in the order that PostgreSQL wants."""

# How a query is answered, best first: as typed in names and regions, with slips forgiven, only in the text.
_EXACTLY, _FORGIVING, _IN_TEXT = 0, 10, 20
# And by which name.
_NAME, _STARTS_NAME, _IN_NAME, _IN_OTHER_NAME, _ELSEWHERE = range(5)
_SHORT_START = 2
_KINDS = ("region", "goal", "family")


@dataclass(frozen=True)
class Results:
    """What a search found, best first.

    `terms` is how the words were understood; `forgiven` says that no name and no region holds them as typed.
    `counts` are those of `Narrowed.counts` and, under "conditions", of `Narrowed.safe_counts`. `left_out` is how many
    were hidden as contraindicated; `unsafe` and `careful` are the versions found that are contraindicated or need
    care, with the conditions. `relaxed` says for each filter, for all "filters", for all "words", and for each word
    by its place ("word 0"), how many there would be without it; only when nothing was found.
    """

    found: list[Found]
    terms: list[Term]
    forgiven: bool
    counts: Counts
    left_out: int
    unsafe: dict[Any, list[str]]
    careful: dict[Any, list[str]]
    relaxed: dict[str, int]


def search(
    exercises: QuerySet[Exercise], wanted: Wanted, conditions: Iterable[str] = (), stamp: Stamp | None = None
) -> Results:
    """Everything that a page of the library shows about a search. `conditions` are those to count beside "safe for".

    One query (none with the `stamp` of the exercises), and one more with words that were not asked for lately; two more
    when the library has changed; one more when nothing is found.
    """
    known = catalogue(exercises, stamp)
    asked = (wanted, tuple(conditions))
    results: Results | None = known.answers.get(asked)
    if results is None:
        results = _search(exercises, known, *asked)
        if _may_be_kept(results, wanted):
            known.answers.keep(asked, results)
    return results


def _may_be_kept(results: Results, wanted: Wanted) -> bool:
    """Whether an answer may outlive the request: only what says nothing but words and filters of the library.

    Words that the library does not know may be a patient's name, and conditions are a patient's.
    """
    return bool(results.found) and not (results.forgiven or wanted.conditions or wanted.home)


def _search(exercises: QuerySet[Exercise], known: Catalogue, wanted: Wanted, conditions: tuple[str, ...]) -> Results:
    terms = _terms(known, wanted.words)
    ranked = _ranked(known, terms) if terms else None
    among = known.all if ranked is None else known.set_of(place for place, _key in ranked)
    narrowed = Narrowed(known, among, wanted)
    remaining = narrowed.remaining
    unsafe = remaining & not_for(known, wanted.conditions)
    found = _in_best_order(known, ranked, remaining, unsafe)
    counts = narrowed.counts() | {"conditions": narrowed.safe_counts(conditions)}
    relaxed: dict[str, int] = {}
    if not found:
        relaxed = narrowed.relaxed() | {"filters": among.bit_count()}
        if terms:
            relaxed["words"] = Narrowed(known, known.all, wanted).remaining.bit_count()
            relaxed |= _relaxed_words(exercises, known, terms, wanted)
    return Results(
        found=found,
        terms=terms,
        forgiven=ranked is not None and bool(ranked) and _FORGIVING <= ranked[0][1][0] < _IN_TEXT,
        counts=counts,
        left_out=(narrowed.without("conditions") & ~remaining).bit_count(),
        unsafe=_by_version(known, wanted.conditions, remaining, known.not_for),
        careful=_by_version(known, wanted.conditions, remaining & ~unsafe, known.care_with),
        relaxed={name: number for name, number in relaxed.items() if number},
    )


def find(exercises: QuerySet[Exercise], wanted: Wanted) -> list[Found]:
    """The exercises among `exercises` (with a current version) that match, best first."""
    return search(exercises, wanted).found


def in_order(found: Sequence[Found]) -> list[Exercise]:
    """The rows of one page of results, in the same order, with their current versions. One query."""
    rows = Exercise.objects.filter(pk__in=[each.exercise_id for each in found]).select_related("current_version")
    by_id = {row.pk: row for row in rows}
    return [by_id[each.exercise_id] for each in found if each.exercise_id in by_id]


def _terms(known: Catalogue, text: str) -> list[Term]:
    """What is looked for. If no name and no region holds all of it, known words too may be slips."""
    terms = read(text, known.vocabulary)
    if not needed(terms):
        return []
    return terms if _holding(known, terms, FORGIVEN - 1) else read(text, known.vocabulary, doubting=True)


def _holding(known: Catalogue, terms: Sequence[Term], worst: int) -> Set:
    """What holds every term in its names, or is of the region, goal or family meant; no word graded below `worst`."""
    found = known.all
    for term in needed(terms):
        meant = [*term.meant, *term.near_meant] if worst == FORGIVEN else term.meant
        one = reduce(or_, (known.having(kind, slug) for kind in _KINDS for slug in meant), 0)
        if term.own:
            words = [word for word, grade in term.grades.items() if grade <= worst]
            one |= known.set_of(known.texts[text].place for text in _texts(known, term, words))
            one = reduce(or_, (known.having("about", word) for word in words), one)
        found &= one
    return found


def _texts(known: Catalogue, term: Term, words: Iterable[str]) -> set[int]:
    """The names that hold one of the words, or what must stand together."""
    found = known.texts_of(words)
    if term.together:
        found |= set.intersection(*(known.texts_of(options) for options in term.together))
    return found


Key = tuple[Any, ...]


def _ranked(known: Catalogue, terms: Sequence[Term]) -> list[tuple[int, Key]]:
    """The places in the catalogue of what holds every term, best first, with the reason for the order."""
    exactly = set(places_of(_holding(known, terms, FORGIVEN - 1)))
    forgiving = set(places_of(_holding(known, terms, FORGIVEN))) if any(term.near for term in terms) else exactly
    rows: Iterable[tuple[UUID, float]]
    if all(_is_start(term) for term in needed(terms)):
        # A letter or two fit most of the library, and no text is looked at: the catalogue knows them already.
        rows = ((known.entries[place].version_id, 0.0) for place in exactly)
    else:
        rows = _weighed(needed(terms))
    main, some = (set(places_of(each)) for each in _of_the_regions(known, terms))
    named = _named(known, terms)
    keyed = []
    for version_id, weight in rows:
        place = known.places.get(version_id)
        if place is not None:
            answer = _EXACTLY if place in exactly else _FORGIVING if place in forgiving else _IN_TEXT
            how_named, extra, inexact = named.get(place, (_ELSEWHERE, 0, 0))
            off = 0 if place in main else 1 if place in some else 2
            keyed.append((place, (answer + how_named, off, extra, inexact, -round(weight, 6), place)))
    return sorted(keyed, key=lambda each: each[1])


def _of_the_regions(known: Catalogue, terms: Sequence[Term]) -> tuple[Set, Set]:
    """What works first of all on a region that is meant, and what works on it at all."""
    regions = {slug for term in needed(terms) for slug in (*term.meant, *term.near_meant)} & known.vocabulary.regions
    main, some = 0, 0
    for slug in regions:
        main, some = main | known.having("first region", slug), some | known.having("region", slug)
    return main, some


def _named(known: Catalogue, terms: Sequence[Term]) -> dict[int, tuple[int, int, int]]:
    """For each place with a name that holds all terms: kind (best 0), words nobody asked for, inexactness."""
    grades: dict[str, int] = {}
    for term in terms:
        for word, grade in term.grades.items():
            grades[word] = min(grade, grades.get(word, grade))
        grades |= {word: TYPED for options in term.together for word in options}
    holding = [_texts(known, term, term.grades) for term in needed(terms)]
    best: dict[int, tuple[int, int, int]] = {}
    for number in set.intersection(*holding):
        text = known.texts[number]
        asked = [grades[word] for word in text.words if word in grades]
        extra = len(text.words) - len(asked)
        if not extra:
            kind = _NAME
        elif text.other:
            kind = _IN_OTHER_NAME
        else:
            kind = _STARTS_NAME if text.words[0] in grades else _IN_NAME
        answer = (kind, extra, 2 * sum(asked) + text.other)
        best[text.place] = min(answer, best.get(text.place, answer))
    return best


def _in_best_order(known: Catalogue, ranked: list[tuple[int, Key]] | None, remaining: Set, last: Set) -> list[Found]:
    if ranked is None:
        return known.of(remaining & ~last) + known.of(remaining & last)
    found = [place for place, _key in ranked if remaining >> place & 1]
    found.sort(key=lambda place: last >> place & 1)
    return [known.entries[place] for place in found]


def _by_version(known: Catalogue, conditions: Iterable[str], among: Set, members: Any) -> dict[Any, list[str]]:
    named: dict[Any, list[str]] = {}
    for condition in conditions:
        for found in known.of(among & members(condition)):
            named.setdefault(found.version_id, []).append(condition)
    return named


def _relaxed_words(
    exercises: QuerySet[Exercise], known: Catalogue, terms: Sequence[Term], wanted: Wanted
) -> dict[str, int]:
    """With more than one word: how many there would be without each of them, all filters kept. One query."""
    words = needed(terms)
    if len(words) < 2:
        return {}
    # Read anew, as it will be when somebody searches with a word less.
    rests = [" ".join(word for term in terms if term is not one for word in term.typed) for one in words]
    queries = [_query(needed(_terms(known, rest))) for rest in rests]
    holds = [
        Case(When(current_version__search=query, then=Value(1)), default=Value(0), output_field=IntegerField())
        for query in queries
    ]
    some = reduce(or_, (Q(current_version__search=query) for query in queries))
    rows = list(exercises.order_by().filter(some).values_list("current_version_id", *holds))
    found = {}
    for at in range(len(words)):
        places = (known.places[row[0]] for row in rows if row[at + 1] and row[0] in known.places)
        found[f"word {at}"] = Narrowed(known, known.set_of(places), wanted).remaining.bit_count()
    return found


def _weighed(terms: Sequence[Term]) -> list[tuple[UUID, float]]:
    """The versions that hold every term, with their weight. Of all there are: who has no place in the catalogue is
    left out by who asks. One query, which PostgreSQL plans once for so many terms.
    """
    each = [_one(term) for term in terms]
    asked = " && ".join(f"({' || '.join(['to_tsquery(%s, %s)'] * len(ways))})" for ways in each)
    text = f"""SELECT version.id, ts_rank(%s::real[], version.search, asked.query)
        FROM exercises_exerciseversion version, (SELECT {asked} AS query) asked WHERE version.search @@ asked.query
    """  # noqa: S608  # nosec B608
    return ask(text, [WEIGHTS, *(part for ways in each for way in ways for part in way)])


def _query(terms: Sequence[Term]) -> SearchQuery:
    """The same for Django's own questions."""
    ways = ([SearchQuery(text, config=config, search_type="raw") for config, text in _one(term)] for term in terms)
    return reduce(and_, (reduce(or_, each) for each in ways))


def _one(term: Term) -> list[tuple[str, str]]:
    """One term as PostgreSQL asks it: language and words, one way or the other. What is meant counts only as region,
    goal or family; a letter not in texts.
    """
    phrases = [(phrase, term.goes_on) for phrase in term.own] + [((word,), False) for word in term.near]
    short = _is_start(term)
    parts = [_phrase(phrase, goes_on, "ABC" if short else "") for phrase, goes_on in phrases]
    parts += [_phrase(tuple(slug.split("-")), False, "C") for slug in (*term.meant, *term.near_meant)]
    ways = [("simple", " | ".join(parts))]
    # "english" drops its smallest words, so that of a phrase less would remain than was asked for.
    in_text = [_phrase(phrase, goes_on, "") for phrase, goes_on in phrases if len(phrase) == 1]
    return [*ways, ("english", " | ".join(in_text))] if in_text and not short else ways


def _is_start(term: Term) -> bool:
    return term.goes_on and len(term.typed[-1]) <= _SHORT_START


def _phrase(words: Phrase, goes_on: bool, parts: str) -> str:
    """Words one after the other, in these parts of an exercise (all without)."""
    marks = [f"{'*' if goes_on and at == len(words) - 1 else ''}{parts}" for at in range(len(words))]
    return "(" + " <-> ".join(f"{word}:{mark}" if mark else word for word, mark in zip(words, marks, strict=True)) + ")"
