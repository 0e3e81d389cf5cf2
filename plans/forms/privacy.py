"""Who looked, and being forgotten: what a lead asks for. Nothing is saved here."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Clinic, Patient, User
from plans.forms.clinician_fields import DayField


class LooksForm(forms.Form):
    """Which looks to show. Every field may stay empty; cleans to words, a user or None, and dates of the clinic."""

    what = forms.ChoiceField(
        label=gettext_lazy("What"),
        choices=[("", gettext_lazy("Records")), ("lists", gettext_lazy("Lists of patients"))],
        required=False,
    )
    patient = forms.CharField(label=gettext_lazy("Patient"), max_length=200, required=False)
    person = forms.ModelChoiceField(
        label=gettext_lazy("Who looked"),
        queryset=User.objects.none(),
        required=False,
        empty_label=gettext_lazy("Anybody"),
    )
    first_on = DayField(label=gettext_lazy("From"), required=False)
    last_on = DayField(label=gettext_lazy("To"), required=False)

    def __init__(self, data: Any = None, *, clinic: Clinic) -> None:
        super().__init__(data)
        ever = User.objects.filter(memberships__clinic=clinic).distinct()
        self.fields["person"].queryset = ever  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        first, last = cleaned.get("first_on"), cleaned.get("last_on")
        if first and last and last < first:
            self.add_error("last_on", _("Choose a day that is not before the first."))
        return cleaned


class ErasureForm(forms.Form):
    """The patient's name, typed as it is written: what is asked for cannot be taken back."""

    name = forms.CharField(label=gettext_lazy("The patient's name, as it is written above"), max_length=200)

    def __init__(self, data: Any = None, *, patient: Patient) -> None:
        super().__init__(data)
        self.patient = patient

    def clean_name(self) -> str:
        name = " ".join(str(self.cleaned_data["name"]).split())
        if name.casefold() != " ".join(self.patient.full_name.split()).casefold():
            raise ValidationError(_("That is not the name above. Nothing was erased."))
        return name


class HoldForm(forms.Form):
    """Why a record has to be kept. A case number says enough; health belongs elsewhere."""

    reason = forms.CharField(
        label=gettext_lazy("Why the record has to be kept"),
        max_length=200,
        help_text=gettext_lazy("A case number or the name of the authority is enough."),
    )
