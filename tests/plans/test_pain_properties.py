"""Rule R3 on made-up diaries: what holds whatever a patient logs, and that two implementations agree."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import accumulate, pairwise

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from plans.pain import Accept, NewBaseline, Resolve, ScoreRefused, day_means, episodes, replay
from tests.plans import r3_oracle

# Half points make exact ties, tenths are what real diaries hold; gaps straddle every limit of the rule.
half_points = st.integers(0, 20).map(lambda halves: Decimal(halves) / 2)
tenths = st.integers(0, 100).map(lambda parts: Decimal(parts) / 10)
gaps = st.sampled_from([1] * 30 + [2, 2, 3, 4, 7, 14, 15, 20, 21, 22, 27, 28, 29, 60, 180, 181])


@st.composite
def courses(draw):
    """Stretches of days round a level, so that rises long enough to alert are common."""
    stretches = draw(st.lists(st.tuples(st.integers(0, 10), st.integers(1, 30)), min_size=1, max_size=6))
    noise = draw(st.sampled_from([0, 0, 1, 2, 5]))
    step = draw(st.sampled_from([Decimal("0.5"), Decimal("0.1")]))
    values = []
    for level, length in stretches:
        for offset in draw(st.lists(st.integers(-noise, noise), min_size=length, max_size=length)):
            values.append(min(Decimal(10), max(Decimal(0), level + offset * step * 2)))
    days = accumulate(draw(st.lists(gaps, min_size=len(values), max_size=len(values))))
    return list(zip(days, values, strict=True))


scattered = st.lists(st.tuples(st.integers(0, 90), half_points | tenths), min_size=1, max_size=120)
diaries = courses() | scattered


@st.composite
def decided(draw):
    """A course with decisions dated on, between and after its days."""
    course = draw(courses())
    last = course[-1][0]
    dates = st.integers(0, last + 20)
    decisions = []
    for kind in draw(st.lists(st.sampled_from(["resolve", "accept", "baseline"]), max_size=4)):
        on = draw(dates)
        if kind == "accept":
            since = draw(st.integers(max(0, on - 40), on))
            decisions.append((kind, on, since, draw(st.integers(since, on))))
        else:
            decisions.append((kind, on))
    return course, decisions


def as_decision(kind, on, *span):
    return {"resolve": Resolve, "accept": Accept, "baseline": NewBaseline}[kind](on, *span)


def reports(found):
    return [
        {
            "raised_on": episode.raised_on,
            "since_on": episode.since_on,
            "closed_on": episode.closed_on,
            "usual": pytest.approx(episode.usual, abs=1e-9),
            "mean": pytest.approx(episode.mean, abs=1e-9),
            "rise": pytest.approx(episode.rise, abs=1e-9),
            "logged_days": episode.logged_days,
            "severity": episode.severity_highest,
        }
        for episode in found
    ]


def rounded(report):
    return {name: float(value) if name in ("usual", "mean", "rise") else value for name, value in report.items()}


def assert_equal_day_for_day(result, judged):
    assert len(result.days) == len(judged)
    for ours, theirs in zip(result.days, judged, strict=True):
        assert (ours.day, ours.ready, ours.run, ours.alert) == (
            theirs.day,
            theirs.ready,
            theirs.run,
            theirs.alert,
        )
        assert ours.usual == (None if theirs.usual is None else pytest.approx(float(theirs.usual), abs=1e-9))
        for mine, exact in (
            (ours.value, theirs.value),
            (ours.spread, theirs.spread),
            (ours.total, theirs.total),
            (ours.excess, theirs.excess),
        ):
            assert mine == pytest.approx(float(exact), abs=1e-9)


@given(diaries)
def test_equals_the_exact_implementation_day_for_day(scores):
    judged = r3_oracle.judge(r3_oracle.merge(scores))
    assert_equal_day_for_day(replay(day_means(scores)), judged)
    assert reports(episodes(scores)) == [rounded(report) for report in r3_oracle.episodes(judged)]


@given(decided())
@example(([(day, 4 if day < 28 else 7) for day in range(40)], [("resolve", 31), ("accept", 35, 30, 34)]))
@example(([(day, 4 if day < 28 else 7) for day in range(60)], [("baseline", 35), ("resolve", 35)]))
def test_equals_the_exact_implementation_with_decisions(case):
    course, decisions = case
    last = max([course[-1][0]] + [on for _, on, *_ in decisions])
    result = replay(course, [as_decision(*decision) for decision in decisions])
    judged = r3_oracle.judge(r3_oracle.merge(course), decisions)
    assert_equal_day_for_day(result, judged)
    expected = r3_oracle.episodes(judged, decisions, until=last)
    assert reports(result.episodes) == [rounded(report) for report in expected]


@given(diaries, st.randoms(use_true_random=False))
def test_the_order_of_arrival_does_not_matter(scores, random):
    shuffled = list(scores)
    random.shuffle(shuffled)
    assert replay(day_means(shuffled)) == replay(day_means(scores))


@given(diaries, st.integers(2, 4))
def test_a_diary_that_arrives_several_times_is_the_same_diary(scores, times):
    assert reports(episodes(scores * times)) == reports(episodes(scores))


@given(diaries, st.lists(st.integers(0, 120), max_size=4), st.randoms(use_true_random=False))
def test_splitting_into_batches_does_not_matter(scores, cuts, random):
    edges = [0, *sorted(min(cut, len(scores)) for cut in cuts), len(scores)]
    batches = [scores[start:end] for start, end in pairwise(edges)]
    random.shuffle(batches)
    assert episodes([score for batch in batches for score in batch]) == episodes(scores)


@given(courses(), st.integers(1, 180))
def test_what_was_said_of_a_day_does_not_change_with_later_logs(course, known):
    earlier = replay(course[:known])
    assert earlier.days == replay(course).days[:known]
    assert replay(course, until=earlier.until) == earlier


@given(decided(), st.randoms(use_true_random=False))
def test_the_order_and_repetition_of_decisions_does_not_matter(case, random):
    course, decisions = case
    made = [as_decision(*decision) for decision in decisions]
    again = made * 2
    random.shuffle(again)
    assert replay(course, again) == replay(course, made)


@given(courses())
def test_dates_and_day_numbers_say_the_same(course):
    first = date(2024, 2, 1)
    dated = episodes([(first + timedelta(days=day), value) for day, value in course])
    numbered = episodes(course)
    assert [(episode.raised_on - first).days for episode in dated] == [episode.raised_on for episode in numbered]
    assert [episode.rise for episode in dated] == [episode.rise for episode in numbered]


@given(diaries)
def test_unanswered_scores_change_nothing(scores):
    blanks = [(day, None) for day, _ in scores]
    assert episodes([*scores, *blanks, (10_000, None)]) == episodes(scores)


@given(diaries, st.integers(0, 200), st.decimals(allow_nan=True, allow_infinity=True) | st.floats())
def test_scores_off_the_scale_are_refused_wherever_they_stand(scores, place, wrong):
    assume(not (wrong == wrong and 0 <= wrong <= 10) if not is_signalling(wrong) else True)
    with pytest.raises(ScoreRefused):
        episodes([*scores[:place], (0, wrong), *scores[place:]])


def is_signalling(value):
    return isinstance(value, Decimal) and value.is_snan()


@given(courses())
def test_every_alert_day_stands_on_its_numbers(course):
    result = replay(course)
    for state in result.days:
        assert 0 <= state.total <= 2 * state.limit + 1e-9
        assert 0.7 <= state.spread <= 2.2
        if state.alert:
            assert state.ready
            assert state.total >= state.limit - 1e-9
            assert state.excess / state.run >= min(1.5, 0.6 * (10 - state.usual)) - 1e-9
    last_alerts = [episode.last_alert_on for episode in result.episodes]
    assert all(later - earlier > 14 for earlier, later in pairwise(last_alerts))
