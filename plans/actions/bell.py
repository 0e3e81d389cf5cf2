"""Rings the worker: a best-effort nudge that can neither fail nor slow the request that rings.

The ledger (PainWatch) holds what is due; a lost ring costs seconds, because `safety_sweep` finds the row.
The sending happens on a thread of its own: a broker that accepts and never answers would hold the caller.
"""

import logging
import queue
import threading
from uuid import UUID

from celery import current_app
from django.db import transaction
from celery.exceptions import OperationalError

logger = logging.getLogger(__name__)

EVALUATE_TASK = "plans.evaluate_patient"
_waiting: queue.Queue[str] = queue.Queue(maxsize=1000)
_lock = threading.Lock()
_sender: threading.Thread | None = None


def ring_after_commit(patient_id: UUID) -> None:
    """Ask a worker to evaluate this patient as soon as the current transaction is stored."""
    transaction.on_commit(lambda: _ring(str(patient_id)))


def _ring(patient_id: str) -> None:
    try:
        _waiting.put_nowait(patient_id)
    except queue.Full:
        logger.warning("The bell is overloaded; the safety sweep will find what was not rung.")
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
        patient_id = _waiting.get()
        try:
            current_app.send_task(EVALUATE_TASK, args=[patient_id], retry=False, ignore_result=True)
        except (OperationalError, OSError) as error:
            logger.warning("The broker did not take the nudge (%s); the safety sweep will.", type(error).__name__)
