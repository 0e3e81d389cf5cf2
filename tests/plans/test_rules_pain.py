"""R1 session ceiling, R2 next morning, R4 severe: every line of the rules, with its edges."""

from datetime import date, timedelta

import pytest

from plans.evidence import Resolution
from plans.rules import Level, SiteFacts, SiteScore, judge_site
from plans.rules_pain import ceiling_for, next_morning, session_ceiling, severe
from plans.thresholds import Setting, Thresholds

DAY = timedelta(days=1)
D = date(2026, 3, 2)
DEFAULTS = Thresholds()


def level(usual=None, intake=None):
    return Level(lambda day: usual, intake)


def session(back, *, before=None, during=None, after=None, morning=None, morning_on=None):
    """The scores of a session so many days before D."""
    on = D - back * DAY
    key = f"s{back}"
    given = {"before": before, "during": during, "after": after}
    scores = [SiteScore(on, moment, value, key, on, on.isoformat()) for moment, value in given.items()]
    return [*scores, SiteScore(morning_on or on + DAY, "next morning", morning, key, on, on.isoformat())]


def judge(rule, scores, at=None, thresholds=DEFAULTS, resolved=(), until=D):
    return rule(
        scores, at or level(), until=until, thresholds=thresholds, resolutions=[Resolution(on) for on in resolved]
    )


def severities(episodes):
    return [(episode.raised_on, episode.last_alert_on, episode.severity_highest) for episode in episodes]


@pytest.mark.parametrize(
    ("usual", "intake", "ceiling", "basis"),
    [
        (4, None, 6, "usual"),
        (4, 9, 6, "usual"),  # once U is ready, the intake no longer counts
        (1, None, 5, "usual"),
        (3, None, 5, "usual"),
        (3.5, None, 5.5, "usual"),
        (7, None, 9, "usual"),
        (9, None, 9, "usual"),
        (None, 4, 6, "intake"),
        (None, 0, 5, "intake"),
        (None, 10, 9, "intake"),
        (None, None, 7, "unknown"),
    ],
)
def test_the_ceiling_is_two_above_usual_and_five_to_nine(usual, intake, ceiling, basis):
    assert ceiling_for(level(usual, intake), D, DEFAULTS)[:2] == (ceiling, basis)


@pytest.mark.parametrize(
    ("during", "after", "flagged"),
    [(7, 7, False), (7.5, 3, True), (3, 8, True), (None, 8, True), (8, None, True), (None, None, False), (0, 0, False)],
)
def test_the_highest_of_during_and_after_is_above_the_ceiling(during, after, flagged):
    found = judge(session_ceiling, session(0, before=10, during=during, after=after, morning=10))
    assert bool(found) is flagged
    if flagged:
        assert found[0].numbers["value"] == max(v for v in (during, after) if v is not None)
        assert found[0].numbers["ceiling"] == 7


@pytest.mark.parametrize(("apart", "severity"), [(1, "important"), (6, "important"), (7, "watch"), (14, "watch")])
def test_twice_in_seven_days_is_important(apart, severity):
    found = judge(session_ceiling, [*session(apart, after=8), *session(0, after=9)])
    assert severities(found) == [(D - apart * DAY, D, severity)]
    assert found[0].numbers["times"] == 2


def test_two_sessions_of_one_day_are_twice():
    scores = [SiteScore(D, "after", 8, "a", D, "1"), SiteScore(D, "after", 8, "b", D, "2")]
    assert judge(session_ceiling, scores)[0].severity_highest == "important"


def test_severity_stays_at_the_highest_reached():
    scores = [*session(20, after=8), *session(18, after=8), *session(6, after=8)]
    found = judge(session_ceiling, scores)
    assert [(e.severity, e.severity_highest) for e in found] == [("watch", "important")]


@pytest.mark.parametrize(("apart", "episodes"), [(14, 1), (15, 2)])
def test_more_than_fourteen_days_after_the_last_alert_is_a_new_episode(apart, episodes):
    found = judge(session_ceiling, [*session(apart, after=8), *session(0, after=8)])
    assert len(found) == episodes


