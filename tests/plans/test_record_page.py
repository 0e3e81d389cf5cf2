"""The patient page beyond the chart: check-ins, notes and pauses in the timeline, and what changed since a look."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
import time_machine

from accounts.models import AccessLog, new_id
from accounts.together import together
from plans.actions import flags, messages, notes, pausing, plans, sessions
from plans.models import CheckIn, Flag, Note, PainScore, Pause, Plan, PlanVersion, Prescription
from plans.views.clinician.record_changes import last_look, own_looks
from tests.cast import NOON, TODAY, log_days

DAY = timedelta(days=1)
WORSE = [4, 4, 5, 4, 4, 5, 4] * 5 + [7] * 7


@pytest.fixture(autouse=True)
def _at_noon():
    with time_machine.travel(NOON, tick=False):
        yield


def answer(patient, kind, total, on=TODAY, at=None, items=None):
    total = None if total is None else Decimal(str(total))
    at = at or datetime(on.year, on.month, on.day, 9, tzinfo=NOON.tzinfo)
    return CheckIn.objects.create(
        patient=patient, kind=kind, period_on=on, items=items or {}, total=total,
        answered_at=at, local_date=on, time_zone="Europe/London", received_at=at, source="quick",
        recorded_by=patient.user,
    )  # fmt: skip


def looked(user, patient, at, route="patient"):
    AccessLog.objects.create(at=at, user=user, patient=patient, route=route)


def page(client, user, patient, query=""):
    client.force_login(user)
    response = client.get(f"/patients/{patient.pk}/{query}")
    assert response.status_code == 200
    return response.content.decode()


def since(html) -> str:
    part = html[html.index("pp-since") :]
    return part[: part.index("</section>")]


def test_checkins_in_sentences(client, alice, anna):
    for back, total in ((28, 4), (21, 4.33), (0, 5.33)):
        answer(anna, "PEG", total, TODAY - timedelta(days=back))
    answer(anna, "confidence", 4, TODAY - 28 * DAY)
    answer(anna, "confidence", 7)
    answer(anna, "sleep", None)
    answer(anna, "PHQ-4", 3)
    html = page(client, alice, anna)
    assert "5.3 of 10 on 19 Nov, 1.3 worse than on 22 Oct." in html
    assert "7.0 of 10 on 19 Nov, 3.0 better than on 22 Oct." in html
    assert "3.0 of 12 on 19 Nov, answered once in this time." in html
    assert "Not asked in this time." in html
    assert '<td class="n">4 of 10</td>' in html
    assert "not answered" in html
    assert "<title>19 Nov: 5.3</title>" in html
    assert "was 4.0" in html
    assert "5.3 of 10 on 19 Nov, 1.0 worse than on 29 Oct." in page(client, alice, anna, "?period=4w")


@pytest.mark.parametrize(
    ("items", "said"),
    [
        ({"interest": 2, "low": 1, "nervous": 1, "worry": 1}, "no diagnosis: low mood 3 of 6."),
        ({"interest": 2, "low": 2, "nervous": 3, "worry": 3}, "no diagnosis: low mood 4 of 6, worry 6 of 6."),
        ({"interest": 1, "low": 1, "nervous": 1, "worry": 1}, ""),
        ({"interest": 3, "nervous": None}, ""),
    ],
)
def test_low_mood_and_worry_are_a_note(client, alice, anna, items, said):
    answer(anna, "PHQ-4", 4, items=items)
    html = page(client, alice, anna)
    assert said in html
    assert ("no diagnosis" in html) == bool(said)


def test_no_checkins_no_section(client, alice, anna):
    assert "Check-ins" not in page(client, alice, anna)


def test_notes_and_pauses_stand_in_the_timeline(client, alice, anna, annas_plan):
    log_days(anna, [4] * 10)
    notes.write(patient=anna, note_id=new_id(), text="Saw <her> today", is_shared=False, by=alice, at=NOON - 2 * DAY)
    pausing.pause(plan=annas_plan.plan, reason="Holiday", by=alice, at=NOON - 6 * DAY)
    pausing.resume(plan=annas_plan.plan, by=alice, at=NOON - 4 * DAY)
    html = page(client, alice, anna)
    assert "<title>17 Nov: Alice Archer: Saw &lt;her&gt; today</title>" in html
    assert "<title>Plan paused from 13 Nov to 15 Nov</title>" in html
    assert "Note: Alice Archer: Saw &lt;her&gt; today" in html
    assert "Plan resumed" in html
    assert "<title>12 Nov: session missed</title>" in html
    assert 'data-chart="' in html


def test_the_first_look_says_so(client, alice, anna):
    assert "You open this record for the first time." in since(page(client, alice, anna))
    assert "You open this record for the first time." in since(page(client, alice, anna))


def test_what_changed_since_the_last_look(client, alice, bob, anna, annas_plan):
    looked(alice, anna, NOON - 8 * DAY)
    log_days(anna, WORSE)
    flags.evaluate(patient_id=anna.pk, at=NOON)
    messages.write(patient=anna, message_id=new_id(), text="Secret words", by=anna.user, at=NOON - DAY)
    answer(anna, "PEG", 5)
    answer(anna, "confidence", 7)
    given = sessions.SessionInput(
        id=new_id(), started_at=NOON - DAY, finished_at=NOON - DAY, time_zone="Europe/London", source="quick"
    )
    sessions.record_session(patient=anna, plan_version=annas_plan, given=given, by=anna.user, at=NOON - DAY)
    score = PainScore.objects.filter(value=7).first()
    sessions.amend_score(score=score, value=Decimal(6), by=anna.user, at=NOON)
    draft = plans.revise(plan=annas_plan.plan, by=bob, at=NOON - DAY)
    plans.activate(version=draft, lock=draft.lock, why="Less walking", by=bob, at=NOON - DAY)
    told = since(page(client, alice, anna))
    assert "New since you last looked on 11 Nov, 12:00" in told
    assert "1 new message." in told
    assert "Secret" not in told
    assert "Flag raised: Sustained increase (important)." in told
    assert "Pain logged on 8 days (12 Nov to 19 Nov): 4.0 to 7.0." in told
    assert "1 session logged." in told
    assert "1 score corrected." in told
    assert "Check-ins: Daily life (PEG) 5.0, Confidence 7.0." in told
    assert "Plan v2 activated. Less walking" in told
    assert "Bob Brook" in told


def test_nothing_changed_is_said(client, alice, anna):
    log_days(anna, [4] * 5, last=TODAY - 3 * DAY)
    looked(alice, anna, NOON - DAY)
    assert "Nothing new since you last looked on 18 Nov, 12:00." in since(page(client, alice, anna))


def test_what_one_did_oneself_is_nothing_new(client, alice, anna):
    looked(alice, anna, NOON - DAY)
    notes.write(patient=anna, note_id=new_id(), text="Mine", is_shared=False, by=alice, at=NOON - timedelta(hours=2))
    assert "Nothing new since" in since(page(client, alice, anna))


def test_one_visit_is_looks_within_half_an_hour(alice, bob, anna):
    for minutes in (0, 20, 45, 24 * 60):
        looked(alice, anna, NOON - timedelta(minutes=minutes))
    looked(bob, anna, NOON - timedelta(minutes=80))
    looked(alice, anna, NOON - timedelta(minutes=90), route="patient_messages")
    assert last_look(*together(own_looks(anna, alice, NOON)), NOON) == NOON - DAY
    assert last_look(*together(own_looks(anna, bob, NOON)), NOON) == NOON - timedelta(minutes=80)


def test_the_top_of_the_page_says_what_matters(client, alice, anna, annas_plan):
    log_days(anna, WORSE)
    flags.evaluate(patient_id=anna.pk, at=NOON)
    messages.write(patient=anna, message_id=new_id(), text="Hello", by=anna.user, at=NOON)
    html = page(client, alice, anna)
    top = html[: html.index('class="pp-two"')]
    for words in (
        "Anna Anders",
        "61, lower back, right knee.",
        "2.7 points",
        "usual 4.3",
        "0 of ",
        "Re-evaluation",
        "1 new<span",
        "<dd>Active <small>v1</small>",
    ):
        assert words in top, words


@pytest.mark.parametrize("query", ["?period=all", "?period=1y&site=", "?period=%00", "?period=9999w"])
def test_any_period_is_answered(client, alice, anna, query):
    page(client, alice, anna, query)


def test_what_a_record_lists_comes_without_models(client, alice, anna, annas_plan, monkeypatch):
    log_days(anna, WORSE)
    flags.evaluate(patient_id=anna.pk, at=NOON)
    notes.write(patient=anna, note_id=new_id(), text="Knee is stiff", is_shared=False, by=alice, at=NOON - 2 * DAY)
    pausing.pause(plan=annas_plan.plan, reason="Holiday", by=alice, at=NOON - DAY)
    name = annas_plan.prescriptions.all()[0].exercise_version.name
    for model in (Flag, Note, Pause, Plan, PlanVersion, Prescription):
        monkeypatch.setattr(model, "from_db", None)  # one would end in an error
    html = page(client, alice, anna)
    assert all(words in html for words in ("Sustained increase", "Knee is stiff", "Holiday", "Plan v1", name))
