"""A flag's life: raised, seen, resolved, accepted, closed by itself, withdrawn, raised again."""

import threading
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection

from accounts.models import new_id
from plans.actions import flags, sessions, watching
from plans.actions.refusals import Refused
from plans.models import Decision, Flag, PainScore, PainWatch
from tests.cast import NOON, TODAY, log_days, make_member, make_patient

DAY = timedelta(days=1)
STEADY = [4, 4, 5, 4, 4, 5, 4] * 5
WORSE = [7] * 7


@pytest.fixture
def flagged(anna, annas_plan) -> Flag:
    log_days(anna, STEADY + WORSE)
    flags.evaluate(patient_id=anna.pk, at=NOON)
    return Flag.objects.get(patient=anna)


def evaluate_on(patient, days: int) -> None:
    flags.evaluate(patient_id=patient.pk, at=NOON + days * DAY)


def resolve(flag, action="talked", at=NOON, **changes):
    values = {"note": "Talked about pacing.", "useful": True, "by": flag.patient.assignments.first().clinician}
    return flags.resolve(flag=flag, action_taken=action, at=at, **(values | changes))


def test_acknowledging_keeps_the_first_name(flagged, alice, bob):
    flags.acknowledge(flag=flagged, by=alice, at=NOON)
    flags.acknowledge(flag=flagged, by=bob, at=NOON + DAY)
    flagged.refresh_from_db()
    assert (flagged.state, flagged.acknowledged_by, flagged.acknowledged_at) == ("acknowledged", alice, NOON)


def test_resolving_ends_the_episode_and_old_evidence_stays_quiet(flagged, anna):
    resolve(flagged)
    evaluate_on(anna, 0)
    evaluate_on(anna, 1)
    flagged.refresh_from_db()
    assert (flagged.state, flagged.action_taken, flagged.useful) == ("resolved", "talked", True)
    assert Flag.objects.filter(patient=anna).count() == 1
    assert Decision.objects.get(flag=flagged).on == TODAY


def test_the_next_rise_after_a_resolution_is_a_new_flag(flagged, anna):
    resolve(flagged)
    log_days(anna, [8] * 7, last=TODAY + 7 * DAY)
    evaluate_on(anna, 7)
    first, second = Flag.objects.filter(patient=anna).order_by("first_alert_on")
    assert (first.pk, first.state, second.state) == (flagged.pk, "resolved", "open")
    assert second.since_on > TODAY


def test_a_flag_can_be_resolved_once(flagged):
    resolve(flagged)
    with pytest.raises(Refused):
        resolve(flagged)


def test_accepting_the_new_usual_raises_it(flagged, anna):
    resolve(flagged, action="new usual")
    log_days(anna, WORSE, last=TODAY + 7 * DAY)
    evaluate_on(anna, 7)
    site = anna.sites.first()
    assert flags.r3_replay(site).usual == pytest.approx(7)
    assert Flag.objects.filter(patient=anna, state="open").count() == 0
    assert PainWatch.objects.get(pk=anna.pk).state[f"R3:{site.pk}"]["usual"] == pytest.approx(7)


def test_silence_never_closes_an_unseen_flag(flagged, anna):
    evaluate_on(anna, 60)
    flagged.refresh_from_db()
    assert flagged.state == "open"
    assert flagged.evidence["over"]


def test_a_seen_flag_closes_by_itself_when_the_pain_has_settled(flagged, anna, alice):
    flags.acknowledge(flag=flagged, by=alice, at=NOON)
    log_days(anna, [3] * 14, last=TODAY + 14 * DAY)
    evaluate_on(anna, 14)
    flagged.refresh_from_db()
    assert flagged.state == "acknowledged"
    evaluate_on(anna, 30)
    flagged.refresh_from_db()
    assert flagged.state == "closed"


def test_a_seen_flag_without_later_logs_stays(flagged, anna, alice):
    flags.acknowledge(flag=flagged, by=alice, at=NOON)
    evaluate_on(anna, 60)
    flagged.refresh_from_db()
    assert flagged.state == "acknowledged"


def correct(anna, since, value) -> None:
    for score in PainScore.objects.current().filter(patient=anna, local_date__gte=since):
        sessions.amend_score(score=score, value=value, by=anna.user, at=NOON + DAY)


def test_a_flag_that_no_longer_holds_is_withdrawn_and_can_come_back(flagged, anna):
    correct(anna, TODAY - 6 * DAY, Decimal(4))
    evaluate_on(anna, 1)
    flagged.refresh_from_db()
    assert flagged.state == "withdrawn"
    correct(anna, TODAY - 6 * DAY, Decimal(8))
    evaluate_on(anna, 1)
    flagged.refresh_from_db()
    assert flagged.state == "open"
    assert Flag.objects.filter(patient=anna).count() == 1


