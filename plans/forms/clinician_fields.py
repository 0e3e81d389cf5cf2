"""Form fields that clinicians' forms share."""

from django import forms
from django.utils.translation import gettext_lazy


class DayField(forms.DateField):
    """A date as the browser's own date picker sends it; typed by hand it may also be 19/11/2026 or 19.11.2026."""

    input_formats = ["%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "%d %B %Y", "%d %b %Y"]
    default_error_messages = {
        "invalid": gettext_lazy("Give the date as day, month and year, for example 19/11/2026."),
    }

    def __init__(self, **kwargs: object) -> None:
        widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        super().__init__(widget=widget, input_formats=self.input_formats, **kwargs)  # type: ignore[arg-type]
