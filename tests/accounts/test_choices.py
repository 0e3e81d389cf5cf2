"""What a choice is called: as Django says it, in the reader's language, without all the others."""

import pytest
from django.db import models
from django.utils.translation import override

from plans.models import Flag, Plan


@pytest.mark.parametrize(
    "row",
    [Flag(rule="R3", severity="urgent", state="open", action_taken=""), Flag(rule="R9", action_taken="new usual"),
     Flag(rule="R?"), Plan(status="paused"), Plan(status=None)],
)  # fmt: skip
def test_a_choice_is_called_as_django_calls_it(row):
    names = [field.name for field in row._meta.fields if field.choices]
    for language in ("en", "es", "en"):
        with override(language):
            for name in names:
                field = row._meta.get_field(name)
                assert getattr(row, f"get_{name}_display")() == models.Model._get_FIELD_display(row, field)
