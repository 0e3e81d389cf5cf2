"""The number beside "Inbox" on every page, and on pages with flags how far the rules have looked. One query for both.

It asks what `waiting` reads, but counts no further than is shown, and brings nobody's rows along. What waits and how
far the rules looked are the same pieces; whose it is (care.py) stands here once more in SQL, and
tests/plans/test_waiting.py holds both against each other.
"""

from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from django.db import connection

from accounts.compiled import ask
from accounts.policy import Actor
from plans.schedule import local_date
from plans.views.clinician import evaluated, items
from plans.views.clinician.evaluated import Evaluated
from plans.views.clinician.items import Kind
from plans.views.clinician.items_all import KINDS
from plans.views.clinician.items_reevaluations import REEVALUATIONS
from plans.views.clinician.people import patients_of
from plans.views.clinician.waiting import first_tab

MOST = 99
"""Beyond so many people the number is not shown exactly."""

# Who does whose work today: whoever is away hands it on to who stands in, who may be away as well.
WHOSE = """
    away AS (
        SELECT clinician_id, stand_in_id FROM accounts_absence
        WHERE clinic_id = %s AND %s BETWEEN from_on AND until_on AND cancelled_at IS NULL
    ), does (who, person) AS (
        SELECT member.user_id, member.user_id
        FROM accounts_membership member JOIN accounts_user person ON person.id = member.user_id
        WHERE member.clinic_id = %s AND member.role IN ('clinician', 'lead') AND person.is_active
        AND member.valid_from <= %s AND (member.valid_until IS NULL OR member.valid_until > %s)
        AND NOT EXISTS (SELECT FROM away WHERE away.clinician_id = member.user_id)
        UNION
        SELECT does.who, away.clinician_id FROM away JOIN does ON does.person = away.stand_in_id
    ), people (person) AS (
        SELECT person FROM does WHERE who = %s UNION SELECT %s
    ), mine AS NOT MATERIALIZED (
        SELECT patient_id FROM accounts_careassignment
        WHERE valid_from <= %s AND (valid_until IS NULL OR valid_until > %s)
        AND clinician_id = ANY (ARRAY(SELECT person FROM people))
    )
"""
# What was handed to somebody whose work is done is theirs; anything else is for the patient's own clinicians.
MINE = """
    AND ((waits.i_assigned IS NULL OR waits.i_assigned NOT IN (SELECT person FROM does))
        AND waits.i_patient IN (SELECT patient_id FROM mine)
    OR waits.i_assigned IS NOT NULL AND waits.i_assigned IN (SELECT person FROM does JOIN people USING (person)))
"""


@dataclass(frozen=True)
class Frame:
    """How many people wait in the list that is seen first, MOST + 1 for more than MOST; `watch` if it was asked for."""

    number: int
    watch: Evaluated | None = None


def in_frame(me: Actor, at: datetime, *, watch: bool) -> Frame:
    """What the frame of a page says to who works in a clinic; with `watch` also how far the rules have looked."""
    assert me.clinic is not None
    today = local_date(at, me.clinic.time_zone)
    whose = [me.clinic.pk, today, me.clinic.pk, at, at, me.user.pk, me.user.pk, at, at]
    seen, visible = items.sql(patients_of(me, at, mine=False).order_by().values("pk")) or ("SELECT NULL::uuid", [])
    looked = [piece for piece in evaluated.rows_of(me.clinic, at) if piece] if watch else []
    moments = [f"(SELECT i_since FROM ({text}) looked)" for text, _values in looked]  # noqa: S608  # nosec B608
    columns = ", ".join([_number(today, first_tab(me) == "mine"), *moments])
    # What does not begin with SELECT is taken for a change, and gets the history's context put before it.
    text = f"""SELECT found.* FROM (
        WITH RECURSIVE {WHOSE}, seen (patient_id) AS NOT MATERIALIZED ({seen}) SELECT {columns}
    ) found"""  # noqa: S608  # nosec B608
    [(number, *since)] = ask(text, [*whose, *visible, *(value for _text, values in looked for value in values)])
    if not watch:
        return Frame(number)
    told = {kind: moment for kind, moment in zip(evaluated.ROWS, since, strict=True) if moment}
    return Frame(number, evaluated.told(told, clinic=me.clinic, user=me.user, at=at))


@lru_cache(maxsize=16)
def _number(today: date, mine: bool) -> str:
    """How many of the patients `seen` have something that is awake; with `mine` that is for oneself.

    Where a hundred re-evaluations are due nothing else is looked at: those may be thousands, the others are few.
    """
    due, every = _patients((REEVALUATIONS,), today, mine), _patients(KINDS, today, mine)
    return f"""
        CASE WHEN (SELECT count(DISTINCT i_patient) FROM ({due} LIMIT {MOST + 1}) due) > {MOST} THEN {MOST + 1}
        ELSE (SELECT least(count(DISTINCT i_patient), {MOST + 1}) FROM ({every}) every) END
    """  # noqa: S608  # nosec B608


def _patients(kinds: tuple[Kind, ...], today: date, mine: bool) -> str:
    """The values of a day are written into the text, so that PostgreSQL knows how many rows to expect."""
    with connection.cursor() as cursor:
        texts = [cursor.mogrify(*piece).replace("%", "%%") for piece in items.of_kinds(kinds, today)]
    each = "(SELECT waits.i_patient FROM ({}) waits WHERE NOT waits.i_asleep {})"
    return " UNION ALL ".join(each.format(text, MINE if mine else "") for text in texts)
