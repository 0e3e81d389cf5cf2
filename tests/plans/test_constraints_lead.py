"""What must never be stored about thresholds, replays and the clinic's history: PostgreSQL refuses it."""

from datetime import timedelta

import pytest

from accounts.models import ClinicEvent
from plans.models import RuleTrial, Threshold
from tests.cast import NOON, TODAY
from tests.plans.constraint_rows import delete, refused


def threshold_of(by, **changes) -> Threshold:
    values = {
        "rule": "R3", "name": "least_rise", "value": 2, "effective_on": TODAY, "reason": "Why", "at": NOON, "by": by,
    }  # fmt: skip
    return Threshold(**(values | changes))


def trial_of(clinic, by, **changes) -> RuleTrial:
    values = {
        "clinic": clinic, "by": by, "rule": "R3", "first_on": TODAY, "last_on": TODAY, "asked_at": NOON,
    }  # fmt: skip
    return RuleTrial(**(values | changes))


def test_a_threshold_is_a_clinics_or_a_patients_and_never_both(harbour, anna, lena):
    one = "threshold_of_a_clinic_or_a_patient"
    refused(one, lambda: threshold_of(lena).save())
    refused(one, lambda: threshold_of(lena, clinic=harbour, patient=anna).save())
    threshold_of(lena, clinic=harbour).save()
    threshold_of(lena, patient=anna).save()


def test_a_threshold_has_a_reason_and_a_name(harbour, lena):
    refused("threshold_has_a_reason", lambda: threshold_of(lena, clinic=harbour, reason="").save())
    refused("threshold_has_a_name", lambda: threshold_of(lena, clinic=harbour, name="").save())


def test_a_threshold_stays_as_it_was_set(harbour, lena):
    row = threshold_of(lena, clinic=harbour)
    row.save()
    refused("Cannot update", lambda: Threshold.objects.filter(pk=row.pk).update(value=None))
    refused("Cannot delete", lambda: delete(Threshold.objects.filter(pk=row.pk)))


def test_a_replay_runs_forward_in_time(harbour, lena):
    early = TODAY - timedelta(days=1)
    refused("ruletrial_dates_in_order", lambda: trial_of(harbour, lena, last_on=early).save())


@pytest.mark.parametrize("state", ["done", "failed", "cancelled"])
def test_a_replay_that_is_over_says_since_when(harbour, lena, state):
    refused("ruletrial_over_has_a_date", lambda: trial_of(harbour, lena, state=state).save())
    trial_of(harbour, lena, state=state, finished_at=NOON).save()


@pytest.mark.parametrize("state", ["waiting", "running"])
def test_a_replay_that_goes_on_is_not_finished(harbour, lena, state):
    refused("ruletrial_over_has_a_date", lambda: trial_of(harbour, lena, state=state, finished_at=NOON).save())
    trial_of(harbour, lena, state=state).save()


def test_the_clinics_history_is_append_only_and_says_something(harbour, lena):
    refused("clinicevent_says_what_changed", lambda: ClinicEvent(clinic=harbour, at=NOON, by=lena, what="care").save())
    event = ClinicEvent.objects.create(clinic=harbour, at=NOON, by=lena, what="care", after={"urgent_hours": 2})
    refused("Cannot update", lambda: ClinicEvent.objects.filter(pk=event.pk).update(after={"urgent_hours": 4}))
    refused("Cannot delete", lambda: delete(ClinicEvent.objects.filter(pk=event.pk)))
