"""Rule R3, sentence by sentence: days, the sum and the alert. docs/clinical-rules.md, section 2."""

from datetime import UTC, date, datetime
from decimal import Decimal
from math import inf, nan, sqrt

import pytest

from plans.pain import (
    RULE_ID,
    RULE_VERSION,
    DayRefused,
    Resolve,
    ScoreRefused,
    day_means,
    day_values,
    episodes,
    replay,
)
from plans.usual import spread_of
from tests.plans.pain_series import CALM, alerts, at, run


def test_the_rule_names_itself():
    assert (RULE_ID, RULE_VERSION) == ("R3", 1)


# --- x, the day value


def test_a_day_is_the_mean_of_its_before_and_daily_scores():
    scores = [(1, "before", 3), (1, "daily", Decimal("5.5")), (1, "before", 4.5), (0, "daily", 2)]
    assert day_values(scores) == [(0, 2.0), (1, 13 / 3)]


@pytest.mark.parametrize("moment", ["during", "after", "next_morning", "next morning"])
def test_exercise_soreness_neither_counts_nor_makes_a_logged_day(moment):
    assert day_values([(1, moment, 9), (2, "daily", 3), (2, moment, 9)]) == [(2, 3.0)]


def test_not_answered_is_no_score_and_zero_is_one():
    assert day_values([(1, "daily", None), (2, "daily", 0), (3, "daily", None), (3, "before", 6)]) == [
        (2, 0.0),
        (3, 6.0),
    ]
    assert episodes([(1, None), (2, None)]) == ()


@pytest.mark.parametrize(
    "score",
    [
        *(-1, 11, -0.1, 10.0001, 10**400, Decimal("10.01"), Decimal("-0.1")),
        *(nan, inf, -inf, Decimal("NaN"), Decimal("sNaN"), Decimal("Infinity")),
        *(True, False, "5", [5]),
    ],
)
def test_a_score_off_the_scale_is_refused_not_clamped(score):
    for judge in (episodes, replay, day_means):
        with pytest.raises(ScoreRefused, match="0 to 10"):
            judge([(1, 4), (2, score)])
    assert issubclass(ScoreRefused, ValueError)


@pytest.mark.parametrize("score", [0, 10, 0.0, 10.0, Decimal(0), Decimal("10.0"), Decimal("3.7"), 5e-324])
def test_every_number_on_the_scale_is_taken(score):
    assert day_means([(1, score)]) == [(1, float(score))]


@pytest.mark.parametrize("day", [True, 1.0, "2025-01-01", None, datetime(2025, 1, 1, tzinfo=UTC)])
def test_a_day_is_a_date_or_a_whole_number(day):
    with pytest.raises(DayRefused, match="whole day number"):
        episodes([(day, 4)])


def test_days_of_two_kinds_are_refused():
    with pytest.raises(DayRefused, match="mixed"):
        episodes([(1, 4), (date(2025, 1, 1), 4)])
    with pytest.raises(DayRefused, match="mixed"):
        replay([(1, 4)], [Resolve(date(2025, 1, 1))])


@pytest.mark.parametrize("days", [[(1, 4), (1, 4)], [(2, 4), (1, 4)]])
def test_replay_wants_one_value_a_day_in_order(days):
    with pytest.raises(DayRefused, match="in order"):
        replay(days)


# --- s, k, h


@pytest.mark.parametrize(
    ("baseline", "spread"),
    [
        ([], 1.1),
        ([5.0], 1.1),
        ([4.0, 6.0], sqrt((2 + 6.05) / 6)),
        ([4.0] * 28, 0.7),
        ([0.0, 10.0] * 14, 2.2),
        ([2.0, 4.0, 6.0], sqrt((8 + 6.05) / 7)),
    ],
)
def test_the_spread_is_drawn_towards_1_1_and_kept_between_0_7_and_2_2(baseline, spread):
    assert spread_of(baseline) == pytest.approx(spread, abs=1e-12)


def test_the_ratchet_leaves_the_spread_alone():
    noisy = [(day, 4 + (day % 3) * 1.5) for day in range(28)]
    result = replay([*noisy, *run(1, range(28, 56)), *run(1, range(56, 60))])
    assert at(result, 57).usual == 1
    assert at(result, 57).spread == at(result, 28).spread == spread_of([value for _, value in noisy])


