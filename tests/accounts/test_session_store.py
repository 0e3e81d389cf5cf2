"""A database that goes away at the end of a request is not a session that has ended."""

import pytest
from django.contrib.sessions.models import Session
from django.contrib.sessions.serializers import JSONSerializer
from django.core import signing
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.cast import NOON


@pytest.fixture
def waiting(client, anna, time_machine):
    """Somebody whose next request writes the session; errors become pages."""
    time_machine.move_to(NOON, tick=False)
    client.force_login(anna.user)
    session = client.session
    session["active_at"] = session["signed_in_at"] = int(NOON.timestamp()) - 2 * 3600
    session.save()
    client.raise_request_exception = False
    return client


def at_the_writing(do):
    """Do that in the moment when the session is about to be written."""

    def wrapper(execute, sql, params, many, context):
        if sql.startswith('UPDATE "django_session"'):
            do()
        return execute(sql, params, many, context)

    return connection.execute_wrapper(wrapper)


def test_a_database_that_is_away_is_our_fault(waiting):
    def away():
        raise OperationalError("terminating connection due to administrator command")

    with at_the_writing(away):
        assert waiting.get(reverse("today")).status_code == 500


def test_a_session_that_was_ended_meanwhile_is_told_as_such(waiting):
    with at_the_writing(lambda: Session.objects.all().delete()):
        assert waiting.get(reverse("today")).status_code == 400


def test_a_session_is_written_in_one_statement(waiting):
    with CaptureQueriesContext(connection) as asked:
        assert waiting.get(reverse("today")).status_code == 200
    words = [query["sql"].split()[0] for query in asked.captured_queries]
    assert words.count("UPDATE") == 1
    assert not {"BEGIN", "SAVEPOINT"} & set(words)


@pytest.mark.parametrize(
    ("who", "path", "ago", "writes"),
    [
        ("anna", "today", 3500, 0),
        ("anna", "today", 3700, 1),
        ("alice", "inbox", 50, 0),
        ("alice", "inbox", 70, 1),
    ],
)
def test_that_somebody_is_there_is_written_only_as_often_as_it_matters(
    client, anna, alice, time_machine, who, path, ago, writes
):
    time_machine.move_to(NOON, tick=False)
    client.force_login({"anna": anna.user, "alice": alice}[who])
    session = client.session
    session["active_at"] = session["signed_in_at"] = int(NOON.timestamp()) - ago
    session.save()
    with CaptureQueriesContext(connection) as asked:
        assert client.get(reverse(path)).status_code == 200
    assert sum(query["sql"].startswith('UPDATE "django_session"') for query in asked.captured_queries) == writes


def test_a_session_is_stored_as_it_is_and_one_that_was_packed_is_read(client, anna):
    client.force_login(anna.user)
    row = Session.objects.get()
    assert not row.session_data.startswith(".")
    packed = signing.dumps(row.get_decoded(), salt=client.session.key_salt, serializer=JSONSerializer, compress=True)
    assert packed.startswith(".")
    Session.objects.update(session_data=packed)
    assert client.get(reverse("today")).status_code == 200
