# ruff: noqa: F811 (the fixtures of the matrix are used by their names)
"""The access matrix below the views: each table hands out exactly the rows that somebody may see, to everybody.

Views ask a second time for the clinic worked in; these cells ask `visible_to` by itself, so that it holds alone.
"""

from collections.abc import Iterator

import pytest
from django.db import transaction

from tests.access_models import SEEN, STATES, doors_of_tables, enter, fill, rows_of_table, standings_in, wrong_rows
from tests.access_world import ACTORS, World
from tests.test_access import made  # noqa: F401


@pytest.fixture(scope="module")
def filled(made) -> World:
    """The world with a row in every table."""
    for which in ("annas", "zoes"):
        fill(made, which)
    for person in made.people.values():
        person.refresh_from_db()  # as a request reads them
    return made


@pytest.fixture(scope="module")
def owners(filled) -> dict:
    return {label: rows_of_table(label) for label in SEEN}


@pytest.fixture(params=STATES)
def state(request, filled) -> Iterator[str]:
    with transaction.atomic():
        enter(filled, request.param)
        yield request.param
        transaction.set_rollback(True)


def test_every_table_with_a_door_says_who_sees_what():
    """A new table: say in tests/access_models.py whose its rows are, after a look at whether that is right."""
    assert set(SEEN) == set(doors_of_tables())


def test_there_is_a_row_to_see_and_one_not_to_see_in_every_table(owners):
    missing = {label: seen.there - set(owners[label].values()) for label, seen in SEEN.items()}
    assert {label: words for label, words in missing.items() if words} == {}


def test_a_table_hands_out_what_somebody_may_see_and_nothing_else(filled, owners, state):
    found = [problem for label in SEEN for problem in wrong_rows(filled, label, state, owners[label])]
    assert not found, "\n".join(found)


def test_a_request_that_knows_where_somebody_works_is_handed_the_same(filled, owners, state):
    standings = standings_in(filled)
    assert {actor for actor, standing in standings.items() if standing.memberships} or state.startswith("left")
    tables = ("accounts.Patient", "exercises.Exercise", "plans.Flag")  # the two that know, and one that asks the first
    found = [problem for label in tables for problem in wrong_rows(filled, label, state, owners[label], standings)]
    assert not found, "\n".join(found)


def test_there_are_enough_questions_to_tables():
    asked = sum(len(STATES) if seen.by_patient else 2 for seen in SEEN.values())
    assert asked * len(ACTORS) > 2500
