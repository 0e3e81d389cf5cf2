"""From rows to flags: every rule raises its flag through the actions and the evaluation, and ends as it should."""

from datetime import timedelta
from decimal import Decimal

import pytest

from accounts.models import new_id
from plans.actions import checkins, flags, pausing, reports, sessions, thresholds, watching
from plans.actions.reevaluations import complete
from plans.models import Flag, PainWatch, Pause, Plan, Reevaluation
from tests.cast import NOON, TODAY, log_days, make_active_plan

DAY = timedelta(days=1)
ZONE = "Europe/London"


def evaluate(patient, days=0):
    flags.evaluate(patient_id=patient.pk, at=NOON + days * DAY)


def only(patient, rule) -> Flag:
    return Flag.objects.get(patient=patient, rule=rule)


def log_session(patient, version, back=0, *, site=0, logs=(), **scores):
    """A session so many days back; scores by moment."""
    at = NOON - back * DAY
    place = list(patient.sites.all())[site]
    given = [sessions.ScoreInput(moment, place.pk, Decimal(str(value))) for moment, value in scores.items()]
    return sessions.record_session(
        patient=patient,
        plan_version=version,
        given=sessions.SessionInput(
            id=new_id(), started_at=at, finished_at=at, time_zone=ZONE, source="player", scores=given, logs=logs
        ),
        by=patient.user,
        at=at,
    ).session


def next_morning(patient, session, value, back):
    sessions.record_next_morning(
        session=session,
        site=patient.sites.first(),
        value=Decimal(value),
        time_zone=ZONE,
        by=patient.user,
        at=NOON - back * DAY,
    )


def check_in(patient, kind, *answers, back=0):
    items = {"PEG": ("pain", "enjoyment", "activity"), "PHQ-4": ("interest", "low", "nervous", "worry")}[kind]
    return checkins.record_checkin(
        patient=patient,
        checkin_id=new_id(),
        kind=kind,
        answers=dict(zip(items, answers, strict=True)),
        time_zone=ZONE,
        source="quick",
        by=patient.user,
        at=NOON - back * DAY,
    )


def press_flare(patient, back=0):
    return reports.report_flare(
        patient=patient, report_id=new_id(), time_zone=ZONE, source="quick", by=patient.user, at=NOON - back * DAY
    )


def say_yes(patient, *answers, at=NOON, report_id=None):
    return reports.report_safety(
        patient=patient,
        report_id=report_id or new_id(),
        answers=answers or ["leg-weakness"],
        time_zone=ZONE,
        source="player",
        by=patient.user,
        at=at,
    )


def resolve(flag, by, at=NOON):
    flags.resolve(flag=flag, action_taken="talked", note="Talked.", useful=True, by=by, at=at)


def test_r0_pauses_the_plan_at_once_and_only_a_release_resumes_it(anna, annas_plan, alice):
    plan = annas_plan.plan
    Reevaluation.objects.filter(plan=plan).update(due_on=TODAY + 20 * DAY)
    say_yes(anna, "swollen-calf", "leg-weakness")
    plan.refresh_from_db()
    assert (plan.status, plan.pauses.get().why) == ("paused", "safety")
    evaluate(anna)
    flag = only(anna, "R0")
    assert (flag.severity, flag.site, flag.evidence["answers"]) == ("urgent", None, ["leg-weakness", "swollen-calf"])
    assert plan.pauses.get().flag == flag
    assert Reevaluation.objects.get(plan=plan).due_on == TODAY
    resolve(flag, alice)
    evaluate(anna)
    plan.refresh_from_db()
    assert plan.status == Plan.Status.PAUSED
    with pytest.raises(pausing.Refused):
        pausing.resume(plan=plan, by=alice, at=NOON)
    with pytest.raises(pausing.Refused):
        pausing.release(plan=plan, note=" ", by=alice, at=NOON)
    pausing.release(plan=plan, note="Seen in the hospital, all clear.", by=alice, at=NOON + DAY)
    plan.refresh_from_db()
    assert (plan.status, plan.resumed_at) == ("active", NOON + DAY)
    evaluate(anna, 1)
    plan.refresh_from_db()
    assert plan.status == Plan.Status.ACTIVE


