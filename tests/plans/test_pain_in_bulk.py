"""Thousands of diaries judged side by side get the answers that plans/pain.py gives each of them."""

import math
import os

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plans import pain, pain_in_bulk
from plans.cusum import Numbers

EXAMPLES = 1_000 if os.environ.get("PAINPLAN_FULL") else 60
START = 700_000
# Mostly day after day; now and then two scores a day, or a gap that resets the sum or begins a new baseline.
gaps = st.sampled_from([0, 1, 1, 1, 1, 1, 1, 1, 1, 2, 3, 8, 14, 15, 21, 22, 30, 181])
calm = st.sampled_from([30, 30, 40, 40, 40, 45, 50])
any_score = st.integers(0, 100)
whole = st.integers(0, 10).map(lambda value: 10 * value)


@st.composite
def diaries(draw):
    """(day number, tenths of a point) in any order: calm weeks, then whatever comes, then perhaps a rise."""
    scores = draw(st.sampled_from([calm, whole, any_score]))
    steps = draw(st.lists(st.tuples(gaps, scores), max_size=45))
    rise = draw(st.integers(0, 40))
    steps += [(1, min(100, 70 + rise))] * draw(st.integers(0, 12))
    day, found = START + draw(st.integers(0, 400)), []
    for gap, tenths in steps:
        day += gap
        found.append((day, tenths))
    return draw(st.permutations(found)) if draw(st.booleans()) else found


@st.composite
def decided(draw, diary):
    """Episodes ended and levels accepted, now and then on a day outside of the diary, at most one a day."""
    logged = [day for day, _ in diary]
    span = st.integers(min(logged, default=START) - 2, max(logged, default=START) + 2)
    found = []
    for on in draw(st.lists(span, max_size=4, unique=True)):
        until = on - draw(st.integers(0, 9))
        accept = pain.Accept(on, until - draw(st.integers(0, 30)), until)
        found.append(draw(st.sampled_from([pain.Resolve(on), accept])))
    return found


with_decisions = diaries().flatmap(lambda diary: st.tuples(st.just(diary), decided(diary)))


def in_bulk(many, decisions=()):
    flat = [
        (number, each.on, *((each.since, each.until) if isinstance(each, pain.Accept) else (1, 0)))
        for number, some in enumerate(decisions)
        for each in some
    ]
    columns = (np.array(column, dtype=np.int64) for column in (zip(*flat, strict=True) if flat else [()] * 4))
    given = pain_in_bulk.Decisions(*columns)
    lengths = np.array([len(diary) for diary in many], dtype=np.int64)
    days = np.array([day for diary in many for day, _ in diary], dtype=np.int64)
    tenths = np.array([value for diary in many for _, value in diary], dtype=np.int64)
    return pain_in_bulk.judge(lengths, days, tenths, given)


def one_by_one(diary, decisions=()):
    return pain.replay(pain.day_means((day, tenths / 10) for day, tenths in diary), decisions)


def near(first, second):
    return (math.isnan(first) and second is None) or (second is not None and abs(first - second) < 1e-9)


def disagreements(many, decisions=()):
    """What the two say differently, by the number of the diary; those that are unsure are asked nothing."""
    (judged, every), wrong = in_bulk(many, decisions), []
    for n, diary in enumerate(many):
        if judged.unsure[n]:
            continue
        said = one_by_one(diary, decisions[n] if decisions else ())
        same = near(judged.usual[n], said.usual) and near(judged.spread[n], said.spread)
        same = same and judged.ready[n] == said.ready
        if said.days:
            same = same and judged.last[n] == said.days[-1].day
        mine = [pain_in_bulk.Episodes(*one) for one in zip(*every, strict=True) if one[0] == n]
        if not same or len(mine) != len(said.episodes) or not all(map(alike, mine, said.episodes)):
            wrong.append(n)
    return wrong


