"""Seals the audit rows and looks whether the seals hold. SHA-256, in the database, table by table.

A block holds the digests of all rows that were new, and its hash covers the block before. Who changes, removes or
slips in a row that a block has passed breaks it; the hashes are also written to a file outside the database, so that
nobody can cut the end of the chain off or make all of it anew.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from django.apps import apps
from django.db import connection, models, transaction
from psycopg import sql

from accounts.models import AuditBlock, AuditPurge, History, new_id
from accounts.outside import Folder

# A transaction that began before a block was made may end after it: so long, its rows may come late.
LATE = timedelta(hours=1)
_LOCK = 5_471_002  # any number that nothing else in Painplan locks


@dataclass(frozen=True)
class Fault:
    """What is wrong: the number of the block, the table and the key of a row where there is one."""

    what: str
    block: int
    source: str = ""
    row_key: str = ""

    def __str__(self) -> str:
        return " ".join(str(part) for part in (f"block {self.block}:", self.what, self.source, self.row_key) if part)


def sources() -> dict[str, type[models.Model]]:
    """The tables that are sealed: every table of history, and those that are a log themselves."""
    kept = (m for m in apps.get_models() if issubclass(m, History) or getattr(m, "audited", False))
    return {model._meta.db_table: model for model in sorted(kept, key=lambda model: model._meta.db_table)}


def seal(*, at: datetime, folder: Folder) -> int:
    """Make the next block of all rows without a digest, and write its hash outside. Returns how many rows it has."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        _say_times_in_utc(cursor)
        last = AuditBlock.objects.order_by("-number").first()
        block_id = new_id()
        columns = {name: _columns(model) for name, model in sources().items()}
        # The digests name their block before it is there: keys are checked when the transaction ends.
        rows = sum(_digest_new(cursor, block_id, name, model) for name, model in sources().items())
        number, previous = (last.number + 1, last.hash) if last else (1, "")
        block = AuditBlock(
            id=block_id, number=number, made_at=at, columns=columns, rows=rows, previous=previous,
            hash=_hash(cursor, block_id, number, at, columns, previous),
        )  # fmt: skip
        block.save(force_insert=True)
    folder.add_head(number=block.number, hash=block.hash, at=at)
    return rows


def verify(*, folder: Folder) -> list[Fault]:
    """Everything that does not hold, oldest block first; an empty list is what one wants to see."""
    faults: list[Fault] = []
    with transaction.atomic(), connection.cursor() as cursor:
        _say_times_in_utc(cursor)
        heads = folder.heads()
        previous, expected = "", 1
        last: AuditBlock | None = None
        for block in AuditBlock.objects.order_by("number"):
            if block.number != expected:
                faults.append(Fault("the block before it is gone", block.number))
            if block.previous != previous:
                faults.append(Fault("does not follow the one before", block.number))
            made = _hash(cursor, block.pk, block.number, block.made_at, block.columns, block.previous)
            if made != block.hash:
                faults.append(Fault("its digests were changed", block.number))
            if heads.get(block.number, block.hash) != block.hash:
                faults.append(Fault("is not the one that was written down outside", block.number))
            faults += _faults_of(cursor, block)
            previous, expected, last = block.hash, block.number + 1, block
        faults += [Fault("the block is gone", number) for number in sorted(heads) if number >= expected]
        if last is not None:
            faults += _late_rows(cursor, last)
        faults += _purges_without_a_line(folder)
    return faults


def _say_times_in_utc(cursor: Any) -> None:
    cursor.execute("SET LOCAL TimeZone = 'UTC'")


def _ask(cursor: Any, statement: sql.Composable) -> None:
    """As text: what wraps statements (the context of history) takes nothing else."""
    cursor.execute(statement.as_string(cursor.connection))


def _columns(model: type[models.Model]) -> list[str]:
    return sorted(str(field.column) for field in model._meta.local_concrete_fields)


def _content(table: str, columns: list[str]) -> sql.Composable:
    """A subquery with the key and the content of every row, as text that never varies."""
    model = sources().get(table)
    key = str(model._meta.pk.column) if model is not None and model._meta.pk is not None else columns[0]
    return sql.SQL("(SELECT {key}::text AS row_key, {inner} AS content FROM {table} t)").format(
        key=sql.Identifier(key),
        inner=sql.SQL("jsonb_build_array({})::text").format(
            sql.SQL(", ").join(sql.SQL("to_jsonb(t.{})").format(sql.Identifier(c)) for c in columns)
        ),
        table=sql.Identifier(table),
    )


