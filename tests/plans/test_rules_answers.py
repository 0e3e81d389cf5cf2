"""What each rule answers, word for word: the flags, their sentences and the record read these names and numbers."""

from datetime import UTC, date, datetime, timedelta

import pytest

from plans.evidence import Episode, Resolution
from plans.rules import ActiveSpan, Done, DoneSession, FlareReport, Function, Level, MoodResult, PlanFrom, SafetyReport
from plans.rules import SiteScore as Score
from plans.rules_doing import over_doing, share_done, silence
from plans.rules_pain import next_morning, session_ceiling, severe
from plans.rules_said import flare, function, mood, red_flag
from plans.schedule import Planned
from plans.thresholds import Setting, Thresholds

DAY = timedelta(days=1)
D = date(2026, 3, 30)
NOON = datetime(2026, 3, 30, 12, tzinfo=UTC)
DEFAULTS = Thresholds()


def back(days):
    return D - days * DAY


# Known for the days up to D, and for nothing else that somebody may ask by mistake.
USUAL = Level({back(days): 4.0 for days in range(60)}.get)


def once(rule, on, severity, numbers, **more):
    """The episode of one alert on that day, which is the last of its evidence."""
    seen = {**numbers, "times": 1, "signs": [{"on": on.isoformat(), **numbers}]}
    return Episode(rule, 1, on, on, on, None, None, severity, severity, 0, False, False, **{"numbers": seen, **more})


def in_session(days, moment, value, on=None):
    return Score(on or back(days), moment, value, f"s{days}", back(days), f"o{days}")


def test_r0():
    report = SafetyReport("r", D, NOON, ["fever-unwell", "something own", "groin-bladder-bowel", "another own"])
    answers = ["groin-bladder-bowel", "fever-unwell", "another own", "something own"]
    assert red_flag([report], until=D) == (once("R0", D, "urgent", {"answers": answers}, reports=("r",)),)


def test_r1():
    scores = [in_session(0, "during", 6.5), in_session(0, "after", 8)]
    numbers = {"value": 8, "moment": "after", "ceiling": 6, "basis": "usual", "usual": 4, "session": "s0"}
    assert session_ceiling(scores, USUAL, until=D, thresholds=DEFAULTS) == (once("R1", D, "watch", numbers),)


def test_r2():
    scores = [in_session(1, "before", 3), in_session(1, "next morning", 5, D)]
    numbers = {
        "value": 5, "compared": 3, "basis": "before", "rise": 2, "session_on": back(1).isoformat(), "session": "s1",
    }  # fmt: skip
    assert next_morning(scores, USUAL, until=D, thresholds=DEFAULTS) == (once("R2", D, "watch", numbers),)


def test_r4():
    numbers = {"value": 9, "moment": "daily", "basis": "usual", "usual": 4}
    found = severe([Score(D, "daily", 9)], USUAL, until=D, thresholds=DEFAULTS)
    assert found == (once("R4", D, "important", numbers),)


def test_r5():
    plans = [PlanFrom(back(50), [Planned(weekdays=frozenset({1, 2, 3, 4, 5, 6, 7}))])]
    (found,) = silence([back(8)], [ActiveSpan(back(50))], plans, until=D, thresholds=DEFAULTS, resolutions=[])[1:]
    assert found == Episode(
        "R5", 1, back(7), back(1), D, None, None, "watch", "watch", 0, False, False,
        numbers={
            "silent_days": 8, "counted_from": back(8).isoformat(), "because": "log",
            "last_log_on": back(8).isoformat(), "ended_by": "", "ended_on": None,
        },
    )  # fmt: skip


