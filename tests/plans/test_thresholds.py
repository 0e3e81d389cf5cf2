"""Which number holds on which day: default, clinic, patient."""

from datetime import date, timedelta

import pytest

from plans.thresholds import NUMBERS, Setting, ThresholdRefused, Thresholds, checked_value, number, numbers_of

DAY = timedelta(days=1)
D = date(2026, 3, 30)


def clinic(value, on):
    return Setting("R2", "rise", value, on)


def patient(value, on):
    return Setting("R2", "rise", value, on, for_patient=True)


@pytest.mark.parametrize(
    ("settings", "value"),
    [
        ([], 2),
        ([clinic(3, D)], 3),
        ([clinic(3, D + DAY)], 2),
        ([patient(4, D)], 4),
        ([patient(4, D), clinic(3, D)], 4),
        ([patient(4, D - 9 * DAY), clinic(3, D)], 4),  # the patient's wins also over a later one of the clinic
        ([patient(4, D + DAY), clinic(3, D)], 3),
        ([clinic(3, D - DAY), clinic(2.5, D)], 2.5),
        ([clinic(2.5, D), clinic(3, D - DAY)], 2.5),
        ([clinic(3, D), clinic(2.5, D)], 2.5),  # set later for the same day
        ([clinic(3, D - DAY), clinic(None, D)], 2),
        ([clinic(3, D), patient(4, D - DAY), patient(None, D)], 3),
    ],
)
def test_the_number_of_a_day(settings, value):
    assert Thresholds(settings).value("R2", "rise", D) == value


@pytest.mark.parametrize(
    ("settings", "lowest"),
    [
        ([], 2),
        ([clinic(3, D)], 2),  # the days before have the default
        ([clinic(1.5, D), clinic(3, D + DAY)], 1.5),
        ([clinic(3, D), patient(1, D), patient(None, D + DAY)], 1),
    ],
)
def test_the_lowest_that_a_number_is_on_any_day(settings, lowest):
    given = Thresholds(settings)
    assert given.least("R2", "rise") == lowest
    assert all(given.value("R2", "rise", D + n * DAY) >= lowest for n in range(-2, 5))


def test_every_rule_but_the_red_flag_has_a_switch():
    switches = {n.rule for n in NUMBERS if n.name == "on"}
    assert switches == {f"R{n}" for n in range(1, 10)}


def test_every_default_lies_within_its_limits():
    for wanted in NUMBERS:
        assert checked_value(wanted.rule, wanted.name, wanted.default) == wanted.default


@pytest.mark.parametrize("value", [0.9, 5.1, "much", None, float("nan"), float("inf")])
def test_a_value_outside_its_limits_is_refused(value):
    with pytest.raises(ThresholdRefused):
        checked_value("R2", "rise", value)


def test_days_are_whole():
    with pytest.raises(ThresholdRefused):
        checked_value("R5", "watch_days", 7.5)


@pytest.mark.parametrize(("rule", "name"), [("R0", "on"), ("R2", "windows"), ("R10", "on")])
def test_a_number_that_does_not_exist_is_refused(rule, name):
    with pytest.raises(ThresholdRefused):
        number(rule, name)


def test_the_dates_of_change():
    settings = [clinic(3, D), patient(4, D - DAY), Setting("R5", "on", 0, D + DAY)]
    assert Thresholds(settings).changes("R2") == [D - DAY, D]
    assert {n.name for n in numbers_of("R2")} == {"on", "rise"}
