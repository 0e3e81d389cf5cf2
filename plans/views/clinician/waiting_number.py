"""The number beside "Inbox" on every page, and on pages with flags how far the rules have looked. One query for both.

It asks what `waiting` does, of the same pieces, but counts no further than is shown; tests/plans/test_waiting.py holds
both against each other.
"""

from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import UUIDField
from django.db.models.expressions import RawSQL

from accounts.compiled import ask
from accounts.policy import Actor
from plans.schedule import local_date
from plans.views.clinician import evaluated, items
from plans.views.clinician.care import holds, whose
from plans.views.clinician.evaluated import Evaluated
from plans.views.clinician.items_all import KINDS
from plans.views.clinician.items_reevaluations import waiting_on
from plans.views.clinician.people import seen
from plans.views.clinician.people_asked import LISTED
from plans.views.clinician.waiting import first_tab
from plans.views.clinician.waiting_sql import union

WHO = RawSQL("who.patient_id", (), UUIDField())  # nosec B611  # no value in it
MOST = 99
"""Beyond so many people the number is not shown exactly."""


@dataclass(frozen=True)
class Frame:
    """How many people wait in the list that is seen first, MOST + 1 for more than MOST; `watch` if it was asked for."""

    number: int
    watch: Evaluated | None = None


_LARGE: set[tuple[UUID, UUID]] = set()
"""Whoever had more than MOST with a re-evaluation that is due, when it was asked last. Only a guess, and of no patient:
it is asked first whether it is still so, which takes half as long as to ask for all that may wait.
"""
LARGE_KEPT = 10_000


def in_frame(me: Actor, at: datetime, *, watch: bool) -> Frame:
    """What the frame of a page says to who works in a clinic; with `watch` also how far the rules have looked."""
    assert me.clinic is not None
    today, mine, who = local_date(at, me.clinic.time_zone), first_tab(me) == "mine", (me.user.pk, me.clinic.pk)
    number, moments = 0, []
    if who in _LARGE:
        number, *moments = _asked(me, at, _due_alone(today, mine), watch=watch)
    if number <= MOST:
        _LARGE.discard(who)
        number, *moments = _asked(me, at, _number(today, mine), watch=watch)
        if number == _by_due():
            if len(_LARGE) >= LARGE_KEPT:
                _LARGE.clear()
            _LARGE.add(who)
    told = evaluated.told(moments, clinic=me.clinic, user=me.user, at=at) if watch else None
    return Frame(min(number, MOST + 1), told)


def _asked(me: Actor, at: datetime, number: str, *, watch: bool) -> tuple[Any, ...]:
    assert me.clinic is not None
    begins, whose_values = whose(me, at)
    visible, visible_values = seen(user=me.user, at=at, clinic=me.clinic.pk) or ("SELECT NULL::uuid", [])
    looked, looked_values = evaluated.columns(me.clinic, at) if watch else ("", [])
    columns = ", ".join(filter(None, [number, looked]))
    # What does not begin with SELECT is taken for a change, and gets the history's context put before it.
    text = f"""SELECT found.* FROM (
        WITH RECURSIVE {begins}, seen (patient_id) AS NOT MATERIALIZED ({visible}), {LISTED} SELECT {columns}
    ) found"""  # noqa: S608  # nosec B608
    [row] = ask(text, [*whose_values, *visible_values, *looked_values])
    return tuple(row)


@lru_cache(maxsize=16)
def _number(today: date, mine: bool) -> str:
    """How many of the patients `seen` have something that is awake; with `mine` that is for oneself.

    Where a hundred re-evaluations are due nothing else is looked at: those may be thousands, the others are few. The
    answer is `_by_due` then.
    """
    awake = f"NOT waits.i_asleep AND {holds()}" if mine else "NOT waits.i_asleep"
    # The condition is said once for all kinds: said of the rows, PostgreSQL would plan it anew for each kind.
    return f"""
        CASE WHEN {_due_alone(today, mine)} > {MOST} THEN {_by_due()} ELSE (
            SELECT least(count(DISTINCT i_patient) FILTER (WHERE {awake}), {MOST + 1})
            FROM ({union(KINDS, today)}) waits
        ) END
    """  # noqa: S608  # nosec B608


def _by_due() -> int:
    """Stands for more than MOST by the re-evaluations alone."""
    return MOST + 2


@lru_cache(maxsize=16)
def _due_alone(today: date, mine: bool) -> str:
    """How many have a re-evaluation that is due, counted no further than needed."""
    return f"(SELECT count(DISTINCT patient_id) FROM ({_due(today, mine)} LIMIT {MOST + 1}) due)"  # noqa: S608  # nosec B608


def _due(today: date, mine: bool) -> str:
    """Those with a re-evaluation that is due, patient by patient: after a hundred nobody else is asked about."""
    text, values = items.sql(waiting_on(today).filter(patient=WHO).order_by().values_list("pk")) or ("", [])
    with connection.cursor() as cursor:
        due = cursor.mogrify(text, values).replace("%", "%%")
    seen = "AND (SELECT true FROM seen WHERE seen.patient_id = who.patient_id)" if mine else ""
    return f"""
        SELECT who.patient_id FROM {"mine" if mine else "seen"} who
        WHERE ({due} LIMIT 1) IS NOT NULL {seen}
    """  # noqa: S608  # nosec B608