def test_r6():
    squat = Done("squat", {"sets": 3, "repetitions": 15}, {"sets": 3, "repetitions": 10})
    sessions = [DoneSession("s1", back(1), "a", [squat]), DoneSession("s0", D, "b", [squat])]
    share = {"exercise": "squat", "measure": "repetitions", "done": 45, "prescribed": 30, "percent": 150}
    numbers = {"session": "s0", "exercises": [share], "limit": 120}
    (found,) = over_doing(sessions, until=D, thresholds=DEFAULTS)
    expected = once("R6", D, "watch", numbers)
    assert (found.rule, found.version, found.numbers) == ("R6", 1, expected.numbers)
    assert (found.since_on, found.raised_on, found.last_alert_on) == (back(1), D, D)


def test_r7():
    results = [Function(back(30), 4), Function(back(20), 5), Function(D, 6, "b")]
    (found,) = function(results, [back(20)], until=D, thresholds=DEFAULTS)[1:]
    numbers = {"peg": 6, "reference": 5, "reference_on": back(20).isoformat(), "rise": 1, "since": "re-evaluation"}
    assert found == once("R7", D, "watch", numbers)
    (found,) = function(results[:2], [], until=back(20), thresholds=DEFAULTS)
    first = {"peg": 5, "reference": 4, "reference_on": back(30).isoformat(), "rise": 1, "since": "first"}
    assert found == once("R7", back(20), "watch", first)


def test_r8():
    numbers = {"phq2": 1, "gad2": 3, "low": False, "worried": True}
    assert mood([MoodResult(D, 1, 3)], until=D, thresholds=DEFAULTS) == (once("R8", D, "watch", numbers),)


def test_r9():
    found = flare([FlareReport("f", D)], [], until=D, thresholds=DEFAULTS)
    assert found == (once("R9", D, "watch", {}, reports=("f",)),)


def test_of_one_day_what_came_last_is_said():
    """Two of a kind on one local date: their order decides, not that of arrival here."""
    calm = Function(back(9), 2)
    (seven,) = function([calm, Function(D, 6, "b"), Function(D, 4, "a")], [], until=D, thresholds=DEFAULTS)
    assert [sign["peg"] for sign in seven.numbers["signs"]] == [4, 6]
    (eight,) = mood([MoodResult(D, 6, 0, "b"), MoodResult(D, 3, 0, "a")], until=D, thresholds=DEFAULTS)
    assert [sign["phq2"] for sign in eight.numbers["signs"]] == [3, 6]
    pressed = [FlareReport("a", D, "2"), FlareReport("c", D, "1"), FlareReport("b", D, "1")]
    (nine,) = flare(pressed, [], until=D, thresholds=DEFAULTS)
    assert nine.reports == ("b", "c", "a")
    much = Done("squat", {"repetitions": 30}, {"repetitions": 10})
    sessions = [DoneSession("late", D, "b", [much]), DoneSession("early", D, "a", [much])]
    (six,) = over_doing(sessions, until=D, thresholds=DEFAULTS)
    assert (six.numbers["session"], six.numbers["times"]) == ("late", 1)
    zero = [
        SafetyReport("b", D, NOON, ["a"]),
        SafetyReport("a", D, NOON, ["a"]),
        SafetyReport("c", D, NOON - DAY, ["a"]),
    ]
    (none,) = red_flag(zero, until=D)
    assert none.reports == ("c", "a", "b")
    scores = [Score(D, "daily", 9.5), Score(D, "before", 10, "s", D, "x"), Score(D, "daily", 9)]
    (four,) = severe(scores, USUAL, until=D, thresholds=DEFAULTS)
    assert [sign["value"] for sign in four.numbers["signs"]] == [9, 9.5, 10]
    same = [Score(D, "after", 9, "s2", D, "2"), Score(D, "after", 9, "s1", D, "1"), Score(D, "before", 9, "s3", D, "3")]
    (four,) = severe(same, Level({D: 4.0}.get), until=D, thresholds=DEFAULTS)
    assert [sign["moment"] for sign in four.numbers["signs"]] == ["after", "after", "before"]


