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

LISTS = {
    "mine": "i_mine AND NOT i_asleep",
    "clinic": "NOT i_asleep",
    "asleep": "i_asleep",
}
"""The lists, and what is in them."""

FLAG, NEW = 1 << len(Level), 2 << len(Level)
"""Bits beside those of the levels: a flag, and something that came after a moment."""


def bits_of(levels: Sequence[Level]) -> int:
    """One of these levels, or any."""
    return sum(1 << level for level in levels or Level)


def values_of_page(page: int, size: int, only: Sequence[Level]) -> list[Any]:
    """What a text with a page asks with."""
    chosen = bits_of(only)
    return [chosen, size, page, chosen, size, size]


@lru_cache(maxsize=64)
def text(today: date, tab: str, *, begins: str, seen: str, looked: str, lead: bool, newest: bool | None) -> str:
    """The text of a day: it begins with care.whose; `seen` selects the patients, `looked` are more columns. A mark is
    made of the list `tab`; a page of it comes along unless `newest` is None.

    The answer is one row: patients who have the same in each list, as arrays of waiting.Alike; `looked`; and the items
    of the page, an array for each column of items.Found.
    """
    listed = tab and newest is not None
    sums = ", ".join(f"coalesce(bit_or(i_bits) FILTER (WHERE {those}), 0) AS {name}" for name, those in LISTS.items())
    # An item more, an item less, or one that is graver, in whatever order they are read.
    mark = f"bit_xor(uuid_hash_extended(i_key, i_level)) FILTER (WHERE {LISTS[tab]})" if tab else "0::bigint"
    return f"""SELECT answer.* FROM (
        WITH RECURSIVE {begins}, seen (patient_id) AS NOT MATERIALIZED ({seen}),
        found AS MATERIALIZED (
            SELECT waits.*, {holds(forgotten=lead)} AS i_mine,
            1 << i_level | CASE WHEN i_kind = 'flag' THEN {FLAG} ELSE 0 END
            | CASE WHEN i_arrived > %s THEN {NEW} ELSE 0 END AS i_bits
            {", row_number() OVER (ORDER BY i_level, i_since, i_key) AS i_place" if listed else ""}
            FROM ({_items(KINDS, today)}) waits
        ), queue AS MATERIALIZED (
            SELECT i_patient AS patient, {sums}, {mark} AS mark
            {f", min(i_place) FILTER (WHERE {LISTS[tab]}) AS place" if listed else ""}
            FROM found GROUP BY i_patient
        ) {_chosen(tab, newest=bool(newest)) if listed else ""}
        SELECT ARRAY(
            SELECT ARRAY[mine, clinic, asleep, count(*), coalesce(bit_xor(mark), 0)]
            FROM queue GROUP BY mine, clinic, asleep
        ), {looked} {", page.* FROM " + _page(tab) if listed else ""}
    ) answer"""  # noqa: S608  # nosec B608


def _chosen(tab: str, *, newest: bool) -> str:
    """The patients of the page: the gravest first, and then either whose first item is the oldest or the newest."""
    order = "first.i_level, first.i_since DESC, patient" if newest else "place"
    first = "JOIN found first ON first.i_place = queue.place" if newest else ""
    return f""", chosen AS MATERIALIZED (
        SELECT patient, row_number() OVER (ORDER BY {order}) AS rank FROM queue {first}
        WHERE {tab} & %s <> 0 ORDER BY {order} LIMIT %s
        OFFSET least(%s, ((SELECT count(*) FROM queue WHERE {tab} & %s <> 0) - 1) / %s) * %s
    )"""  # noqa: S608  # nosec B608


def _page(tab: str) -> str:
    columns = ", ".join(f"array_agg({name})" for name in items.COLUMNS)
    return f"""(
        SELECT {columns} FROM (
            SELECT found.* FROM found JOIN chosen ON i_patient = patient WHERE {LISTS[tab]} ORDER BY rank, i_place
        ) listed
    ) page"""  # noqa: S608  # nosec B608


def _items(kinds: Sequence[Kind], today: date) -> str:
    return " UNION ALL ".join(f"({each})" for each in texts(kinds, today))


def texts(kinds: Sequence[Kind], today: date) -> list[str]:
    """The SQL of each kind with the values of the day in it, so that PostgreSQL knows how many rows to expect."""
    with connection.cursor() as cursor:
        return [cursor.mogrify(*piece).replace("%", "%%") for piece in items.of_kinds(tuple(kinds), today)]
