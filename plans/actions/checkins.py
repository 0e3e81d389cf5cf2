"""Check-ins: PEG, PHQ-4, sleep, confidence. One for each period; a correction keeps the earlier answers."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils.translation import gettext as _

from accounts.compiled import compiled
from accounts.models import Patient, User, new_id
from plans import measures
from plans.actions.amending import latest, put_in_place
from plans.actions.bell import ring_after_commit
from plans.actions.history import note_event
from plans.actions.refusals import Refused
from plans.actions.sessions import BACKDATE_DAYS, mark_dirty
from plans.models import CheckIn
from plans.schedule import local_date

ASKED_LAST = "PHQ-4"
EPOCH = date(2024, 1, 1)  # a Monday, so that weekly periods are the weeks of the calendar


def period_of(kind: str, day: date) -> date:
    """The first local date of the period that the day belongs to: weeks from Monday, or four of them for PHQ-4."""
    every = CheckIn.every_days[kind]
    return EPOCH + timedelta(days=(day - EPOCH).days // every * every)


def due_kinds(*, patient: Patient, on: date) -> list[str]:
    """The check-ins to offer on that local date, in the order in which they are asked; nothing after a discharge.

    One is due once in its period, and not before half of that time has passed since the last: who answers on a
    Sunday is not asked again on Monday.
    """
    if patient.status == Patient.Status.DISCHARGED:
        return []
    last = dict(_last_days(patient=patient.pk))
    due = []
    for kind in measures.ITEMS:
        known, half = last.get(kind), timedelta(days=CheckIn.every_days[kind] // 2)
        if known is None or (known < period_of(kind, on) and known + half < on):
            due.append(kind)
    return sorted(due, key=ASKED_LAST.__eq__)


@compiled
def _last_days(*, patient: UUID) -> QuerySet[CheckIn, Any]:
    rows = CheckIn.objects.filter(patient=patient).current().order_by()
    return rows.values_list("kind").annotate(last_on=Max("local_date"))


def record_checkin(
    *,
    patient: Patient,
    checkin_id: UUID,
    kind: str,
    answers: Mapping[str, int | None],
    time_zone: str,
    source: str,
    by: User,
    at: datetime,
    answered_at: datetime | None = None,
) -> CheckIn:
    """Store the answers by question (plans.measures.ITEMS; None: not answered) and the result.

    A second check-in of the same kind in one period corrects the first. The same answers again change nothing.
    Raises Refused for answers off the scale, a day in the future, or one more than 14 days back.
    """
    given, total = _counted(kind, answers)
    answered_at = answered_at or at
    day = local_date(answered_at, time_zone)
    today = local_date(at, time_zone)
    if not today - timedelta(days=BACKDATE_DAYS) <= day <= today:
        raise Refused(_("Choose a day within the last 14 days."))
    with transaction.atomic():
        mark_dirty(patient_id=patient.pk, at=at)
        again = CheckIn.objects.of(patient).filter(pk=checkin_id).first()
        known = CheckIn.objects.of(patient).current().filter(kind=kind, period_on=period_of(kind, day)).first()
        if again is not None or known is not None:
            current = latest(again) if again is not None else known
            assert current is not None
            return current if current.items == given else _amend(current, given, total, source=source, by=by, at=at)
        checkin = CheckIn.objects.create(
            id=checkin_id,
            patient=patient,
            kind=kind,
            period_on=period_of(kind, day),
            items=given,
            total=total,
            answered_at=answered_at,
            local_date=day,
            time_zone=time_zone,
            received_at=at,
            source=source,
            recorded_by=by,
        )
        note_event(patient=patient, verb="check-in answered", at=at, by=by, checkin=str(checkin.pk), kind=kind)
        ring_after_commit(patient.pk)
    return checkin


def amend_checkin(*, checkin: CheckIn, answers: Mapping[str, int | None], by: User, at: datetime) -> CheckIn:
    """Correct a check-in: the day stays, the earlier answers stay, with who changed them and when."""
    given, total = _counted(checkin.kind, answers)
    with transaction.atomic():
        mark_dirty(patient_id=checkin.patient_id, at=at)
        current = latest(checkin)
        return current if current.items == given else _amend(current, given, total, source=current.source, by=by, at=at)


def _counted(kind: str, answers: Mapping[str, int | None]) -> tuple[dict[str, int | None], Decimal | None]:
    try:
        given = measures.checked_answers(kind, answers)
        total = measures.result(kind, given)
    except measures.AnswerRefused as refused:
        raise Refused(_("Choose one of the numbers on the scale, or leave the question open.")) from refused
    return given, None if total is None else Decimal(str(round(total, 2)))


def _amend(
    current: CheckIn, given: dict[str, int | None], total: Decimal | None, *, source: str, by: User, at: datetime
) -> CheckIn:
    amendment = CheckIn(
        id=new_id(),
        patient_id=current.patient_id,
        kind=current.kind,
        period_on=current.period_on,
        items=given,
        total=total,
        answered_at=current.answered_at,
        local_date=current.local_date,
        time_zone=current.time_zone,
        received_at=at,
        source=source,
        recorded_by=by,
    )
    return put_in_place(current=current, amendment=amendment, verb="check-in corrected", by=by, at=at)
