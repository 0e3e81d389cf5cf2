"""When to be reminded: half hours of the waking day, by the patient's own clock."""

from datetime import time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from plans.models import ReminderSettings

TIMES = [time(half // 2, half % 2 * 30) for half in range(14, 42)]


class RemindersForm(forms.Form):
    """Cleans to `is_on`, `morning_at` and `evening_at` (None: no second reminder)."""

    is_on = forms.BooleanField(label=gettext_lazy("Remind me by e-mail"), required=False)
    morning_at = forms.ChoiceField(label=gettext_lazy("At"))
    evening = forms.BooleanField(label=gettext_lazy("Once more if nothing was logged by then"), required=False)
    evening_at = forms.ChoiceField(label=gettext_lazy("The second one at"))

    def __init__(self, data: Any = None, *, known: ReminderSettings) -> None:
        super().__init__(
            data,
            initial={
                "is_on": known.is_on,
                "morning_at": f"{known.at:%H:%M}",
                "evening": known.evening,
                "evening_at": f"{known.evening_at:%H:%M}",
            },
        )
        for name, own in (("morning_at", known.at), ("evening_at", known.evening_at)):
            times = sorted({*TIMES, own})
            self.fields[name].choices = [(f"{t:%H:%M}", f"{t:%H:%M}") for t in times]  # type: ignore[attr-defined]

    def clean_morning_at(self) -> time:
        return time.fromisoformat(self.cleaned_data["morning_at"])

    def clean(self) -> dict[str, Any]:
        super().clean()
        cleaned = self.cleaned_data
        if not cleaned.get("evening"):
            self.errors.pop("evening_at", None)
            cleaned["evening_at"] = None
        elif "evening_at" in cleaned:
            cleaned["evening_at"] = time.fromisoformat(cleaned["evening_at"])
            if "morning_at" in cleaned and cleaned["evening_at"] <= cleaned["morning_at"]:
                raise ValidationError({"evening_at": _("The second reminder has to come later than the first.")})
        return cleaned
