"""The embedded servers: two roles with the rights they need, quick clones, nothing left behind."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest
import redis

from painplan import embedded, engine
from painplan.processes import EmbeddedError, command_line, running_pid

ROOT = Path(__file__).resolve().parent.parent
STARTS_BOTH = """
import sys, time
from pathlib import Path
from painplan import embedded
pg = embedded.start_postgres(Path(sys.argv[1]), fast=True)
broker = embedded.start_redis(Path(sys.argv[1]))
print(pg.pid, broker.pid, flush=True)
time.sleep(60)
"""


@pytest.fixture(scope="module")
def pg(tmp_path_factory):
    server = embedded.start_postgres(tmp_path_factory.mktemp("engine"), fast=True)
    embedded.prepare_roles(server, "house")
    with psycopg.connect(server.url("house", embedded.OWNER_ROLE)) as owner:
        owner.execute("CREATE TABLE score (id bigserial PRIMARY KEY, value int NOT NULL)")
    yield server
    server.stop()


def gone(pid: int, *, within_seconds: float = 10) -> bool:
    """Whether the process ends in time; one that only waits to be reaped has no command line any more."""
    until = time.monotonic() + within_seconds
    while time.monotonic() < until:
        if not command_line(pid):
            return True
        time.sleep(0.05)
    return False


def test_app_reads_and_writes_what_the_owner_made(pg):
    with psycopg.connect(pg.url("house")) as app:
        app.execute("INSERT INTO score (value) VALUES (3)")
        app.execute("UPDATE score SET value = 4")
        assert app.execute("SELECT value FROM score").fetchall() == [(4,)]
        app.execute("DELETE FROM score")


@pytest.mark.parametrize(
    "forbidden",
    [
        "TRUNCATE score",
        "DROP TABLE score",
        "ALTER TABLE score ADD COLUMN more int",
        "CREATE TABLE other (id int)",
        "CREATE TEMPORARY TABLE other (id int)",
        "CREATE SCHEMA other",
        "CREATE ROLE other",
        "CREATE DATABASE other",
    ],
)
def test_app_changes_no_tables(pg, forbidden):
    refused = pytest.raises(psycopg.errors.InsufficientPrivilege)
    with psycopg.connect(pg.url("house"), autocommit=True) as app, refused:
        app.execute(forbidden)


def test_neither_role_is_a_superuser(pg):
    with psycopg.connect(pg.superuser_url()) as connection:
        rows = connection.execute(
            "SELECT rolname, rolsuper, rolcreaterole, rolcreatedb, rolcanlogin FROM pg_roles"
            " WHERE rolname LIKE 'painplan%' ORDER BY rolname"
        ).fetchall()
        owner = connection.execute("SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'house'").fetchone()
    assert rows == [
        ("painplan_app", False, False, False, True),
        ("painplan_owner", False, False, False, True),
    ]
    assert owner == ("painplan_owner",)


def test_preparing_again_changes_nothing(pg):
    embedded.prepare_roles(pg, "house")
    with psycopg.connect(pg.url("house")) as app:
        assert app.execute("SELECT count(*) FROM score").fetchone() == (0,)


def test_strangers_need_the_password(pg):
    wrong = pg.url("house").replace(pg.passwords[embedded.APP_ROLE], "guess")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(wrong)
    assert pg.passwords[embedded.APP_ROLE] not in repr(pg)
    assert (pg.folder / "passwords.json").stat().st_mode & 0o077 == 0


def test_listens_on_loopback_only(pg):
    with psycopg.connect(pg.superuser_url()) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("127.0.0.1",)
        assert connection.execute("SHOW unix_socket_directories").fetchone() == ("",)


def test_a_clone_has_the_rows_and_the_rights_and_is_quick(pg):
    with psycopg.connect(pg.url("house")) as app:
        app.execute("INSERT INTO score (value) SELECT 1 FROM generate_series(1, 50)")
    took = []
    for number in range(3):
        began = time.perf_counter()
        embedded.clone_database(pg, "house", f"clone_{number}")
        took.append(time.perf_counter() - began)
        with psycopg.connect(pg.url(f"clone_{number}")) as app:
            assert app.execute("SELECT count(*) FROM score").fetchone() == (50,)
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                app.execute("TRUNCATE score")
    connected = psycopg.connect(pg.url("clone_0"))
    for number in range(3):
        embedded.drop_database(pg, f"clone_{number}")
    connected.close()
    with psycopg.connect(pg.url("house"), autocommit=True) as app:
        app.execute("DELETE FROM score")
        left = app.execute("SELECT count(*) FROM pg_database WHERE datname LIKE 'clone%'").fetchone()
    assert left == (0,)
    assert min(took) < 1, took  # some 0.05 s on a quiet machine; a dump and restore takes several seconds


def test_data_is_kept_over_a_restart_unless_it_is_a_throw_away_engine(tmp_path):
    folder = tmp_path / "kept"
    for expected in (0, 1):
        server = embedded.start_postgres(folder)
        embedded.prepare_roles(server, "house")
        with psycopg.connect(server.url("house", embedded.OWNER_ROLE)) as owner:
            owner.execute("CREATE TABLE IF NOT EXISTS score (value int)")
        with psycopg.connect(server.url("house")) as app:
            assert app.execute("SELECT count(*) FROM score").fetchone() == (expected,)
            app.execute("INSERT INTO score VALUES (1)")
        server.stop()
        assert gone(server.pid)
        assert server.data.exists()
    embedded.remove_data(folder)
    assert not engine.data_folder(folder).exists()


def test_redis_asks_for_its_password_and_keeps_nothing(tmp_path):
    broker = embedded.start_redis(tmp_path)
    try:
        with redis.Redis.from_url(broker.url) as client:
            client.set("bell", "rung")
            assert client.config_get("save")["save"] == ""
            assert client.config_get("appendonly")["appendonly"] == "no"
            assert client.config_get("bind")["bind"] == "127.0.0.1"
        with redis.Redis(port=broker.port) as stranger, pytest.raises(redis.AuthenticationError):
            stranger.ping()
        assert ":" in broker.url and broker.url.split(":")[2].split("@")[0] not in command_line(broker.pid)
    finally:
        broker.stop()
    assert gone(broker.pid)
    assert not list(tmp_path.glob("*.rdb"))


def test_redis_says_so_when_its_port_is_taken(tmp_path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        with pytest.raises(EmbeddedError, match="Redis did not start"):
            embedded.start_redis(tmp_path, port=other.getsockname()[1])


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux tells a child that its parent died")
def test_servers_end_with_the_python_that_started_them(tmp_path, sent):
    command = [sys.executable, "-c", STARTS_BOTH, str(tmp_path / "engine")]
    python = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert python.stdout is not None
    pids = [int(pid) for pid in python.stdout.readline().split()]
    assert len(pids) == 2 and all(command_line(pid) for pid in pids)
    python.send_signal(sent)
    python.wait()
    python.stdout.close()
    assert all(gone(pid) for pid in pids)
    embedded.remove_data(tmp_path / "engine")


def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path):
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(EmbeddedError, match="PostgreSQL cannot keep its data") as problem:
        embedded.start_postgres(tmp_path / "file" / "engine")
    assert "\n" not in str(problem.value)


def test_a_process_file_of_somebody_else_is_not_trusted(tmp_path):
    file = tmp_path / "postmaster.pid"
    file.write_text(f"{os.getpid()}\n{tmp_path}\n")
    assert running_pid(file, "no command line holds this") is None
    assert running_pid(file, "python") == os.getpid()
    file.write_text("not a number")
    assert running_pid(file, "python") is None
