"""Template filters that say doses and days in words (plans/wording.py), for every page that shows them."""

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.translation import gettext

from plans.models import Dose
from plans.wording import days_in_words, dose_in_words, effort_and_rest_in_words, short_days_in_words

register = template.Library()


@register.filter
def dose_words(dose: Dose | Mapping[str, Any]) -> str:
    """A dose as a person would say it: "2 sets of 6 times, each side"."""
    return dose_in_words(dose)


@register.filter
def effort_and_rest_words(dose: Dose) -> str:
    """How hard, and how long a break between sets: "Effort 3 of 10. Rest 30 seconds between sets." """
    return effort_and_rest_in_words(dose)


@register.filter
def days_words(dose: Dose) -> str:
    """When it is planned: "Monday, Wednesday and Friday", or "3 times a week"."""
    return days_in_words(dose.weekdays, dose.times_a_week)


@register.filter
def short_days_words(dose: Dose) -> str:
    """The same, short: "Mon, Wed and Fri"."""
    return short_days_in_words(dose.weekdays, dose.times_a_week)


@register.filter
def range_words(spans: Mapping[str, Any]) -> str:
    """The range of a library dose, smallest and largest: "5 times to 3 sets of 12 times"."""
    low, high = (dose_in_words({name: span[end] for name, span in spans.items() if span}) for end in (0, 1))
    return low if low == high else gettext("%(low)s to %(high)s") % {"low": low, "high": high}
