"""What is said about a plan while it is built, to the last number: pages and the record show these."""

from dataclasses import replace

import pytest

from plans import safety
from plans.safety import Concern, Cut, Line, Totals, checks, smallest_cut, totals, weekly_change
from plans.schedule import Planned

MONDAY, THRICE = Planned(weekdays=frozenset({1})), Planned(times_a_week=3)
WALK = Line("walk", "Walking", 1, None, None, 10.0, None, False, None, 3, "low", THRICE, met=3.0)
TILT = Line("tilt", "Pelvic tilt", 2, 8, None, None, None, False, None, 2, "low", MONDAY, met=2.5)
HOLD = Line("hold", "Bridge", 3, None, 20, None, None, True, 10, None, "low", MONDAY)


def about(line: Line, **changed) -> list[Concern]:
    """What is said of one exercise alone."""
    return [concern for concern in checks([replace(line, **changed)], None, ["Gout"]) if concern.line]


def test_a_plan_and_everything_that_is_said_of_it():
    gout = replace(WALK, contraindicated={"Gout": "a swollen toe"}, override_reason="", position="standing", effort=7)
    agreed = replace(
        TILT, contraindicated={"Gout": "pain"}, override_reason="agreed", cautioned={"Osteoporosis": "bend"}
    )
    jump = replace(HOLD, impact="high")
    found = checks([gout, agreed, jump, WALK, WALK], 60.0, ["Gout", "Osteoporosis"], ["standing"])
    week = totals([gout, agreed, jump, WALK, WALK]).week_minutes
    assert found == [
        Concern("contraindicated", "stop", "walk", {"condition": "Gout", "reason": "a swollen toe", "override": ""}),
        Concern("effort", "warning", "walk", {"effort": 7}),
        Concern("contraindicated", "warning", "tilt", {"condition": "Gout", "reason": "pain", "override": "agreed"}),
        Concern("caution", "warning", "tilt", {"condition": "Osteoporosis", "reason": "bend"}),
        Concern("high impact", "warning", "hold"),
        Concern("avoided position", "warning", "walk", {"position": "standing"}),
        Concern("exercises", "warning", "", {"count": 5}),
        Concern("session", "warning", "", {"minutes": 34}),
        Concern("weekly change", "warning", "", {"percent": pytest.approx((week / 60 - 1) * 100)}),
        Concern("rest days", "fine", "", {"days": 4}),
    ]


def test_a_quiet_plan_is_called_fine_in_every_respect():
    found = checks([WALK, TILT], 33.0, ["Gout"], ["kneeling"])
    assert found == [
        Concern("conflicts", "fine", "", {"conditions": ["Gout"]}),
        Concern("exercises", "fine", "", {"count": 2}),
        Concern("session", "fine", "", {"minutes": 12}),
        Concern("rest days", "fine", "", {"days": 4}),
        Concern("effort", "fine", "", {"effort": 3}),
        Concern("weekly change", "fine", "", {"percent": pytest.approx((30 + 94 / 60) / 33 * 100 - 100)}),
    ]
    assert Concern("conflicts", "info") in checks([WALK], None, [])


@pytest.mark.parametrize(
    ("changed", "rules"),
    [
        ({}, []),
        ({"effort": 6}, []),
        ({"effort": 7}, ["effort"]),
        ({"impact": "high"}, ["high impact"]),
        ({"cautioned": {"a": "b", "c": "d"}}, ["caution", "caution"]),
    ],
)
def test_what_is_said_of_one_exercise(changed, rules):
    assert [concern.rule for concern in about(WALK, **changed)] == rules


def test_seven_of_ten_is_not_also_called_fine():
    rules = [(c.rule, c.grade) for c in checks([replace(WALK, effort=7)], None, ["Gout"]) if c.rule == "effort"]
    assert rules == [("effort", "warning")]


def test_totals_to_the_last_number():
    total = totals([WALK, TILT, HOLD])
    tilt, hold = (2 * 8 * 4) / 60, (3 * 22 * 2) / 60
    assert total == Totals(
        session_minutes=pytest.approx(10 + tilt + 30 / 60 + hold + 35 / 60),
        sessions_a_week=3,
        week_minutes=pytest.approx(30 + tilt + 30 / 60 + hold + 35 / 60),
        rest_days=4,
        highest_effort=3,
        met_minutes=pytest.approx(3.0 * 30 + 2.5 * tilt),
        moderate_minutes=pytest.approx(30),
        without_met=1,
    )
    assert totals([]) == Totals(0, 0, 0, 7, None, 0, 0, 0)


