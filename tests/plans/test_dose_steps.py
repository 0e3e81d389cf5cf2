"""The prepared doses of a next version: a tenth up or a fifth down, in amounts that a person can count."""

from decimal import Decimal

import pytest

from plans.dose_steps import eased, progressed
from plans.models import Prescription
from plans.pacing import GRID

FAR = Decimal(10_000)


def dose(**amounts):
    return {"sets": 1, **amounts}


def counted_in(amounts) -> str:
    return Prescription(**amounts).main_measure


@pytest.mark.parametrize(
    ("amounts", "highest", "expected"),
    [
        ({"repetitions": 10}, FAR, {"repetitions": 11}),
        ({"repetitions": 6, "sets": 2}, FAR, {"repetitions": 7}),
        ({"repetitions": 3}, FAR, {"repetitions": 4}),
        ({"repetitions": 2}, FAR, {}),  # half as much again is no small step
        ({"repetitions": 10}, Decimal(10), {}),  # the library goes no further
        ({"repetitions": 12}, Decimal(10), {}),
        ({"repetitions": 10, "hold_seconds": 20}, FAR, {"repetitions": 11}),
        ({"hold_seconds": 20}, FAR, {"hold_seconds": 22}),
        ({"duration_minutes": Decimal("10.0")}, FAR, {"duration_minutes": 11}),
        ({"duration_minutes": Decimal("5.0")}, FAR, {"duration_minutes": Decimal("5.5")}),
        ({"duration_minutes": Decimal(44)}, Decimal(45), {"duration_minutes": 45}),
        ({"distance_metres": 500}, FAR, {"distance_metres": 550}),
    ],
)
def test_a_tenth_up(amounts, highest, expected):
    assert progressed(dose(**amounts), counted_in(amounts), highest) == expected


@pytest.mark.parametrize(
    ("amounts", "expected"),
    [
        ({"repetitions": 10}, {"repetitions": 8}),
        ({"repetitions": 6}, {"repetitions": 5}),
        ({"repetitions": 2}, {"repetitions": 1}),  # at least one less
        ({"repetitions": 1}, {}),
        ({"repetitions": 1, "sets": 3}, {"sets": 2}),
        ({"hold_seconds": 20}, {"hold_seconds": 16}),
        ({"duration_minutes": Decimal("10.0")}, {"duration_minutes": 8}),
        ({"duration_minutes": Decimal("0.5")}, {}),
        ({"distance_metres": 500}, {"distance_metres": 400}),
    ],
)
def test_a_fifth_down(amounts, expected):
    assert eased(dose(**amounts), counted_in(amounts)) == expected


@pytest.mark.parametrize("measure", GRID)
def test_up_is_more_and_down_is_less_and_both_can_be_counted(measure):
    unit = GRID[measure]
    for number in range(1, 101):
        now = unit * number
        up, down = progressed(dose(**{measure: now}), measure, FAR), eased(dose(**{measure: now}), measure)
        if up:
            assert now < up[measure] <= now * Decimal("1.4")
            assert up[measure] % unit == 0
        if number > 1:
            assert unit <= down[measure] < now
            assert down[measure] % unit == 0
            assert down[measure] >= now * Decimal("0.5")
