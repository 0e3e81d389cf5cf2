"""What somebody asked the library for, in words, each with the address that asks for it no longer."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import QueryDict
from django.utils.translation import gettext as _

from exercises.forms import FILTERS, KEPT, LibraryFilter, kept
from exercises.search import Results
from exercises.search_words import needed

SEARCHED = "q"
NEVER_KEPT = ("page",)


@dataclass(frozen=True)
class Asked:
    """One thing that is asked for. `query` is the address's part without it; `count` how many there would be then."""

    label: str
    query: str
    count: int = 0


def asked(form: LibraryFilter, query: QueryDict, also: Sequence[str] = ()) -> list[Asked]:
    """The search and every chosen filter, to be taken away one by one."""
    found = []
    for name in KEPT:
        if name in NEVER_KEPT or not form.cleaned_data.get(name):
            continue
        given = form.cleaned_data[name]
        if name == SEARCHED:
            found.append(Asked(_("“%(words)s”") % {"words": given}, _without(query, name, "", also)))
            continue
        values = given if isinstance(given, list) else [given]
        for value, label in zip(values, form.names(name, values), strict=True):
            found.append(Asked(_worded(form, name, label), _without(query, name, value, also)))
    return found


def relaxations(form: LibraryFilter, query: QueryDict, results: Results, also: Sequence[str] = ()) -> list[Asked]:
    """When nothing was found: what to take away, and how many exercises there are then. The largest first."""
    found = []
    for name in KEPT:
        count = results.relaxed.get(FILTERS.get(name, name), 0)
        if count and form.cleaned_data.get(name):
            given = form.cleaned_data[name]
            labels = form.names(name, given if isinstance(given, list) else [given])
            without = _without(query, name, "", also)
            found.append(Asked(_worded(form, name, ", ".join(labels)), without, count))
    chosen = [name for name in KEPT if name != SEARCHED and form.cleaned_data.get(name)]
    if results.relaxed.get("words") and chosen:
        found.append(Asked(_("the words"), _without(query, SEARCHED, "", also), results.relaxed["words"]))
    if results.relaxed.get("filters") and len(chosen) > 1:
        found.append(Asked(_("all filters"), _kept(_only(query, SEARCHED), also), results.relaxed["filters"]))
    for number, term in enumerate(needed(results.terms)):
        count = results.relaxed.get(f"word {number}", 0)
        if count:
            changed = query.copy()
            changed[SEARCHED] = " ".join(word for each in results.terms if each is not term for word in each.typed)
            found.append(Asked(_("the word “%(word)s”") % {"word": " ".join(term.typed)}, _kept(changed, also), count))
    return sorted(found, key=lambda each: -each.count)


def _worded(form: LibraryFilter, name: str, label: str) -> str:
    return _("%(filter)s: %(choice)s") % {"filter": form.fields[name].label, "choice": label}


def _without(query: QueryDict, name: str, value: str, also: Sequence[str]) -> str:
    """The address's part without one value of a filter, or with an empty value without all of them."""
    changed = query.copy()
    changed.setlist(name, [each for each in query.getlist(name) if value and each != value])
    return _kept(changed, also)


def _only(query: QueryDict, name: str) -> QueryDict:
    changed = QueryDict(mutable=True)
    changed.setlist(name, query.getlist(name))
    return changed


def _kept(query: QueryDict, also: Sequence[str]) -> str:
    changed = query.copy()
    for name in NEVER_KEPT:
        changed.pop(name, None)
    return kept(changed, also)
