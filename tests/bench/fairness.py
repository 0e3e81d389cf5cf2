"""How long a log waits for its flag: with nothing else to do, and behind a nightly count and a long queue of bulk work.

Own PostgreSQL, Redis, web, workers and sweep, as in production. Patients log by the web, one after the other; the clock
runs from the answer until the rules have judged it. A severe score has to have its flag.
"""

import json
import subprocess
import sys
import time
from statistics import median, quantiles
from typing import Any

import psycopg

from tests.bench.loading import Ask, asked
from tests.bench.pages import BenchHouse, built
from tests.bench.report import Goal, Options, Result, Table
from tests.chaos.house import ROOT

QUEUES = ("safety", "default", "bulk")
WAITING = 500  # tasks of the queue "bulk" behind the count
AWAKE_SECONDS = 2
PAUSE_SECONDS, LOOK_SECONDS, MOST_SECONDS = 0.1, 0.005, 60
SAFETY_P95_S = 10.0
RING = "import sys; from painplan.celery import app; [app.send_task(name) for name in sys.argv[1:]]"
STATE = "SELECT dirty_since IS NULL FROM plans_painwatch w JOIN plans_bodysite s USING (patient_id) WHERE s.id = %s"
# A new one, or one that somebody has seen before and that goes on with this score.
FLAGGED = (
    "SELECT count(*) FROM plans_flag f WHERE rule = 'R4' AND state IN ('open', 'acknowledged') AND site_id = ANY(%s)"
    " AND last_alert_on = (SELECT max(local_date) FROM plans_painscore p WHERE p.site_id = f.site_id)"
)
COUNTING = "SELECT count(*) FROM plans_jobrun WHERE name = 'reconcile' AND finished_at IS NULL"


class FairHouse(BenchHouse):
    """With a worker for each queue."""

    def command(self, name: str) -> list[str]:
        command = super().command(name)
        kind, _dash, queue = name.partition("-")
        return [*command, "--queues", queue, "--concurrency", "1"] if kind == "worker" else command


def run(options: Options) -> Result:
    patients, logs = (1_500, 20) if options.quick else (20_000, 150)
    with built(FairHouse, patients=patients, logs=2 * logs + 10) as (house, told):
        house.start(*(f"worker-{queue}" for queue in QUEUES), "sweep")
        given = iter(told["logs"])
        with psycopg.connect(house.database_url, autocommit=True) as database:
            settled(database)
            while (
                _waited(house, database, next(given)) > AWAKE_SECONDS
            ):  # until the worker has come up the sweep does it
                pass
            quiet = _several(house, database, [next(given) for _each in range(logs)])
            _ring(house, ["plans.reconcile", *["exercises.clean_media"] * WAITING])
            _until(database, COUNTING, [], 1)
            busy = _several(house, database, [next(given) for _each in range(logs)])
            still = _one(database, COUNTING, [])
            counted = _one(database, "SELECT max(done) FROM plans_jobrun WHERE name = 'reconcile'", [])
    found = {"nothing else": quiet, "a nightly count, bulk work waiting": busy}
    rows = [
        [name, f"{median(waits):.2f} s", f"{_p95(waits):.2f} s", f"{max(waits):.2f} s"] for name, waits in found.items()
    ]
    ended = "went on all the while" if still else "ended meanwhile"
    title = f"From the answer to the flag, {logs} logs each, {told['counts']['patients']:,} patients; the count {ended}"
    table = Table(title, ["meanwhile", "median", "95 %", "slowest"], rows)
    data = {"seconds": found, "counts": told["counts"], "count_went_on": bool(still), "counted": counted}
    return Result([table], data, [Goal("seconds from log to flag behind bulk work, 95 %", _p95(busy), SAFETY_P95_S)])


def _p95(waits: list[float]) -> float:
    return quantiles(waits, n=20)[-1]


def _several(house: BenchHouse, database: psycopg.Connection, logs: list[dict[str, Any]]) -> list[float]:
    waits = []
    for log in logs:
        waits.append(_waited(house, database, log))
        time.sleep(PAUSE_SECONDS)
    sites = [site_of(log) for log in logs]
    assert _one(database, FLAGGED, [sites]) == len(logs), "not every severe score has its flag"
    return waits


def _waited(house: BenchHouse, database: psycopg.Connection, log: dict[str, Any]) -> float:
    """Seconds from the web's answer until the patient waits no longer."""
    fields = {name: "9" if name.startswith("before_") else value for name, value in log["fields"].items()}
    status, text = asked(house.ports["web"], Ask("/session/", log["headers"], fields))
    answered = time.monotonic()
    assert status == 302, f"the log was answered with {status}:\n{text[:2000]}"
    _until(database, STATE, [site_of(log)], True)
    return time.monotonic() - answered


def site_of(log: dict[str, Any]) -> str:
    return next(name.removeprefix("before_") for name in log["fields"] if name.startswith("before_"))


def settled(database: psycopg.Connection) -> None:
    """Everybody who waited for an evaluation has had it, and the workers answer."""
    _until(database, "SELECT count(*) FROM plans_painwatch WHERE dirty_since IS NOT NULL", [], 0, most_seconds=300)


def _until(
    database: psycopg.Connection, question: str, given: list[Any], wanted: object, most_seconds: float = MOST_SECONDS
) -> None:
    give_up = time.monotonic() + most_seconds
    while _one(database, question, given) != wanted:
        assert time.monotonic() < give_up, f"after {most_seconds} s still not: {question}"
        time.sleep(LOOK_SECONDS)


def _one(database: psycopg.Connection, question: str, given: list[Any]) -> Any:
    row = database.execute(question, given).fetchone()
    return row and row[0]


def _ring(house: BenchHouse, tasks: list[str]) -> None:
    command = [sys.executable, "-c", RING, *tasks]
    done = subprocess.run(command, cwd=ROOT, env=house.environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, json.dumps(done.stderr[-2000:])
