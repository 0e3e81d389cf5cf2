"""How long each migration after the first release keeps others waiting, with 1,000,000 sessions in the database.

`make migration-locks` runs this: a full database is taken back to the first release and migrated forward again, one
migration at a time. Meanwhile somebody reads and logs a session every few milliseconds, and somebody else notes which
locks are held. Printed are the seconds of the migration, the longest time for which a lock that stops readers or
writers was held, and the longest wait of those who work; goal for both: two seconds.
"""

import io
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from typing import Any

import psycopg
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from painplan import embedded
from tests.conftest import close_connections, point_at
from tools.migrations import BEFORE_THE_FIRST_RELEASE

SESSIONS = 1_000_000
LONGEST_SECONDS = 2.0
APPS = ("accounts", "exercises", "plans")
# What a table says no to while one of these is held on it: at least everybody who writes.
STOPPING = ("ShareLock", "ShareRowExclusiveLock", "ExclusiveLock", "AccessExclusiveLock")
HELD = """
    SELECT l.relation::regclass::text, l.mode FROM pg_locks l
    JOIN pg_class c ON c.oid = l.relation AND c.relkind IN ('r', 'p')
    JOIN pg_stat_activity a ON a.pid = l.pid
    WHERE l.granted AND a.usename = %s AND l.mode = ANY(%s) AND c.relnamespace = 'public'::regnamespace
"""
# Copies of a session under other ids; what is in it was checked when it was written.
MORE = "INSERT INTO plans_session (id, {columns}) SELECT gen_random_uuid(), {columns} FROM plans_session"
COLUMNS = """
    SELECT string_agg(quote_ident(column_name), ', ') FROM information_schema.columns
    WHERE table_schema = 'public' AND table_name = 'plans_session' AND column_name <> 'id'
"""


def measure_locks(engine, template_database, django_db_setup, django_db_blocker):
    name = "painplan_full"
    embedded.clone_database(engine, template_database, name)
    with django_db_blocker.unblock():
        try:
            point_at(engine.url(name))
            call_command("seed_demo", patients=3, days=60, stdout=io.StringIO(), stderr=io.StringIO())
            with closing(psycopg.connect(engine.superuser_url(name), autocommit=True)) as database:
                sessions = copy_sessions(database, SESSIONS)
            point_at(engine.url(name, embedded.OWNER_ROLE))
            waits = list(each_migration(engine, name))
        finally:
            close_connections()
            embedded.drop_database(engine, name)
            point_at(engine.url("painplan_test"))
    sys.stdout.write(f"\n{sessions} sessions\n{'migration':<52}{'takes':>8}{'locks':>8}{'somebody waits':>16}\n")
    for migration, takes, held, waited in waits:
        longest = max(held.values(), default=0.0)
        sys.stdout.write(f"{migration:<52}{takes:>6.2f} s{longest:>6.2f} s{waited:>14.2f} s\n")
        for lock, seconds in sorted(held.items(), key=lambda each: -each[1])[:3]:
            sys.stdout.write(f"    {lock} {seconds:.2f} s\n")
    assert waits
    for migration, _takes, held, waited in waits:
        assert max([waited, *held.values()]) <= LONGEST_SECONDS, migration


def copy_sessions(database: psycopg.Connection[Any], wanted: int) -> int:
    """Copies of the finished sessions that are there until they are so many, by a superuser and past all triggers."""
    database.execute("SET session_replication_role = replica")
    database.execute("SET synchronous_commit = off")
    (there,) = database.execute("SELECT count(*) FROM plans_session WHERE finished_at IS NOT NULL").fetchone() or (0,)
    more = MORE.format(columns=columns(database)) + " CROSS JOIN generate_series(2, %s) WHERE finished_at IS NOT NULL"
    database.execute(more, [-(-wanted // there)])
    database.execute("VACUUM ANALYZE plans_session")
    (now,) = database.execute("SELECT count(*) FROM plans_session").fetchone() or (0,)
    assert now >= wanted
    return int(now)


def columns(database: psycopg.Connection[Any]) -> str:
    """Of a session, all but its id."""
    (found,) = database.execute(COLUMNS).fetchone() or ("",)
    return str(found)


def each_migration(engine: embedded.Postgres, name: str) -> Iterator[tuple[str, float, dict[str, float], float]]:
    loader = MigrationLoader(connection)
    steps = [key for key in loader.graph.leaf_nodes() if key[0] in APPS]
    plan = [key for leaf in steps for key in loader.graph.forwards_plan(leaf)]
    later = [
        key for key in dict.fromkeys(plan) if key[0] in APPS and int(key[1][:4]) > BEFORE_THE_FIRST_RELEASE[key[0]]
    ]
    for app, migration in reversed(later):
        before = f"{int(migration[:4]) - 1:04}"
        call_command("migrate", app, before, verbosity=0)
    for app, migration in later:
        held: dict[str, float] = defaultdict(float)
        waits: list[float] = [0.0]
        with watching(engine, name, held), working(engine, name, waits):
            began = time.monotonic()
            call_command("migrate", app, migration, verbosity=0)
            takes = time.monotonic() - began
        yield f"{app}.{migration}", takes, dict(held), max(waits)


@contextmanager
def watching(engine: embedded.Postgres, name: str, held: dict[str, float]) -> Iterator[None]:
    """Notes for how long a lock that stops others was seen without a break; the longest by table and mode."""
    since: dict[str, float] = {}

    def look(database: psycopg.Connection[Any]) -> None:
        now = time.monotonic()
        seen = {" ".join(row) for row in database.execute(HELD, [embedded.OWNER_ROLE, list(STOPPING)]).fetchall()}
        for lock in seen:
            held[lock] = max(held[lock], now - since.setdefault(lock, now))
        for lock in set(since) - seen:
            del since[lock]

    with again_and_again(engine.superuser_url(name), look):
        yield


@contextmanager
def working(engine: embedded.Postgres, name: str, waits: list[float]) -> Iterator[None]:
    """Readers and writers of sessions, as the application: how long each of them took."""
    with closing(psycopg.connect(engine.superuser_url(name))) as database:
        log = MORE.format(columns=columns(database)) + " LIMIT 1"

    def work(database: psycopg.Connection[Any]) -> None:
        for statement in ("SELECT * FROM plans_session LIMIT 1", "SELECT * FROM accounts_clinic LIMIT 1", log):
            began = time.monotonic()
            database.execute(statement)
            waits.append(time.monotonic() - began)

    with again_and_again(engine.url(name), work):
        yield


@contextmanager
def again_and_again(url: str, act: Any) -> Iterator[None]:
    ended = threading.Event()
    wrong: list[BaseException] = []

    def loop() -> None:
        try:
            with ExitStack() as stack:
                database = stack.enter_context(
                    # As Django connects: a prepared statement would notice a new column.
                    closing(psycopg.connect(url, autocommit=True, prepare_threshold=None))
                )
                while not ended.wait(0.005):
                    act(database)
        except psycopg.Error as problem:
            wrong.append(problem)

    thread = threading.Thread(target=loop)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
    if wrong:
        raise wrong[0]
