"""Questions through a kept connection: the first one of a request finds out whether its server is still there."""

from unittest.mock import patch
from uuid import UUID

import psycopg
import pytest
from django.db import OperationalError, ProgrammingError, close_old_connections, connection, transaction
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext

from accounts.compiled import ask, compiled
from accounts.models import Clinic


@compiled
def clinics(*, name: str) -> QuerySet[Clinic, tuple[UUID]]:
    return Clinic.objects.filter(name=name).values_list("pk")


@pytest.fixture
def kept(committed_db):
    """A connection that a request has used; calling it takes the server's side of it away."""
    assert clinics(name="Nowhere") == []
    close_old_connections()  # as each request begins

    def away() -> None:
        with psycopg.connect(committed_db) as other:
            other.execute("SELECT pg_terminate_backend(%s, 5000)", [connection.connection.info.backend_pid])

    return away


def test_nothing_is_asked_before_the_first_question(kept):
    with patch.object(connection, "is_usable") as checked:
        assert clinics(name="Nowhere") == []
    checked.assert_not_called()
    assert connection.health_check_done


def test_a_server_that_went_away_between_requests_is_not_noticed_outside(kept):
    for _time in range(2):
        kept()
        assert clinics(name="Nowhere") == []
        close_old_connections()


def test_nor_is_it_in_a_transaction_or_where_questions_are_logged(kept):
    kept()
    with transaction.atomic():
        assert clinics(name="Nowhere") == []
    close_old_connections()
    kept()
    with CaptureQueriesContext(connection) as asked:
        assert clinics(name="Nowhere") == []
    assert "accounts_clinic" in asked.captured_queries[-1]["sql"]


def test_what_is_lost_in_the_middle_of_a_request_is_not_put_again(kept):
    assert clinics(name="Nowhere") == []
    kept()
    with pytest.raises(OperationalError):
        clinics(name="Nowhere")


def test_nor_is_what_a_server_refuses_that_is_there(kept):
    before = connection.connection
    with pytest.raises(ProgrammingError):
        ask("SELECT nothing FROM nowhere", [])
    ask("SELECT set_config('statement_timeout', '20', false)", [])
    close_old_connections()
    with pytest.raises(OperationalError, match="timeout"):
        ask("SELECT pg_sleep(5)", [])
    assert connection.connection is before
    assert ask("SELECT 1", []) == [(1,)]


def test_a_transaction_that_has_failed_asks_nothing_more(kept):
    with transaction.atomic():
        transaction.set_rollback(True)
        with pytest.raises(transaction.TransactionManagementError):
            clinics(name="Nowhere")
