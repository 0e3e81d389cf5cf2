"""The decision at a re-evaluation."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from plans.actions.reevaluations import LONGEST_DAYS
from plans.forms.clinician_fields import DayField
from plans.models import Reevaluation


class ReevaluationForm(forms.Form):
    """Cleans to `decision`, `note`, `words_for_patient`, `next_due_on` (None for a discharge), `resolve_flags` and
    `accept_usual`: what plans.actions.deciding.decide takes."""

    decision = forms.ChoiceField(
        label=gettext_lazy("Your decision"),
        choices=Reevaluation.DecisionTaken.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose a decision.")},
    )
    note = forms.CharField(
        label=gettext_lazy("Note"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": gettext_lazy("Write down what you decided and why.")},
    )
    words_for_patient = forms.CharField(
        label=gettext_lazy("Words for the patient"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    next_due_on = DayField(label=gettext_lazy("Next re-evaluation"), required=False)
    resolve_flags = forms.BooleanField(required=False)
    accept_usual = forms.BooleanField(required=False)

    def __init__(self, data: Any = None, *, today: date, usual_days: int) -> None:
        first = {"next_due_on": today + timedelta(days=usual_days), "resolve_flags": True}
        super().__init__(data, initial=first)
        self.today = today

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("decision") == Reevaluation.DecisionTaken.DISCHARGE:
            cleaned["next_due_on"] = None
            self.errors.pop("next_due_on", None)
            return cleaned
        next_on = cleaned.get("next_due_on")
        if next_on is None:
            if "next_due_on" not in self.errors:
                self.add_error("next_due_on", _("Choose when you look at this plan again."))
        elif not self.today < next_on <= self.today + timedelta(days=LONGEST_DAYS):
            self.add_error("next_due_on", ValidationError(_("Choose a day within the next 12 weeks.")))
        return cleaned


class RescheduleForm(forms.Form):
    """Cleans to `due_on` and `reason`; `today` and `latest` (local dates) are the first and last day allowed."""

    due_on = DayField(label=gettext_lazy("New date"), error_messages={"required": gettext_lazy("Choose the new date.")})
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("Write down why the date changes.")},
    )

    def __init__(self, data: Any = None, *, today: date, latest: date) -> None:
        super().__init__(data)
        self.fields["due_on"].widget.attrs |= {"min": today.isoformat(), "max": latest.isoformat()}
