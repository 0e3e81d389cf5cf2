"""Cursors of the driver for texts that are always the same: each kept with its connection, one for each text.

psycopg looks up anew with every cursor how each type is written and read: a fifth of what a small question costs. A
cursor that is asked the same text again knows. What it answered is let go at once: rows of patients stay no longer than
their page.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import count
from types import SimpleNamespace
from typing import Any, Self

import psycopg

MOST = 200
"""Cursors that a connection keeps."""


class Asking(psycopg.RawCursor[Any]):
    """Sends text and values apart, and reads the rows in C; where queries are logged, the log has both in one.

    A raw one, because psycopg would look for the places of the values in a long text each time anew.
    """

    shown = False

    def execute(self, query: Any, params: Any = None, **_how: Any) -> Self:
        super().execute(_numbered(query), params, binary=True, prepare=False if self.shown else None)
        if self.shown:
            whole = psycopg.ClientCursor(self.connection).mogrify(query, params)
            self._query = SimpleNamespace(query=whole.encode())  # type: ignore[assignment]
        return self

    def let_go(self) -> None:
        """Forget values and answer. What is known of the text's types stays, for who asks the same text next."""
        self._reset(reset_query=True)
        self._tx.set_pgresult(None)


def answered(connection: Any, text: str, values: Sequence[Any]) -> tuple[int, list[Any]]:
    """How many rows and which, of a text that is always the same. `connection` is the driver's."""
    # On the connection itself: they hold it, so in a dictionary of connections none would ever go.
    kept = connection.__dict__.setdefault("painplan_cursors", {})
    # Taken out while it is used: one that failed is not asked again.
    cursor = kept.pop(text, None) or Asking(connection)
    cursor.execute(text, values)
    # Whether there are rows: `description` would say what each of their columns is.
    found = cursor.rowcount, cursor.fetchall() if cursor.pgresult and cursor.pgresult.nfields else []
    cursor.let_go()
    if len(kept) >= MOST:
        kept.clear()
    kept[text] = cursor
    return found


@lru_cache(maxsize=1024)
def _numbered(sql: str) -> bytes:
    """With the places of the values as PostgreSQL numbers them; as it is sent."""
    numbers = count(1)
    return re.sub(r"%[s%]", lambda found: f"${next(numbers)}" if found[0] == "%s" else "%", sql).encode()
