"""What Django keeps for each task of a thread (the time zone, the root of addresses, the routes), kept for each thread.

To look one of them up took one to two microseconds, with each address and each date of a page. Here a thread answers
one request after the other, and none waits in the middle for another, as with the language (painplan/catalogues.py).
"""

import threading
from typing import Any

from django.urls import base
from django.utils import timezone

PLACES: list[tuple[Any, str]] = [(base, "_prefixes"), (base, "_urlconfs"), (timezone, "_active")]


def keep_by_thread() -> None:
    """From now on. What is set already goes on for the thread that calls."""
    for module, name in PLACES:
        before = getattr(module, name)
        if isinstance(before, threading.local):
            continue
        kept = threading.local()
        if hasattr(before, "value"):
            kept.value = before.value
        setattr(module, name, kept)
