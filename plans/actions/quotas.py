"""Quotas of a draft: measured tolerance, start, step and ceiling. The steps themselves: quota_steps.py."""

from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Patient, User
from exercises.models import Exercise
from plans import pacing
from plans.actions.drafts import changing
from plans.actions.history import note_event
from plans.actions.refusals import Refused
from plans.models import BaselineTest, Measure, Prescription, Quota


def record_test(
    *,
    patient: Patient,
    exercise: Exercise,
    measure: str,
    value: Decimal,
    on: date,
    by: User,
    at: datetime,
    note: str = "",
) -> BaselineTest:
    """Keep how much was possible until pain rose: minutes, metres, repetitions or seconds held.

    Raises Refused for an amount that is not above zero, or a date to come.
    """
    if measure not in Measure.values:
        raise Refused(_("Choose what was counted."))
    if value <= 0:
        raise Refused(_("Write how much was possible until pain rose: a number above zero."))
    if on > at.date():
        raise Refused(_("The test was today or earlier."))
    with transaction.atomic():
        test = BaselineTest.objects.create(
            patient=patient, exercise=exercise, measure=measure, value=value, on=on, note=note, at=at, by=by
        )
        note_event(patient=patient, verb="baseline tested", at=at, by=by, exercise=exercise.slug, value=str(value))
    return test


def test_and_start(
    *, prescription: Prescription, measure: str, value: Decimal, on: date, lock: int, by: User, at: datetime
) -> Decimal:
    """Record a test of this exercise and start below it, both or neither. Returns the new amount."""
    with transaction.atomic():
        test = record_test(
            patient=prescription.version.plan.patient,
            exercise=prescription.exercise_version.exercise,
            measure=measure,
            value=value,
            on=on,
            by=by,
            at=at,
        )
        return start_from_test(prescription=prescription, test=test, lock=lock, by=by, at=at)


def start_from_test(*, prescription: Prescription, test: BaselineTest, lock: int, by: User, at: datetime) -> Decimal:
    """Set the dose to the tested tolerance minus 20 %. Returns the new amount. One set, so that it is what was tested.

    Raises Refused when the test was about another exercise or patient, DraftChanged when the draft moved on.
    """
    what = _("Start of %(exercise)s from a test") % {"exercise": prescription.exercise_version.said.name}
    with changing(prescription.version, lock, what=what, by=by, at=at):
        if test.exercise_id != prescription.exercise_version.exercise_id:
            raise Refused(_("This test was done with another exercise."))
        if test.patient_id != prescription.version.plan.patient_id:
            raise Refused(_("This test was done with somebody else."))
        start = pacing.start_from_test(test.value, test.measure)
        for name in Measure.values:
            setattr(prescription, name, None)
        setattr(prescription, test.measure, start if test.measure == Measure.MINUTES else int(start))
        prescription.sets = 1
        prescription.save()
        quota = Quota.objects.filter(prescription=prescription).first()
        if quota is not None:
            quota.measure, quota.start = test.measure, start
            quota.ceiling = max(quota.ceiling, start)
            quota.save()
    return start


def set_quota(
    *,
    prescription: Prescription,
    step_percent: int,
    ceiling: Decimal,
    approved_ahead: bool,
    lock: int,
    by: User,
    at: datetime,
) -> Quota:
    """Let a prescription grow in its main measure. Raises Refused with what is wrong, and DraftChanged."""
    what = _("Growth of %(exercise)s") % {"exercise": prescription.exercise_version.said.name}
    with changing(prescription.version, lock, what=what, by=by, at=at):
        measure = prescription.main_measure
        start = Decimal(getattr(prescription, measure))
        try:
            pacing.Pace(measure, start, step_percent, ceiling)
        except pacing.PacingRefused as error:
            if ceiling < start:
                raise Refused(_("The ceiling is at least what the plan starts with.")) from error
            raise Refused(_("A step is 5 to 20 %.")) from error
        quota, _made = Quota.objects.update_or_create(
            prescription=prescription,
            defaults={
                "measure": measure,
                "start": start,
                "step_percent": step_percent,
                "ceiling": ceiling,
                "approved_ahead": approved_ahead,
            },
        )
    return quota


def remove_quota(*, prescription: Prescription, lock: int, by: User, at: datetime) -> None:
    """The dose stays as it is written."""
    what = _("No growth of %(exercise)s") % {"exercise": prescription.exercise_version.said.name}
    with changing(prescription.version, lock, what=what, by=by, at=at):
        Quota.objects.filter(prescription=prescription).delete()
