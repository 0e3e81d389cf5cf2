"""The templates of the release: complete, made of the library, within the limits of the safety rules."""

import json
from collections import Counter

import pytest

from exercises.models import Exercise
from plans import safety
from plans.actions.refusals import Refused
from plans.actions.template_shipping import ship_templates
from plans.lines import line_of
from plans.management.commands.load_templates import FILE
from plans.models import PlanTemplate, Prescription, TemplateItem
from tests.cast import NOON

ROWS = json.loads(FILE.read_text("utf-8"))


def test_at_least_twelve_ship_and_every_one_says_whom_it_is_for():
    assert len(ROWS) >= 12
    assert max(Counter(row["slug"] for row in ROWS).values()) == 1
    assert all(row["name"] and row["meant_for"] and row["note"] for row in ROWS)


def test_loading_again_changes_nothing(db):
    assert ship_templates(rows=ROWS, at=NOON)["unchanged"] == len(ROWS)
    assert PlanTemplate.objects.filter(clinic=None, archived_at=None).count() == len(ROWS)


def test_a_changed_template_is_brought_up_to_date_and_a_dropped_one_put_away(db):
    changed = [dict(ROWS[0], name="Another name"), *ROWS[1:-1]]
    counts = ship_templates(rows=changed, at=NOON)
    assert (counts["changed"], counts["put away"]) == (1, 1)
    assert PlanTemplate.objects.get(slug=ROWS[0]["slug"]).name == "Another name"
    assert not PlanTemplate.objects.in_use().filter(slug=ROWS[-1]["slug"]).exists()


def test_an_unknown_exercise_is_refused_and_nothing_is_stored(db):
    before = PlanTemplate.objects.count()
    with pytest.raises(Refused, match="no-such-exercise"):
        ship_templates(
            rows=[{"slug": "x", "name": "X", "items": [{"exercise": "no-such-exercise", "section": "main"}]}], at=NOON
        )
    assert PlanTemplate.objects.count() == before


@pytest.mark.parametrize("slug", [row["slug"] for row in ROWS])
def test_every_template_starts_low(slug, db):
    items = list(TemplateItem.objects.filter(template__slug=slug).select_related("exercise__current_version"))
    assert 3 <= len(items) <= 5
    assert {item.exercise.pk for item in items} <= set(Exercise.objects.prescribable().values_list("pk", flat=True))
    lines = [line_of(as_prescription(item)) for item in items]
    totals = safety.totals(lines)
    assert totals.session_minutes <= 30
    assert totals.sessions_a_week <= 5
    assert all((item.effort or 0) <= 4 for item in items)


def as_prescription(item: TemplateItem) -> Prescription:
    fields = {
        field.name: getattr(item, field.name)
        for field in TemplateItem._meta.fields
        if hasattr(Prescription, field.name)
    }
    fields.pop("id")
    return Prescription(exercise_version=item.exercise.current_version, **fields)
