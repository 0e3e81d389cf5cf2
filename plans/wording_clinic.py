"""A change of the clinic's settings in words, for the history: what it was and what it is."""

from datetime import date, time
from typing import Any

from django.utils.formats import date_format, time_format
from django.utils.translation import gettext, gettext_lazy, ngettext

from accounts.models import Clinic, ClinicEvent, Role
from plans.thresholds import numbers_of
from plans.wording import days_in_words
from plans.wording_thresholds import number_name, number_value, rule_name

What = ClinicEvent.What

_NAMES = {
    "name": gettext_lazy("name"),
    "phone": gettext_lazy("telephone"),
    "time_zone": gettext_lazy("time zone"),
    "answer_promise": gettext_lazy("how soon somebody answers"),
    "emergency_text": gettext_lazy("emergency wording"),
    "working_days": gettext_lazy("working days"),
    "opens_at": gettext_lazy("opens at"),
    "closes_at": gettext_lazy("closes at"),
    "first_reevaluation_days": gettext_lazy("first re-evaluation after days"),
    "reevaluation_days": gettext_lazy("then every days"),
    "record_access": gettext_lazy("who may open records"),
    "urgent_hours": gettext_lazy("urgent flag to the lead after working hours"),
    "important_days": gettext_lazy("important flag to the lead after working days"),
    "retention_years": gettext_lazy("records kept for years"),
}


def event_in_words(event: ClinicEvent) -> list[str]:
    """The lines of one event: "telephone: 01632 960100, now 01632 960111"."""
    before, after = event.before, event.after
    if event.what == What.HOLIDAY_ADDED:
        days = after.get("days") or [after]
        head = ngettext("Holiday added: %(days)s.", "Holidays added: %(days)s.", len(days))
        return [head % {"days": ", ".join(_holiday(day) for day in days)}]
    if event.what == What.HOLIDAY_REMOVED:
        return [gettext("Holiday removed: %(day)s.") % {"day": _holiday(before)}]
    if event.what in (What.LEAVE, What.LEAVE_CANCELLED):
        told = after or before
        words = gettext("%(who)s is away from %(first)s to %(last)s, %(stand_in)s stands in.")
        if event.what == What.LEAVE_CANCELLED:
            words = gettext("Cancelled: %(who)s away from %(first)s to %(last)s.")
        names = {"who": told["clinician"], "stand_in": told["stand_in"]}
        return [words % {**names, "first": _day(told["from_on"]), "last": _day(told["until_on"])}]
    if event.what == What.THRESHOLD:
        return _threshold(before, after)
    if event.what == What.STAFF:
        return [_staff(before, after)]
    return [
        gettext("%(name)s: %(before)s, now %(after)s")
        % {"name": _NAMES.get(name, name), "before": _value(name, before.get(name)), "after": _value(name, value)}
        for name, value in sorted(after.items(), key=lambda entry: list(_NAMES).index(entry[0]))
    ]


def _staff(before: dict[str, str], after: dict[str, str]) -> str:
    told = after or before
    words = {
        "invited": gettext("%(name)s was invited: %(role)s."),
        "invitation taken back": gettext("Invitation taken back: %(name)s, %(role)s."),
        "joined": gettext("%(name)s works here from now on: %(role)s."),
        "role": gettext("%(name)s: %(before)s, now %(role)s."),
        "ended": gettext("%(name)s does not work here any more: %(role)s."),
    }
    names = {"name": told["name"], "role": Role(told["role"]).label}
    return words[told["change"]] % {**names, "before": Role(before["role"]).label if before else ""}


def _threshold(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    rule = str(after["rule"])
    lines = []
    for name in (number.name for number in numbers_of(rule) if number.name in after["values"]):
        value = after["values"][name]
        said = {
            "rule": rule_name(rule),
            "name": number_name(rule, name),
            "before": number_value(rule, name, before["values"][name]),
            "day": _day(after["effective_on"]),
        }
        if value is None:
            lines.append(gettext("%(rule)s, %(name)s: %(before)s, back to the default from %(day)s") % said)
        else:
            said["after"] = number_value(rule, name, value)
            lines.append(gettext("%(rule)s, %(name)s: %(before)s, from %(day)s %(after)s") % said)
    return [*lines, f"“{after['reason']}”"]


def _holiday(day: dict[str, str]) -> str:
    return f"{_day(day['on'])} {day.get('name', '')}".strip()


def _day(text: str) -> str:
    # Translators: a short date with its year, see the date filter of Django
    return str(date_format(date.fromisoformat(text), gettext("j M Y")))


def _value(name: str, value: Any) -> str:
    if value in (None, ""):
        return gettext("empty")
    if name == "working_days":
        return days_in_words(value)
    if name in ("opens_at", "closes_at"):
        return str(time_format(time.fromisoformat(value), "H:i"))
    if name == "record_access":
        return str(Clinic.RecordAccess(value).label)
    return f"“{value}”" if isinstance(value, str) else str(value)
