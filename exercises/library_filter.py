"""The library's search and filters for a page: drawn once for what is chosen, the counts put in for each answer.

Some two hundred choices stand on the page, and searching changes nothing of them but their counts. So a form and what
it draws are kept for each set of chosen filters, with a mark in the place of each count. The vocabularies they are made
of have a mark as the exercises do (search_catalogue.py), so what is kept is never out of date.
"""

import re
from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from accounts.compiled import compiled
from accounts.models import User
from exercises.forms import LibraryFilter, vocabularies
from exercises.models import BodyRegion, Condition, Equipment, Exercise
from exercises.said import language
from exercises.search_catalogue import NONE, Stamp, stamp_row, vocabulary_row
from exercises.search_filters import Counts, Wanted

KEPT = 128
"""Sets of chosen filters whose form is kept drawn, some 40 kB each."""
DRAWN = {
    **{name: (f"exercises/_{name}.html", False) for name in ("facets", "home", "safe", "home_count", "home_counts")},
    "home_count_oob": ("exercises/_home_count.html", True),
}
"""By the name of a piece its template, which shows choices and counts and nothing of the search, and its `oob`."""
MARK = re.compile("\ue000([^\ue001]+)\ue001")


@dataclass(frozen=True)
class Marks:
    """Short texts that change with the exercises that somebody may see, and with the vocabularies."""

    exercises: Stamp
    vocabularies: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Filter:
    """The form of a page's address and what it asks for. `odd`: something in the address is not known."""

    form: LibraryFilter
    wanted: Wanted
    odd: bool
    texts: Mapping[str, list[str]]

    def drawn(self, counts: Counts) -> dict[str, SafeString]:
        """The pieces by name, with the counts in their places."""
        return {name: _filled(texts, counts) for name, texts in self.texts.items()}


@compiled
def _marks(*, user: User, at: datetime) -> QuerySet[Any, tuple[str, str, str]]:
    exercises = stamp_row(Exercise.objects.visible_to(user, at).prescribable())
    return exercises.union(*(vocabulary_row(model) for model in (BodyRegion, Equipment, Condition)), all=True)


def marks(user: User, at: datetime) -> Marks:
    """One query."""
    rows = _marks(user=user, at=at)
    stamp = next(((many, mark) for kind, many, mark in rows if kind == "stamp"), NONE)
    return Marks(stamp, tuple(sorted(row for row in rows if row[0] != "stamp")))


def filter_of(query: QueryDict, known: Marks) -> Filter:
    """What an address asks the library for. One query when a vocabulary has changed."""
    chosen = tuple((name, tuple(query.getlist(name))) for name in LibraryFilter.base_fields if name != "q")
    kept = _kept(language(), known.vocabularies, chosen)
    words, odd = "", False
    try:
        words = LibraryFilter.base_fields["q"].clean(query.get("q", ""))
    except ValidationError:
        odd = True
    form = copy(kept.form)
    form.cleaned_data = {**kept.form.cleaned_data, "q": words}
    return Filter(form, replace(kept.wanted, words=words), kept.odd or odd, kept.texts)


@lru_cache(maxsize=KEPT)
def _kept(
    _language: str, known: tuple[tuple[str, ...], ...], chosen: tuple[tuple[str, tuple[str, ...]], ...]
) -> Filter:
    data = QueryDict(mutable=True)
    for name, values in chosen:
        data.setlist(name, list(values))
    form = LibraryFilter(data, terms=_vocabularies(_language, known))
    wanted = form.wanted()
    form.put(_Marked())
    texts = {
        name: MARK.split(render_to_string(template, {"form": form, "oob": oob}))
        for name, (template, oob) in DRAWN.items()
    }
    return Filter(form, wanted, bool(form.errors), texts)


@lru_cache(maxsize=8)
def _vocabularies(_language: str, _known: tuple[tuple[str, ...], ...]) -> Mapping[str, Any]:
    return vocabularies()


class _Marked(dict[str, Any]):
    """Counts that are marks: "goal strength" in the place of how many there would be for strength."""

    def __missing__(self, name: str) -> "_MarkedFor":
        return _MarkedFor(name)


class _MarkedFor(dict[str, Any]):
    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def get(self, value: str, _otherwise: Any = None) -> str:
        return f"\ue000{self.name} {value}\ue001"


def _filled(texts: list[str], counts: Counts) -> SafeString:
    """Text and marks in turn; a mark becomes its count."""
    found = list(texts)
    for place in range(1, len(texts), 2):
        name, _blank, value = texts[place].partition(" ")
        found[place] = str(counts[name].get(value, 0))
    return SafeString("".join(found))  # nosec B308, B703  # drawn by templates, and numbers
