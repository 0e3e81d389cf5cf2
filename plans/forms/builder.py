"""What a clinician writes while building a plan. These forms check and clean; the actions save."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from exercises.models import Exercise
from plans.actions.template_items import name_of
from plans.forms.alike import Same
from plans.forms.numbers import DecimalField
from plans.models import MEASURES, Dose, Prescription, TemplateItem
from plans.wording_safety import ORDINARY_PAIN_GUIDANCE

TEXT_LENGTH = 1000
FURTHEST = 1000
WHOLE = {
    "sets": (1, 10),
    "repetitions": (1, 100),
    "hold_seconds": (1, 600),
    "distance_metres": (1, 20_000),
    "effort": (0, 10),
    "rest_seconds": (0, 900),
    "times_a_week": (1, 7),
}
"""Smallest and largest whole number of each measure, as the database has them."""

MINUTES = (Decimal("0.5"), Decimal("120"))
NUMBERS = [*WHOLE, "duration_minutes"]
TEXTS = ["note", "pain_guidance", "override_reason"]


def weekday_field(label: Any) -> forms.TypedMultipleChoiceField:
    """Days of the week, 1 (Monday) to 7, cleaned to whole numbers."""
    return forms.TypedMultipleChoiceField(
        label=label,
        choices=[(str(n + 1), WEEKDAYS_ABBR[n]) for n in range(7)],
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )


def whole(label: Any, name: str, required: bool = False) -> forms.IntegerField:
    """A whole number between the limits of the measure, with one sentence for every mistake."""
    least, most = WHOLE[name]
    said = gettext_lazy("Write a whole number from %(least)d to %(most)d.") % {"least": least, "most": most}
    errors = dict.fromkeys(["invalid", "min_value", "max_value", "required"], said)
    return forms.IntegerField(
        label=label, min_value=least, max_value=most, required=required, error_messages=errors, widget=forms.NumberInput
    )


class DoseForm(forms.Form):
    """The dose of one exercise. A post with `full` is the whole form; one without changes only what it names."""

    section = forms.ChoiceField(label=gettext_lazy("Section"), choices=Dose.Section.choices)
    sets = whole(gettext_lazy("Sets"), "sets", required=True)
    repetitions = whole(gettext_lazy("Times"), "repetitions")
    hold_seconds = whole(gettext_lazy("Hold, seconds"), "hold_seconds")
    duration_minutes = DecimalField(
        label=gettext_lazy("Minutes"),
        min_value=MINUTES[0],
        max_value=MINUTES[1],
        decimal_places=1,
        required=False,
        error_messages=dict.fromkeys(
            ["invalid", "min_value", "max_value", "max_decimal_places"],
            gettext_lazy("Write minutes from 0.5 to 120, such as 10 or 2.5."),
        ),
    )
    distance_metres = whole(gettext_lazy("Distance, metres"), "distance_metres")
    per_side = forms.BooleanField(label=gettext_lazy("Each side"), required=False)
    effort = whole(gettext_lazy("Effort, 0 to 10"), "effort")
    rest_seconds = whole(gettext_lazy("Rest between sets, seconds"), "rest_seconds")
    weekdays = weekday_field(gettext_lazy("Days"))
    times_a_week = whole(gettext_lazy("Times a week"), "times_a_week")
    note = forms.CharField(
        label=gettext_lazy("Note to the patient"),
        required=False,
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    pain_guidance = forms.CharField(
        label=gettext_lazy("How much pain is all right"),
        required=False,
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2, "placeholder": ORDINARY_PAIN_GUIDANCE}),
    )
    override_reason = forms.CharField(
        label=gettext_lazy("Why in spite of the warning"),
        required=False,
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, prescription: Prescription | TemplateItem, data: Mapping[str, Any] | None = None) -> None:
        self.prescription = prescription
        if isinstance(prescription, Prescription):
            self.exercise_name = prescription.exercise_version.said.name
        else:
            self.exercise_name = name_of(prescription.exercise)
        super().__init__(
            self._completed(data) if data is not None else None,
            initial=self._stored(),
            auto_id=f"id_{prescription.pk}_%s",
        )

    def _stored(self) -> dict[str, Any]:
        """The dose as it is, for the fields."""
        row = self.prescription
        stored = {name: getattr(row, name, "") for name in self.base_fields}
        minutes = row.duration_minutes
        stored["duration_minutes"] = None if minutes is None else minutes.normalize().__format__("f")
        stored["weekdays"] = [str(day) for day in row.weekdays or []]
        return stored

    def _completed(self, data: Mapping[str, Any]) -> Mapping[str, Any]:
        """A whole form as it came; else the stored dose with what was posted laid over it."""
        if "full" in data:
            return data
        posted: dict[str, Any] = {}
        for name in self.base_fields:
            if name == "weekdays" and "weekdays" in data:
                posted[name] = data.getlist(name)  # type: ignore[attr-defined]
            elif name in data:
                posted[name] = data[name]
        return self._stored() | posted

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if not self.errors and all(given.get(name) is None for name in MEASURES):
            self.add_error(None, _("Say how much: times, a hold, minutes or a distance."))
        judged = not self.errors.keys() & {"weekdays", "times_a_week"}
        if judged and not given.get("weekdays") and given.get("times_a_week") is None:
            self.add_error("weekdays", _("Choose at least one day, or write how many times a week."))
        return given

    def changes(self) -> dict[str, Any]:
        """The cleaned dose for the action `change_dose`. Times a week win over days."""
        given = dict(self.cleaned_data)
        if given["times_a_week"] is not None:
            given["weekdays"] = None
        else:
            given["weekdays"] = sorted(set(given["weekdays"]))
        return given


class ItemForm(DoseForm):
    """The dose of one exercise of a template: the same fields, but nobody whom a warning could be about."""

    def __init__(self, prescription: TemplateItem, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(prescription, data)
        del self.fields["override_reason"]


for each in (DoseForm, ItemForm):
    each.base_fields = Same(each.base_fields)


class DaysForm(forms.Form):
    """The same days for the whole plan."""

    weekdays = weekday_field(gettext_lazy("Days"))

    def clean_weekdays(self) -> list[int]:
        days: list[int] = self.cleaned_data["weekdays"]
        if not days:
            raise forms.ValidationError(_("Choose at least one day."))
        return sorted(set(days))


class AddForm(forms.Form):
    """An exercise of the library for the plan; a hard stop needs the reason."""

    exercise = forms.ModelChoiceField(queryset=Exercise.objects.none())
    section = forms.ChoiceField(choices=Dose.Section.choices)
    override_reason = forms.CharField(
        label=gettext_lazy("Why in spite of the warning"), required=False, max_length=TEXT_LENGTH
    )
    position = forms.IntegerField(min_value=0, max_value=FURTHEST, required=False)


class PlaceForm(forms.Form):
    """Where an exercise was dropped: a section, and how many others stand before it."""

    section = forms.ChoiceField(choices=Dose.Section.choices)
    position = forms.IntegerField(min_value=0, max_value=FURTHEST)


class SwapForm(forms.Form):
    """The exercise of the library that takes the place of another one."""

    to = forms.UUIDField()


class MoveForm(forms.Form):
    """One step up or down."""

    steps = forms.TypedChoiceField(choices=[("-1", "up"), ("1", "down")], coerce=int)


class ActivateForm(forms.Form):
    """What changed and why, kept with the version and shown to the patient's team."""

    why = forms.CharField(
        label=gettext_lazy("What changed and why"),
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": gettext_lazy("Write in a sentence what changed and why.")},
    )
