"""Changing a number of a rule, for a clinic or for one patient: from a date on, with a reason."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Clinic, Patient, User
from plans.actions.bell import ring_after_commit
from plans.actions.history import note_event
from plans.actions.refusals import Refused
from plans.actions.sessions import mark_dirty
from plans.models import PainWatch, Threshold
from plans.schedule import local_date
from plans.thresholds import ThresholdRefused, checked_value, number

LATEST_DAYS_AHEAD = 366


def set_for_clinic(
    *,
    clinic: Clinic,
    rule: str,
    name: str,
    value: Decimal | float | None,
    effective_on: date,
    reason: str,
    by: User,
    at: datetime,
) -> Threshold:
    """From `effective_on` (a local date) on, the number holds for all patients of the clinic without one of their own.

    `value` None gives back the default. Every patient of the clinic is evaluated again by the next sweep. Raises
    Refused outside the limits of the number, without a reason, for a date in the past or over a year ahead.
    """
    today = local_date(at, clinic.time_zone)
    given = _checked(rule, name, value, effective_on, reason, today)
    with transaction.atomic():
        row = Threshold.objects.create(
            clinic=clinic, rule=rule, name=name, value=given, effective_on=effective_on, reason=reason, at=at, by=by
        )
        # One statement for all, in the order of the key, so that two such changes cannot lock each other out.
        touched = PainWatch.objects.filter(patient__clinic=clinic, dirty_since__isnull=True).order_by("pk")
        ids: list[UUID] = list(touched.select_for_update(of=("self",)).values_list("pk", flat=True))
        PainWatch.objects.filter(pk__in=ids).update(dirty_since=at)
        apart = PainWatch.objects.filter(patient__clinic=clinic, quarantined_at__isnull=False)
        apart.update(quarantined_at=None, attempts=0)
    return row


def set_for_patient(
    *,
    patient: Patient,
    rule: str,
    name: str,
    value: Decimal | float | None,
    effective_on: date,
    reason: str,
    by: User,
    at: datetime,
) -> Threshold:
    """From `effective_on` on, the number holds for this patient, whatever the clinic's is; None gives that back.

    Raises Refused outside the limits of the number, without a reason, for a date in the past or over a year ahead.
    """
    today = local_date(at, patient.time_zone)
    given = _checked(rule, name, value, effective_on, reason, today)
    with transaction.atomic():
        mark_dirty(patient_id=patient.pk, at=at)
        row = Threshold.objects.create(
            patient=patient, rule=rule, name=name, value=given, effective_on=effective_on, reason=reason, at=at, by=by
        )
        note_event(
            patient=patient,
            verb="threshold set",
            at=at,
            by=by,
            rule=rule,
            name=name,
            value=None if given is None else str(given),
            effective_on=str(effective_on),
            reason=reason,
        )
        ring_after_commit(patient.pk)
    return row


def _checked(
    rule: str, name: str, value: Decimal | float | None, effective_on: date, reason: str, today: date
) -> Decimal | None:
    if not reason.strip():
        raise Refused(_("Write down why this number changes."))
    # Rules are never changed for days that were judged already: a flag must stay explained by what held then.
    if not today <= effective_on <= today + timedelta(days=LATEST_DAYS_AHEAD):
        raise Refused(_("Choose a date from today to a year ahead."))
    try:
        wanted = number(rule, name)
        given = None if value is None else checked_value(rule, name, value)
    except ThresholdRefused as refused:
        limits = _limits(rule, name)
        raise Refused(limits or _("This rule has no such number.")) from refused
    return None if given is None or wanted is None else Decimal(str(given))


def _limits(rule: str, name: str) -> str:
    try:
        wanted = number(rule, name)
    except ThresholdRefused:
        return ""
    return _("Choose a number from %(lowest)s to %(highest)s.") % {
        "lowest": f"{wanted.lowest:g}",
        "highest": f"{wanted.highest:g}",
    }
