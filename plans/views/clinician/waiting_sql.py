"""The question for what waits, in SQL: PostgreSQL groups the items by patient, counts them and gives out one page.

A clinic has a thousand items and more, and to read each as a row cost a third of the page. The items themselves are
asked for as Django writes them (items.py). tests/plans/test_waiting.py compares the answer with a plain count.
"""

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from django.db import connection

from plans.views.clinician import items
from plans.views.clinician.care import holds
from plans.views.clinician.items import Kind, Level
from plans.views.clinician.items_all import KINDS
from plans.views.clinician.people_asked import LISTED

FLAG, NEW = 1 << len(Level), 2 << len(Level)
"""Bits beside those of the levels: a flag, and something that came after a moment."""

GRAVER = [level for level in Level if level < Level.DUE]
"""The levels before re-evaluations that are due: those are a thousand, and the others are few."""

LISTS = ("mine", "clinic", "asleep")
WIDTH = len(Level) + 2
"""The lists, and how many bits each has: what is in all of them is one number, which is put together in one go."""


def bits_of(levels: Sequence[Level]) -> int:
    """One of these levels, or any."""
    return sum(1 << level for level in levels or Level)


def values_of_page(page: int, size: int, only: Sequence[Level], *, newest: bool) -> list[Any]:
    """What a text with a page asks with."""
    chosen = bits_of(only)
    which = [chosen] if only or newest else []
    return [page, size, size, chosen, *which, *([size] if newest else [size, size, size])]


@lru_cache(maxsize=64)
def text(
    today: date, tab: str, *, begins: str, seen: str, looked: str, lead: bool, newest: bool | None, only: bool = False
) -> str:
    """The text of a day: it begins with care.whose; `seen` selects the patients, `looked` are more columns. A mark is
    made of the list `tab`; a page of it comes along unless `newest` is None, with `only` of some of its patients.

    The answer is one row: patients who have the same in each list, as arrays of waiting.Alike; `looked`; and the items
    of the page, an array for each column of items.Found.
    """
    listed = tab and newest is not None
    # An item more, an item less, or one that is graver, in whatever order they are read.
    mark = f"bit_xor(uuid_hash_extended(i_key, i_level)) FILTER (WHERE {_in(tab)})" if tab else "0::bigint"
    bits = f"""(
        1 << i_level | CASE WHEN i_kind = 'flag' THEN {FLAG} ELSE 0 END | CASE WHEN i_arrived > %s THEN {NEW} ELSE 0 END
    )"""
    alike = ", ".join([*(f"{_of(name)} & {(1 << WIDTH) - 1}" for name in LISTS), "patients", "mark"])
    return f"""SELECT answer.* FROM (
        WITH RECURSIVE {begins}, seen (patient_id) AS NOT MATERIALIZED ({seen}), {LISTED},
        found AS MATERIALIZED (
            SELECT i_patient, i_level, i_since, i_key, {bits} * CASE
                WHEN i_asleep THEN {1 << 2 * WIDTH}
                WHEN {holds(forgotten=lead)} THEN {1 + (1 << WIDTH)}
                ELSE {1 << WIDTH}
            END AS lists, i_kind
            FROM ({union(KINDS, today)}) waits
        ), queue AS (
            SELECT i_patient AS patient, bit_or(lists) AS lists, {mark} AS mark
            {f", count(*) FILTER (WHERE {_in(tab)})::int AS items" if listed else ""}
            FROM found GROUP BY i_patient
        ), alike AS MATERIALIZED (
            SELECT lists, count(*)::int AS patients, coalesce(bit_xor(mark), 0) AS mark
            {", sum(items)::int AS items" if listed else ""}
            FROM queue GROUP BY lists
        ) {_chosen(tab, newest=bool(newest), only=only) if listed else ""}
        SELECT ARRAY(SELECT ARRAY[{alike}] FROM alike), {looked} {", page.* FROM " + _page(tab) if listed else ""}
    ) answer"""  # noqa: S608  # nosec B608


def _of(tab: str) -> str:
    """What is in a list, as the lowest bits."""
    return f"lists >> {LISTS.index(tab) * WIDTH}"


def _in(tab: str) -> str:
    """Whether anything is in a list."""
    return f"lists & {(1 << WIDTH) - 1 << LISTS.index(tab) * WIDTH} <> 0"


def _chosen(tab: str, *, newest: bool, only: bool) -> str:
    """The patients of the page: the gravest first, and then either whose first item is the oldest or the newest."""
    return f""", upto AS MATERIALIZED (
        SELECT least(%s, (greatest(sum(patients), 1) - 1) / %s) * %s AS before, sum(items) - sum(patients) AS more,
        coalesce(sum(patients) FILTER (WHERE {_of(tab)} & {bits_of(GRAVER)} <> 0), 0) AS graver
        FROM alike WHERE {_of(tab)} & %s <> 0
    ), {_newest(tab) if newest else _oldest(tab, only=only)}"""  # noqa: S608  # nosec B608


def _oldest(tab: str, *, only: bool) -> str:
    """To come upon the first n patients one need not put all items in order: so many, and one for each item that is not
    its patient's only one, have n patients among them. Nor all of what is due, if n patients have something graver.
    """
    those = f"JOIN queue ON patient = i_patient AND queue.{_of(tab)} & %s <> 0" if only else ""
    return f"""ahead AS MATERIALIZED (
        SELECT i_patient, row_number() OVER (ORDER BY i_level, i_since, i_key) AS place FROM (
            SELECT i_patient, i_level, i_since, i_key FROM found {those} WHERE found.{_in(tab)}
            AND (i_level < {Level.DUE:d} OR (SELECT graver < before + %s FROM upto))
            ORDER BY i_level, i_since, i_key LIMIT (SELECT before + more + %s FROM upto)
        ) those
    ), chosen AS MATERIALIZED (
        SELECT i_patient AS patient, min(place) AS rank FROM ahead GROUP BY i_patient
        ORDER BY rank LIMIT %s OFFSET (SELECT before FROM upto)
    )"""  # noqa: S608  # nosec B608


def _newest(tab: str) -> str:
    order = "i_level, i_since DESC, patient"
    return f"""chosen AS MATERIALIZED (
        SELECT patient, row_number() OVER (ORDER BY {order}) AS rank FROM queue JOIN (
            SELECT DISTINCT ON (i_patient) i_patient, i_level, i_since FROM found WHERE {_in(tab)}
            ORDER BY i_patient, i_level, i_since, i_key
        ) first ON i_patient = patient
        WHERE {_of(tab)} & %s <> 0 ORDER BY {order} LIMIT %s OFFSET (SELECT before FROM upto)
    )"""  # noqa: S608  # nosec B608


def _page(tab: str) -> str:
    columns = ", ".join(f"array_agg({name})" for name in items.COLUMNS)
    return f"""(
        SELECT {columns} FROM (
            SELECT {", ".join(items.COLUMNS)} FROM found JOIN chosen ON i_patient = patient WHERE {_in(tab)}
            ORDER BY rank, i_level, i_since, i_key
        ) listed
    ) page"""  # noqa: S608  # nosec B608


def union(kinds: Sequence[Kind], today: date) -> str:
    """The SQL of all kinds with the values of the day in it, so that PostgreSQL knows how many rows to expect."""
    with connection.cursor() as cursor:
        each = [cursor.mogrify(*piece).replace("%", "%%") for piece in items.of_kinds(tuple(kinds), today)]
    return " UNION ALL ".join(f"({text})" for text in each)
