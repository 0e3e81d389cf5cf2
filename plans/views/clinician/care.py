"""Whose work an item is: the patient's clinicians, whoever stands in for them, or the colleague it was handed to.

In SQL, as pieces of the questions for what waits; tests/plans/whose.py says the same in plain words, and both are
compared.
"""

from datetime import datetime

from accounts.compiled import Piece
from accounts.policy import Actor
from plans.schedule import local_date

# Who does whose work today: whoever is away hands it on to who stands in, who may be away as well.
DOES = """
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
# A lead also has those whom nobody there looks after.
CARED_FOR = """
    , cared_for AS NOT MATERIALIZED (
        SELECT patient_id FROM accounts_careassignment
        WHERE valid_from <= %s AND (valid_until IS NULL OR valid_until > %s)
        AND clinician_id = ANY (ARRAY(SELECT person FROM does))
    )
"""
FORGOTTEN = "OR waits.i_patient NOT IN (SELECT patient_id FROM cared_for)"


def whose(me: Actor, at: datetime, *, forgotten: bool = False) -> Piece:
    """The beginning of a question that has `holds` in it; `forgotten` for a lead."""
    assert me.clinic is not None
    here, today = me.clinic.pk, local_date(at, me.clinic.time_zone)
    values = [here, today, here, at, at, me.user.pk, me.user.pk, at, at]
    return (DOES + CARED_FOR, [*values, at, at]) if forgotten else (DOES, values)


def holds(*, forgotten: bool = False) -> str:
    """Whether an item of `waits` is for this person. What was handed to somebody whose work is done is theirs; anything
    else is for the patient's own clinicians.
    """
    return f"""(
        (waits.i_assigned IS NULL OR waits.i_assigned NOT IN (SELECT person FROM does))
        AND (waits.i_patient IN (SELECT patient_id FROM mine) {FORGOTTEN if forgotten else ""})
        OR waits.i_assigned IS NOT NULL AND waits.i_assigned IN (SELECT person FROM does JOIN people USING (person))
    )"""  # noqa: S608  # nosec B608
