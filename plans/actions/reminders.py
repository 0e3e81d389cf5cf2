"""Reminders by e-mail: what the patient wants, who is owed one now, and stopping them with one click."""

from datetime import datetime, time

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Patient, User
from plans.actions.history import note_event
from plans.actions.notifications import owe
from plans.actions.refusals import Refused
from plans.actions.reminder_days import days_so_far, wanted, wish_of
from plans.actions.stop_links import hash_of, stop_token
from plans.models import Notification, ReminderSettings
from plans.reminding import FIRST, LAST, due, is_waking
from plans.schedule import local_date

AT_ONCE = 500


def choose(
    *, patient: Patient, is_on: bool, morning_at: time, evening_at: time | None, by: User, at: datetime
) -> ReminderSettings:
    """Store how this patient wants to be reminded (times by their own clock; `evening_at` None: once only).

    Raises Refused for a time in the night and for an evening that comes before the first reminder.
    """
    for wall in (morning_at, evening_at):
        if wall is not None and not FIRST <= wall < LAST:
            raise Refused(_("Choose a time between 07:00 and 21:00."))
    if evening_at is not None and evening_at <= morning_at:
        raise Refused(_("The second reminder has to come later than the first."))
    with transaction.atomic():
        row = ReminderSettings.objects.select_for_update().filter(patient=patient).first()
        row = row or ReminderSettings(patient=patient)
        row.is_on, row.at, row.evening = is_on, morning_at, evening_at is not None
        row.evening_at = evening_at or row.evening_at
        row.stop_hash = hash_of(stop_token(row))
        row.save()
        note_event(patient=patient, verb="reminders changed", at=at, by=by, on=is_on)
    return row


def choose_at_start(*, patient: Patient, wish: str, by: User, at: datetime) -> ReminderSettings | None:
    """What was chosen while joining ("morning", "evening" for both; anything else: none), at the usual times."""
    if wish not in ("morning", "evening"):
        return None
    usual = ReminderSettings()
    evening_at = usual.evening_at if wish == "evening" else None
    return choose(patient=patient, is_on=True, morning_at=usual.at, evening_at=evening_at, by=by, at=at)


def stop(*, token: str, at: datetime) -> bool:
    """Turn off the reminders whose mail held this token. False: there is no such link (any more).

    Whoever holds the link may stop, and do nothing else; stopping twice is stopping.
    """
    with transaction.atomic():
        row = by_token(token)
        if row is None:
            return False
        changed = ReminderSettings.objects.filter(pk=row.pk, is_on=True).update(is_on=False)
        if changed:
            note_event(patient=row.patient, verb="reminders stopped", at=at, by=None)
    return True


def by_token(token: str) -> ReminderSettings | None:
    """The settings that a stop link belongs to."""
    return ReminderSettings.objects.filter(stop_hash=hash_of(token)).select_related("patient").first()


def owe_reminders(*, at: datetime) -> dict[str, int]:
    """Everybody whose reminder is due now is owed it, at most one of a kind for each of their local dates."""
    counts = {"reminders": 0}
    for zone in wanted().order_by().values_list("patient__time_zone", flat=True).distinct():
        if not is_waking(at, zone):
            continue
        rows = list(wanted().filter(patient__time_zone=zone).order_by("pk"))
        for start in range(0, len(rows), AT_ONCE):
            counts["reminders"] += _owe_in_zone(rows[start : start + AT_ONCE], zone, at)
    return counts


def _owe_in_zone(rows: list[ReminderSettings], zone: str, at: datetime) -> int:
    on = local_date(at, zone)
    days = days_so_far([row.patient_id for row in rows], on)
    owed = {}
    for row in rows:
        kind = due(wish_of(row), at, zone, days[row.patient_id])
        if kind is not None:
            owed[f"{kind}:{row.patient_id}:{on.isoformat()}"] = (kind, row)
    # Also those that were taken back: a day's reminder comes once or not at all.
    known = set(Notification.objects.filter(key__in=list(owed)).values_list("key", flat=True))
    made = 0
    for key, (kind, row) in owed.items():
        user = row.patient.user
        if key in known or user is None:
            continue
        _row, new = owe(
            key=key, recipient=user, kind=kind, at=at, patient=row.patient, about={"on": on.isoformat()}, send_after=at
        )
        made += new
    return made