@pytest.mark.parametrize(("met", "minutes"), [(3.0, 30), (2.99, 0), (6.5, 30), (None, 0), (0.0, 0)])
def test_moderate_is_three_met_and_more(met, minutes):
    total = totals([replace(WALK, met=met)])
    assert (total.moderate_minutes, total.met_minutes) == (minutes, 30 * (met or 0))
    assert total.without_met == (met is None)


def test_every_day_of_the_week_can_be_the_longest():
    for day in range(1, 8):
        line = replace(WALK, planned=Planned(weekdays=frozenset({day})))
        assert totals([line]).session_minutes == 10
        assert totals([line, replace(TILT, planned=Planned(weekdays=frozenset({day % 7 + 1})))]).session_minutes == 10


@pytest.mark.parametrize(
    ("line", "work", "whole"),
    [
        (WALK, 600, 600),
        (replace(WALK, sets=3), 1800, 1800),
        (replace(WALK, sets=3, rest_seconds=30), 1800, 1860),
        (replace(WALK, duration_minutes=None, distance_metres=250, sets=2), 600, 600),
        (replace(WALK, distance_metres=250), 600, 600),
        (TILT, 64, 94),
        (replace(TILT, repetitions=None), 8, 38),
        (replace(TILT, hold_seconds=5), 112, 142),
        (replace(TILT, distance_metres=50, rest_seconds=0), 120, 120),
        (HOLD, 132, 167),
    ],
)
def test_how_long_work_and_the_whole_take(line, work, whole):
    assert (line.work_minutes * 60, line.minutes * 60) == (pytest.approx(work), pytest.approx(whole))


@pytest.mark.parametrize(
    ("now", "before", "percent"),
    [(12, 10, 20), (10, 10, 0), (5, 10, -50), (10, None, None), (10, 0, None), (0, 10, -100)],
)
def test_how_much_a_week_grows(now, before, percent):
    assert weekly_change(now, before) == (None if percent is None else pytest.approx(percent))


def test_the_smallest_cut_of_each_measure():
    """Twelve of a hundred too much: the change that leaves most of the week, down to one of each measure."""
    assert smallest_cut([WALK], 24.0) == Cut("walk", "duration_minutes", 9, pytest.approx(12.5))
    assert smallest_cut([replace(WALK, duration_minutes=9.5)], 23.0) == Cut(
        "walk", "duration_minutes", 9, pytest.approx(17.39, abs=0.01)
    )
    sets = replace(WALK, sets=3)
    assert smallest_cut([sets], 60.0) == Cut("walk", "duration_minutes", 8, pytest.approx(20))
    assert smallest_cut([replace(HOLD, sets=2)], 1.0) == Cut(
        "hold", "sets", 1, pytest.approx((44 + 15) / 60 * 100 - 100)
    )
    one = replace(TILT, sets=1, planned=Planned(times_a_week=1))
    assert smallest_cut([one], 0.35) == Cut("tilt", "repetitions", 2, pytest.approx((8 + 15) / 60 / 0.35 * 100 - 100))
    assert smallest_cut([one], 0.27) == Cut("tilt", "repetitions", 1, pytest.approx((4 + 15) / 60 / 0.27 * 100 - 100))
    assert smallest_cut([one], 0.25) is None, "not even one repetition is little enough"


def test_of_two_cuts_that_leave_the_same_the_first_is_offered():
    assert smallest_cut([WALK, replace(WALK, key="other")], 45.0) == Cut(
        "walk", "duration_minutes", 8, pytest.approx(20)
    )


def test_a_tenth_of_a_percent_too_much_is_too_much():
    assert smallest_cut([WALK], 30 / 1.201) is not None
    assert smallest_cut([WALK], 30 / 1.2) is None


@pytest.mark.parametrize("last", [25.0, 30.0, 100.0, 0.0, None])
def test_no_cut_where_nothing_jumps(last):
    assert smallest_cut([WALK], last) is None


def test_the_numbers_of_the_rules():
    """Source: docs/clinical-rules.md, section 4; WHO 2020."""
    assert (safety.MANY_EXERCISES, safety.LONG_SESSION_MINUTES, safety.WEEKLY_JUMP, safety.HIGH_EFFORT) == (
        4,
        30,
        0.2,
        6,
    )
    assert safety.WHO_MODERATE_MINUTES == (150, 300)
    assert safety.GRADES == ("stop", "warning", "info", "fine")


def test_a_line_of_the_library_knows_nothing_of_the_patient():
    line = Line("a", "A", 1, 1, None, None, None, False, None, None, "low", MONDAY)
    assert (line.contraindicated, line.cautioned, line.override_reason, line.position, line.met) == (
        {},
        {},
        "",
        "",
        None,
    )
    assert (Concern("a", "fine").line, Concern("a", "fine").numbers) == ("", {})
    assert line.days_a_week == 1 and replace(line, planned=THRICE).days_a_week == 3
