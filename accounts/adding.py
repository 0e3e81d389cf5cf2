"""Rows that are only ever added, where many are, or where every page adds one: their INSERT is written once a process,
planned once a connection, and sent without the context that history's triggers read.

For the log of who looked, and for what a patient logs: Django took longer to write these rows than PostgreSQL.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.utils import CursorDebugWrapper
from django.db.models import Field, Model
from pghistory.trigger import Event

from accounts.compiled import asking, packed


def add(model: type[Model], **values: Any) -> None:
    """Write a row; `values` by the names of its columns, the others as Django has them from the start.

    Raises TypeError for a name that is none, and for a table whose new rows stand in its history.
    """
    text, fields = _insert(model, 1)
    connection, said, named = connections[DEFAULT_DB_ALIAS], list[Any](), 0
    for field in fields:
        if field.attname in values:
            said.append(packed(field.get_db_prep_save(values[field.attname], connection)))
            named += 1
        else:
            said.append(packed(field.get_db_prep_save(field.get_default(), connection)))
    if named != len(values):
        raise TypeError(
            f"{model.__qualname__} has no columns {', '.join(values.keys() - {one.attname for one in fields})}"
        )
    change(text, said)


def add_rows(objects: Iterable[Model]) -> None:
    """Write these new objects of one model with one statement, as `bulk_create` does. Raises what `add` raises."""
    rows = list(objects)
    if not rows:
        return
    connection = connections[DEFAULT_DB_ALIAS]
    text, fields = _insert(type(rows[0]), len(rows))
    said = [packed(field.get_db_prep_save(field.pre_save(row, True), connection)) for row in rows for field in fields]
    change(text, said)
    for row in rows:
        row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS


def change(text: str, values: Sequence[Any]) -> int:
    """Send a statement whose text is always the same to tables without history; the number of rows it changed."""
    with asking(connections[DEFAULT_DB_ALIAS]) as cursor:
        if isinstance(cursor, CursorDebugWrapper):
            with cursor.debug_sql(text, values, use_last_executed_query=True):
                cursor._execute(text, values)
        else:
            cursor._execute(text, values)  # and not `execute`, around which the context is put
        return int(cursor.rowcount)


@lru_cache(maxsize=256)
def _insert(model: type[Model], rows: int) -> "tuple[str, list[Field[Any, Any]]]":
    meta = model._meta
    if any(isinstance(one, Event) and "INSERT" in str(one.operation) for one in getattr(meta, "triggers", [])):
        raise TypeError(f"{model.__qualname__} has a history of its new rows")
    fields = list(meta.local_concrete_fields)
    columns = ", ".join(f'"{field.column}"' for field in fields)
    marks = ", ".join([f"({', '.join(['%s'] * len(fields))})"] * rows)
    return f'INSERT INTO "{meta.db_table}" ({columns}) VALUES {marks}', fields  # noqa: S608  # nosec B608
