"""How many patients each filter of the caseload knows: one pass over the clinic, however many patients others have.

What the filters mean as conditions stands in caseload_asked.py, for the rows; here the same as sets, because to ask
everything about each patient takes three times as long. tests/plans/test_caseload_counts.py holds both against each
other. Plans, what is due and the last day with a log are looked up by the keys of the patients seen, as one list in
order: so PostgreSQL walks an index once, and never reads a table from end to end because it expects too many rows.
"""

from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet, UUIDField
from django.db.models.expressions import Expression, RawSQL

from accounts.compiled import Piece, ask, piece
from accounts.keys import listed
from accounts.models import CareAssignment, Patient, User
from plans.models import Flag, PainWatch, Plan, Reevaluation
from plans.views.clinician.caseload_asked import Days

COUNTED = ("all", "mine", "flag", "due", "new", "no-plan", "discharged", "silent")


def counted(*, user: User, at: datetime, clinic: UUID, on: Days) -> dict[str, int]:
    """By the name of each filter, and "all" in care. One query."""
    parts = {
        "mine": _mine(user=user, at=at),
        "flagged": _flagged(),
        "seen": _seen(user=user, at=at, clinic=clinic, on=on),
        "plans": _plans(),
        "due": _due(on=on),
        "heard": _heard(on=on),
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
        WITH people (care, mine, flagged, new, gone, ids) AS MATERIALIZED (
            SELECT
                count(*) FILTER (WHERE here),
                count(*) FILTER (WHERE here AND patient_id IN ({texts["mine"]})),
                count(*) FILTER (WHERE patient_id IN ({texts["flagged"]})),
                count(*) FILTER (WHERE here AND new),
                count(*) FILTER (WHERE NOT here),
                array_agg(patient_id) FILTER (WHERE here)
            FROM ({texts["seen"]}) seen (patient_id, here, new)
        ),
        planned (with_plan, active, ids) AS MATERIALIZED (
            SELECT count(*) FILTER (WHERE current), count(*) FILTER (WHERE active),
                array_agg(patient_id) FILTER (WHERE active)
            FROM ({texts["plans"]}) plans (patient_id, current, active)
        )
        SELECT care, mine, flagged, (SELECT count(DISTINCT patient_id) FROM ({texts["due"]}) due (patient_id)),
            new, care - with_plan, gone, active - (SELECT count(*) FROM ({texts["heard"]}) heard)
        FROM people, planned
    ) counted"""  # noqa: S608  # nosec B608  # Django wrote the parts


KEYS = ArrayField(UUIDField())
# The lists above: who is in care, and whose plan is active.
PATIENTS = RawSQL("SELECT people.ids FROM people", (), KEYS)  # nosec B611  # no value in it
PLANNED = RawSQL("SELECT planned.ids FROM planned", (), KEYS)  # nosec B611


def _whether(condition: Q) -> Expression:
    return ExpressionWrapper(condition, output_field=BooleanField())


@piece
def _seen(*, user: User, at: datetime, clinic: UUID, on: Days) -> QuerySet[Any, Any]:
    patients = Patient.objects.visible_to(user, at).filter(clinic=clinic).order_by("pk")
    here, new = ~Q(status=Patient.Status.DISCHARGED), Q(created_at__gt=on.new_since)
    return patients.annotate(here=_whether(here), new=_whether(new)).values_list("pk", "here", "new")


@piece
def _plans() -> QuerySet[Any, Any]:
    plans = Plan.objects.filter(listed("patient", PATIENTS)).order_by()
    current, active = Q(status__in=[Plan.Status.ACTIVE, Plan.Status.PAUSED]), Q(status=Plan.Status.ACTIVE)
    return plans.annotate(current=_whether(current), active=_whether(active)).values_list(
        "patient", "current", "active"
    )


@piece
def _heard(*, on: Days) -> QuerySet[Any, Any]:
    heard = PainWatch.objects.filter(listed("patient", PLANNED), last_day__gt=on.silent_since)
    return heard.order_by().values_list("patient")


@piece
def _due(*, on: Days) -> QuerySet[Any, Any]:
    due = Reevaluation.objects.due_by(on.due_by).filter(listed("patient", PATIENTS))
    return due.order_by().values_list("patient")


@piece
def _mine(*, user: User, at: datetime) -> QuerySet[Any, Any]:
    return CareAssignment.objects.falling_to(user, at).order_by().values_list("patient")


@piece
def _flagged() -> QuerySet[Any, Any]:
    return Flag.objects.open().order_by().values_list("patient")
