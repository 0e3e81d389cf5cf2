"""The `date` filter of every template: Django's own, with the pattern as the active language writes it."""

import datetime
import re
from functools import lru_cache
from typing import Any

from django import template
from django.template.defaultfilters import date as django_date
from django.utils.translation import get_language

from accounts.dates import in_language

register = template.Library()

CLOCK = "H:i"
TIME = re.compile(r"(?<!\\)[aAfgGhHisueIOTZcrUPN]|_FORMAT")
"""What says a time, or stands for a format of its own."""


@register.filter(name="date", expects_localtime=True, is_safe=False)
def date(value: Any, pattern: str | None = None) -> str:
    """As Django's: `{{ day|date:"j F" }}` is "9 November" or "9 de noviembre"."""
    if pattern and isinstance(value, datetime.date):
        if not _tells_time(pattern):
            day = value.date() if isinstance(value, datetime.datetime) else value
            return _day(day, pattern, get_language())
        said = in_language(pattern)
        if isinstance(value, datetime.datetime) and _is_day_and_clock(said):
            return f"{_day_of(value.date(), said[: -len(CLOCK)], get_language())}{value:%H:%M}"
        return django_date(value, said)
    return django_date(value, in_language(pattern) if pattern else None)


@lru_cache(maxsize=64)
def _tells_time(pattern: str) -> bool:
    return bool(TIME.search(pattern))


@lru_cache(maxsize=64)
def _is_day_and_clock(pattern: str) -> bool:
    """ "j M, H:i": a day that may be known, and what Python itself writes as quickly."""
    return pattern.endswith(CLOCK) and pattern[-4:-3] != "\\" and not _tells_time(pattern[: -len(CLOCK)])


@lru_cache(maxsize=4096)
def _day(day: datetime.date, pattern: str, _language: str | None) -> str:
    """Pages say the same few hundred days all the time."""
    return django_date(day, in_language(pattern))


@lru_cache(maxsize=1024)
def _day_of(day: datetime.date, pattern: str, _language: str | None) -> str:
    """The same with a pattern that the language has written already."""
    return django_date(day, pattern) if pattern else ""
