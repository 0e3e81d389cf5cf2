"""R0 red flag, R7 function, R8 mood, R9 flare: every line of the rules, with its edges."""

from datetime import UTC, date, datetime, timedelta

import pytest

from plans.evidence import Resolution
from plans.rules import SAFETY_QUESTIONS, FlareReport, Function, MoodResult, SafetyReport
from plans.rules_said import flare, function, mood, red_flag
from plans.thresholds import NUMBERS, Setting, ThresholdRefused, Thresholds

DAY = timedelta(days=1)
D = date(2026, 3, 30)
NOON = datetime(2026, 3, 30, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
DEFAULTS = Thresholds()


def back(days):
    return D - days * DAY


def said(days=0, hours=0, key=None, answers=("leg-weakness",)):
    at = NOON - days * DAY + hours * HOUR
    return SafetyReport(key or f"r{days}{hours}", at.date(), at, answers)


@pytest.mark.parametrize("question", SAFETY_QUESTIONS)
def test_any_yes_is_urgent_at_once(question):
    found = red_flag([said(answers=[question])], until=D)
    assert [(e.raised_on, e.severity_highest, e.numbers["answers"]) for e in found] == [(D, "urgent", [question])]


def test_no_yes_is_no_red_flag():
    assert not red_flag([said(answers=[])], until=D)


def test_only_a_person_ends_a_red_flag():
    found = red_flag([said(days=90)], until=D)
    assert [(e.over, e.closable, e.closed_on) for e in found] == [(False, False, None)]


def test_a_yes_after_a_resolution_of_the_same_day_is_new():
    reports = [said(hours=-3, key="a"), said(hours=3, key="b")]
    found = red_flag(reports, until=D, resolutions=[Resolution(D, NOON)])
    assert [(e.reports, e.settled_on) for e in found] == [(("a",), D), (("b",), None)]


def test_a_yes_from_before_a_resolution_raises_nothing_again():
    found = red_flag([said(hours=-3), said(days=2)], until=D, resolutions=[Resolution(D, NOON)])
    assert [e.settled_on for e in found] == [D]


def test_the_red_flag_cannot_be_switched_off():
    assert not [number for number in NUMBERS if number.rule == "R0"]
    with pytest.raises(ThresholdRefused):
        Thresholds([Setting("R0", "on", 0, D)])
    assert DEFAULTS.is_on("R0", D)


def function_of(*pegs, reevaluated=(), thresholds=DEFAULTS, resolved=(), until=D):
    """R7 for PEG means (None: incomplete) in consecutive weeks that end with D; other dates as weeks back."""
    results = [Function(back(7 * n), peg) for n, peg in enumerate(reversed(pegs))]
    return function(
        results,
        [back(days) for days in reevaluated],
        until=until,
        thresholds=thresholds,
        resolutions=[Resolution(back(days)) for days in resolved],
    )


@pytest.mark.parametrize(
    ("pegs", "severity"),
    [
        ([4], None),
        ([4, 4.9], None),
        ([4, 5], "watch"),
        ([13 / 3, 16 / 3], "watch"),
        ([4, 5.9], "watch"),
        ([4, 6], "important"),
        ([4, None], None),
        ([None, 4, 5], "watch"),  # an incomplete one is no reference
        ([None, 9], None),
        ([6, 4, 5], None),  # without a re-evaluation the first counts, not the one before
        ([4, 3, 5], "watch"),
    ],
)
def test_function_is_compared_with_the_first_peg(pegs, severity):
    found = function_of(*pegs)
    assert [e.severity_highest for e in found] == ([severity] if severity else [])


@pytest.mark.parametrize(
    ("pegs", "reevaluated", "reference"),
    [
        ([6, 3, 5], [7], 3),  # on the day of the re-evaluation
        ([6, 3, 5], [5], 3),
        ([3, 6, 5], [5], None),
        ([3, None, 5], [5], 3),  # the last complete one
        ([3, 6, 5], [10], 3),  # the re-evaluation lies before the second
        ([3, 6, 5], [30], 3),  # no PEG on or before it: the first
        ([6, 3, 5], [0], None),  # a re-evaluation of the same day does not make a result its own reference
        ([6, 3, 2, 4], [20, 12], 3),  # the last of several
    ],
)
def test_function_is_compared_with_the_last_peg_of_the_last_reevaluation(pegs, reevaluated, reference):
    found = function_of(*pegs, reevaluated=reevaluated)
    latest = [e for e in found if e.last_alert_on == D]
    assert [e.numbers["reference"] for e in latest] == ([reference] if reference is not None else [])


def test_a_better_result_ends_it_and_silence_does_not():
    worse = function_of(3, 5, until=D + 60 * DAY)
    assert [(e.over, e.closable) for e in worse] == [(False, False)]
    assert [(e.over, e.closable) for e in function_of(3, 5, 3)] == [(True, True)]
    assert [(e.over, e.last_alert_on) for e in function_of(3, 5, 3, 5)] == [(False, D)]
    assert [(e.over, e.closable) for e in function_of(3, 5, None)] == [(False, False)]


def test_function_numbers_can_change():
    assert not function_of(3, 5, thresholds=Thresholds([Setting("R7", "on", 0, back(90))]))
    numbers = [Setting("R7", "watch_rise", 3, back(90)), Setting("R7", "important_rise", 4, back(90))]
    assert not function_of(3, 5, thresholds=Thresholds(numbers))


def mood_of(*results, thresholds=DEFAULTS, resolved=()):
    rows = [MoodResult(back(28 * n), *pair) for n, pair in enumerate(reversed(results))]
    resolutions = [Resolution(back(days)) for days in resolved]
    return mood(rows, until=D, thresholds=thresholds, resolutions=resolutions)


@pytest.mark.parametrize(
    ("phq2", "gad2", "flagged"),
    [(2, 2, False), (3, 0, True), (0, 3, True), (6, 6, True), (None, 3, True), (3, None, True), (None, 2, False),
     (None, None, False)],
)  # fmt: skip
def test_mood_is_three_or_more_in_either_part(phq2, gad2, flagged):
    found = mood_of((phq2, gad2))
    assert [e.severity_highest for e in found] == (["watch"] if flagged else [])


def test_half_a_questionnaire_does_not_give_the_all_clear():
    assert [e.over for e in mood_of((4, 1), (None, 1))] == [False]
    assert [e.over for e in mood_of((4, 1), (1, 1))] == [True]


def test_mood_after_a_resolution_is_raised_by_the_next_answers():
    found = mood_of((4, 1), (4, 1), resolved=[10])
    assert [(e.raised_on, e.settled_on) for e in found] == [(back(28), back(10)), (D, None)]


def test_mood_numbers_can_change():
    higher = Thresholds([Setting("R8", "phq2", 4, back(90)), Setting("R8", "gad2", 4, back(90))])
    assert not mood_of((3, 3), thresholds=higher)
    assert not mood_of((6, 6), thresholds=Thresholds([Setting("R8", "on", 0, back(90))]))


def flares(*days, logged=(), until=D, thresholds=DEFAULTS, resolved=()):
    return flare(
        [FlareReport(f"f{n}", back(each)) for n, each in enumerate(days)],
        [back(each) for each in logged],
        until=until,
        thresholds=thresholds,
        resolutions=[Resolution(back(each)) for each in resolved],
    )


def test_a_flare_is_raised_at_once_and_pressing_again_is_evidence():
    assert [(e.raised_on, e.severity_highest) for e in flares(0)] == [(D, "watch")]
    again = flares(3, 3, 1)
    assert [(e.raised_on, e.last_alert_on, e.numbers["times"]) for e in again] == [(back(3), back(1), 3)]


def test_a_flare_ends_after_fourteen_days_and_three_logged_days():
    assert [(e.over, e.closable) for e in flares(15, logged=[15, 12, 11])] == [(True, False)]
    assert [(e.over, e.closable) for e in flares(15, logged=[12, 11, 2])] == [(True, True)]
    assert [(e.over, e.closable) for e in flares(14, logged=[12, 11, 2])] == [(False, False)]


def test_a_flare_after_a_resolution_is_new_and_one_of_that_day_is_not():
    assert [e.settled_on for e in flares(5, 3, resolved=[3])] == [back(3)]
    assert [e.settled_on for e in flares(5, 2, resolved=[3])] == [back(3), None]


def test_the_flare_button_can_be_switched_off():
    assert not flares(0, thresholds=Thresholds([Setting("R9", "on", 0, back(9))]))
