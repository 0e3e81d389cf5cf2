"""What a curator writes about an exercise, a little at a time: whatever is well-formed can be stored as a draft.

The form judges only whether a value can be stored at all; whether it is good enough for a review is said by
exercises/review.py. `content()` is what to store: what was not understood is left out, so it stays as it was.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from exercises.content_values import Met
from exercises.families import FAMILY_NAMES
from exercises.models import BodyRegion, Caution, Condition, Equipment, ExerciseVersion
from exercises.review import known_met_values
from exercises.wording_curation import FIELDS

MEASURES = {
    "sets": gettext_lazy("Sets"),
    "repetitions": gettext_lazy("Repetitions"),
    "hold_seconds": gettext_lazy("Hold (seconds)"),
    "duration_minutes": gettext_lazy("Minutes"),
    "distance_metres": gettext_lazy("Metres"),
}
ENDS = {"start": gettext_lazy("Start with"), "least": gettext_lazy("Least"), "most": gettext_lazy("Most")}
MOST_LINES = 40
LONGEST_LINE = 500
MOST_ROWS = 40
BLANK_ROWS = 2
_LEADING_SIGN = re.compile(r"^(?:[-•*–]|\d{1,2}[.)])\s+")
Choices = Sequence[tuple[str, Any]]


class LinesField(forms.CharField):
    """A list, one entry a line. Numbers and bullets that came along with pasted text are left out."""

    def __init__(self, *, numbered: bool = True, rows: int = 5, **kwargs: Any) -> None:
        self.numbered = numbered
        kwargs |= {"required": False, "max_length": 12_000, "widget": forms.Textarea(attrs={"rows": rows})}
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[str]:
        lines = [" ".join(line.split()) for line in super().clean(value).splitlines()]
        if self.numbered:
            lines = [_LEADING_SIGN.sub("", line) for line in lines]
        lines = [line for line in lines if line]
        if len(lines) > MOST_LINES:
            raise forms.ValidationError(_("At most %(most)d lines.") % {"most": MOST_LINES})
        if any(len(line) > LONGEST_LINE for line in lines):
            raise forms.ValidationError(_("A line has at most %(most)d characters.") % {"most": LONGEST_LINE})
        return lines


@dataclass(frozen=True)
class Row:
    """One line of a list of several fields, as it was typed; `error` says why it is not stored."""

    values: dict[str, str]
    error: str = ""


class EditorForm(forms.Form):
    """All fields of one version. Unbound it shows what is stored; bound, what somebody has typed."""

    name = forms.CharField(label=FIELDS["name"], required=False, max_length=120)
    also_known_as = LinesField(
        label=FIELDS["also_known_as"], numbered=False, rows=2, help_text=gettext_lazy("Other names, one a line.")
    )
    goal = forms.ChoiceField(label=FIELDS["goal"], required=False)
    family = forms.ChoiceField(label=FIELDS["family"], required=False)
    body_regions = forms.MultipleChoiceField(
        label=FIELDS["body_regions"], required=False, widget=forms.CheckboxSelectMultiple
    )
    position = forms.ChoiceField(label=FIELDS["position"], required=False)
    equipment = forms.MultipleChoiceField(
        label=FIELDS["equipment"],
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Only what it cannot be done without."),
    )
    impact = forms.ChoiceField(label=FIELDS["impact"], required=False)
    effort_min = forms.IntegerField(label=FIELDS["effort_min"], min_value=0, max_value=10, required=False)
    effort_max = forms.IntegerField(label=FIELDS["effort_max"], min_value=0, max_value=10, required=False)
    met = forms.ChoiceField(
        label=FIELDS["met"],
        required=False,
        help_text=gettext_lazy("From the Compendium of Physical Activities; none where no entry fits."),
    )
    per_side = forms.BooleanField(label=gettext_lazy("This much on each side"), required=False)
    steps = LinesField(
        label=FIELDS["steps"],
        rows=7,
        help_text=gettext_lazy("3 to 7 sentences, one action each, in the order in which they are done."),
    )
    cues = LinesField(label=FIELDS["cues"], help_text=gettext_lazy("2 to 5 hints. Say what to do, not what to avoid."))
    common_mistakes = LinesField(
        label=FIELDS["common_mistakes"],
        help_text=gettext_lazy("2 to 5: what happens, a colon, what to do instead. Patients do not see them."),
    )
    should_feel = forms.CharField(
        label=FIELDS["should_feel"],
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("What is normal while doing it and the day after."),
    )
    stop_if = LinesField(
        label=FIELDS["stop_if"],
        help_text=gettext_lazy("2 to 6 signs, at least one of them particular to this exercise."),
    )
    source = forms.CharField(
        label=FIELDS["source"], required=False, max_length=200, help_text=gettext_lazy("If it is not written here.")
    )
    licence = forms.CharField(label=FIELDS["licence"], required=False, max_length=80)
    change_note = forms.CharField(
        label=FIELDS["change_note"],
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("For the person who reviews it, and for clinicians who look at the history."),
    )

    def __init__(self, version: ExerciseVersion, data: Any = None) -> None:
        self.version = version
        initial = {name: getattr(version, name) for name in self.base_fields if hasattr(version, name)}
        initial |= {"met": _met_key(version), "per_side": version.dose()["per_side"]} | _dose_initial(version)
        super().__init__(data, initial=initial, auto_id="id_%s")
        for measure, label in MEASURES.items():
            for end, words in ENDS.items():
                self.fields[f"{end}_{measure}"] = forms.IntegerField(
                    label=f"{label}, {str(words).lower()}", min_value=0, max_value=100_000, required=False
                )
        choose = _("Choose …")
        self._choose("goal", [("", choose), *ExerciseVersion.Goal.choices])
        self._choose("family", [("", _("None")), *FAMILY_NAMES.items()])
        self._choose("body_regions", list(BodyRegion.objects.names().items()))
        self._choose("position", [("", choose), *ExerciseVersion.Position.choices])
        self._choose("equipment", list(Equipment.objects.names().items()))
        self._choose("impact", [("", choose), *ExerciseVersion.Impact.choices])
        self._choose("met", [("", _("None")), *_met_choices(version)])
        self.conditions: Choices = [("", choose), *Condition.objects.names().items()]
        self.kinds: Choices = Caution.Kind.choices
        self.cautions = self._rows("caution", ("condition", "kind", "reason"), _stored_cautions, self._caution_error)
        self.evidence = self._rows("study", ("authors", "year", "title", "doi", "pmid"), _stored_evidence, _study_error)

    def _choose(self, name: str, choices: Choices) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def _rows(self, prefix: str, names: Sequence[str], stored: Any, judge: Any) -> list[Row]:
        if not self.is_bound:
            return [Row(values) for values in stored(self.version)]
        data = cast(QueryDict, self.data)
        lists = [data.getlist(f"{prefix}_{name}")[:MOST_ROWS] for name in names]
        longest = max(map(len, lists), default=0)
        columns = [[*given, *[""] * (longest - len(given))] for given in lists]
        found: list[Row] = []
        for values in (dict(zip(names, map(_tidy, row), strict=True)) for row in zip(*columns, strict=True)):
            if any(value for name, value in values.items() if name != "kind"):
                found.append(Row(values, judge(values, found)))
        return found

    def _caution_error(self, values: Mapping[str, str], before: Sequence[Row]) -> str:
        known = {slug for slug, _name in self.conditions if slug}
        if values["condition"] not in known:
            return _("Choose the condition. Until then this row is not saved.")
        if values["condition"] in {row.values["condition"] for row in before}:
            return _("This condition stands there already. This row is not saved.")
        if values["kind"] not in dict(self.kinds):
            return _("Choose whether it is a hard stop or a caution.")
        return "" if values["reason"] else _("Write the reason. Until then this row is not saved.")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        least, most = cleaned.get("effort_min"), cleaned.get("effort_max")
        if least is not None and most is not None and least > most:
            self.add_error("effort_min", _("The least effort is above the most effort, so neither is saved."))
            cleaned.pop("effort_max", None)
        return cleaned

    def row_errors(self) -> dict[str, list[str]]:
        """What is wrong with rows: "cautions" and "evidence" -> sentences that name the row."""
        return {
            name: [
                _("Row %(n)d: %(error)s") % {"n": n, "error": row.error} for n, row in enumerate(rows, 1) if row.error
            ]
            for name, rows in (("cautions", self.cautions), ("evidence", self.evidence))
        }

    def content(self) -> dict[str, Any]:
        """What can be stored now, for actions.lifecycle.save_draft."""
        self.is_valid()
        given = self.cleaned_data
        plain = [
            "name", "also_known_as", "goal", "family", "body_regions", "position", "equipment", "impact", "steps",
            "cues", "common_mistakes", "should_feel", "stop_if", "source", "licence", "change_note",
        ]  # fmt: skip
        found = {name: given[name] for name in plain if name in given}
        found |= self._effort(given)
        if "met" in given:
            value, edition, code = (given["met"].split("|") + ["", "", ""])[:3]
            found["met_value"] = Decimal(value) if value else None
            found["met_edition"], found["met_code"] = edition, code
        found["starting_dose"], found["dose_range"] = self._dose(given)
        found["cautions"] = [row.values for row in self.cautions if not row.error]
        found["evidence"] = [_study(row.values) for row in self.evidence if not row.error]
        return found

    def _effort(self, given: Mapping[str, Any]) -> dict[str, int]:
        """Both ends of the effort, when they go together; a field left empty stays as it was."""
        ends = {}
        for name in ("effort_min", "effort_max"):
            typed = given.get(name)
            ends[name] = getattr(self.version, name) if typed is None else typed
        return ends if ends["effort_min"] <= ends["effort_max"] else {}

    def _dose(self, given: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        start = self.version.dose() | {"per_side": bool(given.get("per_side"))}
        spans = {measure: self.version.dose_range.get(measure) for measure in MEASURES}
        for measure in MEASURES:
            if f"start_{measure}" in given:
                start[measure] = given[f"start_{measure}"]
            if f"least_{measure}" in given and f"most_{measure}" in given:
                span = [given[f"least_{measure}"], given[f"most_{measure}"]]
                spans[measure] = None if span == [None, None] else span
        return start, spans

    def dose_table(self) -> list[tuple[str, Any, list[forms.BoundField]]]:
        """The measures with their three fields, for the page: key, name, (start, least, most)."""
        return [(key, name, [self[f"{end}_{key}"] for end in ENDS]) for key, name in MEASURES.items()]


def _tidy(text: str) -> str:
    return " ".join(text.replace("\0", "").split())[:1000]


def _met_key(version: ExerciseVersion) -> str:
    if version.met_value is None:
        return ""
    return f"{version.met_value.normalize():f}|{version.met_edition}|{version.met_code}"


def _met_choices(version: ExerciseVersion) -> Iterable[tuple[str, str]]:
    known: dict[Met, str] = known_met_values()
    words = _("%(activity)s: %(value)s MET (%(edition)s, %(code)s)")
    for met, activity in sorted(known.items(), key=lambda item: (item[1], item[0].edition)):
        key = f"{Decimal(str(met.value)).normalize():f}|{met.edition}|{met.code}"
        yield key, words % {"activity": _(activity), "value": met.value, "edition": met.edition, "code": met.code}
    if (
        version.met_value is not None
        and Met(float(version.met_value), version.met_edition, version.met_code) not in known
    ):
        yield _met_key(version), f"{version.met_value} MET ({version.met_edition}, {version.met_code})"


def _dose_initial(version: ExerciseVersion) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for measure in MEASURES:
        span = version.dose_range.get(measure) or [None, None]
        found |= {f"start_{measure}": version.dose()[measure]}
        found |= {f"least_{measure}": span[0], f"most_{measure}": span[1]}
    return found


def _stored_cautions(version: ExerciseVersion) -> list[dict[str, str]]:
    rows = version.cautions.order_by("-kind", "condition__name")
    return [{"condition": row.condition_id, "kind": row.kind, "reason": row.reason} for row in rows]


def _stored_evidence(version: ExerciseVersion) -> list[dict[str, str]]:
    names = ("authors", "year", "title", "doi", "pmid")
    return [{name: str(source.get(name) or "") for name in names} for source in version.evidence]


def _study(values: Mapping[str, str]) -> dict[str, Any]:
    year = int(values["year"]) if values["year"] else None
    return {**values, "year": year, "doi": values["doi"] or None, "pmid": values["pmid"] or None}


def _study_error(values: Mapping[str, str], _before: Sequence[Row]) -> str:
    if values["year"] and not re.fullmatch(r"[12][0-9]{3}", values["year"], re.ASCII):
        return _("Write the year with four digits. Until then this row is not saved.")
    return ""
