"""One question of a check-in. Skipping it is an answer of its own: asked, left open."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from plans.forms.patient_when import known_zone

SKIP = "skip"


class AnswerForm(forms.Form):
    """Cleans `answer` to a whole number of the question's scale, or None when "Skip this question" was pressed."""

    answer = forms.CharField(required=False)
    time_zone = forms.CharField(
        widget=forms.HiddenInput(attrs={"data-time-zone": "", "autocomplete": "off"}), required=False
    )

    def __init__(self, data: Any = None, *, highest: int, zone: str, known: int | None = None) -> None:
        """`known` is what the person answered a moment ago, when they come back to the question."""
        super().__init__(data, initial={"answer": None if known is None else str(known)})
        self.highest = highest
        self.zone = known_zone(data.get("time_zone"), zone) if data is not None else zone

    def clean_answer(self) -> int | None:
        # The button wins over a number that was tapped before: it is what the person pressed last.
        if self.data.get("do") == SKIP:
            return None
        given = self.cleaned_data["answer"].strip()
        if given in [str(number) for number in range(self.highest + 1)]:
            return int(given)
        raise ValidationError(_("Choose the answer that fits best, or skip this question."))
