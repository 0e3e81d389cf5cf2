"""What Django keeps for each task of a thread, kept for each thread: time zone, addresses, connections.

To look such a thing up takes Django two microseconds, and a page does so a hundred times. In the web process a thread
answers one request after the other, and none waits in the middle for another (see painplan/catalogues.py, which does
the same for the language).
"""

import threading
from typing import Any

from django.db import connections
from django.urls import base as addresses
from django.utils import timezone

KEPT: tuple[tuple[Any, str], ...] = (
    (timezone, "_active"),
    (addresses, "_prefixes"),
    (addresses, "_urlconfs"),
    (connections, "_connections"),
)


def keep_by_thread() -> None:
    """From now on. For a process that answers requests, before it answers the first."""
    for owner, name in KEPT:
        before, now = getattr(owner, name), threading.local()
        known = ("value", *connections) if owner is connections else ("value",)
        for key in known:
            if hasattr(before, key):
                setattr(now, key, getattr(before, key))
        setattr(owner, name, now)
