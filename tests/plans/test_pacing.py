"""Quotas: start under the tolerance, small steps, a ceiling, and what holds them."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plans import pacing
from plans.pacing import GRID, Pace, PacingRefused, coming_weeks, held_by, next_step, start_from_test, step_due_on

D = Decimal


@pytest.mark.parametrize(
    ("tolerance", "measure", "start"),
    [
        ("10", "duration_minutes", "8"),
        ("9", "duration_minutes", "7"),
        ("0.5", "duration_minutes", "0.5"),
        ("12", "repetitions", "9"),
        ("1", "repetitions", "1"),
        ("30", "hold_seconds", "24"),
        ("400", "distance_metres", "320"),
        ("99", "distance_metres", "70"),
    ],
)
def test_the_start_is_the_tolerance_minus_20_percent_in_doable_amounts(tolerance, measure, start):
    assert start_from_test(D(tolerance), measure) == D(start)


@pytest.mark.parametrize(
    ("current", "percent", "measure", "to", "weeks"),
    [
        ("10", 10, "duration_minutes", "11", 1),
        ("10", 5, "duration_minutes", "10.5", 1),
        ("3", 10, "repetitions", "4", 4),  # 3.3, 3.63, 3.99, 4.39
        ("3", 20, "repetitions", "4", 2),  # 3.6, 4.32
        ("10", 10, "repetitions", "11", 1),
        ("1", 5, "repetitions", "2", 15),
        ("100", 20, "distance_metres", "120", 1),
        ("14", 20, "duration_minutes", "15", 1),  # the ceiling
    ],
)
def test_a_step_is_as_large_as_the_pace_allows_or_comes_later(current, percent, measure, to, weeks):
    ceiling = D("15") if measure == "duration_minutes" else D("1000")
    step = next_step(Pace(measure, D(current), percent, ceiling), D(current))
    assert (step.to, step.weeks) == (D(to), weeks)


def test_nothing_grows_beyond_the_ceiling():
    pace = Pace("repetitions", D(10), 10, D(12))
    assert next_step(pace, D(12)) is None
    assert step_due_on(pace, D(12), date(2026, 11, 16)) is None
    assert coming_weeks(pace, 6) == [10, 11, 12, 12, 12, 12]


def test_small_amounts_wait_for_their_step():
    assert coming_weeks(Pace("repetitions", D(3), 10, D(5)), 9) == [3, 3, 3, 3, 4, 4, 4, 5, 5]
    assert step_due_on(Pace("repetitions", D(3), 10, D(5)), D(3), date(2026, 11, 2)) == date(2026, 11, 30)


@pytest.mark.parametrize(
    ("flags", "done", "planned", "paused", "why"),
    [
        (0, 3, 5, False, ""),  # exactly 60 %
        (0, 2, 5, False, "few sessions"),
        (0, 0, 0, False, ""),
        (0, 119, 200, False, "few sessions"),  # 59.5 % are not 60
        (1, 5, 5, False, "flag"),
        (1, 0, 5, True, "paused"),
        (0, 5, 5, True, "paused"),
    ],
)
def test_what_holds_a_step(flags, done, planned, paused, why):
    assert held_by(open_flags=flags, done=done, planned=planned, is_paused=paused) == why


@pytest.mark.parametrize(
    ("measure", "start", "percent", "ceiling", "why"),
    [
        (
            "miles", 1, 10, 2,
            "unknown measure 'miles': one of repetitions, hold_seconds, duration_minutes, distance_metres",
        ),
        ("repetitions", 5, 4, 9, "a step is 5 to 20 %, not 4"),
        ("repetitions", 5, 21, 9, "a step is 5 to 20 %, not 21"),
        ("repetitions", 0, 10, 9, "the start is above zero and not above the ceiling"),
        ("repetitions", 10, 10, 9, "the start is above zero and not above the ceiling"),
    ],
)  # fmt: skip
def test_a_pace_that_makes_no_sense_is_refused(measure, start, percent, ceiling, why):
    with pytest.raises(PacingRefused) as refused:
        Pace(measure, D(start), percent, D(ceiling))
    assert str(refused.value) == why


@pytest.mark.parametrize(("start", "percent", "ceiling"), [(1, 5, 1), ("0.5", 20, 9)])
def test_a_pace_may_begin_at_its_ceiling_and_below_one(start, percent, ceiling):
    assert Pace("duration_minutes", D(start), percent, D(ceiling)).step_percent == percent


@pytest.mark.parametrize("tolerance", [0, -1])
def test_a_test_of_nothing_gives_no_start(tolerance):
    with pytest.raises(PacingRefused) as refused:
        start_from_test(D(tolerance), "repetitions")
    assert str(refused.value) == "the test gives an amount above zero"


def test_half_a_minute_of_tolerance_is_a_start():
    assert start_from_test(D("0.5"), "duration_minutes") == D("0.5")


def test_the_usual_step_is_ten_percent_between_five_and_twenty():
    assert (pacing.STEP_LOWEST, pacing.STEP_DEFAULT, pacing.STEP_HIGHEST) == (5, 10, 20)


@given(st.sampled_from(sorted(GRID)), st.integers(1, 200), st.integers(5, 20), st.integers(0, 300), st.integers(2, 60))
def test_amounts_never_fall_never_pass_the_ceiling_and_never_outrun_the_pace(measure, start, percent, more, weeks):
    unit = GRID[measure]
    pace = Pace(measure, start * unit, percent, (start + more) * unit)
    amounts = coming_weeks(pace, weeks)
    assert len(amounts) == weeks
    assert amounts == sorted(amounts)
    assert max(amounts) <= pace.ceiling
    for week, amount in enumerate(amounts):
        assert amount <= pace.start * (1 + D(percent) / 100) ** week + D("1e-6")
        assert amount == pacing.on_grid(amount, measure)
