"""Stopping: an understanding that has to be ticked, and a reason that nobody has to give."""

from django import forms
from django.utils.translation import gettext_lazy as _


class LeaveForm(forms.Form):
    reason = forms.CharField(
        label=_("Is there something you want to tell your clinic?"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    sure = forms.BooleanField(
        label=_("I want to stop using Painplan."),
        error_messages={"required": _("Tick this if you want to stop. Otherwise nothing changes.")},
    )
