"""The clinic's settings: who we are, when we work, who is away, when we look again. Nothing is saved here."""

from datetime import date, timedelta
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.core.exceptions import ValidationError
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Clinic, User
from plans.forms.clinician import time_zones
from plans.forms.clinician_fields import DayField

TIME_FORMATS = ["%H:%M", "%H:%M:%S", "%H.%M"]
LATEST_AHEAD = timedelta(days=3 * 366)


class DetailsForm(forms.Form):
    """Who we are and what patients read in an emergency. Cleans to the fields of a clinic."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    phone = forms.CharField(
        label=gettext_lazy("Telephone"),
        max_length=40,
        required=False,
        help_text=gettext_lazy("Patients can ring it from the help page."),
    )
    answer_promise = forms.CharField(
        label=gettext_lazy("How soon somebody answers"),
        max_length=120,
        help_text=gettext_lazy("Finishes the sentence “Your clinic answers …”. Promise what you can keep."),
    )
    time_zone = forms.ChoiceField(
        label=gettext_lazy("Time zone"),
        help_text=gettext_lazy("Of the clinic's working hours. Patients have their own."),
    )
    emergency_text = forms.CharField(
        label=gettext_lazy("What to do in an emergency"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=gettext_lazy(
            "Patients read it at once when they answer yes to a safety question, also without a network. "
            "Say which number to ring. It can never be empty."
        ),
    )

    def __init__(self, data: Any = None, *, clinic: Clinic) -> None:
        names = ("name", "phone", "answer_promise", "time_zone", "emergency_text")
        super().__init__(data, initial={name: getattr(clinic, name) for name in names})
        known = time_zones()
        zone = clinic.time_zone
        self.fields["time_zone"].choices = (  # type: ignore[attr-defined]
            known if any(zone == value for value, _label in known) else [(zone, zone), *known]
        )

    def clean_time_zone(self) -> str:
        zone = str(self.cleaned_data["time_zone"])
        if zone not in available_timezones():
            raise ValidationError(_("Choose a time zone from the list."))
        return zone

    def clean_emergency_text(self) -> str:
        # Browsers send lines that end with \r\n; stored they would look changed each time.
        return str(self.cleaned_data["emergency_text"]).replace("\r\n", "\n").strip()


class HoursForm(forms.Form):
    """Working days and hours. Cleans to the fields of a clinic."""

    working_days = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Working days"),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one day, or nobody would ever be told.")},
    )
    opens_at = forms.TimeField(
        label=gettext_lazy("Opens at"),
        input_formats=TIME_FORMATS,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
    closes_at = forms.TimeField(
        label=gettext_lazy("Closes at"),
        input_formats=TIME_FORMATS,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )

    def __init__(self, data: Any = None, *, clinic: Clinic) -> None:
        super().__init__(data, initial={name: getattr(clinic, name) for name in self.base_fields})
        self.fields["working_days"].choices = [(day + 1, name) for day, name in WEEKDAYS.items()]  # type: ignore[attr-defined]

    def clean_working_days(self) -> list[int]:
        return sorted(self.cleaned_data["working_days"])

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        opens, closes = cleaned.get("opens_at"), cleaned.get("closes_at")
        if opens and closes and closes <= opens:
            self.add_error("closes_at", _("Choose a time after it opens."))
        return cleaned


class HolidayForm(forms.Form):
    """A day on which the clinic does not work."""

    on = DayField(label=gettext_lazy("Day"))
    name = forms.CharField(label=gettext_lazy("Name"), max_length=80, required=False)

    def __init__(self, data: Any = None, *, today: date) -> None:
        super().__init__(data, prefix="holiday")
        self.today = today

    def clean_on(self) -> date:
        day: date = self.cleaned_data["on"]
        if not self.today <= day <= self.today + LATEST_AHEAD:
            raise ValidationError(_("Choose a day from today on, three years ahead at most."))
        return day


class CareForm(forms.Form):
    """When plans are looked at again, and when a flag that nobody has seen goes to the lead."""

    first_reevaluation_days = forms.IntegerField(
        label=gettext_lazy("First re-evaluation after (days)"), min_value=1, max_value=84
    )
    reevaluation_days = forms.IntegerField(
        label=gettext_lazy("Then every (days)"),
        min_value=1,
        max_value=84,
        help_text=gettext_lazy("12 weeks (84 days) at most. Dates that are set already stay as they are."),
    )
    urgent_hours = forms.IntegerField(
        label=gettext_lazy("An urgent flag nobody has seen goes to the lead after (working hours)"),
        min_value=1,
        max_value=40,
    )
    important_days = forms.IntegerField(
        label=gettext_lazy("An important flag nobody has seen goes to the lead after (working days)"),
        min_value=1,
        max_value=10,
    )

    retention_years = forms.IntegerField(
        label=gettext_lazy("Records are kept after the care ended for (years)"),
        min_value=1,
        max_value=40,
        required=False,
        help_text=gettext_lazy(
            "Counts for patients who ask to be forgotten from now on. Follow the law of your country."
        ),
    )

    def __init__(self, data: Any = None, *, clinic: Clinic) -> None:
        super().__init__(data, initial={name: getattr(clinic, name) for name in self.base_fields})
        self.clinic = clinic

    def clean_retention_years(self) -> int:
        return int(self.cleaned_data["retention_years"] or self.clinic.retention_years)


class LeaveForm(forms.Form):
    """Who is away and who stands in. `people` are those who look after patients; `mine` leaves no choice of whom.

    `known` names the warnings that were shown: sent back unchanged, they were read.
    """

    clinician = forms.ModelChoiceField(
        label=gettext_lazy("Who is away"), queryset=User.objects.none(), empty_label=gettext_lazy("Choose somebody")
    )
    from_on = DayField(label=gettext_lazy("First day away"))
    until_on = DayField(label=gettext_lazy("Last day away"))
    stand_in = forms.ModelChoiceField(
        label=gettext_lazy("Who stands in"),
        queryset=User.objects.none(),
        empty_label=gettext_lazy("Choose somebody"),
        help_text=gettext_lazy("New flags and reminders go to this person in those days."),
    )
    known = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, people: Any, mine: User | None, today: date) -> None:
        super().__init__(data)
        self.mine, self.today = mine, today
        if mine is not None:
            del self.fields["clinician"]
            people_left = people.exclude(pk=mine.pk)
        else:
            self.fields["clinician"].queryset = people  # type: ignore[attr-defined]
            people_left = people
        self.fields["stand_in"].queryset = people_left  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if self.mine is not None:
            cleaned["clinician"] = self.mine
        first, last = cleaned.get("from_on"), cleaned.get("until_on")
        if first and last and last < first:
            self.add_error("until_on", _("Choose a day on or after the first one."))
        elif last and last < self.today:
            self.add_error("until_on", _("Those days are over. Choose a last day from today on."))
        elif first and last and (last - first).days > 366:
            self.add_error("until_on", _("Choose a last day within a year of the first."))
        if cleaned.get("stand_in") and cleaned.get("stand_in") == cleaned.get("clinician"):
            self.add_error("stand_in", _("Somebody else has to stand in. Choose another person."))
        return cleaned
