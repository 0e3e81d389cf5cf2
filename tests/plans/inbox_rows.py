"""Rows that the inbox's tests put there directly: flags of any rule, messages."""

from datetime import timedelta

from accounts.models import Absence
from plans.models import Flag, Message
from tests.cast import NOON, TODAY


def flag_of(patient, severity="watch", *, hours=5, rule=None, **fields) -> Flag:
    return Flag.objects.create(
        patient=patient, rule=rule or {"urgent": "R0", "important": "R4"}.get(severity, "R9"), rule_version=1,
        severity=severity, since_on=TODAY, first_alert_on=TODAY, last_alert_on=TODAY,
        raised_at=NOON - timedelta(hours=hours), **fields,
    )  # fmt: skip


def write(patient, text="May I walk again?", *, hours=3) -> Message:
    return Message.objects.create(
        patient=patient, author=patient.user, from_patient=True, text=text, at=NOON - timedelta(hours=hours)
    )


def away(clinician, stand_in, clinic, *, days=3) -> Absence:
    return Absence.objects.create(
        clinic=clinic, clinician=clinician, stand_in=stand_in, from_on=TODAY, until_on=TODAY + timedelta(days=days),
        made_at=NOON, made_by=clinician,
    )  # fmt: skip


def listed(client, user, tab="mine") -> list[str]:
    """The names of a list from top to bottom."""
    client.logout()  # the days between two looks would have signed them out
    client.force_login(user)
    groups = client.get(f"/inbox/?tab={tab}").context["groups"]
    return [row.patient.full_name for group in groups for row in group.rows]
