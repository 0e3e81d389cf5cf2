"""What a second person confirms before publishing, and what is said when an exercise is retired or sent back."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

CHECKED = {"required": _("Check this before you publish.")}


class PublishForm(forms.Form):
    """Three things that only a person can judge."""

    steps_are_safe = forms.BooleanField(
        label=_("Steps are safe and clear for someone alone at home"), error_messages=CHECKED
    )
    pictures_match = forms.BooleanField(
        label=_("Pictures match the steps, and their licence is recorded"), error_messages=CHECKED
    )
    cautions_agree = forms.BooleanField(
        label=_("Cautions agree with what is known and with the evidence"), error_messages=CHECKED
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="publish_%s")


class ChangeForm(forms.Form):
    """What the author should change."""

    note = forms.CharField(
        label=_("What should change"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Say what should change.")},
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="change_%s")


class RetireForm(forms.Form):
    """Why an exercise is no longer offered."""

    reason = forms.CharField(
        label=_("Why it is retired"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Clinicians whose plans use it read this."),
        error_messages={"required": _("Say why it is retired: clinicians read it.")},
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="retire_%s")