def test_a_release_before_the_evaluation_is_not_undone_by_it(anna, annas_plan, alice):
    say_yes(anna)
    pausing.release(plan=annas_plan.plan, note="Pressed by mistake.", by=alice, at=NOON + timedelta(minutes=5))
    flags.evaluate(patient_id=anna.pk, at=NOON + timedelta(minutes=6))
    annas_plan.plan.refresh_from_db()
    assert annas_plan.plan.status == Plan.Status.ACTIVE
    assert only(anna, "R0").state == "open"


def test_a_report_that_came_without_the_action_pauses_the_plan_too(anna, annas_plan):
    from plans.models import Report

    Report.objects.create(
        patient=anna, kind="safety", answers=["leg-weakness"], occurred_at=NOON, local_date=TODAY, time_zone=ZONE,
        received_at=NOON, source="offline", recorded_by=anna.user,
    )  # fmt: skip
    evaluate(anna)
    pause = Pause.objects.get(plan=annas_plan.plan)
    assert (pause.why, pause.flag.rule) == ("safety", "R0")


def test_a_red_flag_turns_an_ordinary_pause_into_one_that_needs_a_release(anna, annas_plan, alice):
    plan = annas_plan.plan
    pausing.pause(plan=plan, reason="Holiday", by=alice, at=NOON - DAY)
    say_yes(anna)
    assert [p.why for p in plan.pauses.order_by("paused_at")] == ["clinician", "safety"]
    with pytest.raises(pausing.Refused):
        pausing.resume(plan=plan, by=alice, at=NOON)


def test_a_second_red_flag_of_the_day_is_a_second_flag_and_the_same_report_is_not(anna, annas_plan, alice):
    key = new_id()
    for _ in range(2):
        say_yes(anna, report_id=key)
    evaluate(anna)
    resolve(only(anna, "R0"), alice, at=NOON + timedelta(minutes=1))
    say_yes(anna, report_id=key, at=NOON + timedelta(minutes=2))
    flags.evaluate(patient_id=anna.pk, at=NOON + timedelta(minutes=2))
    assert only(anna, "R0").state == "resolved"
    say_yes(anna, at=NOON + timedelta(hours=3))
    flags.evaluate(patient_id=anna.pk, at=NOON + timedelta(hours=3))
    assert [f.state for f in Flag.objects.filter(rule="R0").order_by("raised_at")] == ["resolved", "open"]


def test_a_seen_red_flag_never_closes_by_itself(anna, alice):
    say_yes(anna)
    evaluate(anna)
    flags.acknowledge(flag=only(anna, "R0"), by=alice, at=NOON)
    log_days(anna, [3] * 10, last=TODAY + 60 * DAY)
    evaluate(anna, 60)
    assert only(anna, "R0").state == "acknowledged"


def test_r1_is_judged_for_the_site_with_its_own_ceiling(anna, annas_plan):
    Reevaluation.objects.filter(plan=annas_plan.plan).update(due_on=TODAY + 20 * DAY)
    log_session(anna, annas_plan, 3, site=1, before=3, after=7)
    log_session(anna, annas_plan, 1, site=1, before=3, after=6)
    evaluate(anna)
    flag = only(anna, "R1")  # the usual pain at intake is 4, so the ceiling is 6
    assert (flag.site, flag.severity, flag.since_on) == (anna.sites.last(), "watch", TODAY - 3 * DAY)
    log_session(anna, annas_plan, 0, site=1, before=3, after=8)
    evaluate(anna)
    assert only(anna, "R1").severity == "important"
    assert Reevaluation.objects.get(plan=annas_plan.plan).due_on == TODAY + 3 * DAY


def test_r2_next_morning(anna, annas_plan):
    for back in (4, 2):
        next_morning(anna, log_session(anna, annas_plan, back, before=3, after=4), 5, back - 1)
    evaluate(anna)
    assert (only(anna, "R2").severity, only(anna, "R2").evidence["times"]) == ("important", 2)


def test_r4_is_withdrawn_when_the_score_is_corrected_after_the_day(anna):
    log_days(anna, [9])
    evaluate(anna)
    assert only(anna, "R4").state == "open"
    sessions.amend_score(score=anna.scores.get(), value=Decimal(4), by=anna.user, at=NOON)
    evaluate(anna)
    assert only(anna, "R4").state == "open"
    evaluate(anna, 1)
    assert only(anna, "R4").state == "withdrawn"


