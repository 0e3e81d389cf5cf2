"""R5 silence and R6 over-doing: every line of the rules, with its edges."""

from datetime import date, timedelta

import pytest

from plans.evidence import Resolution
from plans.rules import ActiveSpan, Done, DoneSession, PlanFrom
from plans.rules_doing import over_doing, share_done, silence
from plans.schedule import Planned
from plans.thresholds import Setting, Thresholds

DAY = timedelta(days=1)
D = date(2026, 3, 30)  # a Monday
DEFAULTS = Thresholds()
EVERY_DAY = Planned(weekdays=frozenset(range(1, 8)))


def back(days):
    return D - days * DAY


def silent(logged, *, until=D, spans=None, planned=EVERY_DAY, resolved=(), thresholds=DEFAULTS):
    """R5 for logs so many days before D, under a plan that was activated 100 days ago."""
    return silence(
        [back(days) for days in logged],
        [ActiveSpan(back(100))] if spans is None else spans,
        [PlanFrom(back(100), [planned])],
        until=until,
        thresholds=thresholds,
        resolutions=[Resolution(back(days)) for days in resolved],
    )


def always(first, last=0):
    return range(last, first + 1)


@pytest.mark.parametrize("name", ["watch_days", "important_days"])
def test_fewer_days_of_silence_may_be_asked_for_from_a_date_on(name):
    """Four days without a log were nothing; since a clinic has set four they are a flag."""
    lower = Thresholds([Setting("R5", name, 4, back(20))])
    found = silent([*always(100, 60), *always(56, 14), *always(9)], thresholds=lower)
    assert [(e.raised_on, e.last_alert_on) for e in found] == [(back(10), back(9))]


@pytest.mark.parametrize(
    ("days", "severity"), [(6, None), (7, "watch"), (13, "watch"), (14, "important"), (60, "important")]
)
def test_seven_and_fourteen_days_without_a_log(days, severity):
    found = silent(always(100, days))
    assert [e.severity_highest for e in found] == ([severity] if severity else [])
    if found:
        assert (found[0].raised_on, found[0].last_alert_on, found[0].over) == (back(days - 7), D, False)
        assert found[0].since_on == back(days - 1)
        assert found[0].numbers["silent_days"] == days
        assert found[0].numbers["last_log_on"] == back(days).isoformat()


@pytest.mark.parametrize(("days", "severity"), [(6, []), (7, ["watch"]), (14, ["important"])])
def test_the_count_starts_with_the_activation(days, severity):
    found = silent([], spans=[ActiveSpan(back(days))])
    assert [e.severity_highest for e in found] == severity
    assert all(e.numbers["because"] == "activation" for e in found)


@pytest.mark.parametrize(("days", "severity"), [(6, []), (7, ["watch"]), (14, ["important"])])
def test_the_count_starts_again_with_a_resume(days, severity):
    found = silent(always(100, 40), spans=[ActiveSpan(back(100), back(38)), ActiveSpan(back(days), None, True)])
    assert [e.severity_highest for e in found] == severity
    assert all(e.numbers["because"] == "resume" for e in found)


def test_a_paused_plan_is_not_silent():
    assert not silent(always(100, 40), spans=[ActiveSpan(back(100), back(38))])


def test_a_patient_without_an_active_plan_is_not_silent():
    assert not silent(always(100, 40), spans=[])


def test_a_log_while_the_plan_rests_does_not_count_from_before_the_resume():
    spans = [ActiveSpan(back(100), back(30)), ActiveSpan(back(10), None, True)]
    found = silent([*always(100, 30), 12], spans=spans)
    assert found[-1].numbers["silent_days"] == 10
    assert found[-1].numbers["last_log_on"] == back(12).isoformat()


@pytest.mark.parametrize(
    ("planned", "days", "flagged"),
    [
        (Planned(weekdays=frozenset({1})), 7, False),  # today's session may still be done
        (Planned(weekdays=frozenset({7})), 7, True),
        (Planned(weekdays=frozenset({1})), 8, True),
        (Planned(times_a_week=1), 7, False),
        (Planned(times_a_week=1), 8, True),
        (Planned(times_a_week=2), 7, True),
        (Planned(weekdays=frozenset()), 30, False),
    ],
)
def test_at_least_one_planned_session_lies_in_between(planned, days, flagged):
    assert bool(silent(always(100, days), planned=planned)) is flagged


def test_somebody_who_does_their_weekly_session_is_never_silent():
    assert not silent(range(0, 100, 7), planned=Planned(weekdays=frozenset({1})))
    assert not silent(range(0, 100, 7), planned=Planned(times_a_week=1))


def test_the_plan_of_that_time_counts():
    nothing, much = PlanFrom(back(100), [Planned(weekdays=frozenset())]), PlanFrom(back(3), [EVERY_DAY])
    found = silence([back(50)], [ActiveSpan(back(100))], [much, nothing], until=D, thresholds=DEFAULTS)
    assert [e.raised_on for e in found] == [back(2)]


