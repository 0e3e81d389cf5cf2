"""A session step by step: nothing is lost or counted twice, and it belongs to the version it was begun with."""

from datetime import timedelta
from decimal import Decimal

import pytest

from accounts.models import new_id
from plans.actions import flags, pausing, plans, player, reading, scheduled, sessions
from plans.actions.refusals import Refused
from plans.models import (
    ExerciseLog,
    Flag,
    PainScore,
    PainWatch,
    PlanEvent,
    PlanRead,
    Session,
    SessionConflict,
    SessionStep,
)
from tests.cast import NOON, TODAY
from tests.plans.test_player_safety import begin


@pytest.fixture
def session(anna, annas_plan) -> Session:
    return begin(anna, annas_plan)


def save(session, step, content, *, sequence=1, at=NOON):
    by = session.patient.user
    return player.save_step(session=session, step=step, sequence=sequence, content=content, by=by, at=at)


def scores(session, value) -> dict:
    return {"scores": {str(session.patient.sites.first().pk): value}}


def done(**more) -> dict:
    return {"state": "done", "reason": "", "pain": None} | more


def finish(session, at=NOON + timedelta(minutes=20)):
    return player.finish(session=session, by=session.patient.user, at=at)


def test_begin_freezes_the_doses_and_the_day(session, annas_plan):
    assert (session.state, session.local_date, session.source) == ("in progress", TODAY, "player")
    assert set(session.doses) == {str(p.pk) for p in annas_plan.prescriptions.all()}
    assert len(player.exercise_ids(session)) == 2
    assert PlanEvent.objects.filter(verb="session begun").count() == 1


def test_begun_twice_is_one_session(session, anna, annas_plan):
    assert begin(anna, annas_plan, at=NOON + timedelta(minutes=5)).pk == session.pk
    assert Session.objects.count() == 1


def test_a_paused_or_revised_plan_is_not_begun(anna, annas_plan, alice):
    pausing.pause(plan=annas_plan.plan, reason="Holiday", by=alice, at=NOON)
    with pytest.raises(Refused, match="paused"):
        begin(anna, annas_plan)
    assert not Session.objects.exists()


def test_the_id_of_somebody_else_is_refused(session, ben, bob):
    from tests.cast import make_active_plan

    version = make_active_plan(ben, bob)
    with pytest.raises(Refused, match="somebody else"):
        player.begin(
            patient=ben, session_id=session.pk, plan_version=version, exercises=[], time_zone="Europe/London",
            by=ben.user, at=NOON,
        )  # fmt: skip


def test_steps_become_scores_and_logs_once(session, anna):
    first, second = player.exercise_ids(session)
    save(session, "before", scores(session, "4"))
    save(session, first, done(sets=2, repetitions=8, pain=3))
    save(session, second, {"state": "skipped", "reason": "tired", "pain": None})
    save(session, "after", scores(session, "6") | {"effort": 3, "note": "Fine"})
    assert [s.moment for s in PainScore.objects.all()] == ["before"]
    recorded = finish(session)
    again = finish(session, at=NOON + timedelta(hours=2))
    assert recorded.new and not again.new and not again.conflict
    stored = recorded.session
    assert (stored.state, stored.effort, stored.note, stored.finished_at) == (
        "done", 3, "Fine", NOON + timedelta(minutes=20),
    )  # fmt: skip
    assert {s.moment: s.value for s in stored.scores.all()} == {"before": Decimal(4), "after": Decimal(6)}
    assert set(stored.scores.values_list("local_date", "source")) == {(TODAY, "player")}
    logs = {str(log.prescription_id): log for log in ExerciseLog.objects.all()}
    assert (logs[first].state, logs[first].sets_done, logs[first].repetitions_done, logs[first].pain) == (
        "done",
        2,
        8,
        3,
    )
    assert (logs[second].state, logs[second].skip_reason) == ("skipped", "tired")
    assert PainWatch.objects.get(pk=anna.pk).dirty_since is not None
    assert PlanEvent.objects.filter(verb="session logged").count() == 1


def test_the_highest_sequence_counts_and_nothing_is_dropped(session):
    save(session, "before", scores(session, "4"))
    save(session, "before", scores(session, "4"))
    assert SessionStep.objects.filter(step="before").count() == 1
    save(session, "before", scores(session, "5"), sequence=1)  # another tab with the same number
    assert SessionStep.objects.filter(step="before").count() == 2
    assert player.said(session)["before"] == scores(session, "5")
    save(session, "before", scores(session, "7"), sequence=9)
    save(session, "before", scores(session, "6"), sequence=4)  # late: a lower number than what counts
    assert player.said(session)["before"] == scores(session, "7")


