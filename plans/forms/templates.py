"""The words of a template."""

from django import forms
from django.utils.translation import gettext_lazy


class TemplateForm(forms.Form):
    """Its name, whom it is for and what to mind. `lock` tells whether somebody changed it meanwhile."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    meant_for = forms.CharField(
        label=gettext_lazy("Whom it is for"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Colleagues read this before they choose it. Name no patient here."),
    )
    note = forms.CharField(
        label=gettext_lazy("What to mind"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    lock = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)

    @property
    def words(self) -> dict[str, str]:
        """The keywords that the actions take. Only of a valid form."""
        return {name: self.cleaned_data[name].strip() for name in ("name", "meant_for", "note")}
