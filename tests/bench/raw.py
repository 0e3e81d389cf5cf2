"""A log without a web in front of the database: its rows written with psycopg alone, in one transaction.

The same rows as the application stores, with the database's own checks, triggers and history: what is between this and
a logged session is the application.
"""

import time
from collections.abc import Mapping, Sequence
from statistics import median
from types import TracebackType
from typing import Any, Self

import psycopg
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb
from uuid_utils.compat import uuid7

from tests.bench.loading import Cost, processor_seconds
from tests.bench.report import Table

# By the key that says whose they are: of a session, and of the patient the newest, which is the session's.
ROWS = {
    "plans_session": "SELECT * FROM plans_session WHERE id = %(session)s",
    "plans_painscore": "SELECT * FROM plans_painscore WHERE session_id = %(session)s",
    "plans_exerciselog": "SELECT * FROM plans_exerciselog WHERE session_id = %(session)s",
    "plans_planevent": "SELECT * FROM plans_planevent WHERE patient_id = %(patient)s ORDER BY at DESC, id DESC LIMIT 1",
}
NEWEST = "SELECT id AS session, patient_id AS patient FROM plans_session ORDER BY received_at DESC LIMIT 1"
MARK = "UPDATE plans_painwatch SET dirty_since = now() WHERE patient_id = %s"

Rows = Mapping[str, list[dict[str, Any]]]


class Raw:
    """A connection as the application's role has one, and the processes of the database whose time counts."""

    def __init__(self, url: str, database: int) -> None:
        self.line, self.database = psycopg.connect(url, row_factory=dict_row, prepare_threshold=0), database

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.line.close()

    def logs(self, number: int) -> Cost:
        """The newest session so many times more, one transaction after the other."""
        rows = self._newest()
        before, own, began = processor_seconds([self.database]), time.thread_time(), time.perf_counter()
        for _each in range(number):
            self._write(rows)
        used = processor_seconds([self.database]) - before + time.thread_time() - own
        return Cost(number, time.perf_counter() - began, 1000 * used / number)

    def _newest(self) -> Rows:
        with self.line.transaction():
            named = self.line.execute(NEWEST).fetchone()
            assert named is not None, "nothing was logged yet"
            found = {table: self.line.execute(question, named).fetchall() for table, question in ROWS.items()}
        assert all(found.values()), f"a log leaves rows in each: {[table for table in found if not found[table]]}"
        return found

    def _write(self, rows: Rows) -> None:
        session = uuid7()
        patient = rows["plans_session"][0]["patient_id"]
        with self.line.transaction(), self.line.cursor() as cursor:
            cursor.execute(MARK, [patient])
            for table, several in rows.items():
                for row in several:
                    new = row | {"id": session if table == "plans_session" else uuid7()}
                    new |= {"session_id": session} if "session_id" in row else {}
                    names = ", ".join(f'"{name}"' for name in new)
                    marks = ", ".join(["%s"] * len(new))
                    values = [Jsonb(value) if isinstance(value, dict) else value for value in new.values()]
                    cursor.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", values)


def against_raw(logs: Sequence[Cost], alone: Sequence[Cost]) -> Table:
    ratios = [log.cpu_ms / raw.cpu_ms for log, raw in zip(logs, alone, strict=True)]
    cells = [f"{median(ratios):.1f}", f"{min(ratios):.1f} to {max(ratios):.1f}"]
    cells += [f"{median(raw.cpu_ms for raw in alone):.1f} ms", f"{median(raw.per_second for raw in alone):.0f}"]
    title = "A logged session, against the same rows written with psycopg alone (one transaction, one connection)"
    return Table(title, ["times psycopg alone", "spread", "CPU of psycopg alone", "transactions/s"], [cells])
