"""What somebody asks the library for, from the address of the page."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from exercises.models import BodyRegion, Equipment, ExerciseVersion
from exercises.search import LONGEST_QUERY, NOTHING, POSITIONS, Wanted

KEPT = ("q", "goal", "region", "position", "equipment", "impact", "page")
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
    "none": _("No impact"),
    "low": _("Low impact"),
    "moderate": _("Moderate impact"),
}


class LibraryFilter(forms.Form):
    """Search words and filters. What is not understood is left out; `wanted()` is what remains."""

    q = forms.CharField(label=_("Search the library"), required=False, max_length=LONGEST_QUERY)
    goal = forms.ChoiceField(label=_("Goal"), required=False)
    region = forms.ChoiceField(label=_("Body region"), required=False)
    position = forms.MultipleChoiceField(
        label=_("Position"), required=False, choices=list(POSITION_WORDS.items()), widget=forms.CheckboxSelectMultiple
    )
    equipment = forms.ChoiceField(label=_("Equipment"), required=False)
    impact = forms.ChoiceField(label=_("Most impact"), required=False)

    def __init__(self, data: Any) -> None:
        super().__init__(data, auto_id="lib_%s")
        regions: Choices = list(BodyRegion.objects.values_list("slug", "name"))
        things: Choices = list(Equipment.objects.values_list("slug", "name"))
        self._choose("goal", [("", _("Any goal")), *ExerciseVersion.Goal.choices])
        self._choose("region", [("", _("Any region")), *regions])
        self._choose("equipment", [("", _("Any equipment")), (NOTHING, _("No equipment")), *things])
        self._choose("impact", [("", _("Any impact")), *IMPACT_WORDS.items()])

    def _choose(self, name: str, choices: Choices) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def wanted(self) -> Wanted:
        self.is_valid()
        given = self.cleaned_data
        return Wanted(
            words=given.get("q", ""),
            goal=given.get("goal", ""),
            region=given.get("region", ""),
            positions=tuple(name for name in POSITIONS if name in given.get("position", [])),
            equipment=given.get("equipment", ""),
            impact=given.get("impact", ""),
        )

    def is_narrowed(self) -> bool:
        """Whether anything is asked for at all."""
        return self.wanted() != Wanted()


def kept(query: QueryDict) -> str:
    """The search and filters of an address without what is empty or unknown, to come back to the same list."""
    return urlencode([(name, value) for name in KEPT for value in query.getlist(name) if value])
