"""Two schedulers for ten days: whatever settings put into the beat schedule, its second run at a due time adds no row.

The schedule is walked, not listed: a new job is tested from the day on which it is there.
"""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from decimal import Decimal
from threading import Barrier

import time_machine
from celery.schedules import crontab
from celery.schedules import schedule as every
from django.conf import settings
from django.core import mail
from django.db import connection, connections

from accounts.models import Clinic, Patient, new_id
from exercises.models import Exercise, LibraryChange
from painplan import embedded
from painplan.celery import app
from plans.actions import reevaluations, sessions, watching
from plans.models import Flag, JobRun, LibraryNotice, Plan, PlanEvent, Reevaluation
from tests.cast import NOON, log_days, make_active_plan, make_member, make_patient
from tests.conftest import close_connections, point_at

DAYS = 10
START = NOON.replace(hour=0)
# Jobs that run every few minutes are tried once in each of these spans, which is more often than a local day changes.
GRID = timedelta(hours=1 if os.environ.get("PAINPLAN_FULL") else 8)
WRITTEN_BY_EVERY_RUN = {JobRun._meta.db_table}
MINUTE = timedelta(minutes=1)

app.loader.import_default_modules()


def due_times(plan: object, start: datetime, end: datetime) -> Iterator[datetime]:
    """When beat would run this in UTC. Raises TypeError for a kind of schedule that is not known here."""
    if isinstance(plan, int | float | timedelta | every) and not isinstance(plan, crontab):
        period = plan.run_every if isinstance(plan, every) else plan
        step = period if isinstance(period, timedelta) else timedelta(seconds=period)
        count = (end - start) // step
        yield from (start + step * number for number in range(1, count + 1))
    elif isinstance(plan, crontab):
        for number in range(int((end - start) / MINUTE)):
            at = start + MINUTE * number
            if (
                at.minute in plan.minute
                and at.hour in plan.hour
                and at.isoweekday() % 7 in plan.day_of_week
                and at.day in plan.day_of_month
                and at.month in plan.month_of_year
            ):
                yield at
    else:
        raise TypeError(f"cannot tell when {plan!r} is due")


def appointments() -> list[tuple[datetime, str]]:
    """(time, task) in order of time; of those that come often, the first of each span."""
    found = []
    for entry in settings.CELERY_BEAT_SCHEDULE.values():
        slot = None
        for at in due_times(entry["schedule"], START, START + timedelta(days=DAYS)):
            if (at - START) // GRID != slot or isinstance(entry["schedule"], crontab):
                found.append((at, entry["task"]))
            slot = (at - START) // GRID
    return sorted(found)


def rows() -> dict[str, int]:
    """How many rows each table has, and how many mails went out."""
    tables = sorted(set(connection.introspection.table_names()) - WRITTEN_BY_EVERY_RUN)
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(f"SELECT '{name}', count(*) FROM \"{name}\"" for name in tables))
        return dict(cursor.fetchall()) | {"mails": len(mail.outbox)}


def ring(task: str) -> None:
    app.tasks[task].apply(throw=True)


