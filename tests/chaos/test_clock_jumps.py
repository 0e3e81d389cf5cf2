"""The clock of the machine that watches jumps a day ahead and a day back while logs come: all is found, once."""

import time
from datetime import UTC, datetime, timedelta
from datetime import time as wall
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Patient
from plans.actions import reminders
from plans.models import Flag, JobRun, Notification, PainWatch
from tests.cast import make_active_plan
from tests.chaos.clock import LIBRARY, Clock
from tests.chaos.house import House, until
from tests.chaos.people import Person, make_clinic, make_people, month_of
from tests.chaos.sizes import IS_FULL
from tests.chaos.test_clockwork import AWAY, DAY, mailed_once, stand_still
from tests.chaos.test_no_flag_is_missed import send_by_action
from tests.chaos.test_redis_away import last_logs
from tests.chaos.visitor import send_pain

JUMPS = (0, 1, 0, -1, 0)
REMINDERS = ("reminder", "reminder-evening")


@pytest.fixture
def clock(servers: House):
    """Worker, beat and sweep are started with it by whoever needs them."""
    servers.kill("worker", "beat", "sweep")
    before = servers.sweep_every_seconds
    servers.sweep_every_seconds = 1
    yield Clock(servers.folder / "clock")
    servers.kill("worker", "beat", "sweep")
    servers.sweep_every_seconds = before


def noon_zone() -> str:
    """Where it is about noon now: reminders are not sent at night. The signs of these names are turned round."""
    ahead = 12 - datetime.now(UTC).hour
    return f"Etc/GMT{-ahead:+d}" if ahead else "Etc/GMT"


def to_be_reminded(count: int) -> list[Person]:
    clinic, clinician, _lead = make_clinic("Bells")
    people = make_people(count, clinic=clinic, clinician=clinician)
    month_of(people, timezone.now().date())
    now, zone = timezone.now(), noon_zone()
    assert 11 <= now.astimezone(ZoneInfo(zone)).hour <= 13
    for person in people:
        make_active_plan(person.patient, clinician, weekdays=tuple(range(1, 8)), at=now - 20 * DAY)
        reminders.choose(
            patient=person.patient, is_on=True, morning_at=wall(7), evening_at=None, by=person.user, at=now - 5 * DAY
        )
    Patient.objects.filter(pk__in=[person.patient.pk for person in people]).update(time_zone=zone)
    return people


@pytest.mark.skipif(not LIBRARY and not IS_FULL, reason="libfaketime is not installed")
def test_a_clock_that_jumps_a_day_ahead_and_back(servers, clock, sizes, figures):
    assert LIBRARY, "make chaos needs libfaketime (Debian: apt install faketime)"
    if not servers.is_up("web"):
        servers.start("web")
    clinic, clinician, _lead = make_clinic("Jump")
    each = sizes.jump_patients
    people = make_people(2 * each * len(JUMPS), clinic=clinic, clinician=clinician)
    month_of(people, timezone.now().date())
    sleepers = to_be_reminded(each)
    logs, ids = last_logs(people), [person.patient.pk for person in people]
    port, opened = servers.ports["web"], timezone.now().isoformat()
    servers.wait_for_web()
    slowest = {"worker": 0.0, "sweep": 0.0}

    def send_by_web(log) -> None:
        send_pain(port, log, reverse("log_pain"), opened)

    def found(part: str, batch, send) -> None:
        began = time.monotonic()
        for log in batch:
            send(log)
        flags = Flag.objects.filter(patient__in=[log.person.patient for log in batch], rule="R4")
        until(lambda: flags.count() == len(batch), f"the {part} finds them", seconds=sizes.patience_seconds)
        slowest[part] = max(slowest[part], time.monotonic() - began)

    # First the worker alone: what it is rung for, it judges by whatever the clock says.
    servers.start("worker", **clock.environ)
    for days in JUMPS:
        clock.jump(days=days)
        found(
            "worker", [logs.pop() for _ in range(each)], lambda log: send_pain(port, log, reverse("log_pain"), opened)
        )
    # Then the sweep alone, with a beat that rings for a worker of the same clock, so that people are reminded.
    stand_still(servers, "beat", since=AWAY)
    servers.start("sweep", "beat", **clock.environ)
    owed = Notification.objects.filter(patient__in=[person.patient for person in sleepers], kind__in=REMINDERS)
    servers.kill("worker")
    for days in JUMPS:
        clock.jump(days=days)
        found("sweep", [logs.pop() for _ in range(each)], send_by_action)
    assert not logs
    servers.start("worker", **clock.environ)
    before = owed.count()
    for days in JUMPS:
        clock.jump(days=days)
        # A beat that begins at that moment; that one which goes on heeds the clock as well is tests/test_beat.py's.
        servers.again("beat", **clock.environ)
        jumped = datetime.now(UTC) + timedelta(days=days)
        runs = JobRun.objects.filter(
            name="remind patients", started_at__gte=jumped, error="", finished_at__isnull=False
        )
        runs = runs.filter(started_at__lt=jumped + timedelta(hours=12))
        if days == 1:  # all that was not due for a day is due
            until(runs.exists, "beat rings and the worker hears it", seconds=sizes.patience_seconds)
    until(lambda: owed.count() > before, "people are reminded", seconds=sizes.patience_seconds)
    if IS_FULL:
        sent = owed.filter(sent_at__isnull=False)
        until(sent.exists, "the mail goes out", seconds=sizes.patience_seconds)
    mailed_once(servers, owed)
    reminded = [key.split(":", 1)[1] for key in owed.values_list("key", flat=True)]
    figures.note(
        "clock jumps of a day", jumps=len(JUMPS) - 1, patients=len(people), worker_most_seconds=slowest["worker"],
        sweep_most_seconds=slowest["sweep"], reminders=len(reminded), reminded_twice=len(reminded) - len(set(reminded)),
    )  # fmt: skip
    assert len(reminded) == len(set(reminded))
    # One flag each, and none that only the wrong clock would raise or end.
    flags = Flag.objects.filter(patient_id__in=ids)
    assert sorted(flags.values_list("patient_id", "rule", "state")) == sorted((key, "R4", "open") for key in ids)
    until(
        lambda: not PainWatch.objects.filter(pk__in=ids, dirty_since__isnull=False).exists(),
        "nobody waits",
        seconds=sizes.patience_seconds,
    )
    running = ("worker", "beat", "sweep")
    assert {name: servers.exit_code(name) for name in running} == dict.fromkeys(running), "nobody gave up"
