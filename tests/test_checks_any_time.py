"""What `manage.py check` finds does not depend on the hour: a green `make check` at noon is green at 17:00 as well."""

import re

import pytest
import time_machine
from django.apps import apps
from django.core import checks

OURS = ("accounts", "exercises", "plans")
HOUR = re.compile(r"^([01]\d|2[0-3]):[0-5]\d$")


def hours_of_defaults() -> list[str]:
    """Each hour that a field of ours begins with, as "hh:mm"."""
    fields = [
        field for label in OURS for model in apps.get_app_config(label).get_models() for field in model._meta.fields
    ]
    return sorted(
        {str(field.get_default())[:5] for field in fields if field.get_internal_type() == "TimeField"} - {"None"}
    )


def test_there_are_hours_to_try():
    hours = hours_of_defaults()
    assert "17:00" in hours
    assert all(HOUR.match(hour) for hour in hours)


@pytest.mark.parametrize("hour", ["07:00", "08:00", "09:00", "17:00", "19:00", "20:00"])
def test_the_checks_find_nothing_at_the_hours_that_fields_begin_with(hour):
    assert hour in hours_of_defaults()
    with time_machine.travel(f"2026-11-19T{hour}:03+00:00", tick=False):
        fields = [message for message in checks.run_checks(tags=[checks.Tags.models]) if message.id == "fields.W161"]
    assert fields == []
