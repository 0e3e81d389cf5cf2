"""From verdicts to episodes, whatever the rule: gaps, resolutions, endings, quiet days, the evidence that is kept."""

from datetime import UTC, date, datetime, timedelta

import pytest

from plans.evidence import RANK, SIGNS_KEPT, Ending, Grade, Resolution, Verdict, gather, gravest

DAY = timedelta(days=1)
D = date(2026, 3, 30)
NOON = datetime(2026, 3, 30, 12, tzinfo=UTC)
QUIET = "quiet"


def back(days):
    return D - days * DAY


def each(judged):
    """Every hit alerts; the verdict says how grave."""
    return Grade(judged[-1].numbers.get("grave", "watch"), judged[-1].on)


def hit(days, order="", **numbers):
    return Verdict(back(days), True, numbers, order)


def miss(days, order=""):
    return Verdict(back(days), False, {}, order)


def gathered(*verdicts, ending=Ending.QUIET, until=D, resolved=(), grade=each, **more):
    resolutions = [r if isinstance(r, Resolution) else Resolution(back(r)) for r in resolved]
    return gather("R9", 3, verdicts, grade=grade, ending=ending, until=until, resolutions=resolutions, **more)


def spans(episodes):
    return [((D - e.raised_on).days, (D - e.last_alert_on).days) for e in episodes]


def test_an_episode_says_whose_it_is():
    (found,) = gathered(hit(3, value=1))
    assert (found.rule, found.version, found.is_news, found.reports) == ("R9", 3, True, ())
    assert found.numbers == {"value": 1, "times": 1, "signs": [{"on": back(3).isoformat(), "value": 1}]}


@pytest.mark.parametrize(("gap", "episodes"), [(14, 1), (15, 2)])
def test_an_alert_more_than_14_days_later_is_another_episode(gap, episodes):
    assert len(gathered(hit(gap), hit(0))) == episodes


def test_verdicts_may_come_in_any_order_and_what_lies_ahead_is_left_out():
    found = gathered(hit(0, "b", n=4), hit(3, n=1), hit(0, "a", n=3), hit(-1, n=9), hit(1, n=2))
    assert [sign["n"] for sign in found[0].numbers["signs"]] == [1, 2, 3, 4]
    assert spans(found) == [(3, 0)]


def test_the_gravest_is_kept_and_the_last_is_said():
    (found,) = gathered(hit(3, grave="important"), hit(1))
    assert (found.severity, found.severity_highest) == ("watch", "important")
    (found,) = gathered(hit(3), hit(2, grave="urgent"), hit(1, grave="important"))
    assert (found.severity, found.severity_highest) == ("important", "urgent")


@pytest.mark.parametrize("first", RANK)
@pytest.mark.parametrize("second", RANK)
def test_of_two_severities_the_graver_counts(first, second):
    order = ["watch", "important", "urgent"]
    assert gravest(first, second) == order[max(order.index(first), order.index(second))]


def test_a_resolution_ends_the_episode_and_what_came_before_it_is_forgotten():
    """The grade sees only what was judged since; the days up to the resolution raise nothing again."""
    seen = []

    def grade(judged):
        seen.append([(D - verdict.on).days for verdict in judged])
        return each(judged)

    found = gathered(hit(6), hit(5), miss(5, "z"), hit(4), hit(2), resolved=[5], grade=grade)
    assert spans(found) == [(6, 5), (4, 2)]
    assert [e.settled_on for e in found] == [back(5), None]
    assert [e.closed_on for e in found] == [back(5), None]
    assert seen == [[6], [6, 5], [4], [4, 2]]


def test_a_resolution_of_the_day_covers_that_day_and_one_ahead_counts_later():
    assert [e.settled_on for e in gathered(hit(2), resolved=[2])] == [back(2)]
    assert [e.settled_on for e in gathered(hit(2), resolved=[-1])] == [None]
    assert [e.settled_on for e in gathered(hit(2), resolved=[0])] == [D]


def test_the_first_resolution_counts_for_each_episode():
    found = gathered(hit(40), hit(20), hit(1), resolved=[0, 10])
    assert [e.settled_on for e in found] == [back(10), back(10), D]
    assert [e.closed_on for e in found] == [back(25), back(10), D], "the first had ended by itself"


def test_resolving_again_moves_no_end():
    (found,) = gathered(hit(4), resolved=[3, 1])
    assert (found.closed_on, found.settled_on) == (back(3), back(3))


def test_a_resolution_with_nothing_to_resolve_is_harmless():
    assert gathered(resolved=[3]) == ()
    assert spans(gathered(hit(1), resolved=[3])) == [(1, 1)]


@pytest.mark.parametrize(("days", "closed"), [(14, False), (15, True), (40, True)])
def test_a_quiet_episode_closes_on_the_15th_day(days, closed):
    (found,) = gathered(hit(days))
    assert found.closed_on == (back(days - 15) if closed else None)
    assert (found.over, found.closable) == (closed, False), "without three judged days nobody has heard more"


@pytest.mark.parametrize(("quiet", "closable"), [(2, False), (3, True)])
def test_three_judged_days_without_alert_let_a_seen_flag_close(quiet, closable):
    (found,) = gathered(hit(20), *(miss(18 - n) for n in range(quiet)), miss(18, "again"))
    assert (found.quiet_logged_days, found.over, found.closable) == (quiet, True, closable)