def test_todays_flag_is_withdrawn_only_after_the_day(flagged, anna):
    correct(anna, TODAY - 6 * DAY, Decimal(4))
    evaluate_on(anna, 0)
    flagged.refresh_from_db()
    assert flagged.state == "open"
    evaluate_on(anna, 1)
    flagged.refresh_from_db()
    assert flagged.state == "withdrawn"


def test_a_late_log_raises_the_flag_with_its_true_start(anna, annas_plan):
    log_days(anna, [*STEADY, None, None, None, None, None, None, 4.5])
    evaluate_on(anna, 0)
    assert not Flag.objects.exists()
    log_days(anna, [9] * 6, last=TODAY - DAY)
    evaluate_on(anna, 0)
    assert Flag.objects.get(rule="R3").since_on == TODAY - 6 * DAY


def test_sites_are_judged_apart(anna, annas_plan):
    log_days(anna, STEADY + WORSE, site=1)
    log_days(anna, STEADY + [4] * 7, site=0)
    evaluate_on(anna, 0)
    assert Flag.objects.get().site == anna.sites.last()


def test_exercise_soreness_is_not_a_relapse(anna, annas_plan):
    log_days(anna, STEADY)
    before = flags.r3_replay(anna.sites.first()).days
    session = sessions.record_session(
        patient=anna,
        plan_version=annas_plan,
        given=sessions.SessionInput(
            id=new_id(), started_at=NOON, finished_at=NOON, time_zone="Europe/London", source="quick",
            scores=[sessions.ScoreInput("after", anna.sites.first().pk, Decimal(9))], on=TODAY - DAY,
        ),
        by=anna.user,
        at=NOON,
    ).session  # fmt: skip
    assert session.scores.get().value == 9
    assert [(d.day, d.value) for d in flags.r3_replay(anna.sites.first()).days] == [(d.day, d.value) for d in before]


def test_a_poisoned_patient_is_set_apart_and_does_not_block_others(anna, ben, annas_plan, monkeypatch):
    log_days(anna, [4])
    log_days(ben, [4])
    real = flags.known_of

    def poisoned(patient):
        if patient.pk == anna.pk:
            raise ValueError("cannot be read")
        return real(patient)

    monkeypatch.setattr(flags, "known_of", poisoned)
    assert watching.sweep(at=NOON) == {"evaluated": 1, "failed": 1}
    for _ in range(4):
        watching.sweep(at=NOON)
    watch = PainWatch.objects.get(pk=anna.pk)
    assert (watch.attempts, watch.quarantined_at, watch.last_error) == (5, NOON, "ValueError")
    assert watching.sweep(at=NOON) == {"evaluated": 0, "failed": 0}
    assert watching.health(at=NOON)["quarantined"] == 1
    assert PainWatch.objects.get(pk=ben.pk).dirty_since is None


def test_a_new_local_day_wakes_patients_with_an_open_flag(flagged, anna, ben):
    assert watching.mark_new_days(at=NOON) == 0
    # 23:30 in London is still the same day; half past midnight is not.
    assert watching.mark_new_days(at=datetime(2026, 11, 19, 23, 30, tzinfo=UTC)) == 0
    assert watching.mark_new_days(at=datetime(2026, 11, 20, 0, 30, tzinfo=UTC)) == 1
    assert PainWatch.objects.get(pk=anna.pk).dirty_since is not None


def test_two_last_logs_at_one_instant_are_both_seen(committed_db):
    """Two logs commit at the same time, each evaluated at once; together they are the rise. None may be missed."""
    from accounts.models import Clinic

    clinic = Clinic.objects.create(name="Race", slug="race", emergency_text="Call.")
    clinician = make_member("Rita Race", clinic)
    for number in range(6):
        patient = make_patient(f"Rob Race{number}", clinic, clinician)
        log_days(patient, [*STEADY, 7], last=TODAY - 2 * DAY)
        evaluate_on(patient, -2)
        if Flag.objects.filter(patient=patient, rule="R3").exists():
            pytest.fail("the rise must not be flagged before the last two logs")
        start = threading.Barrier(2)

        def log(day, start=start, patient=patient) -> None:
            try:
                start.wait()
                log_days(patient, [10], last=day)
                flags.evaluate(patient_id=patient.pk, at=NOON)
            finally:
                connection.close()

        threads = [threading.Thread(target=log, args=(TODAY - n * DAY,)) for n in (0, 1)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert Flag.objects.filter(patient=patient, rule="R3").count() == 1
        assert PainWatch.objects.get(pk=patient.pk).dirty_since is None
