"""The numbers of a rule, as a form: to set them from a date on with a reason, or to try them on the past."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from plans.forms.clinician_fields import DayField
from plans.forms.numbers import FloatField
from plans.thresholds import ON, Number, numbers_of
from plans.wording_thresholds import number_help, number_name, number_unit

IN_ORDER = (
    ("R1", "ceiling_lowest", "ceiling_highest"),
    ("R5", "watch_days", "important_days"),
    ("R7", "watch_rise", "important_rise"),
)
"""Pairs of numbers of which the first may not be above the second."""
LONGEST_DAYS = 366


class NumbersForm(forms.Form):
    """The numbers of one rule. Cleans to them by name (`values`), as floats."""

    def __init__(self, data: Any = None, *, rule: str, values: Mapping[str, float], switch: bool = True, **kwargs: Any):
        super().__init__(data, **kwargs)
        self.rule = rule
        self.numbers = [number for number in numbers_of(rule) if switch or number.name != ON]
        later = list(self.fields)
        for number in self.numbers:
            self.fields[number.name] = _field(number)
            value = values[number.name]
            self.initial[number.name] = bool(value) if number.name == ON else f"{value:g}"
        self.order_fields([*(number.name for number in self.numbers), *later])

    @property
    def rows(self) -> list[tuple[BoundField, str]]:
        """The number fields with their units, without the switch."""
        return [(self[n.name], number_unit(self.rule, n.name)) for n in self.numbers if n.name != ON]

    @property
    def switch(self) -> BoundField | None:
        return self[ON] if ON in self.fields else None

    @property
    def values(self) -> dict[str, float]:
        """The numbers by name. Only of a valid form."""
        return {number.name: float(self.cleaned_data[number.name]) for number in self.numbers}

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for rule, low, high in IN_ORDER:
            least, most = cleaned.get(low), cleaned.get(high)
            if rule == self.rule and least is not None and most is not None and least > most:
                words = _("This may not be less than “%(other)s”.")
                self.add_error(high, words % {"other": number_name(rule, low)})
        return cleaned


class ThresholdForm(NumbersForm):
    """Numbers with the date from which they hold, and the reason."""

    effective_on = DayField(label=gettext_lazy("Starts on"), help_text=gettext_lazy("Older flags stay as they are."))
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Kept in the history with your name."),
    )

    def __init__(self, data: Any = None, *, rule: str, values: Mapping[str, float], today: date, back: bool = False):
        super().__init__(data, rule=rule, values=values, initial={"effective_on": today})
        self.today = today
        if back:
            # Whatever stands in the number fields, they are given back.
            for number in self.numbers:
                self.fields[number.name].required = False
                self.fields[number.name].validators = []
                self.fields[number.name].disabled = True

    def clean_effective_on(self) -> date:
        day: date = self.cleaned_data["effective_on"]
        if not self.today <= day <= self.today + timedelta(days=LONGEST_DAYS):
            raise ValidationError(_("Choose a day from today on, a year ahead at most."))
        return day


class TrialForm(NumbersForm):
    """Numbers to try, and the period of the past to try them on."""

    first_on = DayField(label=gettext_lazy("From"))
    last_on = DayField(label=gettext_lazy("To"))

    def __init__(self, data: Any = None, *, rule: str, values: Mapping[str, float], today: date):
        period = {"first_on": today - timedelta(days=89), "last_on": today}
        super().__init__(data, rule=rule, values=values, switch=False, initial=period)
        self.today = today

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        first, last = cleaned.get("first_on"), cleaned.get("last_on")
        if last and last > self.today:
            self.add_error("last_on", _("That day is still to come. Choose today at the latest."))
        elif first and last and last < first:
            self.add_error("last_on", _("Choose a day on or after the first one."))
        elif first and last and (last - first).days > LONGEST_DAYS:
            self.add_error("first_on", _("Choose a year at most."))
        return cleaned


def _field(number: Number) -> forms.Field:
    label, help_text = number_name(number.rule, number.name), number_help(number.rule, number.name)
    if number.name == ON:
        return forms.BooleanField(label=label, required=False)
    if number.whole:
        whole = forms.NumberInput(attrs={"inputmode": "numeric", "step": "1"})
        return forms.IntegerField(
            label=label, help_text=help_text, widget=whole,
            min_value=int(number.lowest), max_value=int(number.highest),
        )  # fmt: skip
    tenths = forms.NumberInput(attrs={"inputmode": "decimal", "step": "0.1"})
    return FloatField(
        label=label, help_text=help_text, widget=tenths, min_value=number.lowest, max_value=number.highest
    )
