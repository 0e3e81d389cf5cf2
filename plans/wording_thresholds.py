"""The rules and their adjustable numbers in words: for settings, histories and replays.

Source of the rules: docs/clinical-rules.md, sections 2 and 3; of the numbers: plans/thresholds.py.
"""

from collections.abc import Mapping

from django.utils.formats import number_format
from django.utils.translation import gettext, gettext_lazy, ngettext
from django.utils.translation import gettext_lazy as _

from plans.models import Flag
from plans.thresholds import ON, number, numbers_of
from plans.wording_numbers import in_points

_ABOUT = {
    "R0": _("Any “yes” on a safety question, at once. It has no numbers and cannot be switched off."),
    "R1": _("Pain during or after a session above the person's own ceiling."),
    "R2": _("The morning after a session is worse than before it."),
    "R3": _("Pain stays above the person's own usual level. Single bad days cannot raise it."),
    "R4": _("A very high score from somebody who is usually well below it."),
    "R5": _("Nothing was logged although a session was planned."),
    "R6": _("Much more was done than prescribed, twice within a few days."),
    "R7": _("Daily life (PEG) is harder than at the last re-evaluation."),
    "R8": _("The mood questions (PHQ-4) are answered high. A note, never a diagnosis."),
    "R9": _("The patient pressed “I am in a flare”."),
}
_NAMES = {
    ("R1", "above_usual"): _("Ceiling above usual"),
    ("R1", "ceiling_lowest"): _("Ceiling never below"),
    ("R1", "ceiling_highest"): _("Ceiling never above"),
    ("R1", "ceiling_unknown"): _("Ceiling while nothing is known"),
    ("R1", "window_days"): _("Important when twice within"),
    ("R2", "rise"): _("Worse than before by"),
    ("R3", "limit_lowest"): _("Least evidence needed"),
    ("R3", "limit_spreads"): _("Evidence needed, times own daily spread"),
    ("R3", "allowance_highest"): _("Rise let pass each day"),
    ("R3", "day_step_highest"): _("Most that one day counts"),
    ("R3", "least_rise"): _("Smallest mean rise that counts"),
    ("R3", "important_rise"): _("Important from a mean rise of"),
    ("R4", "severe"): _("A score from"),
    ("R4", "usual_highest"): _("While usual is at most"),
    ("R5", "watch_days"): _("Watch after"),
    ("R5", "important_days"): _("Important after"),
    ("R6", "percent"): _("Done of the prescribed dose, more than"),
    ("R6", "window_days"): _("Twice within"),
    ("R7", "watch_rise"): _("Watch from a rise of"),
    ("R7", "important_rise"): _("Important from a rise of"),
    ("R8", "phq2"): _("Low mood (PHQ-2) from"),
    ("R8", "gad2"): _("Worry (GAD-2) from"),
}
_HELP = {
    ("R3", "limit_lowest"): _("Less speaks sooner, and more often."),
    ("R3", "limit_spreads"): _("Less speaks sooner, and more often."),
    ("R3", "allowance_highest"): _("More lets small rises pass."),
    ("R3", "day_step_highest"): _("Less makes single bad days count for less."),
}
_SWITCH = gettext_lazy("The rule is on")


def rule_name(rule: str) -> str:
    """ "Sustained increase" for R3."""
    return str(Flag.Rule(rule).label)


def rule_about(rule: str) -> str:
    """One sentence on what the rule looks for."""
    return str(_ABOUT[rule])


def number_name(rule: str, name: str) -> str:
    """The name of a number on a form: "Smallest mean rise that counts"."""
    if name == ON:
        return str(_SWITCH)
    return str(_NAMES.get((rule, name), name.replace("_", " ")))


def number_help(rule: str, name: str) -> str:
    """What is allowed, what the default is, and which way it works."""
    wanted = number(rule, name)
    limits = gettext("Default %(default)s. Allowed %(lowest)s to %(highest)s.") % {
        "default": _plain(wanted.default),
        "lowest": _plain(wanted.lowest),
        "highest": _plain(wanted.highest),
    }
    return f"{limits} {_HELP.get((rule, name), '')}".strip()


def number_unit(rule: str, name: str) -> str:
    """The unit as words behind the field; empty for a switch."""
    unit = number(rule, name).unit
    words = {
        "points": gettext("points"),
        "days": gettext("days"),
        "percent": gettext("percent"),
        "times the spread": gettext("times"),
    }
    return words.get(unit, "")


def number_value(rule: str, name: str, value: float) -> str:
    """A value with its unit: "1.5 points", "7 days", "120 %", "on"."""
    unit = number(rule, name).unit
    if unit == "switch":
        return gettext("on") if value else gettext("off")
    if unit == "days":
        return ngettext("%(n)s day", "%(n)s days", int(value)) % {"n": _plain(value)}
    if unit == "percent":
        return gettext("%(n)s %%") % {"n": _plain(value)}
    if unit == "points":
        return in_points(_plain(value))
    return ngettext("%(n)s time", "%(n)s times", 1 if value == 1 else 2) % {"n": _plain(value)}


def number_in_words(rule: str, name: str, value: str | None) -> str:
    """One number that was set, with its rule: "Sustained increase, smallest mean rise that counts 2 points"."""
    words = gettext("back to the clinic's number") if value is None else number_value(rule, name, float(value))
    return f"{rule_name(rule)}, {_small(number_name(rule, name))} {words}"


def values_in_words(rule: str, values: Mapping[str, float], *, only: Mapping[str, float] | None = None) -> str:
    """The numbers of a rule in one line, the switch only when it is off; `only` leaves out those that equal it.

    A number that `values` does not name is left out: a trial from before the rule had it.
    """
    if ON in values and not values[ON]:
        return gettext("switched off")
    told = []
    for wanted in numbers_of(rule):
        value = values.get(wanted.name)
        if value is not None and wanted.name != ON and (only is None or value != only[wanted.name]):
            said = {"name": _small(number_name(rule, wanted.name)), "value": number_value(rule, wanted.name, value)}
            told.append(gettext("%(name)s %(value)s") % said)
    return ", ".join(told)


def _small(name: str) -> str:
    return name[:1].lower() + name[1:]


def _plain(value: float) -> str:
    """A number as short as it is: 2, 1.5, 120."""
    return str(number_format(int(value) if float(value).is_integer() else round(float(value), 3)))
