"""A real standby of a throw-away PostgreSQL: copied while it runs, then following what is written there."""

import contextlib
import shutil
from collections.abc import Iterator
from pathlib import Path

import psycopg

from painplan import embedded
from painplan import engine as engine_files
from painplan.processes import last_line, start_child


@contextlib.contextmanager
def standby_of(primary: embedded.Postgres, folder: Path) -> Iterator[embedded.Postgres]:
    """Keeps its data for `folder`; gone with what it held when the block ends."""
    folder.mkdir(parents=True)
    data, log = engine_files.claim_data_folder(folder, throw_away=True), folder / "copied.log"
    shutil.copy(primary.folder / "passwords.json", folder)
    programs = engine_files.runnable_programs(engine_files.wheel_programs())
    source = ["-h", primary.host, "-p", str(primary.port), "-U", embedded.SUPERUSER]
    copied = start_child(
        [programs / "pg_basebackup", "-D", data, *source, "-R", "-X", "stream", "-c", "fast", "--no-sync"],
        log=log, account=engine_files.account(), cwd=data.parent,
        env={"PGPASSWORD": primary.passwords[embedded.SUPERUSER], "PATH": "/usr/bin:/bin"},
    )  # fmt: skip
    assert copied.wait(120) == 0, last_line(log)
    server = embedded.start_postgres(folder, fast=True)
    try:
        yield server
    finally:
        server.stop()


def has_all_of(primary: embedded.Postgres, standby: embedded.Postgres) -> bool:
    """Whether the standby has replayed everything that is written."""
    with psycopg.connect(primary.superuser_url(), autocommit=True) as connection:
        # A throw-away engine does not wait for its log to be written; this waits.
        connection.execute("SET synchronous_commit = on")
        connection.execute("SELECT pg_logical_emit_message(true, 'tests', '')")
        (written,) = connection.execute("SELECT pg_current_wal_flush_lsn()").fetchone()
    with psycopg.connect(standby.superuser_url()) as connection:
        (behind,) = connection.execute(
            "SELECT pg_wal_lsn_diff(%s, coalesce(pg_last_wal_replay_lsn(), '0/0')) > 0", [written]
        ).fetchone()
    return not behind
