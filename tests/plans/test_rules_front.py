"""The front of the rules: each rule gets its own facts, numbers, resolutions and day, and answers in one shape."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from plans import pain
from plans.cusum import DEFAULTS as R3_DEFAULTS
from plans.evidence import Resolution
from plans.rules import (
    OF_THE_PATIENT,
    OF_THE_SITE,
    ActiveSpan,
    Done,
    DoneSession,
    FlareReport,
    Function,
    MoodResult,
    PatientFacts,
    PlanFrom,
    SafetyReport,
    SiteFacts,
    SiteScore,
    earliest_silence,
    judge_patient,
    judge_site,
    r3_numbers,
)
from plans.schedule import Planned
from plans.thresholds import Setting, Thresholds

DAY = timedelta(days=1)
D = date(2026, 3, 30)
NOON = datetime(2026, 3, 30, 12, tzinfo=UTC)
DEFAULTS = Thresholds()
EVERY_DAY = Planned(weekdays=frozenset(range(1, 8)))


def back(days):
    return D - days * DAY


def off(rule):
    return Thresholds([Setting(rule, "on", 0, back(400))])


def overdone(days):
    done = Done("squat", {"sets": 3, "repetitions": 20}, {"sets": 3, "repetitions": 10})
    return DoneSession(f"s{days}", back(days), "", [done])


# Something for every rule of the patient to say on D. The PEG is up by 1 since the re-evaluation, by 4 since the first.
EVERYTHING = PatientFacts(
    logged_on=[back(days) for days in range(20, 100)],
    spans=[ActiveSpan(back(100))],
    plans=[PlanFrom(back(100), [EVERY_DAY])],
    sessions=[overdone(1), overdone(0)],
    safety=[SafetyReport("r", D, NOON, ["leg-weakness"])],
    flares=[FlareReport("f", D)],
    functions=[Function(back(60), 2), Function(back(40), 5), Function(D, 6)],
    moods=[MoodResult(D, 3, 0)],
    reevaluated_on=[back(30)],
)
SEVERITIES = {"R0": "urgent", "R5": "important", "R6": "watch", "R7": "watch", "R8": "watch", "R9": "watch"}


def with_resolution(rule):
    return replace(EVERYTHING, resolutions={rule: [Resolution(D, NOON + timedelta(hours=1))]})


def last(found):
    return {rule: episodes[-1] for rule, episodes in found.items() if episodes}


def test_every_rule_of_the_patient_is_judged_with_its_own_facts():
    found = judge_patient(EVERYTHING, DEFAULTS, until=D)
    assert tuple(found) == OF_THE_PATIENT
    assert {rule: episode.severity for rule, episode in last(found).items()} == SEVERITIES
    assert {episode.rule for episodes in found.values() for episode in episodes} == set(OF_THE_PATIENT)
    assert all(episode.last_alert_on == D and episode.settled_on is None for episode in last(found).values())
    assert last(found)["R7"].numbers["reference"] == 5, "compared with the last one before the re-evaluation"


def test_nothing_is_said_of_the_days_after():
    assert not any(judge_patient(EVERYTHING, DEFAULTS, until=back(70)).values())


@pytest.mark.parametrize("rule", ["R5", "R6", "R7", "R8", "R9"])
def test_a_rule_of_the_patient_goes_by_its_own_switch(rule):
    found = judge_patient(EVERYTHING, off(rule), until=D)
    assert [name for name, episodes in found.items() if not episodes] == [rule]


@pytest.mark.parametrize("rule", OF_THE_PATIENT)
def test_a_rule_of_the_patient_goes_by_its_own_resolutions(rule):
    settled = {
        name: episode.settled_on
        for name, episode in last(judge_patient(with_resolution(rule), DEFAULTS, until=D)).items()
    }
    assert settled == {name: D if name == rule else None for name in OF_THE_PATIENT}


def test_logged_days_without_pressing_are_quiet_days_of_a_flare():
    facts = PatientFacts(logged_on=[back(19), back(18), back(17)], flares=[FlareReport("f", back(20))])
    (episode,) = judge_patient(facts, DEFAULTS, until=D)["R9"]
    assert (episode.quiet_logged_days, episode.closable, episode.reports) == (3, True, ("f",))


def daily(days, value):
    return SiteScore(back(days), "daily", value)


def of_session(days, on, moment, value):
    return SiteScore(back(on), moment, value, "s", back(days), "s")


# 28 days at 4, a month later eight days at 7; the day before D a session that no rule likes.
BAD = SiteFacts(
    scores=[
        *(daily(days, 4) for days in range(40, 68)),
        *(daily(days, 7) for days in range(2, 10)),
        of_session(1, 1, "before", 7),
        of_session(1, 1, "during", 9),
        of_session(1, 0, "next morning", 9.5),
    ]
)


def site(until=D, thresholds=DEFAULTS, **changed):
    return judge_site(replace(BAD, **changed), thresholds, until=until)


def test_every_rule_of_a_site_is_judged_with_its_own_level():
    judged = site()
    assert tuple(judged.episodes) == OF_THE_SITE
    assert {rule: [e.rule for e in found] for rule, found in judged.episodes.items()} == {r: [r] for r in OF_THE_SITE}
    one, two, three, four = (judged.episodes[rule][0] for rule in OF_THE_SITE)
    assert (one.last_alert_on, one.numbers["ceiling"], one.numbers["basis"]) == (back(1), 6, "usual")
    assert (two.last_alert_on, two.numbers["rise"], two.numbers["basis"]) == (D, 2.5, "before")
    assert (four.last_alert_on, four.numbers["value"], four.numbers["usual"]) == (D, 9.5, 4)
    assert (three.since_on, three.raised_on, three.last_alert_on) == (back(9), back(7), back(1))
    assert (three.version, three.severity, three.severity_highest) == (pain.RULE_VERSION, "important", "important")
    assert three.numbers == {
        "usual": 4, "mean": 7, "rise": 3, "spread": judged.replay.spread, "logged_days": 9,
        "last_log_on": back(1).isoformat(),
    }  # fmt: skip
    assert (three.closed_on, three.over, three.closable, three.quiet_logged_days) == (None, False, False, 0)
    assert judged.replay.days[-1].day == back(1)


def test_a_level_is_known_for_the_day_of_a_session_and_for_today():
    """Without a score before, the next morning is compared with U on the session's day, a day without scores."""
    facts = SiteFacts([*(daily(days, 4) for days in range(40, 68)), of_session(3, 2, "next morning", 6)])
    judged = judge_site(facts, DEFAULTS, until=D)
    (episode,) = judged.episodes["R2"]
    assert (episode.numbers["compared"], episode.numbers["basis"]) == (4, "usual")
    assert (judged.replay.asked[D], judged.replay.asked[back(3)], judged.replay.asked[back(2)]) == (4, 4, 4)