def test_evidence_up_to_a_resolution_raises_nothing_again_and_does_not_count_with_later_evidence():
    scores = [*session(3, after=8), *session(2, after=8), *session(1, after=8), *session(0, after=7)]
    found = judge(session_ceiling, scores, resolved=[D - 2 * DAY])
    assert [(e.raised_on, e.settled_on, e.severity_highest) for e in found] == [
        (D - 3 * DAY, D - 2 * DAY, "important"),
        (D - DAY, None, "watch"),
    ]


def test_a_flag_closes_after_fourteen_days_and_three_quiet_sessions():
    bad, quiet = session(20, after=8), [*session(15, after=3), *session(10, after=3)]
    assert not judge(session_ceiling, [*bad, *quiet])[0].closable
    enough = [*bad, *quiet, *session(8, after=3)]
    assert judge(session_ceiling, enough)[0].closable
    assert not judge(session_ceiling, enough, until=D - 6 * DAY)[0].over
    assert judge(session_ceiling, enough, until=D - 5 * DAY)[0].closed_on == D - 5 * DAY


def test_one_day_with_a_quiet_and_a_bad_session_is_not_quiet():
    scores = [*session(20, after=8), SiteScore(D, "after", 3, "a", D, "1"), SiteScore(D, "after", 8, "b", D, "2")]
    first, second = judge(session_ceiling, scores)
    assert (first.quiet_logged_days, second.raised_on) == (0, D)


def test_numbers_of_the_day_count():
    stricter = Thresholds([Setting("R1", "ceiling_unknown", 5, D - 2 * DAY)])
    found = judge(session_ceiling, [*session(3, after=6), *session(2, after=6)], thresholds=stricter)
    assert severities(found) == [(D - 2 * DAY, D - 2 * DAY, "watch")]


@pytest.mark.parametrize("rule", ["R1", "R2", "R4"])
def test_a_clinic_can_switch_a_rule_off_from_a_date_on(rule):
    scores = [*session(5, before=1, after=10, morning=9), *session(2, before=1, after=10, morning=9)]
    off = Thresholds([Setting(rule, "on", 0, D - 3 * DAY)])
    run = {"R1": session_ceiling, "R2": next_morning, "R4": severe}[rule]
    assert judge(run, scores)[0].last_alert_on >= D - 2 * DAY
    assert all(e.last_alert_on < D - 3 * DAY for e in judge(run, scores, thresholds=off))


@pytest.mark.parametrize(
    ("before", "morning", "usual", "flagged"),
    [
        (4, 6, None, True),
        (4, 5.5, None, False),
        (0, 2, None, True),
        (4, None, 1, False),
        (None, 6, 4, True),
        (None, 5, 4, False),
        (None, 6, None, False),  # U is not ready: not judged
        (6, 7, 1, False),  # a score before counts more than U
    ],
)
def test_next_morning_two_above_the_score_before(before, morning, usual, flagged):
    found = judge(next_morning, session(1, before=before, after=9, morning=morning), level(usual, intake=1))
    assert severities(found) == ([(D, D, "watch")] if flagged else [])
    if flagged:
        assert found[0].numbers["rise"] == morning - (before if before is not None else usual)


def test_only_the_next_local_date_is_judged():
    late = session(3, before=1, morning=9, morning_on=D - DAY)
    assert not judge(next_morning, late)


@pytest.mark.parametrize(
    ("middle", "severity"),
    [
        ([], "important"),
        (session(4, before=4, morning=None), "important"),  # not answered: neither counts nor breaks
        (session(4, morning=9), "important"),  # neither a score before nor U: not judged
        (session(4, before=4, morning=5), "watch"),  # judged and fine: the run is broken
    ],
)
def test_two_judged_sessions_running_are_important(middle, severity):
    scores = [*session(6, before=4, morning=6), *middle, *session(2, before=4, morning=7)]
    assert [e.severity_highest for e in judge(next_morning, scores)] == [severity]


def test_a_run_starts_anew_after_a_resolution():
    scores = [*session(6, before=4, morning=6), *session(2, before=4, morning=7)]
    found = judge(next_morning, scores, resolved=[D - 3 * DAY])
    assert [e.severity_highest for e in found] == ["watch", "watch"]


