"""Jobs leave rows, run once per key, tell how far they are; the sweep needs neither beat nor broker."""

from datetime import datetime, timedelta

import pytest
from celery import current_app
from django.conf import settings as django_settings
from django.contrib.sessions.models import Session
from django.core.management import call_command

from accounts.models import Patient
from painplan.celery import app
from plans.actions import beating, cleaning, jobs, scheduled, soundness, watching
from plans.models import Flag, JobRun, Notification, PainWatch
from tests.cast import NOON, TODAY, log_days
from tests.plans.test_mail import raised

MINUTE = timedelta(minutes=1)


def clock() -> datetime:
    return NOON


@pytest.mark.django_db
def test_a_run_leaves_its_counts():
    assert jobs.run(name="j", work=lambda *, at: {"rows": 3}, clock=clock) is True
    row = JobRun.objects.get()
    assert (row.started_at, row.finished_at, row.counts, row.error) == (NOON, NOON, {"rows": 3}, "")


@pytest.mark.django_db
def test_a_failure_is_written_down_and_raised():
    def broken(*, at: datetime) -> int:
        raise ValueError("Anna Anders")

    with pytest.raises(ValueError, match="Anna"):
        jobs.run(name="j", work=broken, clock=clock)
    assert JobRun.objects.get().error == "ValueError", "the class only: a message may hold a name"


@pytest.mark.django_db
def test_progress_is_seen_while_it_goes_on():
    seen, now = [], [NOON]

    def long(*, at: datetime, progress: jobs.Progress) -> int:
        for done in range(1, 101):
            now[0] += timedelta(milliseconds=100)
            progress(done, 100)
            seen.append(JobRun.objects.values_list("done", "total").get())
        return 100

    jobs.run(name="long", work=long, clock=lambda: now[0])
    assert seen[0] == (1, 100)
    assert seen[49][0] in range(41, 51), "at most a second old"
    assert seen[-1] == (100, 100), "the last one is always written"
    assert len(set(seen)) < 15, "and not every row costs a write"


@pytest.mark.django_db
def test_a_key_is_done_once_and_a_failed_or_dead_run_is_taken_over():
    def run(at: datetime, work=lambda *, at: 1) -> bool:
        return jobs.run(name="daily", work=work, clock=lambda: at, key="2026-11-19")

    def broken(*, at: datetime) -> int:
        assert run(NOON) is False, "somebody is doing it"
        raise ValueError

    with pytest.raises(ValueError):
        run(NOON, broken)
    assert run(NOON + MINUTE) is True
    assert run(NOON + 2 * MINUTE) is False
    assert JobRun.objects.count() == 1
    JobRun.objects.update(finished_at=None)
    assert run(NOON + 3 * MINUTE) is False
    assert run(NOON + 12 * MINUTE) is True, "its process was killed"


def test_every_entry_of_the_beat_schedule_is_a_task_with_settings_that_lose_nothing():
    app.loader.import_default_modules()
    for name, entry in django_settings.CELERY_BEAT_SCHEDULE.items():
        assert entry["task"] in current_app.tasks, name
        assert 60 <= entry["options"]["expires"] <= 3600, name
    conf = app.conf
    assert (conf.task_acks_late, conf.worker_prefetch_multiplier, conf.task_ignore_result) == (True, 1, True)
    assert (conf.task_reject_on_worker_lost, conf.task_time_limit, conf.task_soft_time_limit) == (True, 120, 90)
    options = conf.broker_transport_options
    assert (options["visibility_timeout"], options["unacked_restore_interval"]) == (120, 5)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "task", sorted(e["task"] for e in django_settings.CELERY_BEAT_SCHEDULE.values() if e["task"].startswith("plans."))
)
def test_every_task_of_the_schedule_runs_and_leaves_a_row(task):
    app.loader.import_default_modules()
    current_app.tasks[task]()
    row = JobRun.objects.get()
    assert (row.error, row.name in scheduled.WORK) == ("", True)
    current_app.tasks[task]()
    assert JobRun.objects.count() == (1 if row.name in scheduled.ONCE_A_DAY else 2)


def test_the_sweep_alone_finds_tells_escalates_and_sends(anna, alice, lena, annas_plan, sink, time_machine):
    log_days(anna, [4, 4, 5, 4, 4, 5, 4] * 5 + [8] * 7)
    urgent = raised(anna, "urgent", rule="R0", site=None, raised_at=NOON)
    time_machine.move_to(NOON + timedelta(hours=5), tick=False)
    call_command("safety_sweep", "--once", verbosity=0)
    assert Flag.objects.filter(patient=anna, rule="R3").exists()
    urgent.refresh_from_db()
    assert urgent.escalated_at is not None
    assert sorted(sink.to()) == [alice.email, lena.email]
    assert soundness.facts(at=NOON + timedelta(hours=5))["sweep_silent_seconds"] == 0


def test_what_the_sweep_does_goes_on_when_one_job_fails(anna, alice, sink, monkeypatch, capsys):
    raised(anna, "urgent")
    monkeypatch.setitem(scheduled.WORK, scheduled.ESCALATE, lambda *, at: {}["missing"])
    call_command("safety_sweep", "--once", verbosity=0)
    assert "tell the lead of unseen flags: KeyError" in capsys.readouterr().err
    assert sink.to() == [alice.email]
    assert JobRun.objects.get(name=scheduled.ESCALATE).error == "KeyError"