def test_days_with_an_alert_are_not_quiet():
    """Neither its own day nor one whose hit did not alert; an alert starts the count again."""
    only_first = [Grade("watch", back(9))]

    def grade(judged):
        return only_first.pop() if only_first else None

    (found,) = gathered(
        hit(9), miss(9, "z"), miss(8), hit(7, "a"), miss(7, "b"), miss(6, "a"), hit(6, "b"), grade=grade
    )
    assert found.quiet_logged_days == 1
    (found,) = gathered(hit(9), miss(8), miss(7), hit(6), miss(5))
    assert (found.quiet_logged_days, found.last_alert_on) == (1, back(6))


def test_a_hit_that_does_not_alert_yet_is_no_evidence():
    def second(judged):
        return Grade("watch", judged[0].on) if len(judged) > 1 else None

    assert gathered(hit(3), grade=second) == ()
    (found,) = gathered(hit(3), hit(1), grade=second)
    assert (found.since_on, found.raised_on, found.numbers["times"]) == (back(3), back(1), 1)
    assert gathered(hit(3), hit(1), grade=second, resolved=[2]) == ()


def test_an_episode_began_with_its_earliest_sign():
    since = iter([back(5), back(9), back(2)])
    (found,) = gathered(hit(5), hit(4), hit(2), grade=lambda judged: Grade("watch", next(since)))
    assert (found.since_on, found.raised_on) == (back(9), back(5))


def test_a_clear_result_ends_what_is_clear_by_one():
    (found,) = gathered(hit(40), ending=Ending.CLEAR)
    assert (found.closed_on, found.over, found.closable) == (None, False, False)
    (found,) = gathered(hit(40), miss(3), ending=Ending.CLEAR)
    assert (found.closed_on, found.over, found.closable) == (None, True, True)
    (found,) = gathered(hit(4), miss(3), hit(2), ending=Ending.CLEAR)
    assert (found.over, found.closable) == (False, False)
    (found,) = gathered(hit(4), ending=Ending.CLEAR, resolved=[1])
    assert (found.closed_on, found.over, found.closable) == (back(1), True, True)


def test_only_a_person_ends_what_only_a_person_may_end():
    (found,) = gathered(hit(90), *(miss(n) for n in range(9)), ending=Ending.PERSON)
    assert (found.closed_on, found.over, found.closable) == (None, False, False)
    (found,) = gathered(hit(90), *(miss(n) for n in range(9)), ending=Ending.PERSON, resolved=[3])
    assert (found.closed_on, found.over, found.closable) == (back(3), True, False)


def test_what_nobody_judged_is_not_quiet():
    (found,) = gathered(miss(9), hit(5))
    assert (found.quiet_logged_days, found.over) == (0, False)


def test_the_last_signs_are_kept_and_all_are_counted():
    (found,) = gathered(*(hit(n, n=n) for n in range(SIGNS_KEPT + 2)))
    assert found.numbers["times"] == SIGNS_KEPT + 2 == 32
    assert [sign["n"] for sign in found.numbers["signs"]] == list(range(SIGNS_KEPT - 1, -1, -1))


def test_reports_are_named_in_order():
    verdicts = [Verdict(back(n), True, report=f"r{n}" if n else "") for n in (0, 2, 1)]
    (found,) = gathered(*verdicts)
    assert found.reports == ("r2", "r1")


@pytest.mark.parametrize("by_moment", [True, False])
@pytest.mark.parametrize("minutes", [-1, 0, 1])
@pytest.mark.parametrize("known", [(True, True), (True, False), (False, True)], ids=["both", "resolution", "verdict"])
def test_the_moment_counts_where_both_are_known_and_it_is_asked_for(by_moment, minutes, known):
    """Otherwise the whole day of a resolution is covered by it."""
    resolved, arrived = (NOON if known[0] else None), (NOON + timedelta(minutes=minutes) if known[1] else None)
    found = gathered(hit(1), Verdict(D, True, at=arrived), resolved=[Resolution(D, resolved)], by_moment=by_moment)
    new = by_moment and all(known) and minutes > 0
    assert spans(found) == ([(1, 1), (0, 0)] if new else [(1, 0)])
    assert found[0].settled_on == D


def test_two_resolutions_of_a_day_count_in_their_order():
    noon, evening = Resolution(D, NOON), Resolution(D, NOON + timedelta(hours=6))
    between = Verdict(D, True, at=NOON + timedelta(hours=3))
    for resolutions in ([noon, evening], [evening, noon]):
        found = gathered(hit(1), between, resolved=resolutions, by_moment=True)
        assert [e.settled_on for e in found] == [D, D]
        assert spans(found) == [(1, 1), (0, 0)]
    later = Verdict(D, True, at=NOON + timedelta(hours=9), order="x")
    assert [e.closed_on for e in gathered(between, later, resolved=[evening], by_moment=True)] == [D, None]


def test_unless_it_is_asked_for_the_day_counts():
    later = Verdict(D, True, at=NOON + timedelta(hours=3))
    assert spans(gathered(hit(1), later, resolved=[Resolution(D, NOON)])) == [(1, 0)]
