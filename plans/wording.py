"""Doses and days in words, for patients and clinicians alike: "2 sets of 6 times, each side", "Monday and Thursday".

Words for units, never "2x8 @3". The text is in the reader's language; numbers are given as they are stored.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.dates import WEEKDAYS, WEEKDAYS_ABBR
from django.utils.formats import date_format, number_format
from django.utils.text import get_text_list
from django.utils.translation import gettext, ngettext

from plans.minutes import Amounts


def dose_in_words(dose: Amounts | Mapping[str, Any]) -> str:
    """A dose as a person would say it: "3 holds of 20 seconds, each side", "2 sets of 6 times", "10 minutes".

    `dose` is a Prescription (or any Dose), or the mapping that Dose.amounts() and a session's frozen doses hold.
    """
    sets = _get(dose, "sets") or 1
    times = _get(dose, "repetitions")
    hold = _get(dose, "hold_seconds")
    parts = []
    if hold is not None:
        seconds = ngettext("%(n)d second", "%(n)d seconds", hold) % {"n": hold}
        # Holds without repetitions are counted by their sets: "3 holds of 20 seconds".
        count = sets if times is None else times
        holds = ngettext("%(n)d hold of %(seconds)s", "%(n)d holds of %(seconds)s", count)
        said = holds % {"n": count, "seconds": seconds}
        parts.append(said if times is None else _in_sets(sets, said))
    elif times is not None:
        parts.append(_in_sets(sets, ngettext("%(n)d time", "%(n)d times", times) % {"n": times}))
    minutes = _get(dose, "duration_minutes")
    if minutes is not None:
        parts.append(_so_often(sets if not parts else 1, minutes_in_words(minutes)))
    metres = _get(dose, "distance_metres")
    if metres is not None:
        said = ngettext("%(n)s metre", "%(n)s metres", metres) % {"n": number_format(metres)}
        parts.append(_so_often(sets if not parts else 1, said))
    if _get(dose, "per_side"):
        parts.append(gettext("each side"))
    return ", ".join(parts)


def effort_and_rest_in_words(dose: Amounts | Mapping[str, Any]) -> str:
    """How hard, and how long a break: "Effort 3 of 10. Rest 30 seconds between sets." Empty when nothing is said.

    A rest belongs between sets: with one set there is none.
    """
    said = []
    effort, rest = _get(dose, "effort"), _get(dose, "rest_seconds")
    if effort is not None:
        said.append(gettext("Effort %(n)d of 10.") % {"n": effort})
    if rest and (_get(dose, "sets") or 1) > 1:
        words = ngettext("Rest %(n)d second between sets.", "Rest %(n)d seconds between sets.", rest)
        said.append(words % {"n": rest})
    return " ".join(said)


def minutes_in_words(minutes: Decimal | float) -> str:
    """Minutes with their unit: "1 minute", "2.5 minutes"."""
    plain = float(minutes)
    text = number_format(int(plain) if plain.is_integer() else plain)
    return ngettext("%(n)s minute", "%(n)s minutes", 1 if plain == 1 else 2) % {"n": text}


def days_in_words(weekdays: Iterable[int] | None, times_a_week: int | None = None) -> str:
    """When it is planned: "every day", "Monday, Wednesday and Friday" (1 = Monday), or "3 times a week"."""
    if weekdays is None:
        times = times_a_week or 0
        return ngettext("once a week", "%(n)d times a week", times) % {"n": times}
    days = sorted(set(weekdays))
    if days == [1, 2, 3, 4, 5, 6, 7]:
        return gettext("every day")
    return in_a_row([str(WEEKDAYS[day - 1]) for day in days])


def short_days_in_words(weekdays: Iterable[int] | None, times_a_week: int | None = None) -> str:
    """The same, short, for tables: "Mon, Wed and Fri"."""
    if weekdays is None or len(set(weekdays := list(weekdays))) == 7:
        return days_in_words(weekdays, times_a_week)
    return in_a_row([str(WEEKDAYS_ABBR[day - 1]) for day in sorted(set(weekdays))])


def in_a_row(words: list[str]) -> str:
    """A list in words: "Lower back, neck and right knee"."""
    return get_text_list(words, gettext("and"))


def day_in_words(day: date, *, weekday: bool = False, year: bool = False) -> str:
    """A date in words: "9 November", "Thursday 19 November" or "9 November 2026", in the reader's language."""
    if year:
        # Translators: a date with its year, see the date filter of Django
        return date_format(day, gettext("j F Y"))
    # Translators: a date without its year, with and without its weekday, see the date filter of Django
    return date_format(day, gettext("l j F") if weekday else gettext("j F"))


def in_sentence(name: str) -> str:
    """A name inside a sentence, with a small first letter unless it is an abbreviation: "lower back", "SI joint"."""
    return name if name[:2].isupper() else name[:1].lower() + name[1:]


def _get(dose: Amounts | Mapping[str, Any], name: str) -> Any:
    return dose.get(name) if isinstance(dose, Mapping) else getattr(dose, name)


def _in_sets(sets: int, said: str) -> str:
    return said if sets == 1 else gettext("%(n)d sets of %(said)s") % {"n": sets, "said": said}


def _so_often(sets: int, said: str) -> str:
    return said if sets == 1 else gettext("%(n)d times %(said)s") % {"n": sets, "said": said}