@pytest.mark.parametrize(
    ("usual", "pain", "step"),
    [(4, 6, 1.0), (8, 9.2, 0.2), (8.5, 9.5, 0.25), (9.5, 10, 0.1), (4, 7, 1.5), (4, 10, 1.5), (4, 5, 0.0)],
    ids=["k = 1", "k = 1 at 8", "k = (10 - U) / 2", "k = 0.4", "e - k over 1.5", "one bad day", "S of 0"],
)
def test_a_day_adds_its_rise_less_the_allowance_but_at_most_one_and_a_half(usual, pain, step):
    result = replay([*run(usual, range(28)), (28, pain)])
    assert result.days[-1].total == pytest.approx(step, abs=1e-12)
    assert result.days[-1].run == (1 if step else 0)


def test_a_sum_of_zero_or_less_ends_the_run():
    result = replay([*CALM, (28, 7), (29, 3.5), (30, 7)])
    assert [(state.total, state.run, state.excess) for state in result.days[28:]] == [
        (1.5, 1, 3),
        (0, 0, 0),
        (1.5, 1, 3),
    ]


def test_a_sum_within_a_billionth_of_zero_is_zero():
    result = replay([*run(Decimal("4.1"), range(28)), (28, Decimal("5.1")), (29, 4 + 1.1 + 1e-10)])
    assert [state.run for state in result.days[28:]] == [0, 0]


def test_the_sum_stops_at_twice_the_limit():
    result = replay([*CALM, *run(10, range(28, 40))])
    assert result.days[-1].limit == 4
    assert result.days[-1].total == 8
    noisy = replay([*[(day, 2 * (day % 2) + 3) for day in range(28)], *run(10, range(28, 50))])
    assert noisy.days[-1].limit == 4.5 * noisy.days[-1].spread > 4
    assert noisy.days[-1].total == 2 * noisy.days[-1].limit


# --- the alert


def test_the_third_day_three_points_up_alerts_and_a_single_bad_day_never_does():
    assert alerts(replay([*CALM, *run(7, range(28, 31))])) == [30]
    assert alerts(replay([*CALM, (28, 10), *run(4, range(29, 40)), (40, 10), *run(4, range(41, 60))])) == []


def test_a_tie_counts_in_the_sum():
    # 1.5 + 1.5 + 1 is exactly h = 4; in tenths it is a hair less.
    assert alerts(replay([*CALM, (28, 7), (29, 7), (30, 6)])) == [30]
    tenths = [*run(4.1, range(28)), (28, 7.1), (29, 7.1), (30, 6.1)]
    assert alerts(replay(tenths)) == [30]
    assert alerts(replay([*CALM, (28, 7), (29, 7), (30, 5.99)])) == []


def test_a_tie_counts_in_the_mean_rise():
    # S reaches 4 on the eighth day with a mean rise of exactly 1.5.
    assert alerts(replay([*CALM, *run(5.5, range(28, 36))])) == [35]
    assert alerts(replay([*CALM, *run(5.49, range(28, 60))])) == []


def test_near_the_top_of_the_scale_a_smaller_rise_is_enough():
    # U = 9: k = 0.5, and 0.6 * (10 - U) = 0.6 of a point is needed.
    assert alerts(replay([*run(9, range(28)), *run(10, range(28, 36))])) == [35]
    assert alerts(replay([*run(9, range(28)), *run(9.55, range(28, 130))])) == []


def test_with_a_usual_level_of_ten_nothing_can_rise():
    assert alerts(replay(run(10, range(120)))) == []


def test_with_a_usual_level_of_zero_nothing_is_divided_by_it():
    (episode,) = replay([*run(0, range(28)), *run(3, range(28, 31))]).episodes
    assert (episode.usual, episode.rise, episode.severity) == (0, 3, "important")


@pytest.mark.parametrize(("gap", "raised"), [(21, [50]), (22, [])])
def test_more_than_21_days_without_a_log_start_the_sum_again(gap, raised):
    assert alerts(replay([*CALM, (28, 7), (29, 7), (29 + gap, 7)])) == raised