def test_a_log_ends_the_silence_and_a_new_one_is_a_new_episode():
    found = silent([30, 20, 8])
    assert [(e.raised_on, e.last_alert_on, e.over, e.closable) for e in found[1:]] == [
        (back(23), back(20), True, True),
        (back(13), back(8), True, True),
        (back(1), D, False, False),
    ]
    assert found[1].numbers["ended_by"] == "log"
    assert found[1].numbers["ended_on"] == back(20).isoformat()


def test_a_log_that_arrives_late_undoes_the_silence_it_lies_in():
    assert silent(always(100, 9))
    assert not silent([*always(100, 9), 4])


def test_a_pause_ends_the_silence():
    found = silent(always(100, 20), spans=[ActiveSpan(back(100), back(10))])
    assert [(e.last_alert_on, e.over, e.numbers["ended_by"]) for e in found] == [(back(10), True, "pause")]


def test_a_resolution_starts_the_count_again():
    assert [e.settled_on for e in silent(always(100, 9), resolved=[1])] == [back(1)]
    found = silent(always(100, 20), resolved=[7])
    assert [(e.raised_on, e.last_alert_on, e.settled_on) for e in found] == [
        (back(13), back(7), back(7)),
        (D, D, None),
    ]
    assert found[1].numbers["because"] == "resolution"
    assert found[1].numbers["last_log_on"] == back(20).isoformat()


def test_other_numbers_from_a_date_on():
    slower = Thresholds([Setting("R5", "watch_days", 10, back(50))])
    assert not silent(always(100, 9), thresholds=slower)
    assert silent(always(100, 10), thresholds=slower)
    assert not silent(always(100, 30), thresholds=Thresholds([Setting("R5", "on", 0, back(50))]))


def done(amounts, dose=None):
    return Done("Sit to stand", amounts, dose or {"sets": 2, "repetitions": 10})


@pytest.mark.parametrize(
    ("amounts", "dose", "percent"),
    [
        ({"sets": 2, "repetitions": 10}, {"sets": 2, "repetitions": 10}, 100),
        ({"sets": 3, "repetitions": 10}, {"sets": 2, "repetitions": 10}, 150),
        ({"repetitions": 24}, {"sets": 2, "repetitions": 10}, 120),
        ({"repetitions": 25}, {"sets": 2, "repetitions": 10}, 125),
        ({"duration_minutes": 15.0}, {"sets": 1, "duration_minutes": 10.0}, 150),
        ({"duration_minutes": 15.0}, {"sets": 1, "duration_minutes": 10.0, "repetitions": 3}, 150),
        ({"sets": 3}, {"sets": 2, "hold_seconds": 20}, 150),
        ({"sets": 3}, {"sets": 2, "repetitions": 10}, None),
        ({"repetitions": 30}, {"sets": 1, "duration_minutes": 10.0}, None),
        ({}, {"sets": 2, "repetitions": 10}, None),
        ({"sets": 2, "repetitions": 0}, {"sets": 2, "repetitions": 10}, 0),
    ],
)
def test_the_share_is_that_of_the_main_measure(amounts, dose, percent):
    share = share_done(done(amounts, dose))
    assert (None if share is None else share["percent"]) == percent


def session(days, repetitions):
    exercises = [] if repetitions is None else [done({"repetitions": repetitions})]
    return DoneSession(f"s{days}", back(days), back(days).isoformat(), exercises)


@pytest.mark.parametrize(
    ("sessions", "raised"),
    [
        ([(0, 30)], []),
        ([(6, 25), (0, 25)], [(6, 0)]),
        ([(7, 25), (0, 25)], []),
        ([(6, 24), (0, 25)], []),  # 120 % is not more than 120 %
        ([(6, 25), (3, 20), (0, 25)], [(6, 0)]),
        ([(6, 25), (3, None), (0, 25)], [(6, 0)]),
        ([(6, None), (0, None)], []),
        ([(9, 25), (5, 25), (1, 25)], [(9, 1)]),
    ],
)
def test_over_doing_is_twice_in_seven_days(sessions, raised):
    found = over_doing([session(*each) for each in sessions], until=D, thresholds=DEFAULTS)
    assert [(e.since_on, e.last_alert_on, e.severity_highest) for e in found] == [
        (back(since), back(last), "watch") for since, last in raised
    ]


def test_two_exercises_of_one_session_are_once():
    twice = DoneSession("s", D, "1", [done({"repetitions": 30}), done({"repetitions": 30})])
    assert not over_doing([twice], until=D, thresholds=DEFAULTS)


def test_over_doing_before_a_resolution_does_not_count_with_later_over_doing():
    sessions = [session(6, 30), session(5, 30), session(1, 30)]
    found = over_doing(sessions, until=D, thresholds=DEFAULTS, resolutions=[Resolution(back(3))])
    assert [(e.last_alert_on, e.settled_on) for e in found] == [(back(5), back(3))]


def test_the_limit_can_change_and_the_rule_can_be_switched_off():
    sessions = [session(3, 30), session(0, 30)]
    for setting in [Setting("R6", "percent", 160, back(50)), Setting("R6", "on", 0, back(50))]:
        assert not over_doing(sessions, until=D, thresholds=Thresholds([setting]))
