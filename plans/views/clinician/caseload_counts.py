"""How many patients each filter of the caseload knows: one pass over the clinic, however many patients others have.

What the filters mean as conditions stands in caseload_asked.py, for the rows; here the same as sets, because to ask
everything about each patient takes three times as long. tests/plans/test_caseload_counts.py holds both against each
other. Every set is looked up by the keys of the patients seen, as one list: so PostgreSQL walks an index once, and
never reads a table from end to end because it expects too many rows.
"""

from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db.models import BooleanField, ExpressionWrapper, F, Func, Q, QuerySet, UUIDField
from django.db.models.expressions import Expression, RawSQL

from accounts.compiled import Piece, ask, piece
from accounts.models import CareAssignment, Patient, User
from plans.models import Flag, PainScore, Plan, Reevaluation, Session
from plans.views.clinician.caseload_asked import Days

COUNTED = ("all", "mine", "flag", "due", "new", "no-plan", "discharged", "silent")


def counted(*, user: User, at: datetime, clinic: UUID, on: Days) -> dict[str, int]:
    """By the name of each filter, and "all" in care. One query."""
    parts = {
        "seen": _seen(user=user, at=at, clinic=clinic, on=on),
        "plans": _plans(),
        "moved": _moved(on=on),
        "due": _due(on=on),
        "mine": _mine(user=user, at=at),
        "flagged": _flagged(),
        "said": _said(on=on),
    }
    if None in parts.values():
        return dict.fromkeys(COUNTED, 0)  # nobody is signed in
    held: dict[str, Piece] = {name: part for name, part in parts.items() if part}
    [row] = ask(
        _text(tuple((name, text) for name, (text, _values) in held.items())),
        [value for _text, values in held.values() for value in values],
    )
    return dict(zip(COUNTED, row, strict=True))


@lru_cache(maxsize=16)
def _text(parts: tuple[tuple[str, str], ...]) -> str:
    """In the order of `parts`, so that their values can follow one another."""
    texts = dict(parts)
    return f"""SELECT counted.* FROM (
        WITH seen (patient_id, here, new) AS MATERIALIZED ({texts["seen"]}),
        theirs (ids) AS MATERIALIZED (SELECT ARRAY(SELECT patient_id FROM seen WHERE here)),
        plans (plan_id, patient_id, current, active) AS MATERIALIZED ({texts["plans"]}),
        theirs_planned (ids) AS MATERIALIZED (SELECT ARRAY(SELECT plan_id FROM plans)),
        theirs_active (ids) AS MATERIALIZED (SELECT ARRAY(SELECT patient_id FROM plans WHERE active)),
        moved (patient_id) AS ({texts["moved"]}),
        unmoved (patient_id) AS MATERIALIZED (
            SELECT patient_id FROM plans WHERE active AND patient_id NOT IN (SELECT patient_id FROM moved)
        ),
        due (plan_id) AS ({texts["due"]}),
        mine (patient_id) AS ({texts["mine"]}),
        flagged (patient_id) AS ({texts["flagged"]})
        SELECT
            count(*) FILTER (WHERE here),
            count(*) FILTER (WHERE here AND patient_id IN (SELECT patient_id FROM mine)),
            count(*) FILTER (WHERE patient_id IN (SELECT patient_id FROM flagged)),
            count(*) FILTER (WHERE patient_id IN (
                -- IS TRUE: looked up in a hash, not by a join in loops
                SELECT patient_id FROM plans WHERE (plan_id IN (SELECT plan_id FROM due)) IS TRUE
            )),
            count(*) FILTER (WHERE here AND new),
            count(*) FILTER (WHERE here) - (SELECT count(*) FROM plans WHERE current),
            count(*) FILTER (WHERE NOT here),
            (SELECT count(*) FROM unmoved WHERE NOT EXISTS ({texts["said"]}))
        FROM seen
    ) counted"""  # noqa: S608  # nosec B608  # Django wrote the parts


KEYS = ArrayField(UUIDField())
# The lists above.
PATIENTS = RawSQL("SELECT theirs.ids FROM theirs", (), KEYS)  # nosec B611  # no value in it
WITH_PLAN = RawSQL("SELECT theirs_active.ids FROM theirs_active", (), KEYS)  # nosec B611
PLANS = RawSQL("SELECT theirs_planned.ids FROM theirs_planned", (), KEYS)  # nosec B611


def _among(column: str, ids: RawSQL) -> Func:
    """Whether a key is one of a list."""
    return Func(F(column), ids, template="%(expressions)s::uuid[])", arg_joiner=" = ANY (", output_field=BooleanField())


def _whether(condition: Q) -> Expression:
    return ExpressionWrapper(condition, output_field=BooleanField())


@piece
def _seen(*, user: User, at: datetime, clinic: UUID, on: Days) -> QuerySet[Any, Any]:
    patients = Patient.objects.visible_to(user, at).filter(clinic=clinic).order_by()
    here, new = ~Q(status=Patient.Status.DISCHARGED), Q(created_at__gt=on.new_since)
    return patients.annotate(here=_whether(here), new=_whether(new)).values_list("pk", "here", "new")


@piece
def _plans() -> QuerySet[Any, Any]:
    plans = Plan.objects.filter(_among("patient", PATIENTS)).order_by()
    current, active = Q(status__in=[Plan.Status.ACTIVE, Plan.Status.PAUSED]), Q(status=Plan.Status.ACTIVE)
    return plans.annotate(current=_whether(current), active=_whether(active)).values_list(
        "pk", "patient", "current", "active"
    )


@piece
def _moved(*, on: Days) -> QuerySet[Any, Any]:
    moved = Session.objects.filter(_among("patient", WITH_PLAN), local_date__gt=on.silent_since)
    return moved.order_by().values_list("patient")


@piece
def _said(*, on: Days) -> QuerySet[Any, Any]:
    """Of one of the `unmoved`, who are few: so the first answer of each is enough."""
    said = PainScore.objects.current().answered().filter(patient=RawSQL("unmoved.patient_id", ()))  # nosec B611
    return said.filter(local_date__gt=on.silent_since).order_by().values_list("patient")


@piece
def _due(*, on: Days) -> QuerySet[Any, Any]:
    due = Reevaluation.objects.due_by(on.due_by).filter(_among("plan", PLANS))
    return due.order_by().values_list("plan")


@piece
def _mine(*, user: User, at: datetime) -> QuerySet[Any, Any]:
    return CareAssignment.objects.falling_to(user, at).order_by().values_list("patient")


@piece
def _flagged() -> QuerySet[Any, Any]:
    return Flag.objects.open().order_by().values_list("patient")