@pytest.mark.parametrize(
    ("value", "usual", "intake", "flagged"),
    [
        (9, 7, None, True),
        (10, 4, None, True),
        (8.5, 4, None, False),
        (9.5, 4, None, True),
        (9, 7.1, None, False),
        (10, 8, 3, False),  # U is ready, so the intake no longer counts
        (9, None, 7, True),
        (9, None, 7.5, False),
        (9, None, None, True),
        (None, None, None, False),
    ],
)
def test_severe_is_nine_or_ten_while_usual_is_seven_or_lower(value, usual, intake, flagged):
    found = judge(severe, [SiteScore(D, "daily", value)], level(usual, intake))
    assert severities(found) == ([(D, D, "important")] if flagged else [])


@pytest.mark.parametrize("moment", ["before", "during", "after", "next morning", "daily"])
def test_any_moment_can_be_severe(moment):
    assert judge(severe, [SiteScore(D, moment, 9, "s", D)])[0].numbers["moment"] == moment


def test_a_backdated_score_keeps_its_date():
    found = judge(severe, [SiteScore(D, "daily", 3), SiteScore(D - 9 * DAY, "daily", 10)])
    assert severities(found) == [(D - 9 * DAY, D - 9 * DAY, "important")]


def test_a_backdated_score_from_before_a_resolution_stays_quiet():
    found = judge(severe, [SiteScore(D - 9 * DAY, "daily", 10)], resolved=[D - 9 * DAY])
    assert found[0].settled_on == D - 9 * DAY


def test_severe_may_begin_lower_from_a_date_on():
    """A clinic has set 8 from three days ago on, and the default again since yesterday."""
    lower = [Setting("R4", "severe", 8, D - 3 * DAY), Setting("R4", "severe", None, D - DAY)]
    scores = [SiteScore(D - back * DAY, "daily", 8) for back in (5, 4, 3, 0)]
    found = judge(severe, scores, thresholds=Thresholds(lower))
    assert severities(found) == [(D - 3 * DAY, D - 3 * DAY, "important")]
    assert found[0].quiet_logged_days == 1


def test_days_before_the_first_severe_score_change_nothing():
    alone = judge(severe, [SiteScore(D - 2 * DAY, "daily", 9), SiteScore(D, "daily", 3)])
    before = daily([3, 8, None, 8.5, 4], last=D - 3 * DAY)
    assert judge(severe, [*before, SiteScore(D - 2 * DAY, "daily", 9), SiteScore(D, "daily", 3)]) == alone


def daily(values, last=D):
    return [SiteScore(last - back * DAY, "daily", value) for back, value in enumerate(reversed(values))]


def test_the_usual_level_is_that_of_the_day_also_without_a_log():
    """Seven days of 2 make U ready: before that the intake counts, afterwards U, also on days without a daily score."""
    scores = [*daily([2] * 7, last=D - 2 * DAY), *session(9, during=6), *session(1, during=6), *session(0, during=6)]
    found = judge_site(SiteFacts(scores, intake=5), DEFAULTS, until=D).episodes["R1"]
    assert severities(found) == [(D - DAY, D, "important")]
    assert found[0].numbers["basis"] == "usual"
    assert found[0].numbers["ceiling"] == 5


def test_sustained_is_reported_like_the_others():
    found = judge_site(SiteFacts(daily([4] * 28 + [7] * 7)), DEFAULTS, until=D).episodes["R3"]
    assert [(e.rule, e.since_on, e.severity_highest, e.over) for e in found] == [
        ("R3", D - 6 * DAY, "important", False)
    ]
    assert found[0].numbers["rise"] == pytest.approx(3)


@pytest.mark.parametrize(
    ("setting", "flagged"),
    [
        (Setting("R3", "on", 0, D - 40 * DAY), False),
        (Setting("R3", "on", 0, D + DAY), True),
        (Setting("R3", "least_rise", 4, D - 6 * DAY), False),
        (Setting("R3", "least_rise", 4, D + DAY), True),
        (Setting("R3", "limit_lowest", 12, D - 6 * DAY), False),
        (Setting("R3", "day_step_highest", 0.5, D - 6 * DAY), False),
        (Setting("R3", "allowance_highest", 2, D - 6 * DAY), True),
    ],
)
def test_the_numbers_of_r3_can_change_from_a_date_on(setting, flagged):
    facts = SiteFacts(daily([4] * 28 + [7] * 7))
    assert bool(judge_site(facts, Thresholds([setting]), until=D).episodes["R3"]) is flagged