def test_over_doing_names_what_was_done_most_too_much_first():
    def done(name, repetitions):
        return Done(name, {"repetitions": repetitions}, {"repetitions": 10})

    session = [done("squat", 13), done("bridge", 20), done("arms", 13), done("neck", 12)]
    sessions = [DoneSession("a", back(1), "", session), DoneSession("b", D, "", session)]
    (found,) = over_doing(sessions, until=D, thresholds=DEFAULTS)
    assert [each["exercise"] for each in found.numbers["exercises"]] == ["bridge", "arms", "squat"]


def test_a_day_that_is_not_judged_hides_no_other():
    """A rule that was off for a while, sessions without amounts, a questionnaire left open."""
    much = Done("squat", {"repetitions": 30}, {"repetitions": 10})
    sessions = [DoneSession(f"s{days}", back(days), "", [much]) for days in (3, 1, 0)]
    sessions.insert(2, DoneSession("none", back(1), "x", [Done("squat", {}, {"repetitions": 10})]))
    for rule, judge in {
        "R6": lambda dated: over_doing(sessions, until=D, thresholds=dated),
        "R8": lambda dated: mood([MoodResult(back(3), 3, 3), MoodResult(D, 3, 3)], until=D, thresholds=dated),
        "R7": lambda dated: function(
            [Function(back(9), 1), Function(back(3), 9), Function(D, 9)], [], until=D, thresholds=dated
        ),
        "R9": lambda dated: flare([FlareReport("a", back(3)), FlareReport("b", D)], [], until=D, thresholds=dated),
        "R4": lambda dated: severe(
            [Score(back(3), "daily", 9), Score(back(2), "daily", None), Score(D, "daily", 9)],
            USUAL,
            until=D,
            thresholds=dated,
        ),
        "R1": lambda dated: session_ceiling(
            [in_session(3, "during", 9), in_session(0, "during", 9)], USUAL, until=D, thresholds=dated
        ),
        "R2": lambda dated: next_morning(
            [in_session(4, "next morning", 9, back(3)), in_session(1, "next morning", 9, D)],
            USUAL,
            until=D,
            thresholds=dated,
        ),
    }.items():
        off_until_yesterday = Thresholds([Setting(rule, "on", 0, back(30)), Setting(rule, "on", 1, back(1))])
        (found,) = judge(off_until_yesterday)
        assert (found.rule, found.raised_on, found.last_alert_on) == (rule, D, D)
    assert mood([MoodResult(back(1), None, None), MoodResult(D, 3, 3)], until=D, thresholds=DEFAULTS)


@pytest.mark.parametrize(("days", "raised"), [(2, True), (3, False)])
def test_the_window_of_over_doing_is_a_number_of_the_clinic(days, raised):
    much = Done("squat", {"repetitions": 30}, {"repetitions": 10})
    sessions = [DoneSession("a", back(days), "", [much]), DoneSession("b", D, "", [much])]
    dated = Thresholds([Setting("R6", "window_days", 3, back(90))])
    assert bool(over_doing(sessions, until=D, thresholds=dated)) is raised


@pytest.mark.parametrize(
    ("amounts", "dose", "share"),
    [
        ({"sets": 3}, {}, ("sets", 3, 1, 300)),
        ({"sets": 3}, {"sets": 2, "hold_seconds": 20}, ("sets", 3, 2, 150)),
        ({}, {"sets": 2, "hold_seconds": 20}, None),
        ({"repetitions": 12}, {"repetitions": 10}, ("repetitions", 12, 10, 120)),
        ({"sets": 2, "repetitions": 12}, {"sets": 3, "repetitions": 10}, ("repetitions", 24, 30, 80)),
        ({"sets": 0, "repetitions": 12}, {"sets": 3, "repetitions": 10}, ("repetitions", 0, 30, 0)),
        ({"duration_minutes": 9}, {"duration_minutes": 6, "repetitions": 5}, ("duration_minutes", 9, 6, 150)),
        ({"repetitions": 9}, {"duration_minutes": 6, "repetitions": 5}, None),
    ],
)
def test_how_much_was_done(amounts, dose, share):
    names = ("measure", "done", "prescribed", "percent")
    assert share_done(Done("x", amounts, dose)) == (dict(zip(names, share, strict=True)) if share else None)


