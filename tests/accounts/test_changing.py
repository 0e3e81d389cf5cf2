"""Changes that tell history's triggers who and why inside the same statement."""

import pghistory
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.changing import change_told
from plans.models import Goal
from tests.cast import NOON

RENAME = "held AS (UPDATE plans_goal SET text = %s FROM told WHERE id = %s RETURNING id) SELECT id FROM held"


@pytest.fixture
def goal(anna, alice) -> Goal:
    return Goal.objects.create(patient=anna, text="Garden", made_at=NOON, made_by=alice)


def history(goal: Goal) -> list[tuple]:
    rows = Goal.pgh_event_model.objects.filter(pgh_obj=goal).order_by("pgh_id")
    return [(row.text, row.pgh_context, row.pgh_context_id) for row in rows]


def test_history_says_the_same_as_of_a_change_of_djangos(goal):
    with pghistory.context(user="Álice", route="goal") as context:
        assert change_told(RENAME, ["Walk", goal.pk]) == [(goal.pk,)]
        Goal.objects.filter(pk=goal.pk).update(text="Swim")
    who = {"user": "Álice", "route": "goal"}
    assert history(goal) == [("Garden", who, context.id), ("Walk", who, context.id)]


def test_it_is_one_statement_and_what_is_logged_has_its_values(goal):
    with pghistory.context(user="1"), CaptureQueriesContext(connection) as asked:
        change_told(RENAME, ["Walk", goal.pk])
    assert len(asked) == 1 and "'Walk'" in asked[0]["sql"]


def test_outside_of_a_request_nobody_is_named(goal):
    with pghistory.context(user="1"):
        change_told(RENAME, ["Walk", goal.pk])
    change_told(RENAME, ["Swim", goal.pk])
    Goal.objects.filter(pk=goal.pk).update(text="Sing")
    assert [who for _text, who, _id in history(goal)] == [{"user": "1"}, None, None]


def test_nothing_to_change_changes_nothing(goal, anna):
    assert change_told(RENAME, ["Walk", anna.pk]) == []
    assert history(goal) == []
