"""Dose by tolerance: what was possible until pain rose, and how the dose grows from there."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from plans import pacing
from plans.forms.clinician_fields import DayField
from plans.forms.numbers import DecimalField
from plans.models import Measure, Prescription, Quota

MOST = {"repetitions": 100, "hold_seconds": 600, "duration_minutes": 120, "distance_metres": 20_000}
"""What a dose can be at most, as the database has it."""


def _amount(label: Any) -> DecimalField:
    said = gettext_lazy("Write a number above zero, such as 10 or 2.5.")
    errors = dict.fromkeys(["invalid", "min_value", "max_value", "max_decimal_places", "max_digits", "required"], said)
    return DecimalField(
        label=label, min_value=Decimal("0.1"), max_value=20_000, decimal_places=1, error_messages=errors
    )


class TestForm(forms.Form):
    """How much of an exercise was possible until pain rose."""

    __test__ = False  # not a test case

    value = _amount(gettext_lazy("Until pain rose"))
    measure = forms.ChoiceField(label=gettext_lazy("Counted in"), choices=Measure.choices)
    on = DayField(label=gettext_lazy("Tested on"))

    def __init__(self, prescription: Prescription, today: date, data: Mapping[str, Any] | None = None) -> None:
        self.prescription, self.today = prescription, today
        super().__init__(
            data,
            auto_id=f"id_{prescription.pk}_test_%s",
            initial={"measure": prescription.main_measure, "on": today},
        )

    def clean_on(self) -> date:
        on: date = self.cleaned_data["on"]
        if on > self.today:
            raise forms.ValidationError(_("The test was today or earlier."))
        return on

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        value, measure = given.get("value"), given.get("measure")
        if value is not None and measure and pacing.start_from_test(value, measure) > MOST[measure]:
            self.add_error("value", _("A dose can be %(most)d at most.") % {"most": MOST[measure]})
        return given


class GrowthForm(forms.Form):
    """How an exercise grows: the step, where it ends, and whether every step up to there is approved now."""

    step_percent = forms.IntegerField(
        label=gettext_lazy("Step, %"),
        min_value=pacing.STEP_LOWEST,
        max_value=pacing.STEP_HIGHEST,
        error_messages=dict.fromkeys(
            ["invalid", "min_value", "max_value", "required"], gettext_lazy("A step is 5 to 20 percent.")
        ),
    )
    ceiling = _amount(gettext_lazy("Up to"))
    approved_ahead = forms.BooleanField(label=gettext_lazy("Every step up to there is approved now"), required=False)

    def __init__(self, prescription: Prescription, quota: Quota | None, data: Mapping[str, Any] | None = None) -> None:
        self.prescription = prescription
        now = getattr(prescription, prescription.main_measure)
        # Twice the start is where most people want to look again; the library's range may say less.
        span = prescription.exercise_version.dose_range.get(prescription.main_measure)
        aim = min(Decimal(str(span[1])), Decimal(now) * 2) if span else Decimal(now) * 2
        aim = min(max(aim, Decimal(now)), Decimal(MOST[prescription.main_measure]))
        super().__init__(
            data,
            auto_id=f"id_{prescription.pk}_grow_%s",
            initial={
                "step_percent": quota.step_percent if quota else pacing.STEP_DEFAULT,
                "ceiling": plain(quota.ceiling if quota else aim),
                "approved_ahead": quota.approved_ahead if quota else False,
            },
        )

    def clean_ceiling(self) -> Decimal:
        ceiling: Decimal = self.cleaned_data["ceiling"]
        measure = self.prescription.main_measure
        if ceiling < getattr(self.prescription, measure):
            raise forms.ValidationError(_("The ceiling is at least what the plan starts with."))
        if ceiling > MOST[measure]:
            raise forms.ValidationError(_("A dose can be %(most)d at most.") % {"most": MOST[measure]})
        return ceiling


def plain(amount: Decimal) -> str:
    """A number for a field: "20" or "2.5", never "2E+1"."""
    return format(amount.normalize(), "f")
