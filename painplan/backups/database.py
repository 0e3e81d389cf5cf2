"""The database seen from outside Django: what is in it, and the programs that copy it."""

import contextlib
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
from django.db import connections
from psycopg import pq, sql
from psycopg.conninfo import conninfo_to_dict

from painplan import engine
from painplan.backups import BackupError
from painplan.processes import EmbeddedError

# Their rows stay behind: after a restore nobody is signed in, and attempts to sign in are counted anew.
LEFT_BEHIND = frozenset({"django_session", "usersessions_usersession", "accounts_attempts"})
Row = tuple[Any, ...]


def parameters(url: str) -> dict[str, str]:
    """libpq's parameters of a URL; without one, of Django's default connection."""
    if url:
        return {name: str(value) for name, value in conninfo_to_dict(url).items() if value is not None}
    at = connections["default"].settings_dict
    found = {"dbname": at["NAME"], "user": at["USER"], "password": at["PASSWORD"], "host": at["HOST"]}
    found |= {
        "port": at["PORT"],
        **{name: at["OPTIONS"][name] for name in ("sslmode", "sslrootcert") if name in at["OPTIONS"]},
    }
    return {name: str(value) for name, value in found.items() if value}


def connect(at: dict[str, str]) -> psycopg.Connection[Row]:
    """Raises BackupError when the server does not answer."""
    try:
        return psycopg.connect(**at, connect_timeout=10)  # type: ignore[arg-type]
    except psycopg.OperationalError as problem:
        first = str(problem).strip().splitlines()[-1]
        raise BackupError(f"The database cannot be reached: {first}") from problem


def is_empty(connection: psycopg.Connection[Row]) -> bool:
    """No table, view, sequence or function in it."""
    found = connection.execute(
        "SELECT EXISTS (SELECT FROM pg_class WHERE relnamespace = 'public'::regnamespace)"
        " OR EXISTS (SELECT FROM pg_proc WHERE pronamespace = 'public'::regnamespace)"
    ).fetchone()
    return found is not None and not found[0]


def tables(connection: psycopg.Connection[Row]) -> list[str]:
    """The tables whose rows are backed up."""
    rows = connection.execute(
        "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY relname"
    ).fetchall()
    return [name for (name,) in rows if name not in LEFT_BEHIND]


def contents(connection: psycopg.Connection[Row], tell: Callable[[str], None] | None = None) -> dict[str, list[Any]]:
    """Table -> [rows, digest]; the digest does not depend on the order of the rows."""
    for setting, value in (
        ("TimeZone", "UTC"),
        ("DateStyle", "ISO"),
        ("IntervalStyle", "postgres"),
        ("bytea_output", "hex"),
    ):
        connection.execute(sql.SQL("SET {} TO {}").format(sql.Identifier(setting), sql.Literal(value)))
    found = {}
    for name in tables(connection):
        row = connection.execute(
            sql.SQL(
                "SELECT count(*), coalesce(sum(('x' || left(md5(whole_row::text), 15))::bit(60)::bigint), 0)::text"
                " FROM {} AS whole_row"
            ).format(sql.Identifier("public", name))
        ).fetchone()
        found[name] = list(row or ())
        if tell:
            tell(name)
    return found


def guards(connection: psycopg.Connection[Row]) -> dict[str, int]:
    """How many triggers, constraints, indexes and functions protect and serve the rows."""
    queries = {
        "triggers": "SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'",
        "constraints": "SELECT count(*) FROM pg_constraint"
        " WHERE connamespace = 'public'::regnamespace AND convalidated",
        "indexes": "SELECT count(*) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid"
        " WHERE c.relnamespace = 'public'::regnamespace",
        "functions": "SELECT count(*) FROM pg_proc WHERE pronamespace = 'public'::regnamespace",
    }
    found = {}
    for name, query in queries.items():
        row = connection.execute(query).fetchone()  # type: ignore[arg-type]
        found[name] = int(row[0]) if row else 0
    return found


def close_insert_only(connection: psycopg.Connection[Row]) -> None:
    """Take the rights back that a new table has by default. A dump grants rights and takes none away."""
    if (connection.execute("SELECT to_regproc('painplan_close_insert_only')").fetchone() or (None,))[0]:
        connection.execute("SELECT painplan_close_insert_only()")


def rights(connection: psycopg.Connection[Row]) -> list[Row]:
    """(table, role, right) of everybody but the owner, in order."""
    return connection.execute(
        "SELECT c.relname::text, g.grantee::regrole::text, g.privilege_type"
        " FROM pg_class c CROSS JOIN LATERAL aclexplode(c.relacl) g"
        " WHERE c.relnamespace = 'public'::regnamespace AND g.grantee <> c.relowner ORDER BY 1, 2, 3"
    ).fetchall()


def migrations(connection: psycopg.Connection[Row]) -> list[str]:
    """ "app.name" of every migration the database has been through."""
    rows = connection.execute("SELECT app || '.' || name FROM django_migrations ORDER BY 1").fetchall()
    return [name for (name,) in rows]


def program(name: str, *, server: int) -> Path:
    """pg_dump or pg_restore, of the server's major version or newer. Raises BackupError."""
    places = [Path(found).parent] if (found := shutil.which(name)) else []
    with contextlib.suppress(EmbeddedError):
        places.append(engine.wheel_programs())
    for place in places:
        said = subprocess.run([place / name, "--version"], capture_output=True, text=True, check=False).stdout
        match = re.search(r"(\d+)", said)
        if match and int(match[1]) >= server:
            return place / name
    raise BackupError(
        f"{name} of PostgreSQL {server} or newer is not on PATH: install the client programs of PostgreSQL."
    )


def environ(at: dict[str, str]) -> dict[str, str]:
    """The environment in which PostgreSQL's programs reach this database: no password on a command line."""
    names = {each.keyword.decode(): each.envvar.decode() for each in pq.Conninfo.get_defaults() if each.envvar}
    return {**os.environ, **{names[name]: value for name, value in at.items() if name in names}}
