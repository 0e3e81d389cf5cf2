"""Scores, corrections, resolutions and acceptances through the actions and PostgreSQL end as the pure rules say.

The same history is written through the actions, in any order and with evaluations in between, and judged at once.
"""

import os
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import new_id
from plans import rules
from plans.actions import flags, reconcile, reconcile_pain, sessions
from plans.models import Decision, Flag
from plans.rules import SiteFacts, SiteScore
from plans.thresholds import Thresholds
from tests.cast import NOON

EXAMPLES = 250 if os.environ.get("PAINPLAN_FULL") else 15
DAY = timedelta(days=1)
SPAN = 14  # a log may be so many days late

values = st.sampled_from([None, 0, 3, 4, 4, 5, 8, 9, 10])
steps = st.one_of(
    st.tuples(st.just("log"), st.integers(0, SPAN), values),
    st.tuples(st.just("log"), st.integers(0, SPAN), values),
    st.tuples(st.just("session"), st.integers(0, SPAN), values, values),
    st.tuples(st.just("again"), st.integers(0, 30), values),
    st.tuples(st.just("evaluate")),
    st.tuples(st.just("next day")),
    st.tuples(st.just("next day")),
    st.tuples(st.just("next week"), st.integers(3, 9), values),
    st.tuples(st.just("acknowledge")),
    st.tuples(st.just("resolve"), st.sampled_from(["talked", "new usual"])),
)


class Undo(Exception):
    """Each example plays in a transaction of its own that is taken back."""


class Story:
    """One patient's history, written through the actions; `told` are the scores as they stand."""

    def __init__(self, patient, version, by):
        self.patient, self.version, self.by = patient, version, by
        self.site = patient.sites.first()
        self.day, self.sent, self.told = 0, [], {}

    @property
    def now(self):
        return NOON + self.day * DAY

    def log(self, back, value, key=None):
        key = key or new_id()
        value = None if value is None else Decimal(value)
        at = self.now - back * DAY
        sessions.record_daily(
            patient=self.patient, score_id=key, site=self.site, value=value, occurred_at=at, time_zone="Europe/London",
            source="quick", by=self.by, at=self.now,
        )  # fmt: skip
        if key not in self.told:
            self.sent.append(key)
            self.told[key] = (at.date(), "daily", value)
        else:
            self.told[key] = (*self.told[key][:2], value)

    def again(self, place, value):
        """The client sends an entry again, with another value: a correction."""
        if self.sent:
            key = self.sent[place % len(self.sent)]
            score = sessions.PainScore.objects.get(pk=key)
            sessions.amend_score(score=score, value=None if value is None else Decimal(value), by=self.by, at=self.now)
            self.told[key] = (*self.told[key][:2], value)

    def session(self, back, before, after):
        at = self.now - back * DAY
        given = [sessions.ScoreInput(m, self.site.pk, v if v is None else Decimal(v)) for m, v in
                 (("before", before), ("after", after))]  # fmt: skip
        made = sessions.SessionInput(
            id=new_id(), started_at=at, finished_at=at, time_zone="Europe/London", source="player", scores=given
        )
        for _ in range(2):  # sent twice, stored once
            sessions.record_session(
                patient=self.patient, plan_version=self.version, given=made, by=self.by, at=self.now
            )
        order = f"{at.isoformat()} {made.id}"
        for score in given:
            self.told[(made.id, score.moment)] = (at.date(), score.moment, score.value, str(made.id), order)

    def step(self, kind, *rest):
        if kind == "log":
            self.log(*rest)
        elif kind == "again":
            self.again(*rest)
        elif kind == "session":
            self.session(*rest)
        elif kind == "next day":
            self.day += 1
        elif kind == "next week":
            for _ in range(rest[0]):
                self.day += 1
                self.log(0, rest[1])
        elif kind == "evaluate":
            self.evaluate()
        elif kind == "acknowledge":
            for flag in Flag.objects.open():
                flags.acknowledge(flag=flag, by=self.by, at=self.now)
        else:
            self.resolve(rest[0])

    def resolve(self, action):
        flag = Flag.objects.open().order_by("rule").last()
        if flag is not None:
            action = action if flag.rule == "R3" else "talked"
            flags.resolve(flag=flag, action_taken=action, note="", useful=None, by=self.by, at=self.now)

    def evaluate(self):
        flags.evaluate(patient_id=self.patient.pk, at=self.now)

    def expected(self):
        """The episodes of the site, judged at once from the scores as they stand."""
        scores = [
            SiteScore(
                on, moment, None if value is None else float(value), *(rest[:1] + [on] + rest[1:] if rest else [])
            )
            for on, moment, value, *rest in self.told.values()
        ]
        decisions, resolutions = [], {}
        for d in Decision.objects.all():
            if d.kind == "accepted":
                decisions.append(rules.pain.Accept(d.on, d.since_on, d.until_on))
            elif d.rule == "R3":
                decisions.append(rules.pain.Resolve(d.on))
            else:
                resolutions.setdefault(d.rule, []).append(rules.Resolution(d.on, d.at))
        facts = SiteFacts(scores, 4.0, decisions, resolutions)
        return rules.judge_site(facts, Thresholds(), until=self.now.date())

    def check(self):
        self.evaluate()
        self.day += 1
        self.evaluate()
        judged = self.expected()
        for rule, episodes in judged.episodes.items():
            held = Flag.objects.filter(rule=rule).exclude(state="withdrawn").order_by("first_alert_on")
            unsettled = [e for e in episodes if e.settled_on is None]
            shown = [f for f in held if f.state != "resolved"]
            # Every episode that nobody has settled stands on exactly one flag, and nothing else is flagged.
            assert sum(f.evidence["episodes"] for f in shown) == len(unsettled), rule
            for episode in unsettled:
                flag = shown[-1] if len(shown) == 1 else next(
                    f for f in shown if f.since_on <= episode.since_on and f.last_alert_on >= episode.last_alert_on
                )  # fmt: skip
                assert rules_rank(flag.severity) >= rules_rank(episode.severity_highest)
            if unsettled:
                last = shown[-1]
                assert last.last_alert_on == unsettled[-1].last_alert_on
                assert {k: last.evidence[k] for k in unsettled[-1].numbers} == unsettled[-1].numbers
            assert all(f.resolved_at for f in held if f.state == "resolved")
        replay = flags.r3_replay(self.site)
        assert [(d.day, d.value) for d in replay.days] == [(d.day, d.value) for d in judged.replay.days]
        assert replay.usual == judged.replay.usual
        assert reconcile.differences(patient_id=self.patient.pk) == []
        assert reconcile_pain.look(after=None, most=10).suspected == []


def rules_rank(severity):
    return {"watch": 0, "important": 1, "urgent": 2}[severity]


@pytest.mark.django_db
@settings(max_examples=EXAMPLES, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(first=st.integers(20, 34), level=st.sampled_from([3, 4]), played=st.lists(steps, min_size=5, max_size=30))
def test_the_actions_and_the_pure_rules_agree(anna, annas_plan, alice, first, level, played):
    try:
        with transaction.atomic():
            story = Story(anna, annas_plan, alice)
            story.day = -first
            for _ in range(first):
                story.log(0, level)
                story.day += 1
            for step in played:
                story.step(*step)
            story.check()
            raise Undo
    except Undo:
        assert not Flag.objects.exists()
