"""Rows that could just be stored, to be changed until they cannot, and who says no then."""

from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction

from accounts.models import Patient
from plans.models import (
    Flag,
    PainScore,
    PlanVersion,
    Session,
)
from tests.cast import NOON, TODAY


def refused(constraint: str, work) -> None:
    """The work fails, and it is this constraint or trigger that says no."""

    def at_once() -> None:
        with transaction.atomic():
            work()
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    with pytest.raises(DatabaseError) as error:
        at_once()
    cause = error.value.__cause__
    named = cause.diag.constraint_name or str(cause)
    # The application may not even try to change an insert-only table; tests/plans/test_history.py asks as the owner.
    closed = constraint.startswith("Cannot") and "permission denied for table" in str(cause)
    assert constraint in named or closed, str(cause)


def delete(rows) -> None:
    """Delete in SQL, without Django looking at references first."""
    rows._raw_delete("default")


def session_of(patient: Patient, version: PlanVersion, **changes) -> Session:
    values = {
        "patient": patient, "plan_version": version, "source": "quick", "started_at": NOON, "finished_at": NOON,
        "local_date": TODAY, "time_zone": "Europe/London", "received_at": NOON, "recorded_by": patient.user,
    }  # fmt: skip
    return Session(**(values | changes))


def score_of(patient: Patient, **changes) -> PainScore:
    values = {
        "patient": patient, "site": patient.sites.first(), "moment": "daily", "value": Decimal(4),
        "occurred_at": NOON, "local_date": TODAY, "time_zone": "Europe/London", "received_at": NOON,
        "source": "quick", "recorded_by": patient.user,
    }  # fmt: skip
    return PainScore(**(values | changes))


def flag_of(patient: Patient, **changes) -> Flag:
    values = {
        "patient": patient, "site": patient.sites.first(), "rule": "R3", "rule_version": 1, "severity": "watch",
        "since_on": TODAY, "first_alert_on": TODAY, "last_alert_on": TODAY, "raised_at": NOON,
    }  # fmt: skip
    return Flag(**(values | changes))


def seen(patient: Patient) -> dict:
    return {"acknowledged_at": NOON, "acknowledged_by": patient.user}
