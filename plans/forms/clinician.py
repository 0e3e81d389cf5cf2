"""What a clinician writes down about a patient: identity, places that hurt, profile; and the ways in and out."""

from datetime import date, timedelta
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Clinic, Patient
from exercises.models import Condition, Equipment, ExerciseVersion
from plans.actions.patients import PatientInput
from plans.forms.clinician_fields import DayField
from plans.forms.numbers import DecimalField

NOT_BORN_THEN = gettext_lazy("Give a date of birth between 1900 and today.")
REGIONS = ("Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")


@cache
def time_zones() -> list[tuple[str, str]]:
    """IANA zones named after places, and UTC, as choices."""
    named = sorted(zone for zone in available_timezones() if zone.split("/")[0] in REGIONS)
    return [("UTC", "UTC"), *((zone, zone.replace("_", " ")) for zone in named)]


class PatientForm(forms.Form):
    """Cleans to a PatientInput (`given`). Saves nothing.

    `another_person` holds the ids of the look-alikes the clinician has said are other people.
    """

    full_name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    birth_on = DayField(label=gettext_lazy("Date of birth"), error_messages={"far": NOT_BORN_THEN})
    clinic_number = forms.CharField(label=gettext_lazy("Clinic number"), max_length=40, required=False)
    email = forms.EmailField(label=gettext_lazy("E-mail"), required=False)
    time_zone = forms.ChoiceField(
        label=gettext_lazy("Time zone"),
        help_text=gettext_lazy("Where the patient lives: their days begin and end there."),
    )
    site_1 = forms.CharField(
        label=gettext_lazy("Main place that hurts"),
        max_length=60,
        help_text=gettext_lazy("In the words you use with each other, for example “Lower back”."),
    )
    site_2 = forms.CharField(label=gettext_lazy("Second place"), max_length=60, required=False)
    site_3 = forms.CharField(label=gettext_lazy("Third place"), max_length=60, required=False)
    usual_pain_at_intake = DecimalField(
        label=gettext_lazy("Usual pain, in their words (0 to 10)"),
        min_value=0,
        max_value=10,
        decimal_places=1,
        max_digits=3,
        required=False,
        help_text=gettext_lazy("Counts until seven days are logged. Leave it empty when they could not say."),
        widget=forms.NumberInput(attrs={"inputmode": "decimal", "step": "0.5"}),
    )
    conditions = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Conditions"),
        queryset=Condition.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("The plan builder warns about exercises that do not suit them."),
    )
    goal = forms.CharField(
        label=gettext_lazy("What they want to be able to do"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    what_helps = forms.CharField(
        label=gettext_lazy("What helps"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    limits = forms.CharField(
        label=gettext_lazy("Limits"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    flare_plan = forms.CharField(
        label=gettext_lazy("Flare plan"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("The patient reads it when they are in a flare. Write it to them."),
    )
    equipment = forms.MultipleChoiceField(
        label=gettext_lazy("Equipment at home"), required=False, widget=forms.CheckboxSelectMultiple
    )
    avoided_positions = forms.MultipleChoiceField(
        label=gettext_lazy("Positions they cannot be in"),
        choices=ExerciseVersion.Position.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("The plan builder warns about exercises in these positions."),
    )
    another_person = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, clinic: Clinic, today: date, patient: Patient | None = None) -> None:
        super().__init__(data, initial=_initial(patient, clinic))
        self.clinic, self.today, self.patient = clinic, today, patient
        self.fields["conditions"].queryset = Condition.objects.all()  # type: ignore[attr-defined]
        owned = list(Equipment.objects.names().items())
        self.fields["equipment"].choices = owned  # type: ignore[attr-defined]
        zone = self.initial["time_zone"]
        known = time_zones()
        self.fields["time_zone"].choices = (  # type: ignore[attr-defined]
            known if any(zone == value for value, _label in known) else [(zone, zone), *known]
        )

    def clean_full_name(self) -> str:
        return " ".join(str(self.cleaned_data["full_name"]).split())

    def clean_birth_on(self) -> date:
        day: date = self.cleaned_data["birth_on"]
        if day > self.today:
            raise ValidationError(NOT_BORN_THEN)
        return day

    def clean_clinic_number(self) -> str:
        number = str(self.cleaned_data["clinic_number"]).strip()
        taken = Patient.objects.in_clinic(self.clinic).filter(clinic_number=number)
        if self.patient is not None:
            taken = taken.exclude(pk=self.patient.pk)
        if number and taken.exists():
            raise ValidationError(_("Another patient of this clinic has this number. Check it, or leave it empty."))
        return number

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        names = [str(cleaned.get(f"site_{n}") or "").strip() for n in (1, 2, 3)]
        if names[2] and not names[1]:
            # Scores stay with their place: closing the gap would move them to another one.
            self.add_error("site_2", _("Name the second place before the third."))
        given = [name.casefold() for name in names if name]
        for n in (2, 3):
            if names[n - 1] and given.count(names[n - 1].casefold()) > 1:
                self.add_error(f"site_{n}", _("This place is named twice. Give each place its own name."))
                break
        return cleaned

    @property
    def given(self) -> PatientInput:
        """What was entered. Only of a valid form."""
        c = self.cleaned_data
        return PatientInput(
            full_name=c["full_name"],
            birth_on=c["birth_on"],
            sites=[name for name in (c["site_1"], c["site_2"], c["site_3"]) if name],
            clinic_number=c["clinic_number"] or None,
            email=c["email"],
            time_zone=c["time_zone"],
            conditions=list(c["conditions"]),
            usual_pain_at_intake=c["usual_pain_at_intake"],
            goal=c["goal"],
            what_helps=c["what_helps"],
            limits=c["limits"],
            flare_plan=c["flare_plan"],
            equipment=c["equipment"],
            avoided_positions=c["avoided_positions"],
        )


class DischargeForm(forms.Form):
    """Why the care ends."""

    note = forms.CharField(
        label=gettext_lazy("Why the care ends, and what was agreed"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class ScreeningForm(forms.Form):
    """That readiness for exercise was checked. Valid for a year unless the clinician says less."""

    tool = forms.CharField(
        label=gettext_lazy("How readiness was checked"),
        max_length=80,
        help_text=gettext_lazy("The name of the form or the check. The answers themselves are not kept here."),
    )
    done_on = DayField(label=gettext_lazy("Done on"))
    expires_on = DayField(label=gettext_lazy("Valid until"), help_text=gettext_lazy("A year at most."))

    def __init__(self, data: Any = None, *, today: date) -> None:
        super().__init__(
            data, initial={"done_on": today, "expires_on": today + timedelta(days=365)}, prefix="screening"
        )
        self.today = today

    def clean_done_on(self) -> date:
        day: date = self.cleaned_data["done_on"]
        if day > self.today:
            raise ValidationError(_("That day is still to come. Record it once it is done."))
        if day < self.today - timedelta(days=366):
            raise ValidationError(_("That is more than a year ago, so it is not valid any more. Check again."))
        return day

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        done, expires = cleaned.get("done_on"), cleaned.get("expires_on")
        if done and expires and not done < expires <= done + timedelta(days=366):
            self.add_error("expires_on", _("Choose a day after it was done, and a year later at most."))
        return cleaned


def _initial(patient: Patient | None, clinic: Clinic) -> dict[str, Any]:
    if patient is None:
        return {"time_zone": clinic.time_zone}
    profile = patient.profile
    sites = {f"site_{site.position}": site.name for site in patient.sites.all()}
    return {
        "full_name": patient.full_name,
        "birth_on": patient.birth_on,
        "clinic_number": patient.clinic_number or "",
        "email": patient.email,
        "time_zone": patient.time_zone,
        "usual_pain_at_intake": profile.usual_pain_at_intake,
        "conditions": [condition.pk for condition in profile.conditions.all()],
        "goal": profile.goal,
        "what_helps": profile.what_helps,
        "limits": profile.limits,
        "flare_plan": profile.flare_plan,
        "equipment": profile.equipment,
        "avoided_positions": profile.avoided_positions,
        **sites,
    }
