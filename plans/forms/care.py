"""Who looks after a patient, where the care goes on, and opening a record with a reason."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Clinic, User
from plans.actions.break_glass import Sought
from plans.forms.clinician_fields import DayField

CHOOSE = gettext_lazy("Choose somebody")
NOT_HERE = gettext_lazy("This person does not work here now. Choose somebody else.")


class HandOverForm(forms.Form):
    """Cleans to `to`, a colleague, and `why`."""

    to = forms.ModelChoiceField(
        label=gettext_lazy("Who is responsible from now on?"),
        queryset=User.objects.none(),
        empty_label=CHOOSE,
        error_messages={"required": gettext_lazy("Choose who takes over."), "invalid_choice": NOT_HERE},
    )
    why = forms.CharField(
        label=gettext_lazy("What should they know?"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, data: Any = None, *, colleagues: QuerySet[User]) -> None:
        super().__init__(data, prefix="over")
        self.fields["to"].queryset = colleagues  # type: ignore[attr-defined]


class CoverForm(forms.Form):
    """Cleans to `clinician`, and to moments: `begins` and, or None, `ends`."""

    clinician = forms.ModelChoiceField(
        label=gettext_lazy("Who looks after the patient too?"),
        queryset=User.objects.none(),
        empty_label=CHOOSE,
        error_messages={"required": gettext_lazy("Choose somebody."), "invalid_choice": NOT_HERE},
    )
    from_on = DayField(label=gettext_lazy("First day"))
    until_on = DayField(
        label=gettext_lazy("Last day"), required=False, help_text=gettext_lazy("Empty: until you end it.")
    )

    def __init__(self, data: Any = None, *, colleagues: QuerySet[User], now: datetime, zone: str) -> None:
        self.now, self.zone = now, ZoneInfo(zone)
        self.today: date = now.astimezone(self.zone).date()
        super().__init__(data, prefix="cover", initial={"from_on": self.today})
        self.fields["clinician"].queryset = colleagues  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        first, last = cleaned.get("from_on"), cleaned.get("until_on")
        if first and first < self.today:
            self.add_error("from_on", _("Choose a day from today on."))
        if first and last and last < first:
            self.add_error("until_on", _("Choose a day on or after the first one."))
        if first:
            begins = datetime.combine(first, time(), self.zone)
            cleaned["begins"] = self.now if first == self.today else begins
            cleaned["ends"] = datetime.combine(last + timedelta(days=1), time(), self.zone) if last else None
        return cleaned


class TransferForm(forms.Form):
    """Cleans to `to_clinic` and `why`."""

    to_clinic = forms.ModelChoiceField(
        label=gettext_lazy("Where does the care go on?"),
        queryset=Clinic.objects.none(),
        empty_label=gettext_lazy("Choose a clinic"),
        error_messages={"required": gettext_lazy("Choose a clinic.")},
    )
    why = forms.CharField(
        label=gettext_lazy("Why, in words for the patient"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("Write a sentence: the patient reads it before they decide.")},
    )

    def __init__(self, data: Any = None, *, clinic: Clinic) -> None:
        super().__init__(data, prefix="move")
        others = Clinic.objects.filter(sample_of=None).exclude(pk=clinic.pk)
        # Nobody real goes to a sample, and nobody leaves it.
        self.fields["to_clinic"].queryset = others if clinic.sample_of_id is None else others.none()  # type: ignore[attr-defined]


class FindForm(forms.Form):
    """Cleans to `sought`: a clinic number, or the whole name and the date of birth."""

    full_name = forms.CharField(label=gettext_lazy("Whole name"), max_length=200, required=False)
    birth_on = DayField(label=gettext_lazy("Date of birth"), required=False)
    clinic_number = forms.CharField(label=gettext_lazy("Or the clinic number"), max_length=40, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        name, number = cleaned.get("full_name") or "", (cleaned.get("clinic_number") or "").strip()
        born: date | None = cleaned.get("birth_on")
        if not number and not (name and born) and not self.errors:
            raise forms.ValidationError(_("Give the clinic number, or the whole name and the date of birth."))
        cleaned["sought"] = Sought(name, born, number)
        return cleaned


class ReasonForm(forms.Form):
    """Cleans to `reason`."""

    reason = forms.CharField(
        label=gettext_lazy("Why do you need this record now?"),
        max_length=200,
        help_text=gettext_lazy("The clinic lead and the patient can read it."),
    )


class RecordAccessForm(forms.Form):
    """Cleans to `record_access`, as the field of a clinic."""

    record_access = forms.ChoiceField(
        label=gettext_lazy("Who may open records"), choices=Clinic.RecordAccess.choices, widget=forms.RadioSelect
    )

    def __init__(self, data: Any = None, *, clinic: Clinic) -> None:
        super().__init__(data, initial={"record_access": clinic.record_access})
