"""What Django keeps for each task of a thread (time zone, root of addresses, routes, connections), for each thread.

To look one of them up took one to two microseconds, with each address, date and question of a page. Here a thread
answers one request after the other, and none waits in the middle for another, as with the language
(painplan/catalogues.py).
"""

import threading
from typing import Any

from django.db import connections
from django.urls import base
from django.utils import timezone

PLACES: list[tuple[Any, str]] = [
    (base, "_prefixes"),
    (base, "_urlconfs"),
    (timezone, "_active"),
    (connections, "_connections"),
]


def keep_by_thread() -> None:
    """From now on. What is set already goes on for the thread that calls."""
    for owner, name in PLACES:
        before = getattr(owner, name)
        if isinstance(before, threading.local):
            continue
        kept = threading.local()
        for key in ("value", *connections):
            if hasattr(before, key):
                setattr(kept, key, getattr(before, key))
        setattr(owner, name, kept)
