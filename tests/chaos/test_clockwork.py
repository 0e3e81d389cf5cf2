"""What the clock does: two beats at once, none for three days, and everything asked to stop in the middle."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal

from celery.beat import PersistentScheduler
from django.utils import timezone

from accounts.models import new_id
from painplan.celery import app
from plans.actions import scheduled, sessions, watching
from plans.models import Flag, JobRun, Notification, Plan, Reevaluation
from tests.cast import make_active_plan
from tests.chaos.house import PROCESSES, House, until
from tests.chaos.people import ZONE, Log, logs_of, make_clinic, make_people, month_of, shuffled
from tests.chaos.test_no_flag_is_missed import Load, Watcher, settle

DAY = timedelta(days=1)
AWAY = timedelta(hours=72)


def stand_still(house: House, name: str, *, since: timedelta) -> None:
    """Leave the file of a beat that was last heard so long ago: all that has been due since is due now."""
    file = house.folder / f"{name}-schedule"
    for old in house.folder.glob(f"{name}-schedule*"):
        old.unlink()
    scheduler = PersistentScheduler(app, schedule_filename=str(file))
    for entry in scheduler.schedule.values():
        entry.last_run_at = app.now() - since
    scheduler.close()


def log_at(person, value: int, at) -> None:
    sessions.record_daily(
        patient=person.patient, score_id=new_id(), site=person.site, value=Decimal(value), occurred_at=at,
        time_zone=ZONE, source="quick", by=person.user, at=at,
    )  # fmt: skip


def done_since(began) -> set[str]:
    """The jobs that have been done; those of once a day may have been done earlier today."""
    rows = JobRun.objects.filter(finished_at__isnull=False, error="")
    today = timezone.now().date().isoformat()
    return {row.name for row in rows if row.started_at >= began or row.key == today}


def undone_since(began) -> str:
    """What was not done, and what is known of it."""
    names = set(scheduled.WORK) - done_since(began)
    rows = JobRun.objects.filter(name__in=names, started_at__gte=began - DAY).order_by("started_at")
    told = rows.values_list("name", "key", "started_at", "touched_at", "finished_at", "error")
    return f"undone: {sorted(names)}, began {began}\n" + "".join(f"{row}\n" for row in told)


def test_two_beats_after_three_days_without_any(house, sizes, figures):
    house.kill("beat", "sweep", "worker")
    clinic, clinician, _lead = make_clinic("Clock")
    severe, silent, well = people = make_people(3, clinic=clinic, clinician=clinician)
    now = timezone.now()
    # All three were evaluated when the clock stopped; the second had logged five days before, so is silent by now.
    month_of(people, (now - 7 * DAY).date())
    for person in people:
        make_active_plan(person.patient, clinician, weekdays=tuple(range(1, 8)), at=now - 20 * DAY)
    log_at(silent, 3, now - AWAY - 5 * DAY)
    for day in range(5, 0, -1):
        log_at(well, 3, now - AWAY - day * DAY)
    log_at(severe, 10, now - AWAY)
    log_at(well, 3, now - AWAY)
    for person in people:
        assert watching.evaluate_safely(patient_id=person.patient.pk, at=now - AWAY)
    ids = [person.patient.pk for person in people]
    assert [(flag.patient_id, flag.rule) for flag in Flag.objects.filter(patient_id__in=ids)] == [
        (severe.patient.pk, "R4")
    ]
    # Somebody's re-evaluation was lost meanwhile.
    Reevaluation.objects.filter(plan__patient=well.patient).update(state="cancelled")
    for name in ("beat", "beat-2"):
        stand_still(house, name, since=AWAY)
    began = timezone.now()
    house.start("worker", "beat", "beat-2")
    try:
        until(
            lambda: set(scheduled.WORK) <= done_since(began),
            "every job was done",
            seconds=sizes.patience_seconds,
            tell=lambda: undone_since(began) + house.said("worker")[-3000:] + house.said("beat")[-1000:],
        )
        jobs_seconds = (timezone.now() - began).total_seconds()
        house.start("sweep")
        quiet = Flag.objects.filter(patient=silent.patient, rule="R5")
        until(quiet.exists, "the silence is seen", seconds=sizes.patience_seconds)
        settle(people, time.monotonic() + sizes.patience_seconds)
        owed = Notification.objects.filter(patient_id__in=ids)
        until(owed.exists, "the clinician is told", seconds=sizes.patience_seconds)
    finally:
        house.kill("beat-2")
    runs = JobRun.objects.filter(started_at__gte=began)
    twice = {name for name in scheduled.WORK if runs.filter(name=name).count() > 1}
    figures.note(
        "two beats after 72 hours",
        jobs=len(scheduled.WORK),
        run_by_both=len(twice),
        all_done_after_seconds=jobs_seconds,
    )
    assert twice - scheduled.ONCE_A_DAY, "both beats rang"
    for name in scheduled.ONCE_A_DAY:
        assert JobRun.objects.filter(name=name, key=timezone.now().date().isoformat()).count() <= 1
    assert not runs.exclude(error="").exists()
    assert sorted(Flag.objects.filter(patient_id__in=ids).values_list("rule", flat=True)) == ["R4", "R5"]
    for plan in Plan.objects.filter(patient_id__in=ids):
        assert plan.reevaluations.filter(state=Reevaluation.State.OPEN).count() == 1
    mailed_once(house, owed)


def mailed_once(house: House, rows) -> None:
    """Whoever is told is told in one mail."""
    mails = "".join(file.read_text(errors="replace") for file in (house.folder / "mail").glob("*"))
    for row in rows.filter(sent_at__isnull=False):
        assert mails.count(row.message_id) == 1, row.kind


def test_asked_to_stop_in_the_middle_of_everything(house, sizes, figures):
    clinic, clinician, _lead = make_clinic("Pause")
    people = make_people(max(8, sizes.term_logs // 4), clinic=clinic, clinician=clinician)
    today = timezone.now().date()
    month_of(people, today)
    expected = {}
    early: list[Log] = []
    last: list[Log] = []
    for number, person in enumerate(people):
        first, final = logs_of(person, rising=number % 2 == 1, calm=False, more=1, today=today)
        early, last = early + first, last + final
        expected[person.patient.pk] = "R3" if number % 2 else "R4"
    load = Load(house, shuffled(early, last, seed=2), seconds=4)
    watcher, before = Watcher(people), {name: len(house.said(name)) for name in PROCESSES}
    with watcher, ThreadPoolExecutor(8) as pool:
        lanes = load.start(pool)
        time.sleep(2)
        assert not all(lane.done() for lane in lanes)
        began = time.monotonic()
        codes = house.end(*PROCESSES)
        stop_seconds = time.monotonic() - began
        said = {name: house.said(name)[before[name] :] for name in PROCESSES}
        house.start(*PROCESSES)
        for lane in lanes:
            lane.result()
        give_up = time.monotonic() + sizes.patience_seconds
        while watcher.misses(expected) and time.monotonic() < give_up:
            time.sleep(0.2)
    settle(people, give_up)
    watcher.look()
    spurious = [key for key in watcher.seen if expected.get(key[0]) != key[1]]
    figures.note(
        "SIGTERM in the middle", logs=len(load.logs), exit_codes=codes, stopped_after_seconds=stop_seconds,
        missed=watcher.misses(expected), spurious=len(spurious),
    )  # fmt: skip
    assert codes == dict.fromkeys(PROCESSES, 0), said
    assert (watcher.misses(expected), spurious) == (0, [])
    assert not [name for name, text in said.items() if "Traceback" in text], said