def test_a_peg_of_nothing_is_a_reference_too():
    (found,) = function([Function(back(9), 0), Function(D, 1)], [], until=D, thresholds=DEFAULTS)
    assert (found.numbers["reference"], found.numbers["rise"]) == (0, 1)


def test_what_lies_above_a_site_lets_go_after_14_quiet_days():
    """R1, R2 and R4 end by themselves, and three judged days without let a flag close that somebody has seen."""
    calm = [in_session(days, "after", 1) for days in (5, 4, 3)]
    (one,) = session_ceiling([in_session(15, "after", 9), *calm], USUAL, until=D, thresholds=DEFAULTS)
    calm = [in_session(days, "next morning", 1, back(days - 1)) for days in (5, 4, 3)]
    hit = in_session(16, "next morning", 9, back(15))
    (two,) = next_morning([hit, *calm], USUAL, until=D, thresholds=DEFAULTS)
    scores = [Score(back(15), "daily", 9), *(Score(back(days), "daily", 1) for days in (5, 4, 3))]
    (four,) = severe(scores, USUAL, until=D, thresholds=DEFAULTS)
    for found in (one, two, four):
        assert (found.closed_on, found.over, found.closable, found.quiet_logged_days) == (D, True, True, 3)


def test_a_clear_questionnaire_lets_go():
    (found,) = function(
        [Function(back(40), 1), Function(back(30), 5), Function(D, 1)], [], until=D, thresholds=DEFAULTS
    )
    assert (found.rule, found.closed_on, found.over, found.closable) == ("R7", None, True, True)
    (found,) = mood([MoodResult(back(30), 6, 6), MoodResult(D, 0, 0)], until=D, thresholds=DEFAULTS)
    assert (found.rule, found.closed_on, found.over, found.closable) == ("R8", None, True, True)
    (found,) = mood([MoodResult(back(30), 6, 6), MoodResult(D, 0, None)], until=D, thresholds=DEFAULTS)
    assert found.over is False, "half a questionnaire is no all-clear"


def test_the_ceiling_counts_twice_within_its_window_and_by_the_order_of_a_day():
    twice = [in_session(3, "after", 9), in_session(0, "after", 9)]
    for days, severity in ((3, "watch"), (4, "important")):
        dated = Thresholds([Setting("R1", "window_days", days, back(90))])
        (found,) = session_ceiling(twice, USUAL, until=D, thresholds=dated)
        assert (found.severity_highest, found.since_on) == (severity, back(3))
    of_a_day = [Score(D, "after", 8, "late", D, "2"), Score(D, "after", 9, "early", D, "1")]
    (found,) = session_ceiling(of_a_day, USUAL, until=D, thresholds=DEFAULTS)
    assert [sign["session"] for sign in found.numbers["signs"]] == ["early", "late"]


def test_the_next_morning_of_two_sessions_goes_by_their_order():
    mornings = [Score(D, "next morning", 9, "late", back(1), "2"), Score(D, "next morning", 8, "early", back(1), "1")]
    (found,) = next_morning(mornings, USUAL, until=D, thresholds=DEFAULTS)
    assert [(sign["session"], sign["basis"]) for sign in found.numbers["signs"]] == [
        ("early", "usual"),
        ("late", "usual"),
    ]
    dated = Thresholds([Setting("R2", "rise", 5, D)])
    (found,) = next_morning(mornings, USUAL, until=D, thresholds=dated)
    assert found.numbers["session"] == "late"


