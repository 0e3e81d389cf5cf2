"""Each kind of work has a queue and workers of its own: an import or a nightly count keeps nobody's flag waiting."""

import re
import shlex
import threading
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from celery import Celery
from django.conf import settings
from django.db import connection

from accounts.models import Clinic
from painplan.celery import PagesRead, app
from plans.actions import reconcile, watching
from plans.models import Flag, PainWatch
from tests.cast import NOON, TODAY, log_days, make_member, make_patient

ROOT = Path(__file__).resolve().parent.parent
PROCFILE = dict(line.split(": ", 1) for line in (ROOT / "Procfile").read_text().splitlines() if line)
QUEUES = {"safety", "default", "bulk"}


def own_tasks() -> list[str]:
    app.loader.import_default_modules()
    return sorted(name for name in app.tasks if name.startswith(("plans.", "exercises.")))


def queue_of(task: str) -> str:
    return app.amqp.router.route({}, task)["queue"].name


def consumers(command: str) -> tuple[str, ...]:
    words = shlex.split(command)
    return tuple(words[words.index("--queues") + 1].split(",")) if "--queues" in words else ()


def test_every_queue_has_a_worker_and_every_worker_one_queue():
    workers = {name: consumers(command) for name, command in PROCFILE.items() if " worker " in command}
    assert workers == {f"worker-{queue}": (queue,) for queue in QUEUES}
    assert set(settings.CELERY_TASK_QUEUES) == QUEUES


def test_what_a_flag_waits_for_shares_its_queue_with_nothing_that_takes_long():
    tasks = own_tasks()
    assert {queue_of(task) for task in tasks} == QUEUES
    assert queue_of("plans.evaluate_patient") == "safety"
    # Whoever asks for more than the usual two minutes says that it takes long.
    long = {task for task in tasks if (app.tasks[task].time_limit or 0) > settings.CELERY_TASK_TIME_LIMIT}
    assert {"plans.reconcile", "exercises.apply_import"} <= long
    assert {queue_of(task) for task in long} == {"bulk"}


def test_every_route_leads_somewhere():
    assert set(settings.CELERY_TASK_ROUTES) <= set(own_tasks())
    assert {route["queue"] for route in settings.CELERY_TASK_ROUTES.values()} <= QUEUES
    scheduled = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert scheduled <= set(own_tasks())


def test_a_ring_is_taken_at_once_behind_any_amount_of_bulk():
    broker = Celery("painplan-queues", broker="memory://")
    broker.conf.update({name: app.conf[name] for name in ("task_queues", "task_routes", "task_default_queue")})
    with broker.connection_for_write() as line:
        for _each in range(50):
            broker.send_task("exercises.apply_import", args=["x"], connection=line)
        broker.send_task("plans.evaluate_patient", args=["somebody"], connection=line)
        broker.send_task("plans.send_mail", connection=line)
        for queue, first in (("safety", "plans.evaluate_patient"), ("default", "plans.send_mail")):
            with line.SimpleQueue(broker.amqp.queues[queue]) as waiting:
                message = waiting.get(block=False)
                assert message.headers["task"] == first
                message.ack()
                assert waiting.qsize() == 0
        with line.SimpleQueue(broker.amqp.queues["bulk"]) as waiting:
            assert waiting.qsize() == 50
            waiting.clear()


def test_the_nightly_count_holds_nobody_whom_the_sweep_wants_to_evaluate(committed_db):
    clinic = Clinic.objects.create(name="Harbour Clinic", slug="harbour", emergency_text="Call 999.")
    alice = make_member("Alice Archer", clinic)
    people = [make_patient(name, clinic, alice) for name in ("Anna Anders", "Ben Bauer", "Carl Carter")]
    for person in people:
        log_days(person, [3, 4], last=TODAY - timedelta(days=1))
    watching.sweep(at=NOON)
    found = []

    def sweep() -> None:
        try:
            found.append((watching.sweep(at=NOON)["evaluated"], Flag.objects.filter(rule="R4").count()))
        finally:
            connection.close()

    def in_between(done: int, _total: int, _so_far: object) -> None:
        """A severe score comes while the count is at it; another process sweeps, and is waited for."""
        log_days(people[len(found)], [10]) if len(found) < len(people) else None
        sweeping = threading.Thread(target=sweep)
        sweeping.start()
        sweeping.join(timeout=60)

    counts = reconcile.reconcile(at=NOON, progress=in_between)
    assert found[:3] == [(1, 1), (1, 2), (1, 3)]
    assert (counts["differences"], counts["failed"]) == (0, 0)
    assert not PainWatch.objects.dirty().exists()


@pytest.mark.parametrize("name", ["worker-default", "worker-bulk"])
def test_the_comparison_would_see_a_shared_queue(name):
    shared = re.sub(r"--queues \w+", "--queues safety,bulk", PROCFILE[name])
    assert consumers(shared) == ("safety", "bulk")


@pytest.mark.parametrize(("queues", "read"), [(["default"], True), (["safety", "default"], True), (["bulk"], False)])
def test_the_worker_that_sends_mail_reads_all_pages_before_it_has_children(queues, read, monkeypatch):
    asked = []
    monkeypatch.setattr("django.urls.get_resolver", lambda: asked.append("pages") or SimpleNamespace(url_patterns=[]))
    amqp = SimpleNamespace(queues=SimpleNamespace(consume_from=dict.fromkeys(queues)))
    PagesRead(parent := SimpleNamespace(app=SimpleNamespace(amqp=amqp))).create(parent)
    assert bool(asked) is read
