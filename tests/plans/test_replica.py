"""With a standby, what reads a lot reads there; without its answer, the primary. Never what decides, never a write."""

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
import time_machine
from django.conf import settings
from django.db import connections
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts import replica
from accounts.models import Clinic
from plans.actions import trials, watching
from plans.models import Flag
from tests.cast import NOON, TODAY, log_days, make_member, make_patient
from tests.chaos.house import until
from tests.standby import has_all_of, standby_of

ROOT = Path(__file__).resolve().parents[2]
WORSE = [4, 4, 5, 4, 4, 5, 4] * 5 + [7] * 7


def manage(*arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT, env={**os.environ, "PAINPLAN_DEV": "1", "LOG_LEVEL": "WARNING", **environ},
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def scores_read(server, database: str) -> int:
    """How often the scores of this database have been looked at on that server; told when a connection ends."""
    with psycopg.connect(server.superuser_url(database)) as connection:
        (times,) = connection.execute(
            "SELECT coalesce(seq_scan, 0) + coalesce(idx_scan, 0) FROM pg_stat_user_tables"
            " WHERE relname = 'plans_painscore'"
        ).fetchone()
    return times


def test_the_nightly_count_reads_the_standby_and_the_primary_has_the_last_word(engine, committed_db, tmp_path):
    clinic = Clinic.objects.create(name="Harbour Clinic", slug="harbour", emergency_text="Call 999.")
    anna = make_patient("Anna Anders", clinic, make_member("Alice Archer", clinic))
    log_days(anna, WORSE)
    watching.sweep(at=NOON)
    database = committed_db.rpartition("/")[2]
    with standby_of(engine, tmp_path / "standby") as standby:
        environ = {"DATABASE_URL": committed_db, "DATABASE_REPLICA_URL": standby.url(database)}
        before = scores_read(standby, database)
        done = manage("reconcile", **environ)
        assert (done.returncode, done.stdout.startswith("1 patients, 1 by every rule")) == (0, True), done.stderr
        assert scores_read(standby, database) > before

        # What is wrong is found there as well, and repaired where it is written.
        Flag.objects.filter(rule="R3").update(severity="watch")
        until(lambda: has_all_of(engine, standby), "the standby has what the primary has")
        wrong = manage("reconcile", **environ)
        assert wrong.returncode == 1 and "1 patients differ" in wrong.stderr
        watching.sweep(at=NOON)
        assert Flag.objects.get(rule="R3").severity == "important"
    # It is gone: said once for each part, and everything counted all the same.
    alone = manage("reconcile", **environ)
    assert (alone.returncode, alone.stdout.startswith("1 patients, 1 by every rule")) == (0, True), alone.stderr
    assert "the replica did not answer" in alone.stderr


@pytest.fixture
def standby(engine, committed_db, tmp_path, monkeypatch):
    """The running Django has a standby as its replica."""
    with standby_of(engine, tmp_path / "standby") as server:
        there = {**connections["default"].settings_dict, "HOST": server.host, "PORT": server.port, "CONN_MAX_AGE": 0}
        monkeypatch.setitem(settings.DATABASES, replica.REPLICA, there)
        monkeypatch.setattr("django.db.router.routers", [replica.Router()])
        yield server
        connections[replica.REPLICA].close()
        del connections[replica.REPLICA]


def test_reads_go_there_and_writes_to_the_primary(engine, standby):
    Clinic.objects.create(name="Harbour Clinic", slug="harbour", emergency_text="Call 999.")
    until(lambda: has_all_of(engine, standby), "the standby has what the primary has")
    assert replica.read(lambda: [c._state.db for c in Clinic.objects.all()]) == [replica.REPLICA]
    assert [c._state.db for c in Clinic.objects.all()] == ["default"]

    def write() -> str:
        return Clinic.objects.create(name="Quay Clinic", slug="quay", emergency_text="Call 999.")._state.db

    assert replica.read(write) == "default"
    assert Clinic.objects.count() == 2


def test_statistics_and_trials_read_there_and_do_without(engine, standby, client, caplog):
    clinic = Clinic.objects.create(name="Harbour Clinic", slug="harbour", emergency_text="Call 999.")
    lena = make_member("Lena Lind", clinic, "lead")
    anna = make_patient("Anna Anders", clinic, lena)
    log_days(anna, WORSE)
    watching.sweep(at=NOON)
    until(lambda: has_all_of(engine, standby), "the standby has what the primary has")
    client.force_login(lena)

    def page() -> None:
        with time_machine.travel(NOON, tick=False):
            found = client.get(reverse("clinic_rules")).context["rows"]
        assert [row.raised for row in found if row.rule == "R3"] == [1]

    def trial() -> None:
        row = trials.start(
            clinic=clinic, rule="R3", values={}, first_on=TODAY - timedelta(days=90), last_on=TODAY, by=lena, at=NOON,
            clock=lambda: NOON,
        )  # fmt: skip
        assert (row.state, row.done) == ("done", 1)

    asked = []
    for look in (page, trial):
        with CaptureQueriesContext(connections[replica.REPLICA]) as there:
            look()
        asked.append(" ".join(query["sql"] for query in there))
    assert "PERCENTILE_CONT" in asked[0] and "plans_painscore" in asked[1] and "plans_flag" in asked[1]
    assert "accounts_user" not in "".join(asked), "who is signed in is asked of the primary"
    standby.stop()
    connections[replica.REPLICA].close()
    page()
    trial()
    assert [record.message for record in caplog.records].count("the replica did not answer, the primary is read") == 3
