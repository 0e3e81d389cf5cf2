"""Whether a notification is still true just before it is sent: nobody is mailed about what was dealt with."""

from collections.abc import Callable
from datetime import datetime, timedelta

from accounts.models import BreakGlass, Patient, Transfer
from accounts.sign_in_news import LOST_PASSWORD
from plans.actions import notification_kinds as kinds
from plans.actions import recipients
from plans.actions.reminder_days import due_now
from plans.models import Flag, Message, Notification, Plan, Reevaluation, ReminderSettings
from plans.schedule import local_date

LINK_WANTED_FOR = timedelta(hours=1)
"""A way to a new password that could not be sent for so long is not waited for any more."""


def still_owed(row: Notification, *, at: datetime) -> bool:
    """True while the recipient has a login, is still the one to be told, and there is still something to tell of
    somebody real.
    """
    if not row.recipient.is_active:
        return False
    if row.patient_id and Patient.objects.filter(pk=row.patient_id, clinic__sample_of__isnull=False).exists():
        return False  # nobody is mailed about sample patients
    holds = HOLDS.get(row.kind)
    return holds is None or holds(row, at)


def _flag(row: Notification, at: datetime) -> bool:
    flag = _open_flag(row)
    if flag is None:
        return False
    staff = recipients.staff_of(clinic=flag.patient.clinic, at=at)
    return row.recipient in recipients.of_flags(staff=staff, flags=[flag], at=at)[flag.pk]


def _escalated(row: Notification, at: datetime) -> bool:
    flag = _open_flag(row)
    return flag is not None and row.recipient in recipients.staff_of(clinic=flag.patient.clinic, at=at).chiefs()


def _open_flag(row: Notification) -> Flag | None:
    """The flag, while nobody has seen it and it is as grave as it was."""
    found = Flag.objects.filter(pk=row.about["flag"], state=Flag.State.OPEN, severity=row.about["severity"])
    return found.select_related("patient__clinic").first()


def _reevaluation(row: Notification, at: datetime) -> bool:
    found = _due(row, at)
    return found is not None and row.recipient in recipients.of_patient(patient=found.plan.patient, at=at)


def _reevaluation_late(row: Notification, at: datetime) -> bool:
    found = _due(row, at)
    if found is None:
        return False
    return row.recipient in recipients.staff_of(clinic=found.plan.patient.clinic, at=at).chiefs()


def _due(row: Notification, at: datetime) -> Reevaluation | None:
    rows = Reevaluation.objects.open().filter(
        pk=row.about["reevaluation"], plan__status__in=[Plan.Status.ACTIVE, Plan.Status.PAUSED]
    )
    found = rows.select_related("plan__patient__clinic").first()
    if found is None or found.due_on > local_date(at, found.plan.patient.time_zone):
        return None
    return found


def _message(row: Notification, at: datetime) -> bool:
    unread = Message.objects.unread_by_clinic().filter(pk=row.about["message"])
    found = unread.select_related("patient__clinic").first()
    return found is not None and row.recipient in recipients.of_patient(patient=found.patient, at=at)


def _reminder(row: Notification, at: datetime) -> bool:
    settings = ReminderSettings.objects.filter(patient=row.patient_id).select_related("patient").first()
    if settings is None or row.about["on"] != local_date(at, settings.patient.time_zone).isoformat():
        return False
    return due_now(settings, at) == row.kind


def _transfer(row: Notification, at: datetime) -> bool:
    return Transfer.objects.filter(patient=row.patient_id, state=Transfer.State.ASKED).exists()


def _opened(row: Notification, at: datetime) -> bool:
    return BreakGlass.objects.to_review().filter(patient=row.patient_id).exists()


def _lost_password(row: Notification, at: datetime) -> bool:
    return at - row.created_at < LINK_WANTED_FOR


HOLDS: dict[str, Callable[[Notification, datetime], bool]] = {
    kinds.TRANSFER: _transfer,
    kinds.BREAK_GLASS: _opened,
    kinds.FLAG_URGENT: _flag,
    kinds.FLAG: _flag,
    kinds.ESCALATED_URGENT: _escalated,
    kinds.ESCALATED: _escalated,
    kinds.REEVALUATION: _reevaluation,
    kinds.REEVALUATION_LATE: _reevaluation_late,
    kinds.MESSAGE: _message,
    kinds.REMINDER: _reminder,
    kinds.EVENING_REMINDER: _reminder,
    LOST_PASSWORD: _lost_password,
}
"""By kind; a kind that is not here is true until somebody cancels it."""