@pytest.mark.parametrize("answer", ["R6", "R9"])
def test_what_was_quiet_long_enough_lets_go(answer):
    """R6 and R9 end with 14 days without, R7 and R8 with a clear result."""
    much = Done("squat", {"repetitions": 30}, {"repetitions": 10})
    little = Done("squat", {"repetitions": 5}, {"repetitions": 10})
    if answer == "R9":
        (found,) = flare([FlareReport("f", back(15))], [back(5), back(4), back(3)], until=D, thresholds=DEFAULTS)
    else:
        sessions = [DoneSession("a", back(16), "", [much]), DoneSession("b", back(15), "", [much])]
        sessions += [DoneSession(f"c{days}", back(days), "", [little]) for days in (5, 4, 3)]
        (found,) = over_doing(sessions, until=D, thresholds=DEFAULTS)
    assert (found.closed_on, found.over, found.closable, found.quiet_logged_days) == (D, True, True, 3)


@pytest.mark.parametrize(
    ("at", "settled"),
    [(NOON - timedelta(seconds=1), True), (NOON, True), (NOON + timedelta(seconds=1), False)],
    ids=["before", "the same moment", "after"],
)
def test_a_red_flag_goes_by_the_moment(at, settled):
    """A yes that arrives with the resolution was there when the clinician resolved."""
    before = SafetyReport("a", D, NOON - DAY, ["a"])
    found = red_flag([before, SafetyReport("b", D, at, ["a"])], until=D, resolutions=[Resolution(D, NOON)])
    assert [episode.reports for episode in found] == ([("a", "b")] if settled else [("a",), ("b",)])


def test_a_resolution_without_a_moment_covers_its_whole_day():
    found = red_flag([SafetyReport("a", D, NOON, ["a"])], until=D, resolutions=[Resolution(D)])
    assert [(episode.reports, episode.settled_on) for episode in found] == [(("a",), D)]


PLANS = [PlanFrom(back(90), [Planned(weekdays=frozenset(range(1, 8)))])]


def silent(*logged, spans=None, resolved=(), until=D, thresholds=DEFAULTS, plans=PLANS):
    found = silence(
        [back(days) for days in logged],
        spans or [ActiveSpan(back(90))],
        plans,
        until=until,
        thresholds=thresholds,
        resolutions=[Resolution(back(days)) for days in resolved],
    )
    return [episode for episode in found if episode.last_alert_on > back(60)]


def quiet_since(
    first, raised, last, *, highest="watch", days, because="log", log=None, ended_by="", ended=None, **more
):
    """A silence in days before D: since, first and last alert; `ended` is the day of the log, decision or pause."""
    ended_on = None if ended is None else back(ended)
    expected = {
        "rule": "R5", "version": 1, "since_on": back(first), "raised_on": back(raised), "last_alert_on": back(last),
        "closed_on": ended_on, "settled_on": None, "severity": highest, "severity_highest": highest,
        "quiet_logged_days": 0, "over": bool(ended_by), "closable": bool(ended_by), "is_news": not ended_by,
        "numbers": {
            "silent_days": days, "counted_from": back(first + 1).isoformat(), "because": because,
            "last_log_on": None if log is None else back(log).isoformat(), "ended_by": ended_by,
            "ended_on": None if ended_on is None else ended_on.isoformat(),
        },
    }  # fmt: skip
    return Episode(**{**expected, **more})


def test_a_silence_that_goes_on():
    assert silent(90, 60, 14) == [
        quiet_since(59, 53, 14, highest="important", days=46, log=60, ended_by="log", ended=14, quiet_logged_days=1),
        quiet_since(13, 7, 0, highest="important", days=14, log=14),
    ]


def test_a_silence_that_a_log_ended():
    """The log is quiet, and so is what was logged later. It is no news: nobody has to be told of it any more."""
    ended = {"ended_by": "log", "ended": 10, "log": 20}
    assert silent(*range(20, 90), 10, 9, 4) == [quiet_since(19, 13, 10, days=10, quiet_logged_days=3, **ended)]
    (today,) = silent(*range(9, 90), 0)
    assert today == quiet_since(8, 2, 0, days=9, log=9, ended_by="log", ended=0, quiet_logged_days=1)


