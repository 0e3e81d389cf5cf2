"""What is said about a plan while it is built (plans/safety.py), and in which words."""

from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from plans.safety import Concern, Cut, Line, checks, smallest_cut, totals, weekly_change
from plans.schedule import Planned
from plans.wording_safety import care_with, cut_in_words, not_for, percent_in_words, say


def line(**changed) -> Line:
    values = {
        "key": "a",
        "name": "Bridge",
        "sets": 1,
        "repetitions": None,
        "hold_seconds": None,
        "duration_minutes": 5.0,
        "distance_metres": None,
        "per_side": False,
        "rest_seconds": None,
        "effort": 2,
        "impact": "low",
        "planned": Planned(weekdays=frozenset({1, 3, 5})),
    }
    return Line(**(values | changed))


def counted(**changed) -> Line:
    return line(**({"duration_minutes": None, "repetitions": 10} | changed))


def grades(lines, last=None, conditions=("Gout",)) -> dict[str, str]:
    return {concern.rule: concern.grade for concern in checks(lines, last, conditions)}


@pytest.mark.parametrize(
    ("exercise", "seconds"),
    [
        (line(duration_minutes=10.0), 600),
        (line(duration_minutes=10.0, sets=2), 1200),
        (line(duration_minutes=2.5, per_side=True), 300),
        (line(duration_minutes=5.0, sets=2, rest_seconds=60), 660),
        (line(duration_minutes=None, distance_metres=400), 480),
        (counted(), 10 * 4 + 15),
        (counted(sets=3), 3 * 40 + 2 * 15 + 15),
        (counted(sets=3, rest_seconds=60), 3 * 40 + 2 * 60 + 15),
        (counted(sets=2, rest_seconds=0), 80 + 15),
        (counted(per_side=True), 80 + 15),
        (counted(repetitions=None, hold_seconds=20, sets=3, per_side=True), 3 * 2 * 22 + 2 * 15 + 15),
        (counted(repetitions=5, hold_seconds=10), 5 * 12 + 15),
    ],
)
def test_how_long_an_exercise_takes(exercise, seconds):
    assert exercise.minutes == pytest.approx(seconds / 60)


def test_a_session_is_the_longest_day():
    monday = line(key="m", duration_minutes=20.0, planned=Planned(weekdays=frozenset({1})))
    tuesday = line(key="t", duration_minutes=12.0, planned=Planned(weekdays=frozenset({2})))
    anytime = line(key="x", duration_minutes=5.0, planned=Planned(times_a_week=3), effort=4)
    total = totals([monday, tuesday, anytime])
    assert total.session_minutes == 25
    assert total.sessions_a_week == 3
    assert total.week_minutes == 20 + 12 + 15
    assert total.rest_days == 4
    assert total.highest_effort == 4


def test_totals_of_nothing():
    total = totals([])
    assert (total.session_minutes, total.sessions_a_week, total.week_minutes) == (0, 0, 0)
    assert (total.rest_days, total.highest_effort) == (7, None)


def test_an_empty_plan_is_not_called_safe():
    assert checks([], None, ["Gout"]) == []


@pytest.mark.parametrize(
    ("lines", "rule", "grade"),
    [
        ([line()] * 4, "exercises", "fine"),
        ([line()] * 5, "exercises", "warning"),
        ([line(duration_minutes=30.0)], "session", "fine"),
        ([line(duration_minutes=30.4)], "session", "fine"),
        ([line(duration_minutes=30.6)], "session", "warning"),
        ([line(planned=Planned(times_a_week=6))], "rest days", "fine"),
        ([line(planned=Planned(times_a_week=7))], "rest days", "warning"),
        ([line(effort=6)], "effort", "fine"),
        ([line(effort=7)], "effort", "warning"),
        ([line(impact="high")], "high impact", "warning"),
        ([line()], "conflicts", "fine"),
        ([line(contraindicated={"Gout": "why"})], "contraindicated", "stop"),
        ([line(contraindicated={"Gout": "why"}, override_reason=" \n")], "contraindicated", "stop"),
        ([line(contraindicated={"Gout": "why"}, override_reason="Agreed")], "contraindicated", "warning"),
        ([line(cautioned={"Gout": "why"})], "caution", "warning"),
    ],
)
def test_every_rule_has_its_grade(lines, rule, grade):
    assert grades(lines)[rule] == grade


def test_what_does_not_apply_is_not_said():
    said = grades([line(effort=None)])
    assert "effort" not in said
    assert "high impact" not in said
    assert "weekly change" not in said


def test_without_recorded_conditions_nothing_is_called_free_of_conflict():
    assert grades([line()], conditions=())["conflicts"] == "info"


def test_a_conflict_is_never_beside_no_conflict():
    assert "conflicts" not in grades([line(), line(cautioned={"Gout": "why"})])


@pytest.mark.parametrize(
    ("last", "grade"),
    [(15.0, "fine"), (12.5, "fine"), (12.49, "warning"), (30.0, "fine"), (None, None), (0.0, None)],
)
def test_the_week_may_grow_by_a_fifth(last, grade):
    assert grades([line()], last).get("weekly change") == grade


def test_ties_of_floating_numbers_are_no_jump():
    tenth = [line(key=str(n), duration_minutes=0.1, planned=Planned(times_a_week=1)) for n in range(12)]
    assert grades(tenth, 1.0)["weekly change"] == "fine"


