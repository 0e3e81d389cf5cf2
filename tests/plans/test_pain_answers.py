"""What R3 answers, to the last number: of a day, of an episode, of a series, and why it refuses."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from plans import cusum, pain, scores, usual
from plans.cusum import RunningSum, allowance_for, least_rise_for, limit_for
from plans.pain import (
    Accept,
    DayRefused,
    DayState,
    DecisionRefused,
    Episode,
    NewBaseline,
    Numbers,
    Replay,
    Resolve,
    ScoreRefused,
    episodes,
    replay,
)
from plans.usual import UsualLevel, mean, spread_of
from tests.plans.pain_series import CALM, alerts, at, run

RISE = [*CALM, *run(7, range(28, 36))]
S = 0.7  # the spread of a calm series


def test_each_day_says_what_it_was_judged_by():
    days = replay(RISE[:32]).days
    assert days[0] == DayState(0, 4, None, pytest.approx(1.1), pytest.approx(4.95), False, 0, 0, 0, False)
    spread = pytest.approx((5 * 1.21 / 11) ** 0.5)
    assert days[7] == DayState(7, 4, 4, spread, 4, True, 0, 0, 0, False)
    assert days[27] == DayState(27, 4, 4, S, 4, True, 0, 0, 0, False)
    assert days[28] == DayState(28, 7, 4, S, 4, True, 1.5, 1, 3, False)
    assert days[30] == DayState(30, 7, 4, S, 4, True, 4.5, 3, 9, True)
    assert days[31] == DayState(31, 7, 4, S, 4, True, 6, 4, 12, True)


def test_an_episode_to_the_last_number():
    found = replay([*RISE, (36, 0), (40, 0)])
    assert found.episodes == (
        Episode(
            since_on=28, raised_on=30, last_alert_on=35, closed_on=None, settled_on=None, usual=4,
            mean=7, rise=3, logged_days=8, quiet_logged_days=2,
            severity="important", severity_highest="important",
        ),
    )  # fmt: skip
    assert found.current == found.episodes[0]
    assert (found.until, found.usual, found.spread, found.ready, found.learned, found.alerting) == (
        40,
        4,
        S,
        True,
        7,
        False,
    )
    assert replay(RISE).alerting is True
    assert replay(RISE, [Resolve(35)]).alerting is False
    assert replay(RISE, [Resolve(35)]).current is None
    assert replay(CALM).current is None
    assert episodes(RISE) == replay(RISE).episodes
    assert episodes([(35, 7), *RISE, (33, None)], until=29) == ()


def test_a_milder_rise_is_watched():
    """A point and a half is less than 30 % of six. What counts as important is a number of the clinic."""
    milder = [*run(6, range(28)), *run(7.5, range(28, 60))]
    (episode,) = replay(milder).episodes
    assert (episode.rise, episode.severity, episode.severity_highest) == (1.5, "watch", "watch")
    (episode,) = replay(milder, numbers=[(0, Numbers(important_rise=1.5))]).episodes
    assert (episode.severity, episode.severity_highest) == ("important", "important")
    (episode,) = replay(milder, numbers=[(0, Numbers(important_rise=1.5)), (50, Numbers())]).episodes
    assert (episode.severity, episode.severity_highest) == ("watch", "important")


def test_nothing_at_all():
    assert replay([]) == Replay(None, (), (), None, pytest.approx(1.1), False, 0, False, {})
    assert replay([], asked=[3, 5]).asked == {3: None, 5: None}
    assert replay([], asked=[date(2026, 3, 2)]).asked == {date(2026, 3, 2): None}
    assert replay([], until=9).until == 9
    assert replay([], [Resolve(9)]).until == 9


def test_what_a_log_on_a_day_would_be_compared_with():
    """Known after seven days, until 180 days after the last one; asking about later changes no answer of today."""
    asked = [300, -5, 0, 6, 7, 27, 28, 207, 208]
    found = replay(CALM, asked=asked)
    assert found.asked == {-5: None, 0: None, 6: None, 7: 4, 27: 4, 28: 4, 207: 4, 208: None, 300: None}
    assert (found.usual, found.ready, found.learned) == (4, True, 7)
    assert replay(RISE, asked=[10, 31], until=20).asked == {10: 4, 31: 4}
    assert replay(RISE, until=20).until == 20
    assert len(replay(RISE, until=20).days) == 21


def test_the_level_asked_for_is_that_before_the_day():
    falling = [*run(6, range(7)), *run(2, range(7, 14))]
    assert replay(falling, asked=[7, 8, 14]).asked == {7: 6, 8: pytest.approx(44 / 8), 14: 4}


def test_a_level_that_is_asked_for_heeds_what_was_decided_before():
    accepted = [Accept(35, 28, 35)]
    assert replay(RISE, accepted, asked=[35, 36]).asked == {35: 4, 36: 7}
    assert replay([*RISE, (60, 7)], accepted, asked=[35, 36, 60]).asked == {35: 4, 36: 7, 60: 7}
    assert replay(RISE, [NewBaseline(30)], asked=[29, 30, 31]).asked == {29: 4, 30: None, 31: None}
    assert replay([*CALM, (60, 4)], [NewBaseline(40)], asked=[39, 40, 41]).asked == {39: 4, 40: None, 41: None}
    assert replay(CALM, [Resolve(20)], asked=[20, 21], until=30).asked == {20: 4, 21: 4}


def test_a_level_that_is_asked_for_after_the_last_log_heeds_decisions_in_their_order():
    accepted = [Accept(37, 28, 35)]
    assert replay(RISE, accepted, until=45, asked=[36, 37, 38, 45]).asked == {36: 4, 37: 4, 38: 7, 45: 7}
    assert replay(RISE, accepted, until=37, asked=[37]).asked == {37: 4}


def test_several_decisions_on_one_day():
    for decisions in ([Resolve(35), Accept(35, 28, 35)], [Accept(35, 28, 35), Resolve(35), Resolve(35)]):
        found = replay(RISE, decisions)
        assert (found.usual, found.alerting, found.current) == (7, False, None)


def test_the_current_episode_is_the_last_one():
    first, second = (found := replay([*RISE, *run(0, range(36, 50)), *run(7, range(50, 54))])).episodes
    assert first.closed_on is not None and second.closed_on is None
    assert found.current == second


def test_numbers_hold_from_their_day_whatever_their_order():
    assert alerts(replay(RISE, numbers=[(0, Numbers(least_rise=4))])) == []
    assert alerts(replay(RISE)) == list(range(30, 36))
    off = replay(RISE, numbers=[(32, Numbers(on=False))])
    assert alerts(off) == [30, 31]
    assert (at(off, 32).total, at(off, 32).run, at(off, 32).excess) == (0, 0, 0)
    assert off.episodes[0].quiet_logged_days == 4
    again = replay(RISE, numbers=[(32, Numbers()), (31, Numbers(on=False))])
    assert alerts(again) == [30, 34, 35]
    assert at(replay(RISE, numbers=[(28, Numbers(limit_lowest=9))]), 28).limit == 9
    same_day = replay(RISE, numbers=[(0, Numbers(on=False)), (0, Numbers())])
    assert alerts(same_day) == list(range(30, 36))


@pytest.mark.parametrize(
    ("call", "problem", "words"),
    [
        (
            lambda: replay([(1, 4), (1, 5)]),
            DayRefused,
            "days must come in order and once each; `day_means` makes them so",
        ),
        (
            lambda: replay([(2, 4), (1, 5)]),
            DayRefused,
            "days must come in order and once each; `day_means` makes them so",
        ),
        (
            lambda: replay(RISE, [Accept(35, 30, 29)]),
            DecisionRefused,
            "accepting a new usual level needs since <= until <= on",
        ),
        (
            lambda: replay(RISE, [Accept(34, 30, 35)]),
            DecisionRefused,
            "accepting a new usual level needs since <= until <= on",
        ),
        (lambda: pain.checked_score(True), ScoreRefused, "pain True is not a number; a score from 0 to 10 is needed"),
        (lambda: pain.checked_score("4"), ScoreRefused, "pain '4' is not a number; a score from 0 to 10 is needed"),
        (lambda: pain.checked_score(10.5), ScoreRefused, "pain 10.5 is off the scale; a score from 0 to 10 is needed"),
        (lambda: pain.checked_score(-1), ScoreRefused, "pain -1 is off the scale; a score from 0 to 10 is needed"),
        (
            lambda: pain.checked_score(Decimal("NaN")),
            ScoreRefused,
            "pain NaN is off the scale; a score from 0 to 10 is needed",
        ),
        (
            lambda: pain.checked_score(float("inf")),
            ScoreRefused,
            "pain inf is off the scale; a score from 0 to 10 is needed",
        ),
        (lambda: replay([("1", 4)]), DayRefused, "'1' is no day; a local date or a whole day number is needed"),
        (lambda: replay([(True, 4)]), DayRefused, "True is no day; a local date or a whole day number is needed"),
        (
            lambda: replay([(datetime(2026, 3, 2), 4)]),
            DayRefused,
            "datetime.datetime(2026, 3, 2, 0, 0) is no day; a local date or a whole day number is needed",
        ),
        (
            lambda: replay([(1, 4), (date(2026, 3, 2), 4)]),
            DayRefused,
            "dates and day numbers are mixed; one series needs one kind",
        ),
    ],
)
def test_what_is_refused_and_why(call, problem, words):
    with pytest.raises(problem) as refused:
        call()
    assert str(refused.value) == words


@pytest.mark.parametrize("decision", [Accept(35, 29, 29), Accept(35, 30, 35), Accept(29, 28, 29)])
def test_accepting_one_day_or_up_to_today_is_in_order(decision):
    assert replay(RISE, [decision]).usual == 7


@pytest.mark.parametrize("value", [0, 10, 0.0, 10.0, Decimal(0), Decimal("10.0"), Decimal("3.5")])
def test_the_ends_of_the_scale_are_on_it(value):
    assert pain.checked_score(value) == float(value)
    assert type(pain.checked_score(value)) is float


@pytest.mark.parametrize(
    ("level", "full"), [(9, True), (9 - 1e-10, True), (8.9, False), (10, True)], ids=["nine", "a tie", "less", "ten"]
)
def test_a_scale_that_is_nearly_full(level, full):
    state = Replay(1, (), (), level, S, True, 7, False)
    assert state.nearly_full_scale is full
    assert Replay(1, (), (), level, S, False, 6, False).nearly_full_scale is False
    assert Replay(1, (), (), None, S, True, 7, False).nearly_full_scale is False


def test_the_formulas_of_section_2():
    assert [limit_for(spread) for spread in (0.7, 0.8, 1, 2.2)] == [4, 4, 4.5, pytest.approx(9.9)]
    assert [allowance_for(level) for level in (0, 8, 8.5, 9, 9.2, 10)] == pytest.approx([1, 1, 0.75, 0.5, 0.4, 0.4])
    assert [least_rise_for(level) for level in (0, 7.5, 8, 10)] == [1.5, 1.5, pytest.approx(1.2), 0]
    assert Numbers(True, 4.0, 4.5, 1.0, 1.5, 1.5, 2.0) == cusum.DEFAULTS
    assert cusum.GAP_RESET_DAYS == 21
    numbers = Numbers(limit_lowest=2, limit_spreads=10, allowance_highest=0.5, least_rise=3)
    assert (limit_for(0.1, numbers), limit_for(1, numbers)) == (2, 10)
    assert (allowance_for(0, numbers), least_rise_for(0, numbers)) == (0.5, 3)
    assert (pain.RULE_ID, pain.RULE_VERSION) == ("R3", 1)
    assert {"before", "daily"} == scores.COUNTED_MOMENTS


def test_the_running_sum_says_what_it_added():
    s = RunningSum()
    assert (s.total, s.run, s.excess, s.points, s.since) == (0, 0, 0, 0, 0)
    assert s.judge(5, 6, previous=None, usual=4, limit=limit_for(S)) is False
    assert (s.total, s.run, s.excess, s.points, s.since) == (1, 1, 2, 6, 5)
    assert s.judge(6, 8, previous=5, usual=4, limit=limit_for(S)) is False
    assert (s.total, s.run, s.excess, s.points, s.since) == (2.5, 2, 6, 14, 5)
    assert s.judge(27, 8, previous=6, usual=4, limit=limit_for(S)) is True, "21 days later it goes on"
    assert (s.total, s.run, s.since) == (4, 3, 5)
    assert s.judge(49, 8, previous=27, usual=4, limit=limit_for(S)) is False, "22 days later it begins again"
    assert (s.total, s.run, s.excess, s.points, s.since) == (1.5, 1, 4, 8, 49)
    assert s.judge(50, 3.5, previous=49, usual=4, limit=limit_for(S)) is False, "and a sum of nothing is the end of it"
    assert (s.total, s.run, s.excess, s.points, s.since) == (0, 0, 0, 0, 0)


def test_the_sum_may_come_close_to_its_limit_and_to_nothing():
    s = RunningSum()
    s.total, s.run, s.excess, s.points, s.since = 2.5, 2, 6, 14, 1
    assert s.judge(3, 6.5 - 5e-10, previous=2, usual=4, limit=limit_for(S)) is True
    s = RunningSum()
    assert s.judge(3, 5 + 5e-10, previous=2, usual=4, limit=limit_for(S)) is False
    assert s.run == 0
    assert s.judge(3, 5 + 5e-9, previous=2, usual=4, limit=limit_for(S)) is False
    assert s.run == 1


def test_the_spread_and_the_mean():
    assert spread_of([]) == pytest.approx(1.1)
    assert spread_of([4]) == pytest.approx(1.1)
    assert spread_of([4, 6]) == pytest.approx(((2 + 5 * 1.21) / 6) ** 0.5)
    assert spread_of([0, 10]) == 2.2
    assert spread_of([4] * 28) == 0.7
    assert mean([0.1] * 10) == 0.1


def test_the_usual_level_from_the_first_day_on():
    level = UsualLevel()
    assert (level.level, level.logged, level.spread) == (None, 0, pytest.approx(1.1))
    assert not level.ready_on(0)
    for day in range(5):
        level.add(100 + day, 4)
    assert (level.level, level.logged) == (4, 5)
    assert (level.ready_on(127), level.ready_on(128)) == (False, True), (
        "the baseline closes 28 days after its first day"
    )
    level.accept(6)
    assert (level.level, level.ready_on(105)) == (6, True)
    assert (usual.BASELINE_DAYS, usual.BLOCK_DAYS, usual.LEARNING_DAYS, usual.BASELINE_MINIMUM) == (28, 28, 7, 5)


@pytest.mark.parametrize(("value", "level"), [(3, 3), (3.001, 4), (2, 2)])
def test_a_block_lowers_the_level_by_a_point_or_more(value, level):
    ratchet = UsualLevel()
    for day in range(28):
        ratchet.add(day, 4)
    for day in (28, 29, 30, 31, 55):
        ratchet.add(day, value)
    assert ratchet.level == 4
    ratchet.add(56, 9)
    assert ratchet.level == level


def test_four_days_are_no_block_and_a_block_ends_28_days_after_its_first():
    ratchet = UsualLevel()
    for day in range(28):
        ratchet.add(day, 4)
    for day in (28, 29, 30, 31, 56, 57, 58, 59):
        ratchet.add(day, 1)
    assert ratchet.level == 4
    ratchet.add(83, 1)
    assert ratchet.level == 4
    ratchet.add(84, 1)
    assert ratchet.level == 1


def test_an_episode_closes_on_its_15th_day_or_with_a_decision():
    quiet = [*CALM, *run(7, range(28, 31)), (31, 0)]
    assert [e.closed_on for e in replay(quiet, until=44).episodes] == [None]
    assert [e.closed_on for e in replay(quiet, until=45).episodes] == [45]
    assert [e.closed_on for e in replay(quiet, [Resolve(40)], until=60).episodes] == [40]
    assert [e.closed_on for e in replay(quiet, [Resolve(50)], until=60).episodes] == [45]
    assert [e.settled_on for e in replay(quiet, [Resolve(50), Resolve(55)], until=60).episodes] == [50]
    assert [e.settled_on for e in replay(quiet, [NewBaseline(50)], until=60).episodes] == [None]
    assert [e.closed_on for e in replay(quiet, [NewBaseline(40), Resolve(41)], until=60).episodes] == [40]


def test_after_180_days_the_level_is_learned_anew():
    (before, after) = (replay(CALM, until=27 + days) for days in (180, 181))
    assert (before.usual, before.ready, before.learned) == (4, True, 7)
    assert (after.usual, after.ready, after.learned, after.spread) == (None, False, 0, pytest.approx(1.1))


def test_the_next_log_may_be_todays():
    """Five days logged, the baseline open until day 28: what is logged already is not logged again."""
    five = [(0, 4), (1, 4), (2, 4), (3, 4), (4, 4)]
    assert replay(five, until=27).ready is False
    assert replay(five, until=28).ready is True
    assert replay([*five[:4], (27, 4)]).ready is True
    assert replay([*five[:4], (26, 4)]).ready is False
