"""Single questions about pain: how it is today, how it settled, and what a logged number should have been."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, cast
from uuid import UUID, uuid5

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Patient
from plans.forms.patient_scale import NOT_NOW, ScaleField
from plans.forms.patient_when import WhenForm, known_zone
from plans.models import BodySite


class DailyForm(WhenForm):
    """Pain on a day, apart from the exercises. Several a day are welcome."""

    site = forms.CharField(label=gettext_lazy("Where?"), required=False)
    pain = ScaleField(label=gettext_lazy("How is your pain today?"))
    note = forms.CharField(
        label=gettext_lazy("Note"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(
        self, data: Any = None, *, patient: Patient, zone: str, at: datetime, sites: Sequence[BodySite]
    ) -> None:
        super().__init__(data, patient=patient, zone=zone, at=at, initial={"site": str(sites[0].pk)})
        self.sites = list(sites)
        self.fields["pain"].error_messages["required"] = _("Choose a number. To leave without saving, close this page.")

    def clean_site(self) -> BodySite:
        given = self.cleaned_data["site"] or str(self.sites[0].pk)
        chosen = next((site for site in self.sites if str(site.pk) == given), None)
        if chosen is None:
            raise ValidationError(_("Choose where it hurts."))
        return chosen

    def site_options(self) -> list[tuple[str, str]]:
        return [(str(site.pk), site.name) for site in self.sites]

    @property
    def score_id(self) -> UUID:
        """One id for each form, place and day.

        Sent twice it is one entry; sent again after going back and choosing another place or day it is another
        entry, and with another number at the same place and day a correction.
        """
        site = cast(BodySite, self.cleaned_data["site"])
        return uuid5(self.patient.pk, f"{self.entry_id} {site.pk} {self.when.day.isoformat()}")


class OneScaleForm(forms.Form):
    """One scale and a "Not now" button beside it."""

    pain = ScaleField(label=gettext_lazy("Pain"))
    time_zone = forms.CharField(
        widget=forms.HiddenInput(attrs={"data-time-zone": "", "autocomplete": "off"}), required=False
    )

    def __init__(self, data: Any = None, *, zone: str) -> None:
        super().__init__(data)
        self.zone = known_zone(data.get("time_zone"), zone) if data is not None else zone

    def clean(self) -> dict[str, Any]:
        super().clean()
        # The button wins over a number that was tapped before: it is what the person pressed last.
        if self.data.get("answer") == NOT_NOW:
            self.errors.pop("pain", None)
            self.cleaned_data["pain"] = None
        return self.cleaned_data

    @property
    def value(self) -> Decimal | None:
        """The answer of a valid form; None is "Not now"."""
        return cast(Decimal | None, self.cleaned_data["pain"])


class CorrectionForm(OneScaleForm):
    """What a logged number should have been. Taking it back stores that there is no answer."""

    def __init__(self, data: Any = None, *, zone: str) -> None:
        super().__init__(data, zone=zone)
        self.fields["pain"].error_messages["required"] = _("Choose the right number, or take the old one back.")
