"""Quotas through the actions: tests, starts, steps proposed, approved, held; the dose of a day."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
import time_machine

from plans.actions import flags, plans, quota_steps, quotas, sessions
from plans.actions.refusals import DraftChanged, Refused
from plans.models import BaselineTest, Flag, Plan, PlanVersion, Quota, QuotaStep, Session
from plans.models.quota import dosed_for
from tests.cast import NOON, TODAY, log_days, make_active_plan

DAY = timedelta(days=1)
WEEK = timedelta(weeks=1)
WALK = "walking-on-level-ground"


def walk_of(version: PlanVersion):
    return version.prescriptions.get(exercise_version__exercise__slug=WALK)


def lock_of(version: PlanVersion) -> int:
    return PlanVersion.objects.get(pk=version.pk).lock


def with_quota(patient, by, *, ahead=False, ceiling="20", at=NOON - timedelta(days=70)) -> Quota:
    """An active plan whose walk (10 minutes) grows by 10 % a week."""
    first = make_active_plan(patient, by, exercises=(WALK, "bridge"), at=at)
    draft = plans.revise(plan=first.plan, by=by, at=at)
    plans.change_dose(
        prescription=walk_of(draft), changes={"duration_minutes": Decimal(10)}, lock=lock_of(draft), by=by, at=at
    )
    quotas.set_quota(
        prescription=walk_of(draft),
        step_percent=10,
        ceiling=Decimal(ceiling),
        approved_ahead=ahead,
        lock=lock_of(draft),
        by=by,
        at=at,
    )
    version = plans.activate(version=draft, lock=lock_of(draft), why="Grow", by=by, at=at)
    return Quota.objects.get(prescription__version=version)


def do_sessions(patient, version, days) -> None:
    for day in days:
        at = NOON - timedelta(days=(TODAY - day).days)
        Session.objects.create(
            patient=patient, plan_version=version, source="quick", started_at=at, finished_at=at, local_date=day,
            time_zone="Europe/London", received_at=at, recorded_by=patient.user,
        )  # fmt: skip


def busy(patient, quota) -> None:
    """Every planned session of the last week done."""
    do_sessions(patient, quota.prescription.version, [TODAY - n * DAY for n in range(1, 8) if n in (1, 3, 5)])


def test_a_tested_tolerance_gives_the_start_minus_20_percent(anna, alice, annas_plan):
    draft = plans.revise(plan=annas_plan.plan, by=alice, at=NOON)
    row = draft.prescriptions.first()
    test = quotas.record_test(
        patient=anna, exercise=row.exercise_version.exercise, measure="repetitions", value=Decimal(12), on=TODAY,
        by=alice, at=NOON,
    )  # fmt: skip
    assert quotas.start_from_test(prescription=row, test=test, lock=0, by=alice, at=NOON) == 9
    row.refresh_from_db()
    assert (row.sets, row.repetitions, row.duration_minutes) == (1, 9, None)
    assert anna.events.filter(verb="baseline tested").count() == 1


def test_a_test_of_another_exercise_or_person_gives_no_start(anna, ben, alice, annas_plan):
    draft = plans.revise(plan=annas_plan.plan, by=alice, at=NOON)
    one, other = draft.prescriptions.all()[:2]
    given = {"measure": "repetitions", "value": Decimal(12), "on": TODAY, "by": alice, "at": NOON}
    elsewhere = quotas.record_test(patient=anna, exercise=other.exercise_version.exercise, **given)
    with pytest.raises(Refused, match="another exercise"):
        quotas.start_from_test(prescription=one, test=elsewhere, lock=0, by=alice, at=NOON)
    of_ben = quotas.record_test(patient=ben, exercise=one.exercise_version.exercise, **given)
    with pytest.raises(Refused, match="somebody else"):
        quotas.start_from_test(prescription=one, test=of_ben, lock=0, by=alice, at=NOON)
    assert lock_of(draft) == 0


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"value": Decimal(0)}, "above zero"),
        ({"on": TODAY + DAY}, "today or earlier"),
        ({"measure": "miles"}, "counted"),
    ],
)
def test_a_test_that_makes_no_sense_is_refused(changes, words, anna, alice, annas_plan):
    exercise = annas_plan.prescriptions.first().exercise_version.exercise
    given = {"measure": "repetitions", "value": Decimal(3), "on": TODAY} | changes
    with pytest.raises(Refused, match=words):
        quotas.record_test(patient=anna, exercise=exercise, by=alice, at=NOON, **given)
    assert not BaselineTest.objects.exists()


@pytest.mark.parametrize(("step", "ceiling", "words"), [(4, 20, "5 to 20"), (21, 20, "5 to 20"), (10, 1, "ceiling")])
def test_a_quota_that_makes_no_sense_is_refused(step, ceiling, words, annas_plan, alice):
    draft = plans.revise(plan=annas_plan.plan, by=alice, at=NOON)
    row = draft.prescriptions.first()
    with pytest.raises(Refused, match=words):
        quotas.set_quota(
            prescription=row, step_percent=step, ceiling=Decimal(ceiling), approved_ahead=False, lock=0, by=alice,
            at=NOON,
        )  # fmt: skip
    assert lock_of(draft) == 0


def test_a_quota_on_a_stale_page_is_a_conflict(annas_plan, alice):
    draft = plans.revise(plan=annas_plan.plan, by=alice, at=NOON)
    with pytest.raises(DraftChanged):
        quotas.set_quota(
            prescription=draft.prescriptions.first(), step_percent=10, ceiling=Decimal(99), approved_ahead=False,
            lock=7, by=alice, at=NOON,
        )  # fmt: skip


def test_a_step_is_proposed_once_and_counts_from_its_approval(anna, alice):
    quota = with_quota(anna, alice)
    busy(anna, quota)
    assert quota_steps.propose(at=NOON)["proposed"] == 1
    assert quota_steps.propose(at=NOON)["proposed"] == 0
    step = QuotaStep.objects.get()
    assert (step.from_value, step.to_value) == (10, 11)
    assert minutes(quota, TODAY) == 10
    quota_steps.approve(step=step, by=alice, at=NOON)
    assert minutes(quota, TODAY) == 11
    assert minutes(quota, TODAY - DAY) == 10
    assert quota.prescription.version.prescriptions.get(pk=quota.prescription_id).duration_minutes == 10
    # The next one only a week later.
    assert quota_steps.propose(at=NOON + 6 * DAY)["proposed"] == 0
    do_sessions(anna, quota.prescription.version, [TODAY, TODAY + 2 * DAY, TODAY + 4 * DAY])
    assert quota_steps.propose(at=NOON + WEEK)["proposed"] == 1
    with pytest.raises(Refused, match="decided already"):
        quota_steps.approve(step=step, by=alice, at=NOON)


def minutes(quota: Quota, day: date) -> Decimal:
    return dosed_for(quota.prescription.version.prescriptions.filter(pk=quota.prescription_id), day)[0].duration_minutes


def test_approved_in_advance_takes_the_step_in_the_name_of_who_activated(anna, alice):
    quota = with_quota(anna, alice, ahead=True, ceiling="10.5")
    busy(anna, quota)
    assert quota_steps.propose(at=NOON)["approved"] == 1
    step = QuotaStep.objects.get()
    assert (step.decided_by, step.effective_on, step.to_value) == (alice, TODAY, Decimal("10.5"))
    assert sum(quota_steps.propose(at=NOON + 5 * WEEK).values()) == 0, "the ceiling is reached"


def test_few_sessions_hold_the_step_and_doing_them_in_the_same_week_frees_it(anna, alice):
    quota = with_quota(anna, alice)
    assert quota_steps.propose(at=NOON)["held"] == 1
    held = QuotaStep.objects.get()
    assert (held.state, held.why) == ("held", "less than 60 % of the week's sessions were done")
    busy(anna, quota)
    assert quota_steps.propose(at=NOON)["proposed"] == 1
    assert QuotaStep.objects.get().state == "proposed"


def test_an_open_flag_holds_a_proposed_step_and_nobody_can_approve_it(anna, alice):
    quota = with_quota(anna, alice)
    busy(anna, quota)
    quota_steps.propose(at=NOON)
    log_days(anna, [2] * 20 + [8] * 8)
    flags.evaluate(patient_id=anna.pk, at=NOON)
    assert Flag.objects.open().exists()
    step = QuotaStep.objects.get()
    with pytest.raises(Refused, match="flag"):
        quota_steps.approve(step=step, by=alice, at=NOON)
    assert quota_steps.propose(at=NOON)["held"] == 1
    step.refresh_from_db()
    assert (step.state, step.why) == ("held", "a flag is open")
    assert minutes(quota, TODAY) == 10


def test_a_paused_plan_does_not_grow(anna, alice):
    quota = with_quota(anna, alice, ahead=True)
    busy(anna, quota)
    Plan.objects.filter(pk=quota.prescription.version.plan_id).update(status="paused")
    assert quota_steps.propose(at=NOON)["held"] == 1


def test_a_declined_step_comes_again_a_week_later(anna, alice):
    quota = with_quota(anna, alice)
    busy(anna, quota)
    quota_steps.propose(at=NOON)
    quota_steps.decline(step=QuotaStep.objects.get(), why="Not yet", by=alice, at=NOON)
    assert sum(quota_steps.propose(at=NOON + DAY).values()) == 0
    do_sessions(anna, quota.prescription.version, [TODAY, TODAY + 2 * DAY, TODAY + 4 * DAY])
    assert quota_steps.propose(at=NOON + WEEK)["proposed"] == 1


def test_a_revised_plan_starts_where_the_steps_have_come_to(anna, alice):
    quota = with_quota(anna, alice)
    busy(anna, quota)
    quota_steps.propose(at=NOON)
    quota_steps.approve(step=QuotaStep.objects.get(), by=alice, at=NOON)
    draft = plans.revise(plan=quota.prescription.version.plan, by=alice, at=NOON)
    copied = walk_of(draft)
    assert copied.duration_minutes == 11
    assert (copied.quota.start, copied.quota.ceiling, copied.quota.step_percent) == (11, 20, 10)


def test_a_changed_dose_takes_its_quota_along(anna, alice):
    quota = with_quota(anna, alice)
    draft = plans.revise(plan=quota.prescription.version.plan, by=alice, at=NOON)
    plans.change_dose(prescription=walk_of(draft), changes={"duration_minutes": Decimal(30)}, lock=0, by=alice, at=NOON)
    assert (walk_of(draft).quota.start, walk_of(draft).quota.ceiling) == (30, 30)
    plans.change_dose(
        prescription=walk_of(draft),
        changes={"duration_minutes": None, "distance_metres": 400},
        lock=1,
        by=alice,
        at=NOON,
    )
    assert not Quota.objects.filter(prescription=walk_of(draft)).exists()


def test_a_session_freezes_the_dose_of_its_day(anna, alice):
    from accounts.models import new_id

    quota = with_quota(anna, alice)
    busy(anna, quota)
    quota_steps.propose(at=NOON)
    quota_steps.approve(step=QuotaStep.objects.get(), by=alice, at=NOON)
    for day, expected in [(TODAY, 11.0), (TODAY - 2 * DAY, 10.0)]:
        at = NOON - timedelta(days=(TODAY - day).days)
        given = sessions.SessionInput(
            id=new_id(), started_at=at - timedelta(minutes=20), finished_at=at - timedelta(minutes=1),
            time_zone="Europe/London", source="quick",
        )  # fmt: skip
        stored = sessions.record_session(
            patient=anna, plan_version=quota.prescription.version, given=given, by=anna.user, at=NOON
        ).session
        assert stored.doses[str(quota.prescription_id)]["duration_minutes"] == expected


@pytest.mark.parametrize(
    ("growing", "language", "to", "said"),
    [
        (False, "en-gb", "11.5", '<b>Walking on level ground</b><span class="pp-small">11.5 minutes</span>'),
        (False, "es", "11.5", '<b>Caminar en llano</b><span class="pp-small">11,5 minutos</span>'),
        (True, "en-gb", "6.0", '<span class="pp-small">6 holds of 10 seconds, each side</span>'),
    ],
)
def test_the_record_says_the_dose_of_today_in_the_readers_language(client, anna, alice, growing, language, to, said):
    quota = (
        make_active_plan(anna, alice, growing=True).prescriptions.get(quota__isnull=False).quota if growing else None
    )
    QuotaStep.objects.create(
        quota=quota or with_quota(anna, alice), week_on=TODAY, from_value=2, to_value=to, state="approved",
        effective_on=TODAY, proposed_at=NOON, decided_at=NOON, decided_by=alice,
    )  # fmt: skip
    alice.language = language
    alice.save()
    client.force_login(alice)
    with time_machine.travel(NOON, tick=False):
        assert said in client.get(f"/patients/{anna.pk}/").content.decode()
