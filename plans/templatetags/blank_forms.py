"""Forms that nobody has written into yet, for pages on which they are drawn once a day."""

from datetime import date

from django import template

from plans.forms.clinician import ScreeningForm

register = template.Library()


@register.simple_tag
def blank_screening(today: date) -> ScreeningForm:
    return ScreeningForm(today=today)
