"""Saying that one is in a flare: one button, and a word if one likes."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import new_id
from plans.forms.patient_when import known_zone


class FlareForm(forms.Form):
    """The id is made with the page, so that pressing twice is saying it once."""

    entry = forms.CharField(widget=forms.HiddenInput, required=False)
    note = forms.CharField(
        label=_("A word about it, if you like"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    time_zone = forms.CharField(
        widget=forms.HiddenInput(attrs={"data-time-zone": "", "autocomplete": "off"}), required=False
    )

    def __init__(self, data: Any = None, *, zone: str) -> None:
        super().__init__(data, initial={"entry": str(new_id())})
        self.zone = known_zone(data.get("time_zone"), zone) if data is not None else zone

    @property
    def report_id(self) -> UUID:
        """The id of the report; a missing or broken one is made anew."""
        try:
            return UUID(str(self.data.get("entry")))
        except ValueError:
            return new_id()

    def renew(self) -> None:
        """A new id, keeping the words: the old one belongs to something else."""
        self.data = self.data.copy()  # type: ignore[attr-defined]
        self.data["entry"] = str(new_id())  # type: ignore[index]
