"""The dose after a swap: kept where it means the same, else the new exercise's own start."""

from decimal import Decimal

import pytest

from plans.growth_bars import picture
from plans.pacing import Pace, coming_weeks
from plans.swapping import swapped

START = {"sets": 1, "repetitions": 6, "hold_seconds": 3, "per_side": False, "effort": 2}
SPAN = {"sets": [1, 3], "repetitions": [4, 12], "hold_seconds": [1, 10], "duration_minutes": None}


def test_a_dose_in_the_same_measures_and_within_the_range_stays_with_the_new_effort():
    now = {"sets": 3, "repetitions": 12, "hold_seconds": 10, "per_side": False, "effort": 6}
    found = swapped(now, START, SPAN)
    assert found.kept
    assert (found.dose["sets"], found.dose["repetitions"], found.dose["hold_seconds"], found.dose["effort"]) == (
        3,
        12,
        10,
        2,
    )


@pytest.mark.parametrize(
    "change",
    [
        {"repetitions": 13},
        {"repetitions": 3},
        {"sets": 4},
        {"hold_seconds": None},
        {"duration_minutes": Decimal(2)},
        {"per_side": True},
    ],
)
def test_else_it_begins_at_its_own_start(change):
    now = {"sets": 3, "repetitions": 12, "hold_seconds": 10, "per_side": False} | change
    assert swapped(now, START, SPAN).dose == START
    assert not swapped(now, START, SPAN).kept


def test_a_measure_without_a_range_takes_any_amount():
    assert swapped({"sets": 9, "duration_minutes": Decimal(90)}, {"sets": 1, "duration_minutes": 5}, {}).kept


@pytest.mark.parametrize(("start", "ceiling"), [(1, 1), (1, 100), (10, 20), (100, 20_000)])
def test_bars_stand_inside_the_picture_and_never_above_the_ceiling(start, ceiling):
    measure = "distance_metres" if ceiling > 1000 else "repetitions"
    amounts = coming_weeks(Pace(measure, Decimal(start), 20, Decimal(ceiling)), 12)
    drawn = picture(amounts, Decimal(ceiling))
    for bar in drawn.bars:
        assert drawn.ceiling_y <= bar.y and bar.y + bar.height == drawn.base
        assert bar.x >= 0 and bar.x + bar.width <= drawn.width
    assert [bar.height for bar in drawn.bars] == sorted(bar.height for bar in drawn.bars)
    assert drawn.full_week == next((n for n, amount in enumerate(amounts, 1) if amount == ceiling), None)