def test_r5_grows_closes_on_a_log_once_seen_and_an_unseen_one_stays(anna, ben, annas_plan, alice, bob):
    make_active_plan(ben, bob)
    for patient in (anna, ben):
        log_days(patient, [3] * 14, last=TODAY - 7 * DAY)
        evaluate(patient, -1)
        assert not Flag.objects.filter(patient=patient, rule="R5", state="open", evidence__over=False).exists()
        evaluate(patient)
        assert only(patient, "R5").severity == "watch"
        evaluate(patient, 7)
        assert only(patient, "R5").severity == "important"
    flags.acknowledge(flag=only(anna, "R5"), by=alice, at=NOON + 7 * DAY)
    for patient in (anna, ben):
        log_days(patient, [3], last=TODAY + 7 * DAY)
        evaluate(patient, 7)
    assert only(anna, "R5").state == "closed"
    assert (only(ben, "R5").state, only(ben, "R5").evidence["ended_by"]) == ("open", "log")


def test_r5_pauses_and_resumes(anna, annas_plan, alice):
    log_days(anna, [3] * 14, last=TODAY - 3 * DAY)
    plan = annas_plan.plan
    pausing.pause(plan=plan, reason="Holiday", by=alice, at=NOON)
    evaluate(anna, 20)
    assert not Flag.objects.filter(rule="R5").exists()
    pausing.resume(plan=plan, by=alice, at=NOON + 20 * DAY)
    evaluate(anna, 26)
    assert not Flag.objects.filter(rule="R5").exists()
    evaluate(anna, 27)
    assert only(anna, "R5").evidence["because"] == "resume"


def test_a_silence_that_ended_before_anybody_was_told_raises_nothing(anna, annas_plan):
    log_days(anna, [3, *[None] * 20, 3])
    evaluate(anna)
    assert not Flag.objects.filter(rule="R5").exists()


def test_the_clock_alone_wakes_the_silent_and_nobody_else(anna, ben, annas_plan):
    log_days(anna, [3] * 10, last=TODAY - 2 * DAY)
    evaluate(anna)
    evaluate(ben)
    watch = PainWatch.objects.get(pk=anna.pk)
    assert watch.wakes_on == TODAY + 5 * DAY
    assert watching.mark_new_days(at=NOON + 4 * DAY) == 0
    assert watching.mark_new_days(at=NOON + 5 * DAY) == 1
    watching.sweep(at=NOON + 5 * DAY)
    assert only(anna, "R5").severity == "watch"
    assert PainWatch.objects.get(pk=anna.pk).wakes_on == TODAY + 6 * DAY
    assert PainWatch.objects.get(pk=ben.pk).wakes_on is None


def test_a_plan_activated_after_the_last_evaluation_is_watched(ben, bob):
    evaluate(ben, -10)
    make_active_plan(ben, bob, at=NOON - 10 * DAY)
    assert watching.mark_new_days(at=NOON - 9 * DAY) == 1
    watching.sweep(at=NOON - 9 * DAY)
    assert PainWatch.objects.get(pk=ben.pk).wakes_on == TODAY - 3 * DAY
    for days in range(-8, 1):
        watching.mark_new_days(at=NOON + days * DAY)
        watching.sweep(at=NOON + days * DAY)
    assert only(ben, "R5").first_alert_on == TODAY - 3 * DAY


def test_r6_over_doing(anna, annas_plan):
    prescription = annas_plan.prescriptions.filter(repetitions__isnull=False).first()
    twice = sessions.LogInput(prescription.pk, "done", "", prescription.sets, 2 * prescription.repetitions)
    for back in (6, 0):
        log_session(anna, annas_plan, back, logs=[twice])
    evaluate(anna)
    flag = only(anna, "R6")
    assert (flag.since_on, flag.last_alert_on, flag.severity) == (TODAY - 6 * DAY, TODAY, "watch")
    assert flag.evidence["exercises"][0]["exercise"] == prescription.exercise_version.name


def test_r7_against_the_last_reevaluation(anna, annas_plan, alice):
    check_in(anna, "PEG", 6, 6, 6, back=40)
    check_in(anna, "PEG", 3, 3, 3, back=20)
    complete(
        reevaluation=Reevaluation.objects.get(plan=annas_plan.plan), decision="continue", note="Better.",
        next_due_on=None, by=alice, at=NOON - 14 * DAY,
    )  # fmt: skip
    checkin = check_in(anna, "PEG", 4, 4, 4)
    evaluate(anna)
    assert (only(anna, "R7").severity, only(anna, "R7").evidence["reference"]) == ("watch", 3)
    answers = {"pain": 5, "enjoyment": 5, "activity": 5}
    checkins.amend_checkin(checkin=checkin, answers=answers, by=anna.user, at=NOON)
    evaluate(anna)
    assert only(anna, "R7").severity == "important"


