"""The steps of a session: pain before, one exercise, what came after. They clean to what a step keeps; none saves."""

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from plans.forms.patient_scale import NOT_NOW, UNTOUCHED, ScaleField, number_of
from plans.forms.patient_session import REST, word_field
from plans.models import BodySite, ExerciseLog
from plans.wording import in_sentence


class StepForm(forms.Form):
    """A step carries its number: the highest counts."""

    sequence = forms.IntegerField(min_value=1, widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any = None, *, sequence: int, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial={"sequence": sequence} | (initial or {}))
        self._next = sequence

    @property
    def number(self) -> int:
        return cast(int | None, self.cleaned_data.get("sequence")) or self._next


class SitesForm(StepForm):
    """One scale for each body site; that of the main site is answered or put off, the others may stay untouched."""

    moment = ""
    question = gettext_lazy("Pain")

    def __init__(
        self, data: Any = None, *, sites: Sequence[BodySite], sequence: int, known: dict[str, Any] | None = None
    ) -> None:
        before = {f"{self.moment}_{s.pk.hex}": (known or {}).get(str(s.pk), UNTOUCHED) for s in sites}
        initial = {name: NOT_NOW if v is None else v for name, v in before.items() if v is not UNTOUCHED}
        super().__init__(data, sequence=sequence, initial=initial)
        self.sites = list(sites)
        for site in self.sites:
            self.fields[self.name_of(site)] = ScaleField(
                label=f"{self.question}: {site.name}", required=site.is_main and not self.skips
            )

    def name_of(self, site: BodySite) -> str:
        return f"{self.moment}_{site.pk.hex}"

    @property
    def skips(self) -> bool:
        return bool(self.data) and (self.data.get("answer") == NOT_NOW or self.data.get("skip") == REST)

    @property
    def main(self) -> BoundField:
        return self[self.name_of(self.main_site)]

    @property
    def main_site(self) -> BodySite:
        return next((site for site in self.sites if site.is_main), self.sites[0])

    @property
    def place(self) -> str:
        return in_sentence(self.main_site.name)

    def others(self) -> list[tuple[BodySite, BoundField]]:
        return [(site, self[self.name_of(site)]) for site in self.sites if site != self.main_site]

    def scores(self) -> dict[str, str | None]:
        """By site: the number as text, None for "Not now"; a scale that was left alone is not there."""
        found: dict[str, str | None] = {}
        for site in self.sites:
            value = self.cleaned_data.get(self.name_of(site), UNTOUCHED)
            if site == self.main_site and (value is UNTOUCHED or self.data.get("answer") == NOT_NOW):
                value = None
            if value is not UNTOUCHED:
                found[str(site.pk)] = None if value is None else str(value)
        return found

    def content(self) -> dict[str, Any]:
        return {"scores": self.scores()}


class BeforeForm(SitesForm):
    moment = "before"
    question = gettext_lazy("Pain right now")


class AfterForm(SitesForm):
    """The highest pain, the effort, a word. "Skip the rest" puts off whatever was not answered."""

    moment = "after"
    question = gettext_lazy("Highest pain, during or after")

    effort = ScaleField(label=gettext_lazy("How hard did it feel?"), required=False)
    note = word_field()

    def content(self) -> dict[str, Any]:
        return {
            "scores": self.scores(),
            "effort": number_of(self.cleaned_data["effort"]),
            "note": self.cleaned_data["note"],
        }


class ExerciseForm(StepForm):
    """Done, partly, or skipped with a reason; pain and counted amounts only if given."""

    state = forms.ChoiceField(
        choices=[(ExerciseLog.State.DONE.value, ""), (ExerciseLog.State.PARTLY.value, "")], required=False
    )
    reason = forms.ChoiceField(choices=ExerciseLog.SkipReason.choices, required=False)
    pain = ScaleField(label=gettext_lazy("Pain on this exercise"), required=False)
    sets_done = forms.IntegerField(min_value=0, max_value=99, widget=forms.HiddenInput, required=False)
    repetitions_done = forms.IntegerField(min_value=0, max_value=999, widget=forms.HiddenInput, required=False)
    minutes_done = forms.DecimalField(
        min_value=0, max_digits=4, decimal_places=1, widget=forms.HiddenInput, required=False
    )

    def clean(self) -> dict[str, Any]:
        super().clean()
        # What was counted is a help, never an obstacle: an impossible count is no count.
        for name in ("sets_done", "repetitions_done", "minutes_done"):
            self.errors.pop(name, None)
        cleaned = self.cleaned_data
        if bool(cleaned.get("state")) == bool(cleaned.get("reason")) and not self.errors:
            raise ValidationError(_("Say how it went: done, partly, or skipped with a reason."))
        return cleaned

    def content(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        skipped = bool(cleaned["reason"])
        content = {
            "state": ExerciseLog.State.SKIPPED.value if skipped else cleaned["state"],
            "reason": cleaned["reason"],
            "pain": number_of(cleaned["pain"]),
        }
        minutes = cleaned.get("minutes_done")
        amounts = {
            "sets": cleaned.get("sets_done"),
            "repetitions": cleaned.get("repetitions_done"),
            "minutes": None if minutes is None else str(minutes),
        }
        if not skipped:
            content |= {name: amount for name, amount in amounts.items() if amount}
        return content
