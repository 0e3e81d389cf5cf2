"""The adjustable numbers of every rule, and which of them holds on which day: default, clinic, patient.

Pure: local dates and plain numbers in, plain numbers out. A patient's number wins over the clinic's from its date
on; a date before the first setting uses the default. Source of the defaults: docs/clinical-rules.md.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from math import isfinite

ON = "on"


class ThresholdRefused(ValueError):
    """A number that no rule has, or a value outside its limits. The message says what is expected."""


@dataclass(frozen=True, slots=True)
class Number:
    """An adjustable number: `unit` is points, days, percent or switch; `whole` forbids decimals."""

    rule: str
    name: str
    default: float
    lowest: float
    highest: float
    unit: str
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Setting:
    """From `effective_on` on the number is `value`; None gives it back to what stands above it."""

    rule: str
    name: str
    value: float | None
    effective_on: date
    for_patient: bool = False


def _switch(rule: str) -> Number:
    return Number(rule, ON, 1, 0, 1, "switch", whole=True)


# R0, the red flag, has no number and cannot be switched off.
NUMBERS: tuple[Number, ...] = (
    _switch("R1"),
    Number("R1", "above_usual", 2, 1, 5, "points"),
    Number("R1", "ceiling_lowest", 5, 2, 9, "points"),
    Number("R1", "ceiling_highest", 9, 5, 10, "points"),
    Number("R1", "ceiling_unknown", 7, 3, 9, "points"),
    Number("R1", "window_days", 7, 2, 28, "days", whole=True),
    _switch("R2"),
    Number("R2", "rise", 2, 1, 5, "points"),
    _switch("R3"),
    Number("R3", "limit_lowest", 4, 2, 12, "points"),
    Number("R3", "limit_spreads", 4.5, 2, 10, "times the spread"),
    Number("R3", "allowance_highest", 1, 0.4, 2, "points"),
    Number("R3", "day_step_highest", 1.5, 0.5, 4, "points"),
    Number("R3", "least_rise", 1.5, 0.5, 4, "points"),
    Number("R3", "important_rise", 2, 1, 6, "points"),
    _switch("R4"),
    Number("R4", "severe", 9, 7, 10, "points"),
    Number("R4", "usual_highest", 7, 3, 10, "points"),
    _switch("R5"),
    Number("R5", "watch_days", 7, 3, 28, "days", whole=True),
    Number("R5", "important_days", 14, 4, 56, "days", whole=True),
    _switch("R6"),
    Number("R6", "percent", 120, 105, 300, "percent"),
    Number("R6", "window_days", 7, 2, 28, "days", whole=True),
    _switch("R7"),
    Number("R7", "watch_rise", 1, 0.5, 5, "points"),
    Number("R7", "important_rise", 2, 1, 8, "points"),
    _switch("R8"),
    Number("R8", "phq2", 3, 1, 6, "points", whole=True),
    Number("R8", "gad2", 3, 1, 6, "points", whole=True),
    _switch("R9"),
)
_BY_NAME = {(number.rule, number.name): number for number in NUMBERS}
_DEFAULTS: dict[str, dict[str, float]] = {}
for _number in NUMBERS:
    _DEFAULTS.setdefault(_number.rule, {})[_number.name] = _number.default


def numbers_of(rule: str) -> tuple[Number, ...]:
    """The adjustable numbers of one rule, the switch first."""
    return tuple(number for number in NUMBERS if number.rule == rule)


def number(rule: str, name: str) -> Number:
    """The definition of one number. Raises ThresholdRefused when the rule has none of that name."""
    found = _BY_NAME.get((rule, name))
    if found is None:
        known = ", ".join(n.name for n in numbers_of(rule)) or "none"
        raise ThresholdRefused(f"rule {rule} has no number {name!r}; it has: {known}")
    return found


def checked_value(rule: str, name: str, value: object) -> float:
    """The value as a float. Raises ThresholdRefused unless it lies within the limits of that number."""
    wanted = number(rule, name)
    try:
        given = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        raise ThresholdRefused(f"{rule} {name} needs a number, not {value!r}") from None
    if not isfinite(given) or not wanted.lowest <= given <= wanted.highest:
        raise ThresholdRefused(f"{rule} {name} must be from {wanted.lowest:g} to {wanted.highest:g}")
    if wanted.whole and given != int(given):
        raise ThresholdRefused(f"{rule} {name} must be a whole number")
    return given


class Thresholds:
    """All dated settings that concern one patient, in the order in which they were set.

    Of two settings for the same day the later one counts. Raises ThresholdRefused for unknown numbers.
    """

    def __init__(self, settings: Iterable[Setting] = ()) -> None:
        self._dated: dict[tuple[str, str, bool], list[tuple[date, float | None]]] = {}
        for setting in settings:
            number(setting.rule, setting.name)
            key = (setting.rule, setting.name, setting.for_patient)
            self._dated.setdefault(key, []).append((setting.effective_on, setting.value))
        for several in self._dated.values():
            several.sort(key=lambda entry: entry[0])
        self._changed = {rule for rule, _name, _for_patient in self._dated}

    def value(self, rule: str, name: str, on: date) -> float:
        """The number as it holds on that local date."""
        if rule not in self._changed and name in _DEFAULTS.get(rule, ()):
            return _DEFAULTS[rule][name]
        for for_patient in (True, False):
            value = self._latest((rule, name, for_patient), on)
            if value is not None:
                return value
        return number(rule, name).default

    def of(self, rule: str, on: date) -> Mapping[str, float]:
        """All numbers of a rule on that local date, by name."""
        if rule not in self._changed:
            return _DEFAULTS.get(rule, {})
        return {wanted.name: self.value(rule, wanted.name, on) for wanted in numbers_of(rule)}

    def least(self, rule: str, name: str) -> float:
        """The lowest that the number is on any day, whatever holds then."""
        given = [
            value
            for for_patient in (True, False)
            for _on, value in self._dated.get((rule, name, for_patient), ())
            if value is not None
        ]
        return min([number(rule, name).default, *given])

    def is_on(self, rule: str, on: date) -> bool:
        """Whether the rule is judged on that local date."""
        return (rule, ON) not in _BY_NAME or self.value(rule, ON, on) > 0

    def changes(self, rule: str) -> list[date]:
        """The local dates from which a number of the rule may differ from the day before."""
        return sorted({on for key, several in self._dated.items() if key[0] == rule for on, _ in several})

    def next_change(self, after: date) -> date | None:
        """The first local date after that day from which a number may differ."""
        return min((on for several in self._dated.values() for on, _ in several if on > after), default=None)

    def _latest(self, key: tuple[str, str, bool], on: date) -> float | None:
        latest = None
        for effective_on, value in self._dated.get(key, ()):
            if effective_on > on:
                break
            latest = value
        return latest
