"""Who looks after a flag, and until when it may wait."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy

from accounts.models import User
from plans.actions.triage import LONGEST_SLEEP_DAYS
from plans.forms.clinician_fields import DayField

USUAL_DAYS = 7


class AssignForm(forms.Form):
    """Cleans to `to`, a colleague."""

    to = forms.ModelChoiceField(
        label=gettext_lazy("Who looks after it?"),
        queryset=User.objects.none(),
        empty_label=gettext_lazy("Choose somebody"),
        error_messages={
            "required": gettext_lazy("Choose who looks after it."),
            "invalid_choice": gettext_lazy("This person does not work here now. Choose somebody else."),
        },
        help_text=gettext_lazy("They find it under Mine. It stays in the whole clinic's list as well."),
    )

    def __init__(self, data: Any = None, *, colleagues: QuerySet[User], initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        self.fields["to"].queryset = colleagues  # type: ignore[attr-defined]


class SnoozeForm(forms.Form):
    """Cleans to `until`, a date of the clinic after today."""

    until = DayField(
        label=gettext_lazy("Asleep until"),
        help_text=gettext_lazy("It comes back on that morning, or sooner when something new is found."),
    )

    def __init__(self, data: Any = None, *, today: date) -> None:
        super().__init__(data, initial={"until": today + timedelta(days=USUAL_DAYS)})
        self.fields["until"].error_messages["required"] = gettext_lazy("Choose a day.")
        self.fields["until"].widget.attrs |= {
            "min": (today + timedelta(days=1)).isoformat(),
            "max": (today + timedelta(days=LONGEST_SLEEP_DAYS)).isoformat(),
        }
