"""Asks a worker to evaluate a patient. The ledger (PainWatch) holds what is due; `safety_sweep` finds a lost ring."""

from uuid import UUID

from django.db import transaction

from exercises.actions.bell import ring

EVALUATE_TASK = "plans.evaluate_patient"


def ring_after_commit(patient_id: UUID) -> None:
    """Ask a worker to evaluate this patient as soon as the current transaction is stored."""
    transaction.on_commit(lambda: _ring(str(patient_id)))


def _ring(patient_id: str) -> None:
    ring(EVALUATE_TASK, patient_id)
