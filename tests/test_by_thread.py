"""Time zone, root and routes are kept for each thread, and Django finds them there as before."""

import threading
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from zoneinfo import ZoneInfo

import pytest
from asgiref.local import Local
from django.db import connection, connections
from django.urls import clear_script_prefix, get_script_prefix, get_urlconf, set_script_prefix, set_urlconf
from django.utils import timezone

from painplan.by_thread import PLACES, keep_by_thread


@pytest.fixture(autouse=True)
def as_django_has_them(monkeypatch):
    for owner, name in PLACES:
        known = getattr(owner, name) if owner is connections else Local()
        monkeypatch.setattr(owner, name, known)


def said():
    return get_script_prefix(), get_urlconf(), timezone.get_current_timezone_name()


def test_django_still_has_what_is_replaced():
    keep_by_thread()
    assert all(isinstance(getattr(module, name), threading.local) for module, name in PLACES)
    before = said()
    set_script_prefix("/under")
    set_urlconf("accounts.urls")
    with timezone.override("Europe/Madrid"):
        assert said() == ("/under/", "accounts.urls", "Europe/Madrid")
    clear_script_prefix()
    set_urlconf(None)
    assert said() == before
    timezone.activate(ZoneInfo("Asia/Tokyo"))
    timezone.deactivate()
    assert said() == before


def test_what_was_set_before_goes_on_and_twice_is_as_once():
    set_script_prefix("/under/")
    set_urlconf("accounts.urls")
    with timezone.override("Asia/Tokyo"):
        for _time in range(2):
            keep_by_thread()
            assert said() == ("/under/", "accounts.urls", "Asia/Tokyo")


def test_a_connection_goes_on_and_is_of_one_thread(db):
    here, held = connections["default"], connection.connection
    assert held is not None
    keep_by_thread()
    assert connections["default"] is here and connection.connection is held
    with ThreadPoolExecutor(1) as threads:
        assert threads.submit(lambda: connections["default"] is here).result() is False


def test_threads_do_not_mix():
    keep_by_thread()
    usual, all_there = said(), Barrier(2)

    def ask(zone):
        with timezone.override(zone):
            set_script_prefix(f"/{zone}/")
            all_there.wait(10)
            return said()

    zones = ["Asia/Tokyo", "Europe/Madrid"]
    with ThreadPoolExecutor(2) as threads:
        assert list(threads.map(ask, zones)) == [(f"/{zone}/", usual[1], zone) for zone in zones]
    assert said() == usual
