"""The sweep behind the bell: finds what waits, evaluates it, and sets poison work apart."""

import logging
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import DatabaseError, connection, transaction
from django.db.models import Q

from accounts.models import Patient, User
from plans.actions.bell import ring_after_commit
from plans.actions.flags import evaluate_waiting
from plans.actions.history import note_event
from plans.models import PainWatch, Plan
from plans.models.watch import QUARANTINE_AFTER
from plans.schedule import local_date

logger = logging.getLogger(__name__)


def evaluate_safely(*, patient_id: UUID, at: datetime) -> bool:
    """Evaluate one patient, if they wait; a failure is counted in the row, and the fifth sets the patient apart.

    True on success, also when nobody waited.
    """
    return _tried(patient_id, at, queue=True) is not None


def sweep(*, at: datetime, limit: int = 500, failing: set[UUID] | None = None) -> dict[str, int]:
    """Evaluate every patient whose row is dirty, oldest first. Rows that another process holds are left to it.

    Patients in `failing` are passed over, and those who fail now are added: for a caller that comes again at once.
    """
    failing = set() if failing is None else failing
    done = failed = 0
    waiting = PainWatch.objects.dirty().exclude(pk__in=failing).values_list("pk", flat=True)
    for patient_id in list(waiting[:limit]):
        evaluated = _tried(patient_id, at, queue=False)
        if evaluated is None:
            failing.add(patient_id)
            failed += 1
        else:
            done += evaluated
    return {"evaluated": done, "failed": failed}


def mark_new_days(*, at: datetime) -> int:
    """Patients whose local day has changed and for whom time alone can change a flag are evaluated again.

    The last evaluation wrote that day down (`wakes_on`): tomorrow while a flag is open, else when silence or a dated
    threshold can begin to tell. A plan that was activated since has no such day yet.
    """
    planned = Plan.objects.active().values("patient_id")
    due = Q(pk__in=[])
    for today, zones in _zones_by_date(at).items():
        silent = Q(wakes_on__isnull=True, patient_id__in=planned)
        old = Q(evaluated_on__lt=today) | Q(evaluated_on__isnull=True)
        due |= Q(patient__time_zone__in=zones) & (Q(wakes_on__lte=today) | silent) & old
    rows = PainWatch.objects.filter(due, dirty_since__isnull=True).values_list("pk", flat=True)
    return PainWatch.objects.filter(pk__in=list(rows), dirty_since__isnull=True).update(dirty_since=at)


def try_again(*, patient_id: UUID, by: User, at: datetime) -> bool:
    """Evaluate a patient who was set apart once more. True when there was such a patient. `by` is the operator."""
    with transaction.atomic():
        row = PainWatch.objects.select_for_update(of=("self",)).select_related("patient").filter(pk=patient_id).first()
        if row is None or row.quarantined_at is None:
            return False
        row.dirty_since = row.dirty_since or at
        row.quarantined_at, row.attempts = None, 0
        row.save(update_fields=["dirty_since", "quarantined_at", "attempts"])
        note_event(patient=row.patient, verb="evaluation tried again", at=at, by=by)
        ring_after_commit(patient_id)
    return True


def health(*, at: datetime) -> dict[str, int]:
    """What /health/safety tells: the oldest waiting patient and how many were set apart."""
    oldest = PainWatch.objects.dirty().values_list("dirty_since", flat=True).first()
    quarantined = PainWatch.objects.filter(quarantined_at__isnull=False).count()
    waits = (at - oldest) if oldest else timedelta(0)
    return {
        "oldest_waits_seconds": round(max(waits.total_seconds(), 0)),
        "waiting": PainWatch.objects.dirty().count(),
        "quarantined": quarantined,
    }


def _zones_by_date(at: datetime) -> dict[date, list[str]]:
    """The patients' time zones by the date that it is there: two dates, seldom three.

    PostgreSQL is not asked: one zone that it does not know would fail the statement, and hold up everybody. A zone that
    nobody knows counts as UTC here; evaluating that patient fails, which sets them apart where it is seen.
    """
    found: dict[date, list[str]] = {}
    for zone in Patient.objects.order_by().values_list("time_zone", flat=True).distinct():
        try:
            today = local_date(at, zone)
        except (LookupError, ValueError):
            today = local_date(at, "UTC")
        found.setdefault(today, []).append(zone)
    return found


def _tried(patient_id: UUID, at: datetime, *, queue: bool) -> bool | None:
    """Whether anything had to be evaluated; None when it failed, which is counted."""
    try:
        return evaluate_waiting(patient_id=patient_id, at=at, queue=queue)
    except PainWatch.DoesNotExist:
        return None
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, DatabaseError) as error:
        _count_failure(patient_id, error, at)
        return None


def _count_failure(patient_id: UUID, error: Exception, at: datetime) -> None:
    if connection.closed_in_transaction or connection.needs_rollback:
        connection.close()
    with transaction.atomic():
        row = PainWatch.objects.select_for_update().get(pk=patient_id)
        row.attempts += 1
        # The class only: a message could hold what the patient wrote.
        row.last_error = type(error).__name__
        if row.attempts >= QUARANTINE_AFTER:
            row.quarantined_at = at
        row.save(update_fields=["attempts", "last_error", "quarantined_at"])
    logger.error("evaluation failed", extra={"attempts": row.attempts, "error": row.last_error})
