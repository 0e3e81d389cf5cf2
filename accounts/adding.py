"""Rows that are only ever added, of tables without history: their INSERT is written once a process, planned once a
connection, and sent without the context that history's triggers read.

For the log of who looked, which every page about patients writes: Django took longer to write that row than PostgreSQL.
"""

from functools import cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.utils import CursorDebugWrapper
from django.db.models import Field, Model

from accounts.compiled import asking, sent


def add(model: type[Model], **values: Any) -> None:
    """Write a row; `values` by the names of its columns, the others as Django has them from the start.

    Raises TypeError for a table with triggers that look at new rows.
    """
    text, fields = _insert(model)
    row = [sent(values.pop(field.attname)) if field.attname in values else field.get_default() for field in fields]
    if values:
        raise TypeError(f"{model.__qualname__} has no {', '.join(values)}")
    with asking(connections[DEFAULT_DB_ALIAS]) as cursor:
        if isinstance(cursor, CursorDebugWrapper):
            with cursor.debug_sql(text, row, use_last_executed_query=True):
                cursor._execute(text, row)
        else:
            cursor._execute(text, row)  # and not `execute`, around which the context is put


@cache
def _insert(model: type[Model]) -> "tuple[str, list[Field[Any, Any]]]":
    meta = model._meta
    if any("INSERT" in str(trigger.operation) for trigger in getattr(meta, "triggers", [])):
        raise TypeError(f"{model.__qualname__} has triggers that look at new rows")
    fields = list(meta.local_concrete_fields)
    columns = ", ".join(f'"{field.column}"' for field in fields)
    marks = ", ".join(["%s"] * len(fields))
    return f'INSERT INTO "{meta.db_table}" ({columns}) VALUES ({marks})', fields  # noqa: S608  # nosec B608
