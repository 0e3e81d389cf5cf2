"""A goal in one's own words, and how close it feels."""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from plans.forms.patient_scale import ScaleField
from plans.forms.patient_when import known_zone


class GoalForm(forms.Form):
    text = forms.CharField(
        label=_("I want to be able to"),
        max_length=200,
        error_messages={"required": _("Write what you want to be able to do.")},
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class ClosenessForm(forms.Form):
    """Cleans `closeness` to a whole Decimal 0-10; nothing is chosen beforehand."""

    closeness = ScaleField(label=_("How close do you feel?"))
    time_zone = forms.CharField(
        widget=forms.HiddenInput(attrs={"data-time-zone": "", "autocomplete": "off"}), required=False
    )

    def __init__(self, data: Any = None, *, zone: str) -> None:
        super().__init__(data)
        self.zone = known_zone(data.get("time_zone"), zone) if data is not None else zone
        self.fields["closeness"].error_messages["required"] = _("Choose a number. To leave without saving, go back.")

    def clean_closeness(self) -> Decimal:
        given = self.cleaned_data["closeness"]
        if not isinstance(given, Decimal):  # "Not now" is not offered here, and is never a 0
            raise ValidationError(self.fields["closeness"].error_messages["required"], code="required")
        return given