def test_a_silence_that_a_clinician_ended():
    (today,) = silent(*range(9, 90), resolved=[0])
    assert today == quiet_since(8, 2, 0, days=9, log=9, ended_by="resolution", ended=0, settled_on=D)
    first, second = silent(*range(30, 90), resolved=[20, 12])[:2]
    assert first.numbers["ended_by"] == "resolution"
    later = {"because": "resolution", "log": 30, "ended_by": "resolution", "ended": 12, "settled_on": back(12)}
    assert second == quiet_since(19, 13, 12, days=8, **later)


def test_a_silence_that_a_pause_ended():
    paused = [ActiveSpan(back(90), back(10))]
    ended = {"log": 25, "ended_by": "pause", "ended": 10}
    assert silent(*range(25, 90), spans=paused) == [quiet_since(24, 18, 10, days=15, highest="important", **ended)]
    (today,) = silent(*range(9, 90), spans=[ActiveSpan(back(90), D)])
    assert (today.numbers["ended_by"], today.closed_on) == ("pause", D)
    (before,) = silent(*range(9, 90), spans=[ActiveSpan(back(90), D + DAY)])
    assert (before.numbers["ended_by"], before.closed_on, before.over) == ("", None, False)


def test_a_silence_since_the_plan_went_on():
    spans = [ActiveSpan(back(90), back(30)), ActiveSpan(back(8), None, True)]
    assert silent(*range(31, 90), spans=spans) == [quiet_since(7, 1, 0, days=8, because="resume", log=31)]
    (found,) = silent(spans=[ActiveSpan(back(8))])
    assert found == quiet_since(7, 1, 0, days=8, because="activation")


def test_before_there_was_a_plan_nothing_was_asked():
    (found,) = silent(50, plans=[PlanFrom(back(3), PLANS[0].planned)])
    assert (found.since_on, found.raised_on) == (back(49), back(2))


def test_a_silence_that_was_graver_under_the_numbers_of_that_time():
    dated = Thresholds([Setting("R5", "important_days", 8, back(80)), Setting("R5", "important_days", 20, back(1))])
    (found,) = silent(*range(9, 90), thresholds=dated)
    assert (found.severity, found.severity_highest) == ("watch", "watch")
    (found,) = silent(*range(10, 90), thresholds=dated)
    assert (found.severity, found.severity_highest) == ("watch", "important")


def test_a_rule_that_was_switched_off_for_a_while_alerts_on_the_other_days():
    dated = Thresholds([Setting("R5", "on", 0, back(5)), Setting("R5", "on", 1, back(2))])
    (found,) = silent(*range(14, 90), thresholds=dated)
    assert (found.raised_on, found.last_alert_on) == (back(7), D)
    dated = Thresholds([Setting("R5", "on", 0, back(80)), Setting("R5", "on", 1, back(2))])
    assert silent(*range(14, 90), thresholds=dated)[0].raised_on == back(2)


def test_a_red_flag_that_was_resolved_is_never_closed_by_the_rule():
    (found,) = red_flag([SafetyReport("a", D, NOON, ["a"])], until=D, resolutions=[Resolution(D, NOON)])
    assert (found.closed_on, found.over, found.closable) == (D, True, False)


def test_what_is_logged_while_a_plan_rests_is_no_quiet_day_of_its_silence():
    (found,) = silent(*range(25, 90), 4, spans=[ActiveSpan(back(90), back(10))])
    assert (found.numbers["ended_by"], found.quiet_logged_days) == ("pause", 0)


@pytest.mark.parametrize(("effective", "severity"), [(0, "important"), (-1, "watch")])
def test_what_is_an_important_loss_of_function_is_a_number_of_the_day(effective, severity):
    dated = Thresholds([Setting("R7", "important_rise", 1, back(effective))])
    (found,) = function([Function(back(9), 4), Function(D, 5)], [], until=D, thresholds=dated)
    assert found.severity == severity
