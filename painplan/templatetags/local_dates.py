"""The `date` filter of every template: Django's own, with the pattern as the active language writes it."""

from typing import Any

from django import template
from django.template.defaultfilters import date as django_date

from accounts.dates import in_language

register = template.Library()


@register.filter(name="date", expects_localtime=True, is_safe=False)
def date(value: Any, pattern: str | None = None) -> str:
    """As Django's: `{{ day|date:"j F" }}` is "9 November" or "9 de noviembre"."""
    return django_date(value, in_language(pattern) if pattern else None)