@pytest.mark.django_db
def test_the_sweeps_sign_of_life():
    row = beating.begin(at=NOON)
    beating.go_on(row, at=NOON + timedelta(seconds=5))
    assert beating.last_beat(at=NOON + MINUTE) == NOON, "not written every five seconds"
    beating.go_on(row, at=NOON + timedelta(seconds=20), evaluated=2)
    assert beating.last_beat(at=NOON + MINUTE) == NOON + timedelta(seconds=20)
    beating.end(row, at=NOON + MINUTE)
    assert JobRun.objects.get().counts == {"evaluated": 2, "failed": 0}


@pytest.mark.django_db
def test_cleaning_keeps_the_last_of_each_and_failures_longer():
    def old(name: str, days: int, **fields) -> JobRun:
        when = NOON - timedelta(days=days)
        return JobRun.objects.create(name=name, started_at=when, **({"finished_at": when} | fields))

    old("a", 30)
    last_of_a, recent, failed = old("a", 20), old("b", 3), old("b", 30, error="ValueError")
    last_of_b, dead = old("b", 1), old("c", 1, finished_at=None)
    old("b", 100, error="ValueError")
    Session.objects.create(session_key="over", session_data="", expire_date=NOON - MINUTE)
    kept = Session.objects.create(session_key="open", session_data="", expire_date=NOON + MINUTE)
    assert cleaning.clean_up(at=NOON) == {"runs": 2, "closed": 1, "sessions": 1}
    assert set(JobRun.objects.all()) == {last_of_a, recent, failed, last_of_b, dead}
    dead.refresh_from_db()
    assert dead.error == "stopped without a word"
    assert Session.objects.get() == kept


def test_what_safety_rests_on(anna, alice, annas_plan):
    def wrong(at: datetime = NOON) -> list[str]:
        return soundness.breaches(soundness.facts(at=at))

    assert wrong() == ["oldest_waits_seconds", "sweep_silent_seconds"] or wrong() == ["sweep_silent_seconds"]
    PainWatch.objects.update(dirty_since=None)
    beat = beating.begin(at=NOON)
    assert wrong() == []
    assert wrong(NOON + 3 * MINUTE) == ["sweep_silent_seconds"]
    raised(anna, "urgent")
    scheduled.tell(at=NOON)
    beating.go_on(beat, at=NOON + 16 * MINUTE)
    assert wrong(NOON + 15 * MINUTE) == []
    assert wrong(NOON + 16 * MINUTE) == ["mail_late"]
    Notification.objects.update(attempts=5, send_after=NOON + 30 * MINUTE)
    assert wrong(NOON + 16 * MINUTE) == ["mail_late"], "late, although it waits for the next attempt"
    Notification.objects.update(attempts=12)
    assert wrong(NOON + 16 * MINUTE) == ["mail_given_up"]
    Notification.objects.update(cancelled_at=NOON)
    annas_plan.plan.reevaluations.update(due_on=NOON.date() - timedelta(days=15))
    found = soundness.facts(at=NOON)
    assert (found["reevaluations_very_late"], soundness.breaches(found)) == (1, [])
    annas_plan.plan.reevaluations.update(state="cancelled")
    assert wrong() == ["plans_without_reevaluation"]
    JobRun.objects.create(name="reconcile", started_at=NOON, finished_at=NOON, counts={"differences": 1, "failed": 1})
    assert soundness.facts(at=NOON)["reconcile_differences"] == 2
    assert wrong() == ["plans_without_reevaluation", "reconcile_differences"]


def test_a_patient_set_apart_is_tried_again(anna, alice):
    PainWatch.objects.filter(pk=anna.pk).update(quarantined_at=NOON, attempts=5, last_error="ValueError")
    assert watching.try_again(patient_id=anna.pk, by=alice, at=NOON) is True
    row = PainWatch.objects.get(pk=anna.pk)
    assert (row.quarantined_at, row.attempts) == (None, 0)
    assert row.dirty_since is not None
    assert anna.events.get(verb="evaluation tried again").by == alice
    assert watching.try_again(patient_id=anna.pk, by=alice, at=NOON) is False


def test_a_time_zone_that_nobody_knows_holds_up_nobody_else(anna, ben, annas_plan):
    """One row with a zone that PostgreSQL does not know (its list may be older) must not stop the sweep for all."""
    log_days(anna, [4] * 30 + [10])
    log_days(ben, [4] * 3)
    watching.sweep(at=NOON)
    Patient.objects.filter(pk=ben.pk).update(time_zone="Nowhere/Never")
    PainWatch.objects.filter(pk=ben.pk).update(wakes_on=TODAY)
    assert watching.mark_new_days(at=NOON + timedelta(days=1)) == 2
    assert watching.sweep(at=NOON + timedelta(days=1)) == {"evaluated": 1, "failed": 1}


def test_the_sweep_evaluates_although_its_other_work_fails(anna, monkeypatch, capsys):
    log_days(anna, [4] * 30 + [10])

    def broken(*, at):
        raise LookupError("of no use")

    monkeypatch.setattr(watching, "mark_new_days", broken)
    call_command("safety_sweep", "--once", verbosity=0)
    assert "failed: broken: LookupError" in capsys.readouterr().err
    assert Flag.objects.get(patient=anna).rule == "R4"
