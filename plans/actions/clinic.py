"""What a clinic lead sets for the whole clinic: who we are, when we work, when we look again. All as events."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Clinic, ClinicEvent, Holiday, Membership, Role, User
from plans.actions.refusals import Refused

What = ClinicEvent.What

FIELDS: Mapping[str, tuple[str, ...]] = {
    What.DETAILS: ("name", "phone", "time_zone", "answer_promise", "emergency_text"),
    What.HOURS: ("working_days", "opens_at", "closes_at"),
    What.RECORD_ACCESS: ("record_access",),
    What.CARE: ("first_reevaluation_days", "reevaluation_days", "urgent_hours", "important_days", "retention_years"),
}
"""The fields of a clinic that are changed together."""


def leads(user: User, clinic: Clinic, at: datetime) -> bool:
    """Whether this person leads the clinic at that moment."""
    return Membership.objects.open(at).filter(user=user, clinic=clinic, role=Role.LEAD).exists()


def refuse_strangers(by: User, clinic: Clinic, at: datetime) -> None:
    """Raises Refused unless this person leads the clinic."""
    if not leads(by, clinic, at):
        raise Refused(_("Only a lead of this clinic can change that. Nothing was changed."))


def change(*, clinic: Clinic, what: str, values: Mapping[str, Any], by: User, at: datetime) -> bool:
    """Set the fields of one part (a key of FIELDS). Returns whether anything was different."""
    with transaction.atomic():
        clinic = Clinic.objects.select_for_update().get(pk=clinic.pk)
        refuse_strangers(by, clinic, at)
        before = {name: getattr(clinic, name) for name in FIELDS[what]}
        changed = [name for name in FIELDS[what] if values[name] != before[name]]
        if not changed:
            return False
        if not str(values.get("emergency_text", clinic.emergency_text)).strip():
            raise Refused(_("Write what patients should do in an emergency. It can never be empty."))
        for name in changed:
            setattr(clinic, name, values[name])
        clinic.save(update_fields=changed)
        note(clinic, what, by, at, {n: before[n] for n in changed}, {n: values[n] for n in changed})
    return True


def add_holiday(*, clinic: Clinic, on: date, name: str, by: User, at: datetime) -> Holiday:
    """Write down a day on which the clinic does not work. Raises Refused for a day that is a holiday already."""
    with transaction.atomic():
        Clinic.objects.select_for_update().get(pk=clinic.pk)
        refuse_strangers(by, clinic, at)
        if Holiday.objects.filter(clinic=clinic, on=on).exists():
            raise Refused(_("That day is a holiday already."))
        holiday = Holiday.objects.create(clinic=clinic, on=on, name=name)
        note(clinic, What.HOLIDAY_ADDED, by, at, {}, {"on": on, "name": name})
    return holiday


def remove_holiday(*, holiday: Holiday, by: User, at: datetime) -> None:
    """Work on that day after all."""
    with transaction.atomic():
        clinic = Clinic.objects.select_for_update().get(pk=holiday.clinic_id)
        refuse_strangers(by, clinic, at)
        removed, _rows = Holiday.objects.filter(pk=holiday.pk).delete()
        if removed:
            note(clinic, What.HOLIDAY_REMOVED, by, at, {"on": holiday.on, "name": holiday.name}, {})


def copy_holidays(*, clinic: Clinic, from_year: int, by: User, at: datetime) -> int:
    """Write the holidays of a year down for the year after it, on the same dates; how many were new.

    29 February is left out, and so is what is there already.
    """
    with transaction.atomic():
        Clinic.objects.select_for_update().get(pk=clinic.pk)
        refuse_strangers(by, clinic, at)
        known = set(Holiday.objects.filter(clinic=clinic, on__year=from_year + 1).values_list("on", flat=True))
        new = [
            Holiday(clinic=clinic, on=on, name=holiday.name)
            for holiday in Holiday.objects.filter(clinic=clinic, on__year=from_year)
            if (on := _a_year_later(holiday.on)) is not None and on not in known
        ]
        Holiday.objects.bulk_create(new)
        if new:
            days = [{"on": holiday.on, "name": holiday.name} for holiday in new]
            note(clinic, What.HOLIDAY_ADDED, by, at, {}, {"days": days})
    return len(new)


def note(
    clinic: Clinic, what: str, by: User, at: datetime, before: Mapping[str, Any], after: Mapping[str, Any]
) -> ClinicEvent:
    """Write the event beside the change, in the caller's transaction."""
    return ClinicEvent.objects.create(clinic=clinic, what=what, by=by, at=at, before=dict(before), after=dict(after))


def _a_year_later(day: date) -> date | None:
    return None if (day.month, day.day) == (2, 29) else day.replace(year=day.year + 1)