def _digest_new(cursor: Any, block_id: Any, table: str, model: type[models.Model]) -> int:
    _ask(
        cursor,
        sql.SQL(
            """
            WITH fresh AS MATERIALIZED (
                SELECT gen_random_uuid() AS id, r.row_key, r.content,
                       replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', '') AS salt
                FROM {rows} r
                WHERE NOT EXISTS (SELECT 1 FROM accounts_auditlink l
                                  WHERE l.source = {source} AND l.row_key = r.row_key)
            ), links AS (
                INSERT INTO accounts_auditlink (id, block_id, source, row_key, digest)
                SELECT id, {block}, {source}, row_key, encode(sha256(convert_to(salt || content, 'UTF8')), 'hex')
                FROM fresh
            )
            INSERT INTO accounts_auditsalt (link_id, salt) SELECT id, salt FROM fresh
            """
        ).format(rows=_content(table, _columns(model)), source=sql.Literal(table), block=sql.Literal(block_id)),
    )
    return int(cursor.rowcount)


def _hash(cursor: Any, block_id: Any, number: int, at: datetime, columns: dict[str, list[str]], previous: str) -> str:
    """Over the block's own facts and its digests, in an order that every machine agrees on."""
    cursor.execute(
        """
        SELECT encode(sha256(convert_to(coalesce(string_agg(
            source || ' ' || row_key || ' ' || digest, E'\n' ORDER BY source COLLATE "C", row_key COLLATE "C"
        ), ''), 'UTF8')), 'hex') FROM accounts_auditlink WHERE block_id = %s
        """,
        [block_id],
    )
    names = "\n".join(f"{table} {' '.join(columns[table])}" for table in sorted(columns))
    moment = at.astimezone(UTC).isoformat(timespec="microseconds")
    said = "\n".join([str(number), moment, previous, names, cursor.fetchone()[0]])
    return sha256(said.encode()).hexdigest()


def _faults_of(cursor: Any, block: AuditBlock) -> Iterator[Fault]:
    """Rows of one block that are gone, that changed, or whose salt went without a purge."""
    for table, columns in sorted(block.columns.items()):
        _ask(
            cursor,
            sql.SQL(
                """
                SELECT l.row_key,
                       CASE WHEN s.link_id IS NULL OR s.salt = '' AND p.id IS NULL THEN 'lost its salt'
                            WHEN s.salt <> '' AND r.row_key IS NULL THEN 'is gone'
                            WHEN s.salt <> '' THEN 'was changed' END
                FROM accounts_auditlink l
                LEFT JOIN accounts_auditsalt s ON s.link_id = l.id
                LEFT JOIN accounts_auditpurge p ON p.id = s.purge_id
                LEFT JOIN {rows} r ON r.row_key = l.row_key
                WHERE l.block_id = {block} AND l.source = {source}
                AND (s.link_id IS NULL OR s.salt = '' AND p.id IS NULL OR s.salt <> '' AND (
                     r.row_key IS NULL
                     OR l.digest <> encode(sha256(convert_to(s.salt || r.content, 'UTF8')), 'hex')))
                ORDER BY l.row_key
                """
            ).format(rows=_content(table, columns), block=sql.Literal(block.pk), source=sql.Literal(table)),
        )
        yield from [Fault(what, block.number, table, key) for key, what in cursor.fetchall()]


def _late_rows(cursor: Any, last: AuditBlock) -> Iterator[Fault]:
    """Rows that say they are older than the last block and that no block knows."""
    before = last.made_at - LATE
    # The first 48 bits of a UUIDv7 are the milliseconds at which the row was made.
    bound = f"{int(before.timestamp() * 1000):012x}"
    for table, model in sources().items():
        older = (
            sql.SQL("t.pgh_created_at < {}").format(sql.Literal(before))
            if issubclass(model, History)
            else sql.SQL("left(replace(t.id::text, '-', ''), 12) < {}").format(sql.Literal(bound))
        )
        key = "pgh_id" if issubclass(model, History) else "id"
        _ask(
            cursor,
            sql.SQL(
                """
                SELECT t.{key}::text FROM {table} t WHERE {older} AND NOT EXISTS (
                    SELECT 1 FROM accounts_auditlink l WHERE l.source = {source} AND l.row_key = t.{key}::text)
                """
            ).format(key=sql.Identifier(key), table=sql.Identifier(table), older=older, source=sql.Literal(table)),
        )
        yield from [Fault("was slipped in", last.number, table, str(row[0])) for row in cursor.fetchall()]


def _purges_without_a_line(folder: Folder) -> Iterator[Fault]:
    """Content that was taken away though the list outside knows of no erasure."""
    known = {line["erasure"] for line in folder.erased()}
    for purge in AuditPurge.objects.order_by("at"):
        if str(purge.erasure_id) not in known:
            yield Fault("was made without an erasure on the list outside", 0, "accounts_auditpurge", str(purge.pk))
