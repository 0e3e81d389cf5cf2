"""Rule R3, what is said of an alert: episodes, dates, severity, pages. docs/clinical-rules.md, section 2."""

from datetime import date, timedelta

import pytest

from plans.pain import (
    Resolve,
    episodes,
    replay,
)
from plans.usual import UsualLevel
from tests.plans.pain_series import CALM, alerts, run

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


def test_a_series_twice_as_long_takes_twice_the_days_and_no_more():
    """A replay looks at each day once; how long that takes stands in `make bench`."""
    for count in (365, 730):
        assert len(replay([(day, (day * 7 % 21) / 2) for day in range(count)]).days) == count