def test_severe_pain_before_the_session_is_flagged_at_once(session, anna, django_capture_on_commit_callbacks):
    PainWatch.objects.filter(pk=anna.pk).update(dirty_since=None)
    with django_capture_on_commit_callbacks() as rung:
        save(session, "before", scores(session, "9"), at=NOON + timedelta(minutes=1))
    assert len(rung) == 1
    assert PainWatch.objects.get(pk=anna.pk).dirty_since == NOON + timedelta(minutes=1)
    flags.evaluate(patient_id=anna.pk, at=NOON + timedelta(minutes=2))
    flag = Flag.objects.get(rule="R4")
    assert (flag.state, flag.severity, flag.evidence["moment"]) == ("open", "important", "before")
    finish(session)
    flags.evaluate(patient_id=anna.pk, at=NOON + timedelta(minutes=21))
    assert PainScore.objects.count() == Flag.objects.filter(rule="R4").count() == 1


def test_other_words_before_the_session_correct_the_score(session, anna):
    save(session, "before", scores(session, "9"))
    save(session, "before", scores(session, "2"), sequence=2)
    save(session, "before", scores(session, "8"), sequence=1)  # late: it becomes the third, and the highest counts
    assert list(session.scores.order_by("received_at", "id").values_list("value", flat=True)) == [9, 2, 8]
    save(session, "before", scores(session, "8"), sequence=4)
    finish(session)
    current = session.scores.current().get()
    assert (current.value, current.occurred_at, current.local_date) == (8, session.started_at, TODAY)
    assert PlanEvent.objects.filter(verb="score corrected").count() == 2


def test_what_was_corrected_meanwhile_stays_corrected(session, anna):
    save(session, "before", scores(session, "9"))
    sessions.amend_score(score=session.scores.get(), value=Decimal(4), by=anna.user, at=NOON)
    finish(session)
    assert session.scores.current().get().value == 4


def test_words_after_the_end_are_kept_as_a_conflict(session):
    first, _second = player.exercise_ids(session)
    save(session, first, done())
    finish(session)
    assert not save(session, first, done()).conflict
    assert save(session, first, done(pain=8), sequence=2).conflict
    assert save(session, first, done(pain=8), sequence=2).conflict
    assert SessionConflict.objects.count() == 1
    assert ExerciseLog.objects.get().pain is None


def test_a_step_of_another_plan_is_refused(session):
    with pytest.raises(Refused):
        save(session, str(new_id()), done())


def test_not_now_is_no_number_and_a_skipped_session_is_left(session):
    save(session, "before", scores(session, None))
    for key in player.exercise_ids(session):
        save(session, key, {"state": "skipped", "reason": "pain", "pain": None})
    recorded = finish(session)
    assert recorded.session.state == "left"
    assert recorded.session.scores.get().value is None
    assert PlanEvent.objects.filter(verb="session left").exists()


def test_it_is_finished_against_the_version_it_was_begun_with(session, annas_plan, alice):
    draft = plans.revise(plan=annas_plan.plan, by=alice, at=NOON + timedelta(minutes=1))
    at = NOON + timedelta(minutes=2)
    new = plans.activate(version=draft, lock=draft.lock, why="New", by=alice, at=at)
    pausing.pause(plan=new.plan, reason="Wait", by=alice, at=NOON + timedelta(minutes=3))
    first, _second = player.exercise_ids(session)
    save(session, first, done(), at=NOON + timedelta(minutes=4))
    recorded = finish(session)
    assert (recorded.session.state, recorded.session.plan_version) == ("done", annas_plan)


def test_a_session_left_for_a_day_is_closed_with_what_was_said(session):
    first, _second = player.exercise_ids(session)
    save(session, "before", scores(session, "9"), at=NOON + timedelta(minutes=1))
    save(session, first, done(), at=NOON + timedelta(minutes=9))
    assert player.close_stale(at=NOON + timedelta(hours=23)) == {"left": 0}
    later = NOON + timedelta(hours=25)
    assert player.close_stale(at=later) == {"left": 1}
    assert player.close_stale(at=later) == {"left": 0}
    session.refresh_from_db()
    assert (session.state, session.finished_at) == ("left", NOON + timedelta(minutes=9))
    assert session.scores.get().value == 9
    assert session.scores.get().local_date == TODAY
    assert session.logs.get().state == "done"


def test_the_sweep_closes_them_too():
    assert scheduled.CLOSE_SESSIONS in scheduled.SAFETY


def test_a_plan_is_read_once(annas_plan, anna):
    first = reading.confirm_read(version=annas_plan, by=anna.user, at=NOON)
    again = reading.confirm_read(version=annas_plan, by=anna.user, at=NOON + timedelta(days=1))
    assert (first.pk, first.at) == (again.pk, NOON)
    assert PlanRead.objects.count() == PlanEvent.objects.filter(verb="plan read").count() == 1
