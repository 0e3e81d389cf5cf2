"""Whatever the order in which logs arrive, in whatever batches and how often, the flags come out the same.

In memory, without a database: the rules and the matching of episodes with flags. `make test-full` runs 5,000 examples.
"""

import os
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from plans import rules
from plans.actions.episodes import match
from plans.models import Flag
from plans.rules import FlareReport, Function, MoodResult, Resolution, SafetyReport, SiteScore
from plans.schedule import Planned
from plans.scores import day_values
from plans.thresholds import Setting, Thresholds

EXAMPLES = 5000 if os.environ.get("PAINPLAN_FULL") else 250
DAY = timedelta(days=1)
FIRST = date(2026, 1, 1)
TODAY = FIRST + 70 * DAY
START = datetime(2026, 1, 1, 12, tzinfo=UTC)
BACK = rules.ActiveSpan(FIRST)
PLAN = rules.PlanFrom(FIRST, [Planned(times_a_week=3)])

days = st.integers(0, 69) | st.integers(20, 45)
values = st.sampled_from([0, 2, 3, 4, 4, 5, 7, 8, 9, 10])


@st.composite
def logs(draw):
    """One thing that a patient sends; its place in the list is its id."""
    kind = draw(st.sampled_from(["daily"] * 4 + ["session"] * 3 + ["PEG", "mood", "flare", "yes", "stretch"]))
    day = draw(days)
    if kind == "session":
        return kind, day, draw(st.none() | values), draw(st.none() | values), draw(st.none() | values)
    if kind == "mood":
        return kind, day, draw(st.none() | st.integers(0, 6)), draw(st.none() | st.integers(0, 6))
    if kind == "stretch":
        return kind, day, draw(values), draw(st.integers(1, min(30, 70 - day)))  # nobody logs for days to come
    return kind, day, draw(values)


def facts_of(known):
    """The facts that a set of logs, by id, amounts to."""
    scores, flares, yes, pegs, moods, logged = [], [], [], [], [], set()
    for key, (kind, day, *rest) in known.items():
        on = FIRST + day * DAY
        if kind == "daily":
            scores.append(SiteScore(on, "daily", rest[0]))
        elif kind == "stretch":
            scores += [SiteScore(on + n * DAY, "daily", rest[0]) for n in range(rest[1])]
        elif kind == "session":
            order = f"{on} {key:03}"
            moments = zip(["before", "after", "next morning"], [on, on, on + DAY], rest, strict=True)
            scores += [SiteScore(when, moment, value, f"s{key}", on, order) for moment, when, value in moments]
            logged.add(on)
        elif kind == "PEG":
            pegs.append(Function(on, rest[0], f"{key:03}"))
        elif kind == "mood":
            moods.append(MoodResult(on, *rest, f"{key:03}"))
        elif kind == "flare":
            flares.append(FlareReport(f"f{key}", on, f"{key:03}"))
        else:
            yes.append(SafetyReport(f"y{key}", on, START + day * DAY + key * timedelta(minutes=1), ["leg-weakness"]))
    logged |= {score.on for score in scores if score.value is not None}
    return scores, {"safety": yes, "flares": flares, "functions": pegs, "moods": moods, "logged_on": sorted(logged)}


def judge(known, resolved, thresholds, until):
    scores, rest = facts_of(known)
    resolutions = {}
    for rule, day in resolved:
        on = FIRST + day * DAY
        resolutions.setdefault(rule, []).append(Resolution(on, START + day * DAY + timedelta(minutes=30)))
    decisions = [rules.pain.Resolve(r.on) for r in resolutions.get("R3", ())]
    site = rules.judge_site(rules.SiteFacts(scores, None, decisions, resolutions), thresholds, until=until)
    facts = rules.PatientFacts(spans=[BACK], plans=[PLAN], resolutions=resolutions, **rest)
    return site.replay, site.episodes | rules.judge_patient(facts, thresholds, until=until)


