"""What a clinician logs for a patient without a phone: who said it, for which day, and about what time there."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from plans.actions.sessions import SessionInput
from plans.forms.patient_scale import UNTOUCHED, ScaleField
from plans.forms.patient_session import SessionForm
from plans.forms.patient_when import When, WhenForm
from plans.models import BodySite, Session

SAID_LETTERS = 120


class ForSomebody(WhenForm):
    """A log on somebody's behalf. Days and hours are those of the patient's zone, wherever the clinician sits."""

    told_by = forms.CharField(
        label=gettext_lazy("Who told you?"),
        max_length=SAID_LETTERS,
        help_text=gettext_lazy("For example “Joan, by telephone” or “her daughter, at the clinic”."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Say who told you, so that the record shows where this came from.")},
    )
    about_time = forms.TimeField(
        label=gettext_lazy("About what time?"),
        required=False,
        input_formats=["%H:%M", "%H.%M", "%H:%M:%S"],
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={"invalid": gettext_lazy("Give the time as hours and minutes, for example 16:30.")},
    )

    def __init__(self, data: Any = None, *, zone: str, **kwargs: Any) -> None:
        given = None if data is None else data.copy()
        if given is not None:
            # A browser at the clinic knows nothing of the zone where the patient was.
            given["time_zone"] = zone
        super().__init__(given, zone=zone, **kwargs)
        self.fields["about_time"].help_text = _("In the patient’s time (%(zone)s). Leave it empty if nobody knows.") % {
            "zone": zone.replace("_", " ")
        }

    def clean(self) -> dict[str, Any]:
        super().clean()
        if self.cleaned_data.get("about_time") and "on" in self.cleaned_data and self.when.occurred_at > self.at:
            self.add_error("about_time", _("That time is still to come. Choose an earlier one, or leave it empty."))
        return self.cleaned_data

    @property
    def when(self) -> When:
        """The day, and the hour that was said; else what the day stands for. Always logged by the clinician."""
        when, hour = super().when, self.cleaned_data.get("about_time")
        moment = when.occurred_at
        if isinstance(hour, time):
            moment = datetime.combine(when.day, hour, ZoneInfo(self.zone))
        return When(when.day, moment, when.time_zone, Session.Source.CLINICIAN)

    def said(self, note: str) -> str:
        """The note as it is kept: who said it first."""
        start = _("%(who)s:") % {"who": self.cleaned_data["told_by"].rstrip(":. ")}
        return f"{start} {note}".strip()


class SessionForSomebody(ForSomebody, SessionForm):
    """A whole session, with the words for a clinician."""

    note = forms.CharField(
        label=gettext_lazy("What they said"),
        required=False,
        max_length=1800,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["again"].label = _("Yes, this is another session of that day")
        for site in self.sites:
            words = {"site": site.name}
            for moment, label in (
                ("before", _("Pain before the session: %(site)s") % words),
                ("after", _("Highest pain, during or after: %(site)s") % words),
            ):
                field = self.fields[f"{moment}_{site.pk.hex}"]
                field.label = label
                field.error_messages["required"] = _("Choose a number, or “Not known”.")

    def session_input(self) -> SessionInput:
        """The session as it was told, with who told it. Only of a valid form."""
        return replace(super().session_input(), note=self.said(self.cleaned_data["note"]))


class PainForSomebody(ForSomebody):
    """Pain on a day, apart from the exercises, at one place or several."""

    note = forms.CharField(
        label=gettext_lazy("What they said"),
        required=False,
        max_length=1800,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, data: Any = None, *, sites: list[BodySite], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.sites = sites
        for site in sites:
            self.fields[self.name_of(site)] = ScaleField(label=site.name, required=False)

    @staticmethod
    def name_of(site: BodySite) -> str:
        return f"pain_{site.pk.hex}"

    def clean(self) -> dict[str, Any]:
        super().clean()
        names = [self.name_of(site) for site in self.sites]
        if not any(self.errors.get(name) for name in names) and not list(self._answers()):
            raise ValidationError(_("Choose a number for one place at least."))
        return self.cleaned_data

    def site_rows(self) -> list[tuple[BodySite, forms.BoundField]]:
        return [(site, self[self.name_of(site)]) for site in self.sites]

    def scores(self) -> Iterator[tuple[BodySite, Decimal, UUID]]:
        """Place, number and id of each answer: one id for each form, place and day. Only of a valid form."""
        for site, value in self._answers():
            yield site, value, uuid5(self.patient.pk, f"{self.entry_id} {site.pk} {self.when.day.isoformat()}")

    def _answers(self) -> Iterator[tuple[BodySite, Decimal]]:
        for site in self.sites:
            value = self.cleaned_data.get(self.name_of(site))
            if value is not None and value is not UNTOUCHED:
                yield site, value


class AmendForm(forms.Form):
    """What a score should have been, and why. No number at all takes the score back."""

    pain = ScaleField(label=gettext_lazy("The right number"), required=False)
    take_back = forms.BooleanField(
        label=gettext_lazy("There was no score: take it back"),
        required=False,
    )
    reason = forms.CharField(
        label=gettext_lazy("Why, and who said so?"),
        max_length=300,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Say why: the reason stays beside the old number.")},
    )

    def clean(self) -> dict[str, Any]:
        super().clean()
        chosen = self.cleaned_data.get("pain", UNTOUCHED)
        taken_back = self.cleaned_data.get("take_back")
        if taken_back and chosen is not UNTOUCHED:
            self.add_error("take_back", _("Choose a number or take it back, not both."))
        if not taken_back and chosen in (UNTOUCHED, None) and not self.errors.get("pain"):
            self.add_error("pain", _("Choose the right number, or take the old one back."))
        return self.cleaned_data

    @property
    def value(self) -> Decimal | None:
        """The right value of a valid form; None takes it back."""
        if self.cleaned_data["take_back"]:
            return None
        value: Decimal = self.cleaned_data["pain"]
        return value
