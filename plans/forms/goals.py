"""A goal in the patient's words, and how it ended."""

from django import forms
from django.utils.translation import gettext_lazy

from plans.models import Goal


class GoalForm(forms.Form):
    text = forms.CharField(
        label=gettext_lazy("What they want to be able to do"),
        max_length=200,
        help_text=gettext_lazy("In their own words, for example “Walk to the market and back”."),
    )


class EndForm(forms.Form):
    end = forms.ChoiceField(choices=Goal.End.choices)
