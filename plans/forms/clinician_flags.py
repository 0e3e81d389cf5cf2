"""How a flag was dealt with."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from plans.models import Flag


class ResolveForm(forms.Form):
    """Cleans to `action_taken`, `note` and `useful` (True, False or None when not said)."""

    action_taken = forms.ChoiceField(label=gettext_lazy("What did you do?"), widget=forms.RadioSelect)
    note = forms.CharField(
        label=gettext_lazy("Note"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("For the team. It stays with the flag."),
    )
    useful = forms.TypedChoiceField(
        label=gettext_lazy("Was this flag useful?"),
        choices=[("yes", gettext_lazy("Yes")), ("no", gettext_lazy("No"))],
        coerce=lambda said: said == "yes",
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
        help_text=gettext_lazy("Your answers show whether the rule is set well for this clinic."),
    )

    def __init__(self, data: Any = None, *, flag: Flag) -> None:
        super().__init__(data)
        # Only a sustained increase has a level that could become the usual one.
        self.fields["action_taken"].choices = [  # type: ignore[attr-defined]
            (value, label)
            for value, label in Flag.Action.choices
            if value != Flag.Action.NEW_USUAL or flag.rule == Flag.Rule.R3
        ]
        self.fields["action_taken"].error_messages["required"] = gettext_lazy("Say what you did.")
