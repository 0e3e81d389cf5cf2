"""Many rows at once: ids that a seed repeats, moments that never lie in the future, and COPY."""

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection, models
from psycopg import sql


def made_id(at: datetime, rng: Random) -> UUID:
    """A UUID of version 7 for that moment, whose random part comes from the seed."""
    milliseconds = int(at.timestamp() * 1000)
    random = rng.getrandbits(74)
    return UUID(int=milliseconds << 80 | 7 << 76 | (random >> 62) << 64 | 2 << 62 | random & (2**62 - 1))


def moment(day: date, minute: int, zone: ZoneInfo) -> datetime:
    """So many minutes after local midnight of that day, in UTC."""
    return datetime.combine(day, time(minute // 60, minute % 60), zone).astimezone(UTC)


def born(age: int, today: date, rng: Random) -> date:
    """A birthday of somebody who is that old today."""
    return today - timedelta(days=round(age * 365.25) + rng.randint(2, 360))


def copy_rows(model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Write rows with COPY, the quickest way there is; constraints and triggers apply as always.

    `columns` are field names as in the database; every other field gets its model default. Returns how many.
    """
    others = {
        field.column: field.get_default()
        for field in model._meta.concrete_fields
        if field.column not in columns and not isinstance(field, models.AutoField)
    }
    constants = [json.dumps(value) if isinstance(value, dict) else value for value in others.values()]
    names = sql.SQL(", ").join([sql.Identifier(str(name)) for name in (*columns, *others)])
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(model._meta.db_table), names)
    count = 0
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row([*row, *constants])
            count += 1
    return count