def test_until_the_level_is_known_the_intake_counts():
    judged = judge_site(SiteFacts([of_session(0, 0, "during", 5.5)], intake=3), DEFAULTS, until=D)
    (episode,) = judged.episodes["R1"]
    assert (episode.numbers["ceiling"], episode.numbers["basis"]) == (5, "intake")
    assert judged.episodes["R3"] == ()


def test_nothing_is_said_of_a_site_before_it_happened():
    judged = site(until=back(30))
    assert [judged.episodes[rule] for rule in ("R1", "R2", "R4")] == [(), (), ()]


@pytest.mark.parametrize("rule", OF_THE_SITE)
def test_a_rule_of_a_site_goes_by_its_own_switch(rule):
    found = site(thresholds=off(rule)).episodes
    assert [name for name, episodes in found.items() if not episodes] == [rule]


@pytest.mark.parametrize("rule", ["R1", "R2", "R4"])
def test_a_rule_of_a_site_goes_by_its_own_resolutions(rule):
    found = site(resolutions={rule: [Resolution(D)]}).episodes
    assert {name: episodes[-1].settled_on for name, episodes in found.items()} == {
        name: D if name == rule else None for name in OF_THE_SITE
    }


def test_decisions_are_about_r3_alone():
    found = site(decisions=[pain.Resolve(D)]).episodes
    assert {name: episodes[-1].settled_on for name, episodes in found.items()} == {
        name: D if name == "R3" else None for name in OF_THE_SITE
    }
    assert (found["R3"][0].closed_on, found["R3"][0].over) == (D, True)


