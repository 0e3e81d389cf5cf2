"""The safety questions: which of these happened. Never a number, never a score. Source: clinical rules, section 5."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid5

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import new_id
from plans.forms.patient_when import known_zone
from plans.rules import SAFETY_QUESTIONS
from plans.wording_red_flags import question

ICONS = {
    "groin-bladder-bowel": "droplet",
    "leg-weakness": "person-walking",
    "fever-unwell": "thermometer-half",
    "fall-injury": "bandaid",
    "chest-faint": "heart-pulse",
    "swollen-calf": "arrows-angle-expand",
}


class SafetyForm(forms.Form):
    """Cleans to the slugs that were answered yes: at least one."""

    entry = forms.CharField(widget=forms.HiddenInput, required=False)
    time_zone = forms.CharField(
        widget=forms.HiddenInput(attrs={"data-time-zone": "", "autocomplete": "off"}), required=False
    )
    happened = forms.MultipleChoiceField(
        label=_("Which one?"),
        error_messages={
            "required": _("Choose what happened. If you are not sure, choose what comes closest, or call."),
            "invalid_choice": _("Choose from the list, or call your clinic."),
        },
    )

    def __init__(self, data: Any = None, *, zone: str) -> None:
        super().__init__(data, initial={"entry": str(new_id())})
        self.fields["happened"].choices = [(slug, question(slug)) for slug in SAFETY_QUESTIONS]  # type: ignore[attr-defined]
        self.zone = known_zone(data.get("time_zone"), zone) if data is not None else zone

    @property
    def answers(self) -> list[str]:
        chosen: list[str] = self.cleaned_data["happened"]
        return chosen

    @property
    def report_id(self) -> UUID:
        return report_id(self.cleaned_data["entry"], self.answers)


def asked() -> list[tuple[str, str, str]]:
    """Slug, question and icon of every safety question, in order."""
    return [(slug, question(slug), ICONS[slug]) for slug in SAFETY_QUESTIONS]


def happened(data: Any) -> list[str]:
    """The safety questions answered yes in what was sent, whatever else the form holds."""
    given = set(data.getlist("happened"))
    return [slug for slug in SAFETY_QUESTIONS if slug in given]


def report_id(entry: str, answers: Sequence[str]) -> UUID:
    """One id for each form and set of answers: sent twice it is one report, another sign is another report."""
    try:
        base = UUID(entry)
    except ValueError:
        base = new_id()
    return uuid5(base, " ".join(slug for slug in SAFETY_QUESTIONS if slug in answers))