def test_hard_stops_come_first_and_what_is_fine_last():
    found = checks([line(cautioned={"Gout": "x"}), line(contraindicated={"Gout": "x"})], 1.0, ["Gout"])
    order = [concern.grade for concern in found]
    assert order == sorted(order, key=["stop", "warning", "info", "fine"].index)
    assert order[0] == "stop" and order[-1] == "fine"


def test_the_smallest_cut_keeps_the_limit_and_takes_away_least():
    walk = line(key="walk", duration_minutes=10.0)
    tilt = counted(key="tilt", sets=2, repetitions=8)
    cut = smallest_cut([walk, tilt], 28.5)
    assert cut is not None
    assert (cut.line, cut.field, cut.value) == ("tilt", "repetitions", 6)
    assert cut.percent == pytest.approx(18.9, abs=0.1)
    assert smallest_cut([walk], 30.0) is None
    assert smallest_cut([walk], None) is None


def test_no_cut_is_offered_where_one_step_is_not_enough():
    many = [line(key=str(n), duration_minutes=20.0) for n in range(4)]
    assert smallest_cut(many, 60.0) is None


lines = st.builds(
    line,
    key=st.uuids().map(str),
    sets=st.integers(1, 5),
    duration_minutes=st.one_of(st.none(), st.integers(1, 40).map(float)),
    repetitions=st.one_of(st.none(), st.integers(1, 30)),
    hold_seconds=st.one_of(st.none(), st.integers(1, 60)),
    distance_metres=st.one_of(st.none(), st.integers(1, 2000)),
    per_side=st.booleans(),
    rest_seconds=st.one_of(st.none(), st.integers(0, 300)),
    effort=st.one_of(st.none(), st.integers(0, 10)),
    planned=st.one_of(
        st.frozensets(st.integers(1, 7), min_size=1).map(lambda days: Planned(weekdays=days)),
        st.integers(1, 7).map(lambda times: Planned(times_a_week=times)),
    ),
)


@given(st.lists(lines, max_size=6))
def test_totals_hold_together(plan):
    total = totals(plan)
    assert 0 <= total.sessions_a_week <= 7
    assert total.rest_days == 7 - total.sessions_a_week
    assert total.session_minutes <= sum(each.minutes for each in plan) + 1e-9
    assert total.week_minutes <= total.session_minutes * 7 + 1e-9


@given(lines, st.integers(1, 5))
def test_more_sets_never_take_less_time(exercise, more):
    assert replace(exercise, sets=exercise.sets + more).minutes >= exercise.minutes


@given(st.lists(lines, min_size=1, max_size=5), st.floats(1, 500))
def test_a_cut_really_keeps_the_limit(plan, last):
    cut = smallest_cut(plan, last)
    assume(cut is not None)
    after = [replace(each, **{cut.field: cut.value}) if each.key == cut.line else each for each in plan]
    assert grades(plan, last)["weekly change"] == "warning"
    assert grades(after, last)["weekly change"] == "fine"
    assert weekly_change(totals(after).week_minutes, last) == pytest.approx(cut.percent, abs=1e-6)


@given(st.lists(lines, min_size=1, max_size=6), st.one_of(st.none(), st.floats(1, 500)))
def test_every_concern_can_be_said(plan, last):
    for concern in checks(plan, last, ["Gout"]):
        said = say(concern, {each.key: each.name for each in plan}, "Anna", "v3")
        assert said.strong or said.text
        assert "%(" not in said.strong + said.text


def words(concern: Concern) -> str:
    said = say(concern, {"a": "Bridge"}, "Anna", "v3")
    return f"{said.strong} {said.text}".strip()


@pytest.mark.parametrize(
    ("concern", "sentence"),
    [
        (
            Concern("weekly change", "warning", numbers={"percent": 22.2}),
            "Weekly time is up 22 % on v3. The limit is 20 %.",
        ),
        (
            Concern("weekly change", "warning", numbers={"percent": 20.3}),
            "Weekly time is up 20.3 % on v3. The limit is 20 %.",
        ),
        (Concern("weekly change", "fine", numbers={"percent": -8.0}), "Weekly time is down 8 % on v3."),
        (Concern("weekly change", "fine", numbers={"percent": 0.0}), "Weekly time is the same as in v3."),
        (Concern("exercises", "warning", numbers={"count": 5}), "5 exercises. People keep up better with 4 or fewer."),
        (
            Concern("contraindicated", "stop", "a", {"condition": "Gout", "reason": "It is sore."}),
            "Bridge is not for Anna: Gout. It is sore.",
        ),
        (
            Concern("contraindicated", "warning", "a", {"condition": "Gout", "reason": "x", "override": "Agreed."}),
            "Bridge in spite of: Gout. Your reason: Agreed.",
        ),
        (
            Concern("conflicts", "info"),
            "No conditions are recorded for Anna, so nothing could be checked against them.",
        ),
        (
            Concern("conflicts", "fine", numbers={"conditions": ["Gout", "Asthma"]}),
            "No conflict with what is recorded: Gout and Asthma.",
        ),
        (Concern("rest days", "fine", numbers={"days": 1}), "1 rest day a week."),
    ],
)
def test_the_words(concern, sentence):
    assert words(concern) == sentence


def test_the_words_of_a_library_row_and_of_a_fix():
    assert not_for("Anna", {"Gout": "x"}) == "Not for Anna: Gout"
    assert care_with({"Gout": "x", "Asthma": "y"}) == "Caution: Gout and Asthma"
    sentence, button = cut_in_words(Cut("a", "sets", 1, 18.0), "Bridge")
    assert (sentence, button) == ("1 set of Bridge makes it 18 %.", "Use 1 set")
    assert percent_in_words(20.0) == "20 %"