def test_r8_mood_stays_until_clear_answers_come(anna, alice):
    check_in(anna, "PHQ-4", 2, 2, 0, 0, back=56)
    evaluate(anna, -56)
    flags.acknowledge(flag=only(anna, "R8"), by=alice, at=NOON - 55 * DAY)
    check_in(anna, "PHQ-4", 2, 1, 0, 0, back=28)
    evaluate(anna, -28)
    assert (only(anna, "R8").state, only(anna, "R8").evidence["episodes"]) == ("acknowledged", 2)
    check_in(anna, "PHQ-4", 1, 1, 0, 0)
    evaluate(anna)
    assert only(anna, "R8").state == "closed"


def test_r9_flare_and_pressing_again(anna):
    press_flare(anna, back=2)
    evaluate(anna, -2)
    press_flare(anna)
    evaluate(anna)
    assert (only(anna, "R9").severity, only(anna, "R9").evidence["times"]) == ("watch", 2)


def test_a_sleeping_flag_wakes_when_it_becomes_graver(anna, annas_plan, alice):
    log_session(anna, annas_plan, 3, after=7)
    evaluate(anna, -3)
    flags.acknowledge(flag=only(anna, "R1"), by=alice, at=NOON - 3 * DAY)
    Flag.objects.update(snoozed_until=TODAY + 9 * DAY, snoozed_at=NOON - 3 * DAY, snoozed_by=alice)
    evaluate(anna, -2)
    assert only(anna, "R1").snoozed_until == TODAY + 9 * DAY
    log_session(anna, annas_plan, 0, after=7)
    evaluate(anna)
    assert (only(anna, "R1").severity, only(anna, "R1").snoozed_until) == ("important", None)


def test_a_patients_threshold_wins_and_takes_effect_from_its_date(anna, annas_plan, alice, lena):
    def change(value, days, **whom):
        act = thresholds.set_for_patient if "patient" in whom else thresholds.set_for_clinic
        act(
            rule="R1", name="ceiling_lowest", value=value, effective_on=TODAY + days * DAY, reason="Pilot", by=lena,
            at=NOON, **whom,
        )  # fmt: skip

    evaluate(anna)
    change(8, 0, clinic=anna.clinic)
    assert PainWatch.objects.get(pk=anna.pk).dirty_since == NOON
    log_session(anna, annas_plan, 1, after=7)
    log_session(anna, annas_plan, 0, after=7)
    evaluate(anna)
    assert (only(anna, "R1").first_alert_on, only(anna, "R1").last_alert_on) == (TODAY - DAY, TODAY - DAY)
    change(6, 0, patient=anna)
    evaluate(anna)
    assert only(anna, "R1").last_alert_on == TODAY
    assert anna.events.filter(verb="threshold set").count() == 1


@pytest.mark.parametrize(
    "wrong",
    [{"value": 11}, {"reason": " "}, {"name": "nothing"}, {"rule": "R0", "name": "on", "value": 0},
     {"effective_on": TODAY - DAY}, {"effective_on": TODAY + 400 * DAY}],
)  # fmt: skip
def test_a_threshold_that_makes_no_sense_is_refused(anna, lena, wrong):
    given = {"rule": "R1", "name": "above_usual", "value": 3, "effective_on": TODAY, "reason": "Pilot"}
    with pytest.raises(thresholds.Refused):
        thresholds.set_for_clinic(clinic=anna.clinic, by=lena, at=NOON, **(given | wrong))


def test_every_number_is_asked_for_once(anna, annas_plan, django_assert_max_num_queries):
    log_days(anna, [4] * 40)
    evaluate(anna)
    with django_assert_max_num_queries(32):
        evaluate(anna)


def test_a_number_that_changes_later_does_not_hide_a_plan_that_begins_sooner(ben, bob, lena):
    thresholds.set_for_patient(
        patient=ben, rule="R5", name="watch_days", value=10, effective_on=TODAY + 90 * DAY, reason="Pilot", by=lena,
        at=NOON,
    )  # fmt: skip
    evaluate(ben)
    make_active_plan(ben, bob, at=NOON)
    assert watching.mark_new_days(at=NOON + DAY) == 1
    evaluate(ben, 1)
    assert PainWatch.objects.get(pk=ben.pk).wakes_on == TODAY + 7 * DAY
