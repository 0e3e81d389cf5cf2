"""Rings the worker: a best-effort nudge that can neither fail nor slow the request that rings.

What is due stands in PostgreSQL; a lost ring costs seconds, because a sweep finds the row. The sending happens on a
thread of its own: a broker that accepts and never answers would hold the caller.
"""

import logging
import queue
import threading
from uuid import UUID

from celery import current_app
from celery.exceptions import OperationalError
from django.db import transaction

logger = logging.getLogger(__name__)

_waiting: queue.Queue[tuple[str, str]] = queue.Queue(maxsize=1000)
_lock = threading.Lock()
_sender: threading.Thread | None = None


def ring_after_commit(task: str, row_id: UUID) -> None:
    """Ask a worker to run `task` (its name) on a row as soon as the current transaction is stored."""
    transaction.on_commit(lambda: ring(task, str(row_id)))


def ring(task: str, row_id: str) -> None:
    """Ask a worker to run `task` on a row that is stored already."""
    try:
        _waiting.put_nowait((task, row_id))
    except queue.Full:
        logger.warning("The bell is overloaded; the sweep will find what was not rung.")
        return
    _start_sender()


def _start_sender() -> None:
    """A thread does not survive the fork of a server, so each process starts its own at the first ring."""
    global _sender
    with _lock:
        if _sender is None or not _sender.is_alive():
            _sender = threading.Thread(target=_send_all, name="bell", daemon=True)
            _sender.start()


def _send_all() -> None:
    while True:
        task, row_id = _waiting.get()
        try:
            current_app.send_task(task, args=[row_id], retry=False, ignore_result=True)
        except (OperationalError, OSError) as error:
            logger.warning("The broker did not take the nudge (%s); the sweep will.", type(error).__name__)
