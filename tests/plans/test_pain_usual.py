"""Rule R3, the usual level U: learned, kept, lowered. docs/clinical-rules.md, section 2."""

import pytest

from plans.pain import (
    replay,
)
from tests.plans.pain_series import CALM, alerts, at, run, usual_on

# --- U, the usual level


def test_the_usual_level_is_the_mean_of_the_days_before_today_while_it_is_learned():
    result = replay([(0, 2), (1, 4), (5, 9), (27, 1)])
    assert [state.usual for state in result.days] == [None, 2, 3, 5]
    assert result.usual == 4


@pytest.mark.parametrize(("last", "usual"), [(27, 34 / 7), (28, 4)])
def test_the_baseline_is_the_first_28_days_by_day_number(last, usual):
    assert usual_on([*run(4, range(6)), (last, 10)], 40) == pytest.approx(usual)


def test_alert_days_are_part_of_the_baseline():
    result = replay(run(2, range(10)) + run(8, range(10, 28)) + [(28, 0)])
    assert alerts(result)
    assert at(result, 28).usual == pytest.approx((10 * 2 + 18 * 8) / 28)


def test_fewer_than_five_days_in_28_make_the_baseline_go_on_until_it_has_five():
    series = [(0, 1), (9, 2), (18, 3), (27, 4), (36, 5)]
    assert usual_on(series, 45) == 3
    assert usual_on([*series, (45, 9)], 54) == 3
    assert [state.ready for state in replay([*series, (45, 9)]).days] == [False] * 5 + [True]


@pytest.mark.parametrize(
    ("logged", "judged_on", "ready"),
    [
        (6, 10, False),
        (7, 10, True),
        (6, 27, False),
        (6, 28, True),
        (5, 28, True),
        (4, 28, False),
        (5, 27, False),
    ],
)
def test_a_day_is_judged_after_seven_logged_days_or_five_when_the_baseline_is_closed(logged, judged_on, ready):
    assert at(replay([*run(4, range(logged)), (judged_on, 4)]), judged_on).ready is ready


def test_days_before_that_do_not_touch_the_sum():
    result = replay([(0, 0), (1, 0), *run(10, range(2, 7)), (7, 10)])
    assert [state.run for state in result.days] == [0] * 7 + [1]
    assert at(result, 7).total == 1.5


def test_the_sum_is_not_recalculated_when_the_usual_level_moves():
    result = replay([*run(4, range(7)), (7, 6), (8, 6)])
    seventh, eighth = result.days[7:]
    assert (seventh.total, seventh.excess) == (1, 2)
    assert eighth.usual == 4.25
    assert (eighth.total, eighth.excess) == (1 + 0.75, 2 + 1.75)


@pytest.mark.parametrize(
    ("count", "level", "usual"),
    [(5, 3.0, 3.0), (5, 3.1, 4.0), (4, 0.0, 4.0), (28, 2.5, 2.5), (5, 9.0, 4.0)],
    ids=["1.0 below", "0.9 below", "four days", "a full block", "never up"],
)
def test_a_block_of_five_days_a_point_below_lowers_the_usual_level(count, level, usual):
    block = run(level, range(28, 28 + count))
    assert usual_on([*CALM, *block, (56, level)], 57) == usual


def test_a_block_takes_days_until_one_falls_28_days_after_its_start():
    block = run(1, range(30, 35))
    assert usual_on([*CALM, *block, (57, 4)], 58) == 4
    assert usual_on([*CALM, *block, (57, 4), (58, 1)], 59) == pytest.approx(4 - (4 * 6 - 9) / 6)
    assert usual_on([*CALM, *block, (70, 4)], 71) == 1


def test_the_day_that_closes_a_block_is_judged_against_the_old_level_and_starts_the_next():
    result = replay([*CALM, *run(1, range(28, 33)), (56, 4), (57, 4)])
    assert (at(result, 56).usual, at(result, 57).usual) == (4, 1)
    second = [*CALM, *run(3, range(28, 33)), *run(1, [56, 60, 64, 68, 72])]
    assert usual_on([*second, (83, 9)], 84) == 3
    assert usual_on([*second, (84, 9)], 85) == 1
