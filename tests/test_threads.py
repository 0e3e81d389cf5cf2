"""What is kept for each thread of the web process: each has its own, and goes on with what it had."""

import threading
from datetime import UTC, datetime

import pytest
from django.db import connection, connections
from django.urls import base as addresses
from django.urls import get_script_prefix, reverse, set_script_prefix
from django.utils import timezone

from painplan.threads import KEPT, keep_by_thread


@pytest.fixture
def by_thread():
    before = [(owner, name, getattr(owner, name)) for owner, name in KEPT]
    keep_by_thread()
    yield
    for owner, name, kept in before:
        setattr(owner, name, kept)


def test_each_thread_has_its_own(by_thread, db):
    told = []

    def other() -> None:
        told.extend([timezone.get_current_timezone_name(), get_script_prefix(), connections["default"] is here])

    here = connections["default"]
    set_script_prefix("/pain/")
    with timezone.override("Asia/Tokyo"):
        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
        assert timezone.localtime(datetime(2026, 11, 23, 12, tzinfo=UTC)).hour == 21
    assert timezone.get_current_timezone_name() == timezone.get_default_timezone_name()
    assert reverse("inbox").startswith("/pain/")
    assert told == [timezone.get_default_timezone_name(), "/", False]


def test_what_was_there_before_goes_on(db):
    here, before = connection.connection, [(owner, name, getattr(owner, name)) for owner, name in KEPT]
    assert here is not None
    with timezone.override("Asia/Tokyo"):
        try:
            keep_by_thread()
            assert connection.connection is here
            assert timezone.get_current_timezone_name() == "Asia/Tokyo"
            assert isinstance(addresses._urlconfs, threading.local)
        finally:
            for owner, name, kept in before:
                setattr(owner, name, kept)
