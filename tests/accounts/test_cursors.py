"""A cursor for each text is kept with its connection, and nothing of what it asked or was answered."""

import pytest
from django.db import IntegrityError, connection, transaction

from accounts import cursors
from accounts.compiled import ask, at_once

pytestmark = pytest.mark.django_db

PEOPLE = "SELECT * FROM (VALUES ('Anna', 3), ('Ben', 5)) AS people (name, pain) WHERE pain > %s::int"


def kept() -> dict[str, cursors.Asking]:
    return connection.connection.__dict__["painplan_cursors"]


def test_one_cursor_answers_each_time_for_its_own_values():
    assert ask(PEOPLE, ["4"]) == [("Ben", 5)]
    first = kept()[PEOPLE]
    assert [ask(PEOPLE, [value]) for value in ("2", "9", "4")] == [[("Anna", 3), ("Ben", 5)], [], [("Ben", 5)]]
    assert kept()[PEOPLE] is first


def test_neither_values_nor_answers_stay():
    ask(PEOPLE, ["4"])
    cursor = kept()[PEOPLE]
    assert (cursor.pgresult, cursor._results, cursor._query, cursor.rowcount) == (None, [], None, -1)
    assert cursor._tx.pgresult is None


def test_one_that_failed_is_not_asked_again(alice):
    text = "INSERT INTO accounts_clinic SELECT * FROM accounts_clinic WHERE %s::bool RETURNING id"
    with pytest.raises(IntegrityError), transaction.atomic():
        at_once(connection, text, ["true"])
    assert text not in kept()
    assert at_once(connection, text, ["false"]) == (0, [])


def test_a_type_may_change_from_one_asking_to_the_next():
    text = "SELECT coalesce(%s, %s)"
    assert [ask(text, [value, None]) for value in (1, "word", [2], None)] == [[(1,)], [("word",)], [([2],)], [(None,)]]


def test_no_more_than_so_many_are_kept(monkeypatch):
    monkeypatch.setattr(cursors, "MOST", 3)
    for number in range(5):
        assert ask(f"SELECT {number}", []) == [(number,)]
        assert len(kept()) <= 3