def alike(mine, said):
    days = mine.since, mine.raised, mine.last_alert, mine.logged_days, mine.quiet_logged_days
    same = days == (said.since_on, said.raised_on, said.last_alert_on, said.logged_days, said.quiet_logged_days)
    same = same and mine.important == (said.severity_highest == "important")
    ends = (said.closed_on, said.settled_on)
    same = same and (mine.closed, mine.settled) == tuple(pain_in_bulk.NO_DAY if on is None else on for on in ends)
    numbers = (mine.usual_then, said.usual), (mine.mean, said.mean), (mine.rise, said.rise)
    return same and all(near(found, wanted) for found, wanted in numbers)


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.lists(diaries(), max_size=12))
def test_any_diaries_get_the_same_answers(many):
    assert disagreements(many) == []


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.lists(with_decisions, max_size=8))
def test_decisions_get_the_same_answers(many):
    assert disagreements([diary for diary, _ in many], [some for _, some in many]) == []


@settings(max_examples=10, deadline=None)
@given(st.lists(with_decisions, min_size=2, max_size=8))
def test_neither_neighbours_nor_the_size_of_a_table_matter(many):
    diaries, decisions = zip(*many, strict=True)
    usual = in_bulk(diaries, decisions)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(pain_in_bulk, "CELLS", 40)
        small = in_bulk(diaries, decisions)
    for whole_table, parts in zip(usual, small, strict=True):
        for column, in_parts in zip(whole_table, parts, strict=True):
            np.testing.assert_array_equal(column, in_parts)


def rising(seed):
    """A year of somebody: noise, worse weeks, better months."""
    random, level, found = np.random.default_rng(seed), 5.0, []
    for day in range(365):
        if random.random() < 0.02:
            level = float(random.integers(2, 9))
        if random.random() < 0.8:
            found.append((START + day, 10 * int(np.clip(round(random.normal(level, 1.2)), 0, 10))))
    return found


YEARS = [rising(seed) for seed in range(60)]


def test_long_diaries_get_the_same_answers():
    assert disagreements(YEARS) == []
    judged, every = in_bulk(YEARS)
    assert (np.bincount(every.series) > 1).sum() > 20 and judged.unsure.sum() <= 1


def test_decisions_of_long_diaries_get_the_same_answers():
    """Each is decided about when it was raised first, and three weeks later."""
    decisions = []
    for number, diary in enumerate(YEARS):
        found = one_by_one(diary).episodes
        on = found[0].raised_on + number % 3 if found else diary[0][0] + 50
        decisions.append([pain.Resolve(on), pain.Accept(on + 21, on + 10, on + 20)][:: 1 if number % 2 else -1])
    assert disagreements(YEARS, decisions) == []
    judged, every = in_bulk(YEARS, decisions)
    assert judged.unsure.sum() <= 3 and (every.settled != pain_in_bulk.NO_DAY).sum() > 40
    without = in_bulk(YEARS)[1]
    assert (np.bincount(every.series, minlength=60) != np.bincount(without.series, minlength=60)).sum() > 20


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("GAP_RESET_DAYS", 2),
        ("EPISODE_GAP_DAYS", 30),
        ("NEW_BASELINE_DAYS", 10),
        ("DEFAULTS", Numbers(limit_lowest=4.5)),
        ("DEFAULTS", Numbers(day_step_highest=1.4)),
        ("DEFAULTS", Numbers(allowance_highest=0.9)),
        ("DEFAULTS", Numbers(least_rise=1.6)),
        ("DEFAULTS", Numbers(important_rise=2.5)),
    ],
)
def test_another_number_would_be_noticed(monkeypatch, name, value):
    monkeypatch.setattr(pain_in_bulk, name, value)
    away = [[*diary[:100], *((day + 5, value) for day, value in diary[106:])] for diary in YEARS]
    assert disagreements([*YEARS, *away])


def test_a_comparison_that_rounding_could_decide_is_not_trusted(monkeypatch):
    monkeypatch.setattr(pain_in_bulk, "NEAR", 100.0)
    assert in_bulk(YEARS)[0].unsure.all()


def test_nobody_and_nothing_are_no_trouble():
    assert {len(column) for table in in_bulk([]) for column in table} == {0}
    judged, every = in_bulk([[], [(START, 40)]])
    assert len(every.series) == 0
    assert np.isnan(judged.usual[0]) and judged.usual[1] == 4.0
