"""Corrections: the row that stood steps aside and stays, the amendment takes its place, and the history says who."""

from datetime import datetime
from typing import Any, TypeVar

from accounts.models import User
from plans.actions.bell import ring_after_commit
from plans.actions.history import note_event
from plans.models import CheckIn, PainScore

Amended = TypeVar("Amended", PainScore, CheckIn)


def latest(row: Amended) -> Amended:
    """The row that counts now, however often it was corrected."""
    while row.superseded_by_id is not None:
        row = type(row).objects.get(pk=row.superseded_by_id)
    return row


def put_in_place(*, current: Amended, amendment: Amended, verb: str, by: User, at: datetime, **detail: Any) -> Amended:
    """Store the amendment of the row that counts. In the caller's transaction, under the lock of the watch row."""
    # The old row steps aside first: only one of them may be current, and the key is checked at commit.
    type(current).objects.filter(pk=current.pk).update(superseded_by=amendment.pk)
    amendment.save(force_insert=True)
    note_event(patient=current.patient, verb=verb, at=at, by=by, was=str(current.pk), now=str(amendment.pk), **detail)
    ring_after_commit(current.patient_id)
    return amendment
