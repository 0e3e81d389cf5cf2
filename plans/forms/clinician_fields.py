"""Form fields that clinicians' forms share."""

from datetime import date

from django import forms
from django.utils.translation import gettext_lazy


class DayField(forms.DateField):
    """A date as the browser's own date picker sends it; typed by hand it may also be 19/11/2026 or 19.11.2026.

    Of 1900 to 2199: the day after it, or its midnight elsewhere, is a date too.
    """

    input_formats = ["%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "%d %B %Y", "%d %b %Y"]
    default_error_messages = {
        "invalid": gettext_lazy("Give the date as day, month and year, for example 19/11/2026."),
        "far": gettext_lazy("Check the year: it is not between 1900 and 2199."),
    }

    def validate(self, value: date | None) -> None:
        super().validate(value)
        if value is not None and not 1900 <= value.year < 2200:
            raise forms.ValidationError(self.error_messages["far"], code="far")

    def __init__(self, **kwargs: object) -> None:
        widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        super().__init__(widget=widget, input_formats=self.input_formats, **kwargs)  # type: ignore[arg-type]