@pytest.mark.parametrize(
    ("days", "closed"), [(14, None), (15, 15), (16, 15)], ids=["the 14th day", "the 15th", "one more"]
)
def test_a_sustained_increase_is_over_on_the_15th_day(days, closed):
    """Nothing was logged since, so a flag about it does not close by itself, and says when the last log was."""
    (episode,) = site(until=back(1) + days * DAY).episodes["R3"]
    assert episode.closed_on == (None if closed is None else back(1) + closed * DAY)
    assert episode.over is (closed is not None)
    assert episode.closable is False
    assert episode.numbers["last_log_on"] == back(1).isoformat()


@pytest.mark.parametrize(("quiet", "closable"), [(2, False), (3, True), (4, True)])
def test_a_flag_closes_by_itself_after_three_logged_days_without_alert(quiet, closable):
    calm = [daily(-days, 0) for days in range(1, quiet + 1)]
    (episode,) = site(until=D + 30 * DAY, scores=[*BAD.scores, *calm]).episodes["R3"]
    assert (episode.quiet_logged_days, episode.over, episode.closable) == (quiet, True, closable)
    assert episode.numbers["last_log_on"] is None


def test_the_numbers_of_r3_hold_from_their_day():
    dated = Thresholds([Setting("R3", "least_rise", 2.5, D), Setting("R3", "on", 0, D + DAY)])
    assert r3_numbers(DEFAULTS, D) == R3_DEFAULTS
    assert r3_numbers(dated, back(1)) == R3_DEFAULTS
    assert (r3_numbers(dated, D).least_rise, r3_numbers(dated, D).on) == (2.5, True)
    assert r3_numbers(dated, D + DAY).on is False
    from_then = Thresholds([Setting("R3", "on", 0, back(4))])
    assert [e.last_alert_on for e in site(thresholds=from_then).episodes["R3"]] == [back(5)]


@pytest.mark.parametrize(
    ("facts", "settings", "days"),
    [
        (PatientFacts(), [], 7),
        (PatientFacts(logged_on=[back(9), back(3)]), [], 4),
        (PatientFacts(logged_on=[back(9)], spans=[ActiveSpan(back(2))]), [], 5),
        (PatientFacts(logged_on=[back(9)], resolutions={"R5": [Resolution(back(1))]}), [], 6),
        (PatientFacts(logged_on=[back(9)], resolutions={"R4": [Resolution(back(1))]}), [], -2),
        (PatientFacts(logged_on=[back(3), D, D + DAY]), [], 7),
        (PatientFacts(logged_on=[back(3)]), [Setting("R5", "watch_days", 9, back(50))], 6),
        (PatientFacts(logged_on=[back(3)]), [Setting("R5", "important_days", 5, back(50))], 2),
        (PatientFacts(logged_on=[back(3)]), [Setting("R5", "watch_days", 9, D + DAY)], 4),
    ],
    ids=["nothing", "a log", "activation", "resolved", "another rule", "the day itself", "later", "sooner", "not yet"],
)
def test_the_first_day_on_which_silence_alone_can_alert(facts, settings, days):
    assert earliest_silence(facts, Thresholds(settings), D) == D + days * DAY
