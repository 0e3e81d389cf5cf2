"""How long it takes to make 100,000 patients with 60 days each, and what they weigh: data of the other measurements.

24 patients with their diaries are `seed_demo`'s, written with COPY and judged by the ordinary rules; the others are
their copies (tests/bench/multiplied.py). Checks, uniqueness and exclusions hold all the while; triggers and foreign
keys rest, as they do in a restore, so afterwards every foreign key is looked through for a row that points nowhere.
"""

import time

import psycopg
from psycopg import sql

from tests.bench.pages import BenchHouse, built
from tests.bench.report import Goal, Options, Result, Table
from tests.chaos.house import DATABASE

PATIENTS, QUICK_PATIENTS = 100_000, 5_000
MOST_SECONDS = 300
SIZES = """
    SELECT c.relname, c.reltuples::bigint, pg_total_relation_size(c.oid) FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind = 'r' AND n.nspname = 'public' ORDER BY 3 DESC LIMIT 8
"""

KEYS = """
    SELECT k.conname, t.relname, a.attname, o.relname, b.attname FROM pg_constraint k
    JOIN pg_class t ON t.oid = k.conrelid JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.conkey[1]
    JOIN pg_class o ON o.oid = k.confrelid JOIN pg_attribute b ON b.attrelid = o.oid AND b.attnum = k.confkey[1]
    WHERE k.contype = 'f' AND cardinality(k.conkey) = 1 ORDER BY k.conname
"""


def run(options: Options) -> Result:
    patients = QUICK_PATIENTS if options.quick else PATIENTS
    with built(BenchHouse, patients=patients, logs=0) as (house, told):
        with psycopg.connect(house.engine.superuser_url(DATABASE), autocommit=True) as database:
            sizes = database.execute(SIZES).fetchall()
            began = time.monotonic()
            nowhere = dangling(database)
            checked = time.monotonic() - began
    assert not nowhere, f"rows point nowhere: {nowhere}"
    seconds, counts = told["seconds"], told["counts"]
    rows = [[name, f"{took:.0f} s"] for name, took in seconds.items()]
    rows.append(["foreign keys looked through afterwards", f"{checked:.0f} s"])
    title = ", ".join(f"{number:,} {what}" for what, number in counts.items())
    large = [
        [name, f"{number:,}", f"{size / 1e6:,.0f}", f"{size / max(number, 1):.0f}"] for name, number, size in sizes
    ]
    tables = [
        Table(title, ["step", "took"], rows),
        Table("The largest tables", ["table", "rows", "MB with indexes", "bytes a row"], large),
    ]
    data = {"seconds": seconds, "counts": counts, "sizes": sizes, "foreign_keys_seconds": checked}
    return Result(tables, data, [Goal("seconds to load", seconds["all"], at_most=MOST_SECONDS)])


def dangling(database: psycopg.Connection) -> list[str]:
    """The foreign keys of the database that some row does not keep."""
    keys = database.execute(KEYS).fetchall()
    asked = sql.SQL(
        "SELECT 1 FROM {table} t WHERE t.{column} IS NOT NULL"
        " AND NOT EXISTS (SELECT 1 FROM {other} o WHERE o.{key} = t.{column}) LIMIT 1"
    )
    found = []
    for name, *words in keys:
        table, column, other, key = (sql.Identifier(word) for word in words)
        if database.execute(asked.format(table=table, column=column, other=other, key=key)).fetchone():
            found.append(name)
    return found
