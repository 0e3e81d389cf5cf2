"""The sentence of every rule: whole, with its numbers, and agreeing with itself."""

from datetime import date
from types import SimpleNamespace

import pytest
from django.utils import translation

from plans import wording_flags
from plans.models import Flag
from plans.rules import SAFETY_QUESTIONS
from plans.wording_red_flags import FINDINGS, QUESTIONS, finding, question

D = date(2026, 11, 19)
KNEE = SimpleNamespace(name="Right knee", is_main=False)


def flag(rule, site=None, first=D, last=D, since=D, **evidence):
    shown = SimpleNamespace(site=site, first_alert_on=first, last_alert_on=last, since_on=since, evidence=evidence)
    shown.rule, shown.get_rule_display = rule, lambda: Flag.Rule(rule).label
    return shown


CASES = [
    (flag("R0", answers=["leg-weakness", "swollen-calf"], times=1),
     "Answered yes to a safety question on 19 Nov: new or worsening leg weakness and a swollen, hot calf."),
    (flag("R0", answers=["fall-injury"], times=3),
     "Answered yes to a safety question 3 times, last on 19 Nov: a fall or injury."),
    (flag("R1", value=8.0, ceiling=6.3, times=1),
     "In the session on 19 Nov pain reached 8, above the session ceiling of 6.3."),
    (flag("R1", KNEE, value=8.0, ceiling=6.0, times=1),
     "Right knee: In the session on 19 Nov pain reached 8, above the session ceiling of 6."),
    (flag("R1", first=date(2026, 11, 14), value=9.0, ceiling=6.0, times=2),
     "Pain rose above the session ceiling of 6 in 2 sessions since 14 Nov; on 19 Nov it reached 9."),
    (flag("R2", value=7.0, compared=4.0, basis="before", session_on="2026-11-18", times=1),
     "The morning after the session on 18 Nov pain was 7, 3 points above the 4 before it."),
    (flag("R2", value=7.0, compared=4.25, basis="usual", session_on="2026-11-18", times=2),
     "The morning after the session on 18 Nov pain was 7, 2.7 points above the usual 4.3. That was so on 2 mornings."),
    (flag("R3", mean=6.4, usual=4.3, logged_days=8, since_on="2026-11-03", over=False),
     "Since 3 Nov (8 logged days) pain has averaged 6.4, which is 2.1 points above the usual 4.3."),
    (flag("R4", value=10.0, usual=4.0, basis="usual"), "Pain was 10 of 10 on 19 Nov; the usual level is 4.0."),
    (flag("R4", value=9.0, usual=5.0, basis="intake"),
     "Pain was 9 of 10 on 19 Nov; the usual level at the first visit was 5.0."),
    (flag("R4", value=9.0, usual=None, basis="unknown"),
     "Pain was 9 of 10 on 19 Nov; the usual level is not known yet."),
    (flag("R5", because="log", last_log_on="2026-11-10", counted_from="2026-11-10"),
     "No log for 9 days: the last one was on 10 Nov."),
    (flag("R5", because="resolution", last_log_on="2026-11-01", counted_from="2026-11-10"),
     "No log for 18 days: the last one was on 1 Nov."),
    (flag("R5", because="activation", last_log_on=None, counted_from="2026-11-10"),
     "No log for 9 days: none since the plan began on 10 Nov."),
    (flag("R5", because="resume", last_log_on="2026-10-01", counted_from="2026-11-10"),
     "No log for 9 days: none since the plan was resumed on 10 Nov."),
    (flag("R6", since=date(2026, 11, 14), limit=120.0, exercises=[{"exercise": "Walk", "percent": 149.6}]),
     "More than 120 % of the prescribed dose in several sessions since 14 Nov; on 19 Nov 150 % of Walk."),
    (flag("R7", peg=16 / 3, reference=4.0, reference_on="2026-10-20"),
     "Pain and function (PEG) on 19 Nov: 5.3, 1.3 points worse than the 4.0 on 20 Oct."),
    (flag("R8", phq2=4, gad2=3, low=True, worried=True),
     "Mood questions on 19 Nov: low mood 4 of 6 (PHQ-2) and worry 3 of 6 (GAD-2). Worth asking about."),
    (flag("R8", phq2=None, gad2=5, low=False, worried=True),
     "Mood questions on 19 Nov: worry 5 of 6 (GAD-2). Worth asking about."),
    (flag("R9", times=1), "Said on 19 Nov to be in a flare."),
    (flag("R9", first=date(2026, 11, 17), times=2), "Said 2 times since 17 Nov to be in a flare, last on 19 Nov."),
    (flag("R4"), "Severe pain since 19 Nov."),
]  # fmt: skip


@pytest.mark.parametrize(("shown", "words"), CASES, ids=[f"{c[0].rule}-{n}" for n, c in enumerate(CASES)])
def test_the_sentence(shown, words):
    assert wording_flags.sentence(shown) == words


@pytest.mark.parametrize("shown", [c[0] for c in CASES], ids=[f"{c[0].rule}-{n}" for n, c in enumerate(CASES)])
def test_the_marked_sentence_says_the_same(shown):
    marked = wording_flags.marked_sentence(shown)
    plain = marked.replace('<b class="is-alert">', "").replace("<b>", "").replace("</b>", "")
    assert plain == wording_flags.sentence(shown)


def test_names_are_escaped_and_braces_are_only_text():
    site = SimpleNamespace(name="<b>{knee}</b>", is_main=False)
    shown = flag("R4", site, value=9.0, usual=None, basis="unknown")
    assert wording_flags.marked_sentence(shown).startswith("&lt;b&gt;{knee}&lt;/b&gt;: ")


@pytest.mark.parametrize(
    ("shown", "words"),
    [
        (flag("R1", over=False), ""),
        (flag("R1", over=True, quiet_logged_days=2), "It has not happened again on 2 logged days since 19 Nov."),
        (flag("R4", over=True, quiet_logged_days=0), "No logs since 19 Nov."),
        (flag("R5", over=True, ended_by="log", ended_on="2026-11-20"), "Logs came again on 20 Nov."),
        (flag("R5", over=True, ended_by="pause", ended_on="2026-11-20"), "The plan has rested since 20 Nov."),
        (flag("R7", over=True), "Later answers are within the limit again."),
    ],
)
def test_how_it_went_on(shown, words):
    assert wording_flags.since_then(shown) == words


def test_every_safety_question_has_its_words():
    assert list(QUESTIONS) == list(FINDINGS) == list(SAFETY_QUESTIONS)
    for slug in SAFETY_QUESTIONS:
        assert question(slug).endswith("?")
        assert finding(slug)
    assert finding("one-no-longer-asked") == "one-no-longer-asked"


ONE_POINT = flag("R2", value=5.0, compared=4.0, basis="before", session_on="2026-11-18", times=1)


@pytest.mark.parametrize(("language", "rise"), [("en", ", 1 point above the 4"), ("es", ", 1 punto ")])
def test_one_point_is_no_plural(language, rise):
    with translation.override(language):
        assert rise in wording_flags.sentence(ONE_POINT)
