"""Rows that are only ever added, where many are, or where every page adds one: their INSERT is written once a process,
planned once a connection, and sent without the context that history's triggers read. What belongs together can be sent
as one statement, with the change that goes before it.

For the log of who looked, and for what a patient logs: Django took longer to write these rows than PostgreSQL.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorDebugWrapper
from django.db.models import Field, JSONField, Model
from pghistory.trigger import Event

from accounts.compiled import asking, at_once, is_watched, packed


def add(model: type[Model], **values: Any) -> None:
    """Write a row; `values` by the names of its columns, the others as Django has them from the start.

    Raises TypeError for a name that is none, and for a table whose new rows stand in its history.
    """
    text, fields = _insert(model, 1)
    change(text, _said(model, fields, values))


def add_rows(objects: Iterable[Model]) -> None:
    """Write these new objects of one model with one statement, as `bulk_create` does. Raises what `add` raises."""
    rows = list(objects)
    if not rows:
        return
    connection = connections[DEFAULT_DB_ALIAS]
    text, fields = _insert(type(rows[0]), len(rows))
    said = [packed(field.get_db_prep_save(field.pre_save(row, True), connection)) for row in rows for field in fields]
    change(text, said)
    _are_stored(rows)


def add_after(text: str, values: Sequence[Any], *tables: Sequence[Model]) -> bool:
    """Change one row, and if it is there add these new objects: each sequence is of one model, and is added when the
    one before it is. False when there was nothing to change; then nothing is added. Raises what `add` raises.

    All of it is one statement, and so a transaction of its own where there is none around it. The row that is changed
    is locked before anything is added; a trigger finds what was added before.
    """
    connection = connections[DEFAULT_DB_ALIAS]
    tables = tuple(rows for rows in tables if rows)
    whole, fields = _insert_after(text, tuple(type(rows[0]) for rows in tables))
    said = [
        json.dumps([{f.column: _plain(f, row, connection) for f in of} for row in rows], default=str)
        for rows, of in zip(tables, fields, strict=True)
    ]
    if not change(whole, [*values, *said]):
        return False
    for rows in tables:
        _are_stored(rows)
    return True


@dataclass(slots=True)
class Beside:
    """A row that is added with a question, for each row of its answer: with `values` as `add` takes them, and in the
    `columns` what the question calls so. Only where the first of these has a value and the column `unless` of the
    question has none. Raises what `add` raises.

    What is asked is read as it was before. Nothing is asked twice, as a question alone may be: see `ask`.
    """

    model: type[Model]
    values: Mapping[str, Any]
    columns: tuple[tuple[str, str], ...] = ()
    unless: str = ""

    def to(self, text: str, values: Sequence[Any]) -> tuple[str, list[Any]]:
        """For `send`: a text that asks, and its values, with this."""
        whole, fields = _insert_beside(text, self.model, self.columns, self.unless)
        return whole, [*values, *_said(self.model, fields, self.values)]


def change(text: str, values: Sequence[Any]) -> int:
    """Send a statement whose text is always the same to tables without history; the number of rows it changed."""
    return send(text, values)[0]


def send(text: str, values: Sequence[Any]) -> tuple[int, list[Any]]:
    """Send a text that is always the same without the context that history reads: how many rows, and which."""
    connection = connections[DEFAULT_DB_ALIAS]
    if not is_watched(connection):
        return at_once(connection, text, values)
    with asking(connection) as cursor:
        if isinstance(cursor, CursorDebugWrapper):
            with cursor.debug_sql(text, values, use_last_executed_query=True):
                cursor._execute(text, values)
        else:
            cursor._execute(text, values)  # and not `execute`, around which the context is put
        return int(cursor.rowcount), cursor.cursor.fetchall() if cursor.description else []


@lru_cache(maxsize=256)
def _insert(model: type[Model], rows: int) -> "tuple[str, list[Field[Any, Any]]]":
    fields = _fields_of(model)
    marks = ", ".join([f"({', '.join(['%s'] * len(fields))})"] * rows)
    return f"INSERT INTO {_named(model, fields)} VALUES {marks}", fields  # noqa: S608  # nosec B608


@lru_cache(maxsize=64)
def _insert_after(text: str, models: tuple[type[Model], ...]) -> "tuple[str, list[list[Field[Any, Any]]]]":
    """Each table's rows come as JSON, which PostgreSQL reads into the table's own types: one text for any number."""
    every = [_fields_of(model) for model in models]
    steps, before = [f"step0 AS ({text} RETURNING 1)"], "step0"
    for number, (model, fields) in enumerate(zip(models, every, strict=True), 1):
        columns = ", ".join(f'new."{field.column}"' for field in fields)
        steps.append(
            f"step{number} AS (INSERT INTO {_named(model, fields)} SELECT {columns}"  # noqa: S608  # nosec B608
            # To count the rows of the step before is to have all of it done.
            f" FROM (SELECT count(*) AS done FROM {before}) AS last"
            f' JOIN json_populate_recordset(NULL::"{model._meta.db_table}", %s::json) AS new ON last.done > 0'
            " RETURNING 1)"
        )
        before = f"step{number}"
    return f"WITH {', '.join(steps)} SELECT 1 FROM step0", every  # noqa: S608  # nosec B608


@lru_cache(maxsize=256)
def _insert_beside(
    text: str, model: type[Model], columns: tuple[tuple[str, str], ...], unless: str
) -> "tuple[str, list[Field[Any, Any]]]":
    """A change has to stand first, and what it adds is not seen by the question."""
    fields, from_text = _fields_of(model), dict(columns)
    said = ", ".join(f'asked."{from_text[f.attname]}"' if f.attname in from_text else "%s" for f in fields)
    wanted = [f'asked."{name}" IS NOT NULL' for _column, name in columns[:1]]
    wanted += [f'asked."{unless}" IS NULL'] if unless else []
    return (
        f"WITH asked AS MATERIALIZED ({text}), added AS (INSERT INTO {_named(model, fields)}"  # noqa: S608  # nosec B608
        f" SELECT {said} FROM asked WHERE {' AND '.join(wanted) or 'true'}) SELECT * FROM asked",
        [field for field in fields if field.attname not in from_text],
    )


def _said(model: type[Model], fields: "Sequence[Field[Any, Any]]", values: Mapping[str, Any]) -> list[Any]:
    if unknown := values.keys() - {field.attname for field in fields}:
        raise TypeError(f"{model.__qualname__} has no columns {', '.join(unknown)}")
    connection = connections[DEFAULT_DB_ALIAS]
    given = [(field, values[field.attname] if field.attname in values else field.get_default()) for field in fields]
    return [packed(field.get_db_prep_save(value, connection)) for field, value in given]


def _named(model: type[Model], fields: "Iterable[Field[Any, Any]]") -> str:
    columns = ", ".join(f'"{field.column}"' for field in fields)
    return f'"{model._meta.db_table}" ({columns})'


def _fields_of(model: type[Model]) -> "list[Field[Any, Any]]":
    meta = model._meta
    if any(isinstance(one, Event) and "INSERT" in str(one.operation) for one in getattr(meta, "triggers", [])):
        raise TypeError(f"{model.__qualname__} has a history of its new rows")
    return list(meta.local_concrete_fields)


def _plain(field: "Field[Any, Any]", row: Model, connection: BaseDatabaseWrapper) -> Any:
    value = field.pre_save(row, True)
    return value if isinstance(field, JSONField) else field.get_db_prep_save(value, connection)


def _are_stored(rows: Iterable[Model]) -> None:
    for row in rows:
        row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS
