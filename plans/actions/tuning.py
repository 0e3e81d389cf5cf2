"""The numbers of a rule changed together, for a clinic or for one patient: only those that differ, with one event."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.db import transaction

from accounts.models import Clinic, ClinicEvent, Patient, User
from plans.actions import thresholds
from plans.actions.clinic import note, refuse_strangers
from plans.actions.facts import settings_of
from plans.models import Flag, PainWatch, Threshold
from plans.thresholds import Setting, Thresholds, numbers_of

Values = Mapping[str, float | None]
"""Numbers by name; None gives a number back to what stands above it."""


def rules_with_numbers() -> list[str]:
    """The rules that can be changed, in order."""
    return [str(rule) for rule in Flag.Rule.values if numbers_of(rule)]


def clinic_settings(clinic: Clinic) -> list[Setting]:
    """The dated thresholds of the clinic, in the order in which they were set."""
    return [
        Setting(row.rule, row.name, None if row.value is None else float(row.value), row.effective_on)
        for row in Threshold.objects.filter(clinic=clinic).order_by("effective_on", "at", "id")
    ]


def own_numbers(settings: Sequence[Setting], rule: str, on: date, *, for_patient: bool) -> dict[str, float]:
    """The numbers that are set at this level on that date; those that come from above are left out."""
    latest: dict[str, float | None] = {}
    for setting in settings:
        if setting.rule == rule and setting.for_patient == for_patient and setting.effective_on <= on:
            latest[setting.name] = setting.value
    return {name: value for name, value in latest.items() if value is not None}


def tune_clinic(
    *, clinic: Clinic, rule: str, values: Values, effective_on: date, reason: str, by: User, at: datetime
) -> bool:
    """Set numbers of a rule for the whole clinic from a date on. Returns whether anything was different.

    Raises Refused for whoever does not lead the clinic, and as set_for_clinic does.
    """
    with transaction.atomic():
        Clinic.objects.select_for_update().get(pk=clinic.pk)
        refuse_strangers(by, clinic, at)
        settings = clinic_settings(clinic)
        changed = _changed(settings, rule, values, effective_on, for_patient=False)
        if not changed:
            return False
        given = {"clinic": clinic, "rule": rule, "effective_on": effective_on, "reason": reason, "by": by, "at": at}
        for name, value in changed.items():
            thresholds.set_for_clinic(name=name, value=value, **given)  # type: ignore[arg-type]
        before = Thresholds(settings).of(rule, effective_on)
        note(
            clinic, ClinicEvent.What.THRESHOLD, by, at,
            {"rule": rule, "values": {name: before[name] for name in changed}},
            {"rule": rule, "values": changed, "effective_on": effective_on, "reason": reason},
        )  # fmt: skip
    return True


def tune_patient(
    *, patient: Patient, rule: str, values: Values, effective_on: date, reason: str, by: User, at: datetime
) -> bool:
    """Set numbers of a rule for one patient from a date on. Returns whether anything was different.

    Raises Refused as set_for_patient does.
    """
    with transaction.atomic():
        PainWatch.objects.select_for_update().get(pk=patient.pk)
        changed = _changed(settings_of(patient), rule, values, effective_on, for_patient=True)
        given = {"patient": patient, "rule": rule, "effective_on": effective_on, "reason": reason, "by": by, "at": at}
        for name, value in changed.items():
            thresholds.set_for_patient(name=name, value=value, **given)  # type: ignore[arg-type]
    return bool(changed)


def _changed(
    settings: Sequence[Setting], rule: str, values: Values, effective_on: date, *, for_patient: bool
) -> dict[str, float | None]:
    """The numbers that differ from what would hold on that date anyhow."""
    holds = Thresholds(settings).of(rule, effective_on)
    own = own_numbers(settings, rule, effective_on, for_patient=for_patient)
    return {name: value for name, value in values.items() if ((name in own) if value is None else value != holds[name])}