class Ledger:
    """Stored flags in memory, brought in line as plans/actions/raising.py does it."""

    def __init__(self):
        self.flags = []

    def take(self, episodes, today):
        for rule, found in episodes.items():
            stored = sorted((f for f in self.flags if f.rule == rule), key=lambda f: f.first_alert_on)
            findings, gone = match(found, stored)
            for flag in gone:
                if flag.last_alert_on < today:
                    flag.state = "withdrawn"
            for finding in findings:
                flag = finding.flag
                if flag is None:
                    flag = Flag(rule=rule, state="open")
                    self.flags.append(flag)
                elif flag.state == "withdrawn":
                    flag.state = "open"
                for name, value in finding.fields().items():
                    setattr(flag, name, value)
            self.check(rule)

    def check(self, rule):
        """What the database refuses: two open flags, or dates that overlap."""
        held = [f for f in self.flags if f.rule == rule and f.state != "withdrawn"]
        assert sum(f.is_open for f in held) <= 1
        if rule != "R0":
            spans = sorted((f.first_alert_on, f.last_alert_on) for f in held)
            assert all(earlier[1] < later[0] for earlier, later in pairwise(spans))
        assert all(f.since_on <= f.first_alert_on <= f.last_alert_on for f in held)

    def said(self):
        held = [f for f in self.flags if f.state != "withdrawn"]
        return sorted(
            (f.rule, f.state, f.first_alert_on, f.last_alert_on, f.since_on, f.severity, repr(f.evidence)) for f in held
        )


some_settings = st.lists(
    st.builds(
        Setting,
        st.just("R1"),
        st.sampled_from(["above_usual", "ceiling_unknown"]),
        st.sampled_from([3.0, 5.0]),
        days.map(lambda day: FIRST + day * DAY),
        st.booleans(),
    ),
    max_size=2,
)


@settings(max_examples=EXAMPLES)
@given(
    st.lists(logs(), max_size=30),
    st.lists(st.tuples(st.sampled_from([f"R{n}" for n in range(10)]), days), max_size=2),
    some_settings,
    st.randoms(use_true_random=False),
)
def test_any_order_repetition_and_batching_ends_in_the_same_flags_and_days(sent, resolved, numbers, random):
    thresholds = Thresholds(numbers)
    known = dict(enumerate(sent))
    replay, episodes = judge(known, resolved, thresholds, TODAY)
    at_once = Ledger()
    at_once.take(episodes, TODAY)

    waiting = [*known, *random.choices(list(known), k=5)] if known else []
    random.shuffle(waiting)
    arrived, ledger = {}, Ledger()
    while waiting:
        batch = [waiting.pop() for _ in range(min(len(waiting), random.randint(1, 10)))]
        arrived |= {key: known[key] for key in batch}
        _, partly = judge(arrived, resolved, thresholds, TODAY)
        # What the clinic was not told for a week it was not told, whatever comes later: silence is left to time.
        ledger.take({rule: found for rule, found in partly.items() if rule != "R5"}, TODAY + DAY)
    arrived_replay, in_the_end = judge(arrived, resolved, thresholds, TODAY)
    assert in_the_end == episodes
    assert arrived_replay == replay
    assert day_values((s.on, s.moment, s.value) for s in facts_of(arrived)[0]) == [
        (d.day, d.value) for d in replay.days
    ]
    ledger.take({rule: found for rule, found in in_the_end.items() if rule != "R5"}, TODAY + DAY)
    assert ledger.said() == [flag for flag in at_once.said() if flag[0] != "R5"]


@settings(max_examples=EXAMPLES // 5)
@given(st.lists(logs(), max_size=30), st.lists(st.tuples(st.just("R5"), days), max_size=2))
def test_day_by_day_and_all_at_once_agree_on_what_is_silent_now(sent, resolved):
    known = dict(enumerate(sent))
    ledger = Ledger()
    for day in range(0, 71):
        today = FIRST + day * DAY
        until_then = {key: log for key, log in known.items() if log[1] + (log[3] if log[0] == "stretch" else 1) <= day}
        _, episodes = judge(until_then, [pair for pair in resolved if pair[1] <= day], Thresholds(), today)
        ledger.take({"R5": episodes["R5"]}, today)
    current = [e for e in episodes["R5"] if not e.over]
    assert len(current) <= 1
    stored = [f for f in ledger.flags if not f.evidence["over"] and f.state != "withdrawn"]
    assert [(f.last_alert_on, f.severity) for f in stored] == [
        (e.last_alert_on, max(e.severity_highest, *(f.severity for f in stored), key=rules_rank)) for e in current
    ]


def rules_rank(severity):
    return {"watch": 0, "important": 1, "urgent": 2}[severity]