class People:
    """Ann is fine, Bo rises, Cy is silent, Di's pain is high, Ed has no plan, Flo's re-evaluation was lost."""

    ZONES = ["Europe/London", "Pacific/Auckland", "America/Los_Angeles", "Asia/Kolkata", "UTC", "Europe/London"]

    def __init__(self) -> None:
        harbour = Clinic.objects.create(name="Harbour", slug="harbour", emergency_text="Call 999.")
        self.alice = make_member("Alice Archer", harbour)
        make_member("Lena Lead", harbour, "lead")
        people = [make_patient(f"{name} Test", harbour, self.alice) for name in ("Ann", "Bo", "Cy", "Di", "Ed", "Flo")]
        for patient, zone in zip(people, self.ZONES, strict=True):
            Patient.objects.filter(pk=patient.pk).update(time_zone=zone)
            patient.refresh_from_db()
        self.ann, self.bo, self.cy, self.di, self.ed, self.flo = people
        for number, patient in enumerate((self.ann, self.bo, self.cy, self.di, self.flo)):
            at = NOON - timedelta(days=11 + number)
            make_active_plan(patient, self.alice, exercises=("bridge", "clamshell"), at=at)
        yesterday = START.date() - timedelta(days=1)
        log_days(self.ann, [4, 3, 4, None] * 8, last=yesterday)
        log_days(self.bo, [3] * 28 + [6], last=yesterday)
        log_days(self.di, [4] * 28 + [9] * 7, last=yesterday)
        log_days(self.ed, [5] * 10, last=yesterday)
        Reevaluation.objects.filter(plan__patient=self.flo).update(state="cancelled")
        Reevaluation.objects.filter(plan__patient=self.cy).update(due_on=yesterday)

    def live(self, day: int, at: datetime) -> None:
        """What happens on a day, so that every job finds something."""
        for patient, value in ((self.ann, 4), (self.bo, 7), (self.di, 9 if day < 3 else 4)):
            sessions.record_daily(
                patient=patient, score_id=new_id(), site=patient.sites.get(), value=Decimal(value), occurred_at=at,
                at=at, time_zone=patient.time_zone, source="quick", by=patient.user,
            )  # fmt: skip
        if day == 2:
            exercise = Exercise.objects.get(slug="bridge", clinic=None)
            LibraryChange.objects.create(exercise=exercise, kind="retired", at=at, by=self.alice)
        elif day == 4:
            make_active_plan(self.ed, self.alice, exercises=("clamshell",), at=at)
        elif day == 6:
            row = Reevaluation.objects.open().get(plan__patient=self.ann)
            reevaluations.complete(
                reevaluation=row, decision="continue", note="Well", next_due_on=None, by=self.alice, at=at
            )  # fmt: skip
        elif day == 7:
            Plan.objects.filter(patient=self.bo, status="active").update(status="ended")


def test_every_task_of_the_schedule_exists_and_is_due_some_time():
    for name, entry in settings.CELERY_BEAT_SCHEDULE.items():
        assert entry["task"] in app.tasks, name
        assert not entry.get("args") and not entry.get("kwargs"), name
        assert any(due_times(entry["schedule"], START, START + timedelta(days=366))), name


def test_the_second_beat_adds_no_row(db):
    with time_machine.travel(START - timedelta(hours=1), tick=False) as clock:
        people, day, first = People(), -1, rows()
        for at, task in appointments():
            clock.move_to(at)
            if (at - START).days > day:
                day = (at - START).days
                people.live(day, at)
                watching.sweep(at=at)
            ring(task)
            before = rows()
            ring(task)
            assert rows() == before, f"{task} at {at}"
            watching.sweep(at=at)
    assert day >= DAYS - 1
    # The ten days held work for the jobs.
    after = rows()
    grown = {name for name in after if after[name] > first[name]}
    assert {model._meta.db_table for model in (Flag, LibraryNotice, PlanEvent, Reevaluation)} <= grown
    assert PlanEvent.objects.filter(verb__in=["re-evaluation repaired", "re-evaluation cancelled"]).count() == 2
    runs = JobRun.objects.exclude(error="")
    assert not runs.exists() and JobRun.objects.filter(finished_at=None).count() == 0


def at_once(task: str) -> None:
    """Two workers with the same task at the same instant."""
    ready = Barrier(2)

    def work() -> None:
        connection.ensure_connection()
        ready.wait(timeout=120)
        try:
            ring(task)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        for started in [pool.submit(work), pool.submit(work)]:
            started.result()


def test_two_beats_at_the_same_instant_are_as_good_as_one(committed_db, engine):
    """Each job once in one database, twice at once in its copy: the same number of rows in the end."""
    name = committed_db.rsplit("/", 1)[1]
    tasks = sorted({entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()})
    with time_machine.travel(START, tick=False) as clock:
        people = People()
        people.live(2, START)
        watching.sweep(at=START)
        Plan.objects.filter(patient=people.cy).update(status="ended")
        close_connections()
        embedded.clone_database(engine, name, f"{name}_once")
        found = {}
        for database, run in ((f"{name}_once", ring), (name, at_once)):
            point_at(engine.url(database))
            for hours in (1, 30):
                clock.move_to(START + timedelta(hours=hours))
                mail.outbox.clear()
                for task in tasks:
                    run(task)
                found.setdefault(run, []).append(rows())
        close_connections()
        embedded.drop_database(engine, f"{name}_once")
    for once, twice in zip(found[ring], found[at_once], strict=True):
        assert {table: (once[table], twice[table]) for table in once if once[table] != twice[table]} == {}
