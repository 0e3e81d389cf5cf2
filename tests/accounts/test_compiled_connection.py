"""The first question through a connection that was kept finds out by itself whether it still works."""

from unittest.mock import patch

import psycopg
import pytest
from django.db import OperationalError, connection, transaction

from accounts.compiled import ask

WHO = "SELECT pg_backend_pid()"


@pytest.fixture
def kept(committed_db):
    """A connection as it is when a request begins; yields the number of its server process."""
    [[pid]] = ask(WHO, [])
    connection.health_check_enabled, connection.health_check_done = True, False
    yield pid
    connection.health_check_enabled = False


def _end(pid, url):
    with psycopg.connect(url, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])


def test_nothing_is_asked_before_it(kept):
    with patch.object(connection, "is_usable") as checked:
        assert ask(WHO, []) == [(kept,)]
        checked.assert_not_called()
    assert connection.health_check_done


def test_it_is_asked_again_where_the_server_has_gone(kept, committed_db):
    _end(kept, committed_db)
    [[now]] = ask(WHO, [])
    assert now != kept and ask(WHO, []) == [(now,)]


def test_a_later_one_is_not(kept, committed_db):
    """Something may have been written through the connection that has gone."""
    ask(WHO, [])
    _end(kept, committed_db)
    with pytest.raises(OperationalError):
        ask(WHO, [])
    connection.close()


def test_nor_one_within_a_transaction(kept, committed_db):
    with pytest.raises(OperationalError), transaction.atomic():
        _end(connection.connection.info.backend_pid, committed_db)
        ask(WHO, [])


def test_a_question_that_fails_by_itself_fails(kept):
    with patch("accounts.compiled._rows", side_effect=OperationalError("too long")) as asked:
        with pytest.raises(OperationalError, match="too long"):
            ask(WHO, [])
        assert asked.call_count == 1
