"""Days and pain in words, as every sentence about a patient shows them."""

from collections.abc import Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Any

from django.utils.formats import date_format, number_format
from django.utils.translation import get_language, gettext, ngettext

A_TENTH = Decimal("0.1")


def short_day(day: date) -> str:
    """A day without its year: "9 Nov"."""
    language = get_language()
    return in_pattern(day, _short(language), language)


@lru_cache(maxsize=16)
def _short(language: str | None) -> str:
    # Translators: a short date without its year, see the date filter of Django
    return gettext("j M")


def day_and_year(day: date) -> str:
    """A day with its year: "9 Nov 2026"."""
    # Translators: a short date with its year, see the date filter of Django
    return in_pattern(day, gettext("j M Y"), get_language())


@lru_cache(maxsize=4096)
def in_pattern(day: date, pattern: str, language: str | None) -> str:
    """A day as a pattern of Django's date filter writes it; lists say the same few hundred days all the time."""
    return date_format(day, pattern)


def rounded(value: float) -> Decimal:
    """Pain to one decimal, halves away from zero, as every page shows it."""
    return Decimal(repr(float(value))).quantize(A_TENTH, rounding=ROUND_HALF_UP)


def points(value: float | Decimal) -> str:
    """Pain with one decimal, as the reader's language writes it: "6.4"."""
    return points_of(rounded(float(value)), get_language())


def points_of(value: Decimal, language: str | None) -> str:
    """The same of what is `rounded`, for whoever says many and knows the language."""
    return _written(str(value), 1, language)


@lru_cache(maxsize=1024)
def _written(value: str, places: int, language: str | None) -> str:
    """Kept by how it is written, because 0 and -0 are equal."""
    return str(number_format(Decimal(value), decimal_pos=places))


def plain(value: float | Decimal) -> str:
    """A score as it was given: "8", "8.5"."""
    shown = rounded(float(value))
    return _written(str(shown), 0 if shown == shown.to_integral_value() else 1, get_language())


def difference(value: float, compared: float) -> str:
    """How far one number lies above another, so that it agrees with the two beside it: "2 points"."""
    return in_points(plain(rounded(value) - rounded(compared)))


def in_points(shown: str) -> str:
    """A number as it is shown, with its unit: "1 point", "2 points"; with a decimal it is always "1.0 points"."""
    return ngettext("%(n)s point", "%(n)s points", 1 if shown == "1" else 2) % {"n": shown}


def day_in(evidence: Mapping[str, Any], name: str) -> date | None:
    """A date of a flag's evidence."""
    text = evidence.get(name)
    return date.fromisoformat(text) if text else None
