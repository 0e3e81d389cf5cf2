"""When a plan asks for what (plans/schedule.py)."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plans.schedule import (
    Planned,
    is_due,
    is_session_day,
    local_date,
    planned_between,
    sessions_a_week,
    week_of,
    week_strip,
)

THURSDAY = date(2026, 11, 19)
MONDAY = date(2026, 11, 16)
LONG_AGO = date(2026, 1, 1)


def on(*weekdays: int) -> Planned:
    return Planned(weekdays=frozenset(weekdays))


def often(times: int) -> Planned:
    return Planned(times_a_week=times)


planned = st.one_of(
    st.frozensets(st.integers(1, 7), min_size=1).map(lambda days: Planned(weekdays=days)),
    st.integers(1, 7).map(lambda times: Planned(times_a_week=times)),
)
plans = st.lists(planned, max_size=5)
days = st.dates(date(2024, 1, 1), date(2028, 12, 31))


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({}, "give weekdays or times a week, not both and not neither"),
        ({"weekdays": frozenset({1}), "times_a_week": 2}, "give weekdays or times a week, not both and not neither"),
        ({"weekdays": frozenset({0})}, "weekdays are 1 (Monday) to 7 (Sunday)"),
        ({"weekdays": frozenset({8})}, "weekdays are 1 (Monday) to 7 (Sunday)"),
        ({"times_a_week": 0}, "times a week are 1 to 7"),
        ({"times_a_week": 8}, "times a week are 1 to 7"),
    ],
)
def test_exactly_one_of_the_two_and_only_real_days(wrong, why):
    with pytest.raises(ValueError) as refused:
        Planned(**wrong)
    assert str(refused.value) == why


@pytest.mark.parametrize("right", [{"weekdays": frozenset({1, 7})}, {"times_a_week": 1}, {"times_a_week": 7}])
def test_the_edges_are_days_too(right):
    assert Planned(**right)


@pytest.mark.parametrize(
    ("at", "zone", "day"),
    [
        (datetime(2026, 11, 18, 23, 30, tzinfo=UTC), "Europe/Madrid", date(2026, 11, 19)),
        (datetime(2026, 11, 18, 23, 30, tzinfo=UTC), "Europe/London", date(2026, 11, 18)),
        (datetime(2026, 11, 19, 4, 0, tzinfo=UTC), "America/New_York", date(2026, 11, 18)),
        (datetime(2026, 3, 29, 0, 30, tzinfo=UTC), "Europe/London", date(2026, 3, 29)),
        (datetime(2026, 11, 18, 12, 0, tzinfo=UTC), "Pacific/Kiritimati", date(2026, 11, 19)),
    ],
)
def test_a_day_is_the_patients_own(at, zone, day):
    assert local_date(at, zone) == day


@pytest.mark.parametrize("day", [MONDAY, THURSDAY, date(2026, 11, 22)])
def test_weeks_start_on_monday(day):
    assert week_of(day) == [MONDAY + timedelta(days=n) for n in range(7)]


@pytest.mark.parametrize(
    ("plan", "sessions"),
    [
        ([], 0),
        ([on(1, 3, 5)], 3),
        ([on(1, 3), on(3, 6)], 3),
        ([often(4)], 4),
        ([often(2), often(5)], 5),
        ([on(1), often(3)], 3),
        ([on(1, 2, 3, 4), often(3)], 4),
    ],
)
def test_sessions_a_week(plan, sessions):
    assert sessions_a_week(plan) == sessions


@pytest.mark.parametrize(
    ("exercise", "done", "due"),
    [(on(4), 0, True), (on(4), 3, True), (on(3), 0, False), (often(2), 1, True), (often(2), 2, False)],
)
def test_due_on_its_day_or_until_done_often_enough(exercise, done, due):
    assert is_due(exercise, THURSDAY, done) is due


def test_a_session_day_needs_one_exercise_that_is_due():
    assert is_session_day([on(3), on(4)], THURSDAY, 0)
    assert not is_session_day([on(3), on(5)], THURSDAY, 0)
    assert is_session_day([on(3), often(2)], THURSDAY, 1)
    assert not is_session_day([], THURSDAY, 0)


def states(plan, done=(), since=LONG_AGO, today=THURSDAY):
    return [day.state for day in week_strip(plan, today, [MONDAY + timedelta(days=n) for n in done], since)]


def test_strip_of_named_days():
    assert states([on(1, 4, 6)], done=[0]) == ["done", "rest", "rest", "today", "rest", "planned", "rest"]


def test_strip_shows_what_was_missed_but_not_before_the_plan():
    assert states([on(1, 2, 4)]) == ["missed", "missed", "rest", "today", "rest", "rest", "rest"]
    assert states([on(1, 2, 4)], since=date(2026, 11, 17))[:2] == ["rest", "missed"]


def test_a_session_on_a_rest_day_counts_as_done_and_moves_nothing():
    assert states([on(1, 4, 6)], done=[1]) == ["missed", "done", "rest", "today", "rest", "planned", "rest"]


def test_times_a_week_offers_the_next_free_days():
    assert states([often(3)], done=[0]) == ["done", "rest", "rest", "today", "planned", "rest", "rest"]
    assert states([often(3)], done=[0, 1, 2]) == ["done"] * 3 + ["rest"] * 4
    assert states([often(2)], done=[3]) == ["rest"] * 3 + ["done", "planned", "rest", "rest"]


def test_named_days_and_times_together_show_every_session():
    assert states([on(4), often(3)]) == ["rest", "rest", "rest", "today", "planned", "planned", "rest"]
    assert states([on(4), often(3)], done=[0, 1]) == ["done", "done", "rest", "today", "rest", "rest", "rest"]


@given(plans, days, st.sets(st.integers(0, 6)))
def test_a_strip_is_a_week_that_says_the_truth(plan, today, done):
    week = week_of(today)
    done_days = {week[n] for n in done}
    strip = week_strip(plan, today, done_days, LONG_AGO - timedelta(days=1000))
    assert [day.day for day in strip] == week
    for day in strip:
        assert (day.state == "done") == (day.day in done_days)
        assert day.state != "today" or day.day == today
        assert day.state != "planned" or day.day > today
        assert day.state != "missed" or day.day < today
    wanted = sum(1 for day in strip if day.state in ("today", "planned", "missed"))
    assert wanted <= sessions_a_week(plan)


@given(plans, days)
def test_a_fresh_week_holds_exactly_the_planned_sessions(plan, monday):
    monday = week_of(monday)[0]
    strip = week_strip(plan, monday, [], monday)
    assert sum(1 for day in strip if day.state in ("today", "planned")) == sessions_a_week(plan)


@given(plans, days, st.integers(1, 8))
def test_whole_weeks_ask_for_whole_weeks(plan, first, weeks):
    last = first + timedelta(days=7 * weeks - 1)
    assert planned_between(plan, first, last) == weeks * sessions_a_week(plan)


@given(plans, days, st.integers(0, 60))
def test_more_days_never_ask_for_less(plan, first, length):
    shorter = planned_between(plan, first, first + timedelta(days=length))
    assert 0 <= shorter <= planned_between(plan, first, first + timedelta(days=length + 1))


def test_no_days_ask_for_nothing():
    assert planned_between([on(1)], THURSDAY, MONDAY) == 0


@pytest.mark.parametrize(("length", "sessions"), [(1, 0), (2, 1), (3, 1), (4, 2), (7, 3)])
def test_part_weeks_count_in_proportion(length, sessions):
    assert planned_between([often(3)], MONDAY, MONDAY + timedelta(days=length - 1)) == sessions


@pytest.mark.parametrize(("weekday", "length", "sessions"), [(1, 1, 1), (2, 1, 0), (2, 2, 1), (7, 6, 0), (7, 7, 1)])
def test_named_days_are_counted_from_the_first_day_on(weekday, length, sessions):
    monday = date(2026, 11, 16)
    plan = [Planned(weekdays=frozenset({weekday}))]
    assert planned_between(plan, monday, monday + timedelta(days=length - 1)) == sessions
