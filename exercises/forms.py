"""What somebody asks the library for, from the address of the page."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import QuerySet, Value
from django.http import QueryDict
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.names import folded
from exercises.families import FAMILY_NAMES
from exercises.models import BodyRegion, Condition, Equipment, Exercise, ExerciseVersion
from exercises.search import Results
from exercises.search_catalogue import NONE, Stamp, stamp_row
from exercises.search_filters import MOST_EFFORT, NOTHING, POSITIONS, Counts, Wanted
from exercises.search_words import LONGEST_QUERY

KEPT = ("q", "goal", "family", "region", "position", "equipment", "impact", "effort", "condition", "page")
FILTERS = {"position": "positions", "condition": "conditions"}
"""Fields of the form that are called otherwise in `Wanted`."""
Choices = Sequence[tuple[str, Any]]

POSITION_WORDS = {
    "lying": _("Lying"),
    "sitting": _("Sitting"),
    "standing": _("Standing"),
    "knees": _("On the knees"),
    "walking": _("Walking"),
    "water": _("In water"),
    "cycling": _("Cycling"),
}
IMPACT_WORDS = {
    "none": _("None"),
    "low": _("At most low"),
    "moderate": _("At most moderate"),
}


@dataclass(frozen=True)
class Option:
    """One choice of a filter as the page shows it. `count` is how many exercises there would be."""

    value: str
    label: Any
    count: int
    chosen: bool


class Several(forms.MultipleChoiceField):
    """Any number of choices; an empty one, as a select without a choice sends it, is none."""

    def to_python(self, value: Any) -> list[str]:
        return [each for each in super().to_python(value) if each]


class LibraryFilter(forms.Form):
    """Search words and filters. What is not understood is left out; `wanted()` is what remains. One query.

    With `among`, the exercises to be searched, that query also reads their `stamp`, for `search`. With `terms`, what
    `vocabularies` found before, there is no query.
    """

    q = forms.CharField(label=_("Search the library"), required=False, max_length=LONGEST_QUERY)
    position = Several(label=_("Position"), required=False, choices=list(POSITION_WORDS.items()))
    goal = forms.ChoiceField(label=_("Goal"), required=False)
    family = forms.ChoiceField(label=_("Kind"), required=False)
    region = forms.ChoiceField(label=_("Region"), required=False)
    impact = forms.ChoiceField(label=_("Impact"), required=False)
    effort = forms.ChoiceField(label=_("Effort"), required=False)
    equipment = Several(
        label=_("At home"), required=False, help_text=_("Shows what needs nothing beyond the ticked things.")
    )
    condition = Several(
        label=_("Safe for"), required=False, help_text=_("Hides what is not for a condition, marks what needs care.")
    )

    def __init__(
        self, data: Any, among: QuerySet[Exercise] | None = None, *, terms: Mapping[str, Choices] | None = None
    ) -> None:
        super().__init__(data, auto_id="lib_%s")
        self.stamp: Stamp | None = None
        if terms is None:
            terms, self.stamp = _terms(among)
        self._choose("goal", [("", _("Any goal")), *ExerciseVersion.Goal.choices])
        self._choose("family", [("", _("Any kind")), *FAMILY_NAMES.items()])
        self._choose("region", [("", _("Any region")), *terms["region"]])
        self._choose("impact", [("", _("Any impact")), *IMPACT_WORDS.items()])
        efforts = [(str(most), gettext("At most %(most)s of 10") % {"most": most}) for most in range(1, MOST_EFFORT)]
        self._choose("effort", [("", _("Any effort")), *efforts])
        self._choose("equipment", [(NOTHING, _("Nothing at all")), *terms["equipment"]])
        self._choose("condition", terms["condition"])

    def _choose(self, name: str, choices: Choices) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def wanted(self) -> Wanted:
        self.is_valid()
        given = self.cleaned_data
        effort = given.get("effort", "")
        return Wanted(
            words=given.get("q", ""),
            goal=given.get("goal", ""),
            family=given.get("family", ""),
            region=given.get("region", ""),
            positions=tuple(name for name in POSITIONS if name in given.get("position", [])),
            equipment=tuple(sorted(given.get("equipment", []))),
            impact=given.get("impact", ""),
            effort=int(effort) if effort else None,
            conditions=tuple(sorted(given.get("condition", []))),
        )

    def is_narrowed(self) -> bool:
        """Whether anything is asked for at all."""
        return self.wanted() != Wanted()

    def conditions(self) -> list[str]:
        """Every condition that can be chosen."""
        return [value for value, _label in self._choices("condition")]

    def names(self, name: str, values: Iterable[str]) -> list[str]:
        """What the choices of a filter are called."""
        wanted = list(values)
        words = dict(self._choices(name)) if wanted else {}
        return [str(words[value]) for value in wanted if value in words]

    def count(self, results: Results) -> None:
        """Put how many exercises there would be beside every choice."""
        self.put(results.counts)

    def put(self, beside: Counts) -> None:
        """Put these counts beside the choices."""
        self.counts = beside
        self.labels = {name: list(self._choices(name)) for name in ("goal", "family", "region", "impact", "effort")}
        for name, choices in self.labels.items():
            counts = beside[name]
            self._choose(name, [(value, _counted(label, counts.get(value, 0))) for value, label in choices])

    def options(self, name: str) -> list[Option]:
        """The choices of a filter with several, counted."""
        counts = self.counts[FILTERS.get(name, name)]
        chosen = set(self.cleaned_data.get(name, []))
        return [Option(value, label, counts.get(value, 0), value in chosen) for value, label in self._choices(name)]

    def position_options(self) -> list[Option]:
        return self.options("position")

    def equipment_options(self) -> list[Option]:
        return self.options("equipment")

    def condition_options(self) -> list[Option]:
        return self.options("condition")

    def chosen_conditions(self) -> list[Option]:
        return self._chosen("condition")

    def chosen_equipment(self) -> list[Option]:
        return self._chosen("equipment")

    def _chosen(self, name: str) -> list[Option]:
        return [option for option in self.options(name) if option.chosen] if self.cleaned_data.get(name) else []

    def _choices(self, name: str) -> list[tuple[str, Any]]:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        return list(getattr(self, "labels", {}).get(name) or field.choices)  # type: ignore[arg-type]


def kept(query: QueryDict, also: Sequence[str] = ()) -> str:
    """The search and filters of an address without what is empty or unknown, to come back to the same list."""
    return urlencode([(name, value) for name in (*KEPT, *also) for value in query.getlist(name) if value])


def _counted(label: Any, count: int) -> Any:
    return format_lazy("{label} ({count})", label=label, count=count)


def vocabularies() -> dict[str, Choices]:
    """Regions, equipment and conditions in the reader's language. One query."""
    return _terms(None)[0]


def _terms(among: QuerySet[Exercise] | None) -> tuple[dict[str, Choices], Stamp | None]:
    """The vocabularies by name, and the stamp of these exercises: one query for all."""
    kinds = (("region", BodyRegion), ("equipment", Equipment), ("condition", Condition))
    queries = [model.objects.order_by().values_list(Value(kind), "slug", "name") for kind, model in kinds]
    found: dict[str, list[tuple[str, Any]]] = {kind: [] for kind, _model in kinds}
    stamps = [] if among is None else [stamp_row(among)]
    stamp: Stamp | None = None if among is None else NONE
    for kind, slug, name in queries[0].union(*queries[1:], *stamps, all=True):
        if kind in found:
            found[kind].append((slug, gettext(name)))
        else:
            stamp = (slug, name)
    return {kind: sorted(terms, key=lambda term: folded(term[1])) for kind, terms in found.items()}, stamp
