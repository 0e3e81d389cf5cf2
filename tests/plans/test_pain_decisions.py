"""What a clinician decides about an R3 flag, and when a new baseline starts: docs/clinical-rules.md, section 2.

28 days at 4 and then days at 7: the third of those, day 30, alerts.
"""

import pytest

from plans.pain import Accept, DecisionRefused, NewBaseline, Resolve, replay
from tests.plans.pain_series import CALM, alerts, at, run, usual_on

RISE = [*CALM, *run(7, range(28, 31))]


def test_resolving_ends_the_episode_after_that_days_value():
    result = replay([*RISE, (31, 7), (32, 7), (33, 7), (34, 7)], [Resolve(31)])
    assert alerts(result) == [30, 31, 34]
    first, second = result.episodes
    assert (first.last_alert_on, first.closed_on, first.settled_on) == (31, 31, 31)
    assert (second.raised_on, second.since_on, second.logged_days, second.settled_on) == (34, 32, 3, None)
    assert at(result, 32).run == 1


def test_a_day_resolved_before_its_log_arrives_still_belongs_to_the_resolved_episode():
    assert len(replay([*RISE, (31, 7)], [Resolve(31)]).episodes) == 1
    assert len(replay([*RISE, (31, 10), (32, 4)], [Resolve(30)]).episodes) == 1


def test_late_evidence_dated_before_a_resolution_is_settled_by_it():
    before = replay([*CALM, *run(4, range(40, 60))], [Resolve(60)])
    after = replay([*CALM, *run(7, range(28, 31)), *run(4, range(40, 60))], [Resolve(60)])
    assert before.episodes == ()
    (episode,) = after.episodes
    assert (episode.raised_on, episode.settled_on) == (30, 60)


def test_a_decision_after_the_asked_for_day_does_not_count_yet():
    asked = replay([*RISE, (31, 7)], [Resolve(31)], until=30)
    assert (asked.until, alerts(asked), asked.episodes[0].settled_on) == (30, [30], None)
    assert replay(RISE, [Resolve(40)]).episodes[0].settled_on == 40


def test_accepting_makes_the_mean_since_the_rise_the_new_usual():
    result = replay([*RISE, (31, 6), (33, 6)], [Accept(on=31, since=28, until=30)])
    assert result.usual == at(result, 33).usual == 7
    assert at(result, 33).spread == at(result, 31).spread
    assert result.episodes[0].settled_on == 31
    assert at(result, 31).run == 4
    assert at(result, 33).run == 0
    up = replay([*RISE, *run(9, range(31, 36))], [Accept(30, 28, 30)])
    assert at(up, 31).total == pytest.approx(9 - 7 - 1)


def test_accepting_counts_the_logged_days_of_both_ends():
    rise = [*CALM, (28, 7), (29, 8), (30, 9)]
    assert replay(rise, [Accept(on=30, since=28, until=30)]).usual == 8
    assert replay(rise, [Accept(on=30, since=29, until=29)]).usual == 8
    assert replay(rise, [Accept(on=30, since=30, until=30)]).usual == 9


def test_accepting_closes_the_baseline_and_drops_the_block():
    early = replay([*run(2, range(10)), *run(6, range(10, 15)), (15, 0)], [Accept(14, 10, 14)])
    assert early.days[-1].usual == early.usual == 6
    block = [*CALM, *run(1, range(28, 34)), *run(7, range(40, 50))]
    kept = replay([*block, (60, 5)], [Accept(50, 40, 49)])
    assert kept.usual == 7
    assert replay([*block, (60, 5)]).usual == 4
    # The next block starts at the first log after the decision.
    low = [*block, *run(5, range(60, 65))]
    assert usual_on([*low, (87, 5)], 88) == 4
    accepted = replay([*low, (87, 5), (88, 5), (89, 5)], [Accept(50, 40, 49)])
    assert (at(accepted, 88).usual, at(accepted, 89).usual) == (7, 5)


def test_accepting_nothing_only_resolves():
    result = replay([*RISE, (40, 4)], [Accept(on=39, since=35, until=38)])
    assert result.usual == 4
    assert result.episodes[0].settled_on == 39


@pytest.mark.parametrize(("since", "until"), [(30, 29), (28, 32)])
def test_accepting_needs_dates_in_order(since, until):
    with pytest.raises(DecisionRefused, match="since <= until <= on"):
        replay(RISE, [Accept(31, since, until)])


@pytest.mark.parametrize(("gap", "usual", "learned"), [(180, 4, 7), (181, 9, 1)])
def test_more_than_180_days_after_the_last_log_a_new_baseline_starts(gap, usual, learned):
    result = replay([*CALM, (27 + gap, 9)])
    assert (result.usual, result.learned) == (usual, learned)


def test_the_new_baseline_is_awaited_before_its_first_log():
    assert replay(CALM, until=27 + 180).usual == 4
    waiting = replay(CALM, until=27 + 181)
    assert (waiting.usual, waiting.learned, waiting.ready) == (None, 0, False)


def test_readmission_starts_a_new_baseline_on_its_own_date():
    result = replay([*RISE, *run(7, range(31, 50))], [NewBaseline(33)])
    assert at(result, 32).usual == 4
    assert at(result, 33).usual is None
    assert at(result, 40).usual == 7
    assert result.episodes[0].closed_on == 33
    assert result.episodes[0].settled_on is None


def test_a_readmission_comes_before_its_days_value_and_a_resolution_after_it():
    result = replay([*RISE, (33, 7)], [Resolve(33), NewBaseline(33)])
    assert at(result, 33).usual is None
    assert result.episodes[0].settled_on == 33


def test_an_alert_after_readmission_is_another_episode():
    rise = [*CALM, *run(7, range(28, 34)), *run(1, range(34, 41)), *run(4, range(41, 46))]
    result = replay(rise, [NewBaseline(34)])
    assert [(episode.raised_on, episode.last_alert_on) for episode in result.episodes] == [(30, 33), (45, 45)]


def test_alerting_is_about_the_last_log_and_quiet_days_are_counted():
    assert replay(RISE).alerting
    assert not replay(RISE, [Resolve(30)]).alerting
    later = replay([*RISE, *run(0, range(31, 36))])
    assert not later.alerting
    assert (later.current.last_alert_on, later.current.quiet_logged_days) == (30, 5)
