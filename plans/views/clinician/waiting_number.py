"""The number beside "Inbox" on every page, and on pages with flags how far the rules have looked. One query for both.

It asks what `waiting` does, of the same pieces, but counts no further than is shown; tests/plans/test_waiting.py holds
both against each other.
"""

from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

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


def in_frame(me: Actor, at: datetime, *, watch: bool) -> Frame:
    """What the frame of a page says to who works in a clinic; with `watch` also how far the rules have looked."""
    assert me.clinic is not None
    today = local_date(at, me.clinic.time_zone)
    begins, whose_values = whose(me, at)
    visible, visible_values = seen(user=me.user, at=at, clinic=me.clinic.pk) or ("SELECT NULL::uuid", [])
    looked, looked_values = evaluated.columns(me.clinic, at) if watch else ("", [])
    columns = ", ".join(filter(None, [_number(today, first_tab(me) == "mine"), looked]))
    # What does not begin with SELECT is taken for a change, and gets the history's context put before it.
    text = f"""SELECT found.* FROM (
        WITH RECURSIVE {begins}, seen (patient_id) AS NOT MATERIALIZED ({visible}), {LISTED} SELECT {columns}
    ) found"""  # noqa: S608  # nosec B608
    [(number, *moments)] = ask(text, [*whose_values, *visible_values, *looked_values])
    return Frame(number, evaluated.told(moments, clinic=me.clinic, user=me.user, at=at) if watch else None)


@lru_cache(maxsize=16)
def _number(today: date, mine: bool) -> str:
    """How many of the patients `seen` have something that is awake; with `mine` that is for oneself.

    Where a hundred re-evaluations are due nothing else is looked at: those may be thousands, the others are few.
    """
    awake = f"NOT waits.i_asleep AND {holds()}" if mine else "NOT waits.i_asleep"
    # The condition is said once for all kinds: said of the rows, PostgreSQL would plan it anew for each kind.
    return f"""
        CASE WHEN (SELECT count(DISTINCT patient_id) FROM ({_due(today, mine)} LIMIT {MOST + 1}) due) > {MOST}
        THEN {MOST + 1} ELSE (
            SELECT least(count(DISTINCT i_patient) FILTER (WHERE {awake}), {MOST + 1})
            FROM ({union(KINDS, today)}) waits
        ) END
    """  # noqa: S608  # nosec B608


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
