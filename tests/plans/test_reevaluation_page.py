"""What the page of a re-evaluation prepares: check-ins before and now, goals, pain by exercise, proposals."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db import transaction

from plans.actions import flags, reevaluations, sessions
from plans.models import CheckIn, Goal, GoalRating, Plan, Reevaluation
from plans.views.clinician.prepared import prepare
from tests.cast import NOON, TODAY, log_days, make_active_plan
from tests.plans.test_clinician_record import do_session

WORSE = [4, 4, 5, 4, 4, 5, 4] * 5 + [7] * 7
STEADY = [4, 4, 5, 4, 4, 5, 4] * 6
LAST_TIME = NOON - timedelta(days=28)


@pytest.fixture(autouse=True)
def _at_noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def due(annas_plan, alice) -> Reevaluation:
    """The one that covers the last four weeks."""
    first = Reevaluation.objects.get(plan=annas_plan.plan)
    following = reevaluations.complete(
        reevaluation=first, decision="continue", note="Fine", next_due_on=TODAY, by=alice, at=LAST_TIME
    )
    return Reevaluation.objects.get(pk=following.pk)


def checked_in(patient, kind, days_ago, total=None, **items):
    day = TODAY - timedelta(days=days_ago)
    at = datetime(day.year, day.month, day.day, 9, tzinfo=UTC)
    return CheckIn.objects.create(
        patient=patient, kind=kind, period_on=day, items=items, total=total, answered_at=at, local_date=day,
        time_zone="Europe/London", received_at=at, source="quick", recorded_by=patient.user,
    )  # fmt: skip


def peg(patient, days_ago, *answers):
    total = None if None in answers else Decimal(sum(answers)) / 3
    return checked_in(
        patient, "PEG", days_ago, total, **dict(zip(("pain", "enjoyment", "activity"), answers, strict=True))
    )


def mood(patient, days_ago, interest, low, nervous, worry):
    return checked_in(
        patient, "PHQ-4", days_ago, interest + low + nervous + worry,
        interest=interest, low=low, nervous=nervous, worry=worry,
    )  # fmt: skip


def measure(row, key):
    return next(each for each in prepare(row, NOON).measures if each.key == key)


def page(client, alice, row) -> str:
    client.force_login(alice)
    return client.get(f"/reevaluations/{row.pk}/").content.decode()


def test_daily_life_against_the_last_answer_up_to_the_last_one(client, alice, anna, due):
    peg(anna, 60, 2, 2, 2)
    peg(anna, 29, 4, 4, 4)
    peg(anna, 20, 9, 9, 9)
    peg(anna, 6, 6, 5, 6)
    peg(anna, 2, 6, None, 6)  # incomplete: no result
    found = measure(due, "peg")
    assert (found.before, round(found.now, 2), found.answers) == (4.0, 5.67, 2)
    assert (found.change, found.is_worse) == (Decimal("1.7"), True)
    assert "Daily life (PEG): 5.7, 1.7 worse than before." in page(client, alice, due)


def test_without_an_earlier_answer_the_first_one_counts(anna, due):
    peg(anna, 20, 6, 6, 6)
    assert (measure(due, "peg").before, measure(due, "peg").now) == (None, 6.0)
    peg(anna, 3, 4, 4, 4)
    found = measure(due, "peg")
    assert (found.before, found.now, found.is_better) == (6.0, 4.0, True)


def test_a_correction_counts_not_what_it_replaced(anna, due):
    wrong = peg(anna, 5, 9, 9, 9)
    right = CheckIn(
        patient=anna, kind="PEG", period_on=wrong.period_on, items={"pain": 3, "enjoyment": 3, "activity": 3}, total=3,
        answered_at=wrong.answered_at, local_date=wrong.local_date, time_zone="Europe/London",
        received_at=wrong.received_at, source="quick", recorded_by=anna.user,
    )  # fmt: skip
    with transaction.atomic():  # the key is checked at the end: only one of a period is current at any moment
        CheckIn.objects.filter(pk=wrong.pk).update(superseded_by=right.pk)
        right.save()
    assert measure(due, "peg").now == 3.0


def test_confidence_is_better_when_it_rises_and_sleep_when_it_falls(anna, due):
    for days_ago, answer in ((30, 4), (2, 7)):
        checked_in(anna, "confidence", days_ago, answer, confidence=answer)
        checked_in(anna, "sleep", days_ago, answer, sleep=answer)
    assert (measure(due, "confidence").is_better, measure(due, "confidence").is_worse) == (True, False)
    assert (measure(due, "sleep").is_better, measure(due, "sleep").is_worse) == (False, True)


def test_mood_and_worry_are_two_numbers_and_a_proposal_to_ask(client, alice, anna, due):
    mood(anna, 30, 0, 0, 0, 1)
    mood(anna, 2, 2, 1, 1, 1)
    assert [(measure(due, key).before, measure(due, key).now) for key in ("phq2", "gad2")] == [(0, 3), (1, 2)]
    html = page(client, alice, due)
    assert "Mood and worry: PHQ-2 3 of 6, GAD-2 2 of 6." in html
    assert "Ask or refer" in html
    assert "PHQ-2 is 3 of 6 (3 or more is worth asking about). It is no diagnosis." in html
    assert "GAD-2 is" not in html


def test_when_all_is_well_a_small_step_up_is_proposed(client, alice, anna, annas_plan, due):
    log_days(anna, STEADY)
    flags.evaluate(patient_id=anna.pk, at=NOON)
    for back in range(28, 0, -1):
        day = TODAY - timedelta(days=back)
        if day.isoweekday() in (1, 3, 4):
            done = do_session(anna, annas_plan, day, pains=(2, 3))
            morning = datetime(day.year, day.month, day.day, 8, tzinfo=UTC) + timedelta(days=1)
            sessions.record_next_morning(
                session=done, site=anna.sites.all()[0], value=Decimal(5), time_zone="Europe/London", by=anna.user,
                at=morning,
            )  # fmt: skip
    html = page(client, alice, due)
    assert "A small step up is possible" in html
    assert "12 of 12 planned sessions were done." in html
    assert "Pain during or after sessions was at most 6.0; the ceiling is 6.3." in html
    assert "Pain had settled by the next morning (5 answers)." in html
    assert "It is for you to decide." in html
    assert 'name="decision" value="progress"' in html
    assert 'value="progress" checked' not in html  # nothing is preselected


def test_an_open_flag_keeps_the_plan(client, alice, anna, due):
    log_days(anna, WORSE)
    flags.evaluate(patient_id=anna.pk, at=NOON)
    due.refresh_from_db()
    html = page(client, alice, due)
    assert "Keep the plan as it is" in html
    assert "1 flag is open." in html
    assert "A small step up is possible" not in html


def test_what_was_skipped_for_pain_speaks_for_ease(client, alice, anna, annas_plan, due):
    for back in (1, 4, 7):
        do_session(anna, annas_plan, TODAY - timedelta(days=back), skipped="pain")
    html = page(client, alice, due)
    assert "Ease the plan" in html
    assert "3 of 6 exercises were skipped because of pain." in html
    assert "3 exercises were skipped: Pain (3)." in html


def test_a_paused_plan_is_not_progressed(client, alice, anna, due):
    Plan.objects.filter(pk=due.plan_id).update(status="paused")
    assert "The plan is paused." in page(client, alice, Reevaluation.objects.get(pk=due.pk))


def test_goals_with_how_close_they_feel(client, alice, anna, due):
    goal = Goal.objects.create(patient=anna, text="Carry the shopping home", made_at=LAST_TIME, made_by=alice)
    Goal.objects.create(
        patient=anna, text="Kneel in church", position=2, made_at=LAST_TIME, made_by=alice, end="reached", ended_at=NOON
    )
    for days_ago, closeness in ((40, 3), (3, 6)):
        day = TODAY - timedelta(days=days_ago)
        GoalRating.objects.create(goal=goal, closeness=closeness, on=day, at=NOON, by=anna.user)
    html = page(client, alice, due)
    assert "6 of 10 close, was 3" in html
    assert "Kneel in church" not in html


def test_pain_on_an_exercise_before_a_rise_and_since(client, alice, anna, annas_plan, due):
    log_days(anna, WORSE)
    for back, pains in ((20, (1, 2)), (16, (1, 4)), (3, (2, 7)), (2, (2, 8))):
        do_session(anna, annas_plan, TODAY - timedelta(days=back), pains=pains)
    flags.evaluate(patient_id=anna.pk, at=NOON)
    prepared = prepare(Reevaluation.objects.get(pk=due.pk), NOON)
    assert prepared.since == TODAY - timedelta(days=6)
    worst = prepared.exercises[0]
    assert (worst.pain_before, worst.pain_since, worst.pain) == (3.0, 7.5, 5.25)
    assert worst.dose
    assert "Since 13 Nov" in page(client, alice, due)


def test_a_done_one_shows_no_proposals(client, alice, due):
    reevaluations.complete(reevaluation=due, decision="continue", note="Fine", next_due_on=None, by=alice, at=NOON)
    assert "What the numbers speak for" not in page(client, alice, due)


def test_a_first_plan_without_any_log(client, alice, ben, bob):
    version = make_active_plan(ben, bob, at=NOON - timedelta(days=1))
    row = Reevaluation.objects.get(plan=version.plan)
    html = page(client, alice, row)
    assert "No pain was logged in this time." in html
    assert "Keep the plan as it is" in html


def test_the_page_says_why_it_is_due_then(client, alice, anna, due):
    later = {"reason": "She rang: a bad week", "by": alice, "at": NOON}
    reevaluations.reschedule(reevaluation=due, due_on=TODAY + timedelta(days=20), **later)
    due.refresh_from_db()
    assert "Put off from 19 Nov: She rang: a bad week" in page(client, alice, due)
    reevaluations.reschedule(reevaluation=due, due_on=TODAY + timedelta(days=9), **later)
    due.refresh_from_db()
    assert "Asked for instead of 9 Dec: She rang: a bad week" in page(client, alice, due)
    log_days(anna, WORSE)
    flags.evaluate(patient_id=anna.pk, at=NOON)
    due.refresh_from_db()
    assert "Brought forward from 28 Nov by a flag." in page(client, alice, due)


def test_what_was_looked_at_does_not_change_with_what_comes_later(client, alice, anna, due):
    log_days(anna, STEADY, last=TODAY)
    flags.evaluate(patient_id=anna.pk, at=NOON)
    reevaluations.complete(reevaluation=due, decision="continue", note="Fine", next_due_on=None, by=alice, at=NOON)
    row = Reevaluation.objects.get(pk=due.pk)
    before = prepare(row, NOON)
    later = NOON + timedelta(days=60)
    with time_machine.travel(later, tick=False):
        log_days(anna, [1] * 60, last=later.date())
        flags.evaluate(patient_id=anna.pk, at=later)
        after = prepare(row, later)
    assert before.level is not None and before.level.usual == pytest.approx(4.29, abs=0.01)
    assert (after.level, after.last, after.measures) == (before.level, before.last, before.measures)
    assert prepare(Reevaluation.objects.get(plan=due.plan, state="open"), later).level.usual == 1.0
