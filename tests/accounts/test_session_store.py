"""A database that goes away at the end of a request is not a session that has ended."""

import pytest
from django.contrib.sessions.models import Session
from django.db import OperationalError
from django.urls import reverse

from tests.cast import NOON


@pytest.fixture
def waiting(client, anna, time_machine):
    """Somebody whose next request writes the session; errors become pages."""
    time_machine.move_to(NOON, tick=False)
    client.force_login(anna.user)
    session = client.session
    session["active_at"] = session["signed_in_at"] = int(NOON.timestamp()) - 600
    session.save()
    client.raise_request_exception = False
    return client


def test_a_database_that_is_away_is_our_fault(waiting, monkeypatch):
    def away(*args, **kwargs):
        raise OperationalError("terminating connection due to administrator command")

    monkeypatch.setattr(Session, "save", away)
    assert waiting.get(reverse("today")).status_code == 500


def test_a_session_that_was_ended_meanwhile_is_told_as_such(waiting, monkeypatch):
    kept = Session.save

    def ended(row, *args, **kwargs):
        Session.objects.all().delete()
        kept(row, *args, **kwargs)

    monkeypatch.setattr(Session, "save", ended)
    assert waiting.get(reverse("today")).status_code == 400
