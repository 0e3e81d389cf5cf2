"""Rule R3, sentence by sentence: docs/clinical-rules.md, section 2.

The plain case: 28 days at 4 make U = 4, s = 0.7, h = 4 and k = 1, so a day at 7 adds the largest step, 1.5,
and the third such day alerts.
"""

import time
from datetime import UTC, date, datetime, timedelta
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
from plans.usual import UsualLevel, spread_of


def run(level, days):
    return [(day, level) for day in days]


CALM = run(4, range(28))


def alerts(result):
    return [state.day for state in result.days if state.alert]


def at(result, day):
    return next(state for state in result.days if state.day == day)


def usual_on(series, day):
    """The usual level that a log on `day` is judged against."""
    return at(replay([*series, (day, 0)]), day).usual


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


# --- what is said of it


def test_the_numbers_are_those_of_the_last_alert_day():
    (episode,) = episodes([*CALM, (28, 4), (29, 6), (30, 7), (31, 7), (32, 6.5), (33, 4)])
    assert (episode.since_on, episode.raised_on, episode.last_alert_on) == (29, 31, 33)
    assert (episode.logged_days, episode.usual) == (5, 4)
    assert episode.mean == pytest.approx((6 + 7 + 7 + 6.5 + 4) / 5, abs=1e-12)
    assert episode.rise == pytest.approx(episode.mean - 4, abs=1e-12)


def test_dates_come_back_as_dates():
    first = date(2025, 2, 1)
    (episode,) = episodes([(first + timedelta(days=day), value) for day, value in [*CALM, *run(7, range(28, 60))]])
    assert (episode.since_on, episode.raised_on) == (date(2025, 3, 1), date(2025, 3, 3))
    assert type(episode.raised_on) is date


@pytest.mark.parametrize(
    ("usual", "pain", "severity"),
    [
        pytest.param(8, 10, "important", id="2 points, under 30 %"),
        pytest.param(8, 9.9, "watch", id="under 2 points and 30 %"),
        pytest.param(1, 3, "important", id="2 points on a low level"),
        pytest.param(6, 7.8, "important", id="30 %"),
        pytest.param(6, 7.75, "watch", id="under 30 %"),
        pytest.param(2, 3.9, "important", id="30 % of 2"),
        pytest.param(1.9, 3.8, "watch", id="30 % of less than 2"),
    ],
)
def test_important_is_two_points_or_thirty_per_cent_of_a_usual_level_of_two(usual, pain, severity):
    (episode,) = episodes([*run(usual, range(28)), *run(pain, range(28, 60))])
    assert (episode.severity, episode.severity_highest) == (severity, severity)


def test_the_highest_severity_is_kept():
    # From +3 the mean rise falls below 30 % of 7 while the alert goes on.
    (episode,) = episodes([*run(7, range(28)), *run(10, range(28, 31)), *run(8.5, range(31, 60))])
    assert (episode.severity, episode.severity_highest) == ("watch", "important")


@pytest.mark.parametrize(("pause", "count"), [(14, 1), (15, 2)])
def test_an_alert_more_than_14_days_after_the_last_is_a_new_episode(pause, count):
    result = replay([*CALM, *run(7, range(28, 31)), (30 + pause, 7)])
    assert alerts(result) == [30, 30 + pause]
    assert len(result.episodes) == count


def test_an_episode_closes_on_the_15th_day_after_its_last_alert_and_leaves_the_sum():
    series = [*CALM, *run(7, range(28, 31))]
    assert replay(series, until=44).episodes[0].closed_on is None
    closed = replay(series, until=45)
    assert closed.episodes[0].closed_on == 45
    assert closed.current is None
    assert replay([*series, (46, 7)]).days[-1].run == 4


def test_the_series_itself_says_how_far_it_reaches():
    assert episodes([*CALM, *run(7, range(28, 31)), *run(1, range(31, 45))])[0].closed_on is None
    assert episodes([*CALM, *run(7, range(28, 31)), *run(1, range(31, 50))])[0].closed_on is not None


# --- what the pages show


def test_learning_counts_to_seven():
    seen = [replay(run(4, range(days))) for days in (0, 1, 6, 7, 20)]
    assert [(result.learned, result.ready) for result in seen] == [
        (0, False),
        (1, False),
        (6, False),
        (7, True),
        (7, True),
    ]
    assert not replay(run(4, range(5)), until=27).ready
    assert replay(run(4, range(5)), until=28).ready
    # Logged today: the next log is tomorrow's.
    assert replay(run(4, [0, 1, 2, 3, 27])).ready
    assert not replay(run(4, [0, 1, 2, 3, 26])).ready


def test_nothing_logged_is_an_answer():
    for result in (replay([]), replay([], [Resolve(3)]), replay([], until=9)):
        assert (result.days, result.episodes, result.usual, result.spread) == ((), (), None, 1.1)
        assert (result.ready, result.learned, result.alerting, result.current) == (False, 0, False, None)


@pytest.mark.parametrize(("usual", "full"), [(9, True), (8.9, False), (10, True)])
def test_a_usual_level_of_nine_nearly_fills_the_scale(usual, full):
    assert replay(run(usual, range(28))).nearly_full_scale is full
    assert replay(run(usual, range(3))).nearly_full_scale is False


def test_a_log_can_be_asked_about_before_it_is_there():
    level = UsualLevel()
    for day in range(7):
        assert not level.ready_on(day)
        level.add(day, 5.0)
    assert level.ready_on(7)


def test_two_years_replay_in_under_ten_milliseconds():
    days = [(day, (day * 7 % 21) / 2) for day in range(730)]
    rounds = []
    for _ in range(5):
        started = time.perf_counter()
        replay(days)
        rounds.append(time.perf_counter() - started)
    print(f"730 days replayed in {min(rounds) * 1000:.2f} ms")
    assert min(rounds) < 0.010
