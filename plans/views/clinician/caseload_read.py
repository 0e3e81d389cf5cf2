"""What the lines of a page of the caseload are made of, read in one question: patient by patient, for these few alone.

Django writes the parts (accounts.compiled), and here they are put together.
"""

from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import BooleanField, F, Func, IntegerField, OuterRef, QuerySet, Subquery, UUIDField
from django.db.models.expressions import Expression, RawSQL
from django.db.models.functions import Cast

from accounts.compiled import Piece, ask, piece
from accounts.models import Patient
from plans.models import BodySite, Flag, PainScore, PainWatch, Reevaluation, Session
from plans.scores import COUNTED_MOMENTS
from plans.views.clinician.caseload_asked import Days


class Read(NamedTuple):
    """What is read of a patient for a line. `site` is the main place that hurts, `level` what the rules know of it,
    `tenths` the answers of `days` there in tenths of a point, `done` the days with a finished session.
    """

    pk: UUID
    full_name: str
    birth_on: date
    time_zone: str
    status: str
    severity: str | None
    rise: dict[str, Any] | None
    due_on: date | None
    last_on: date | None
    site: UUID | None
    place: str | None
    level: dict[str, Any] | None
    days: list[date] | None
    tenths: list[int] | None
    done: list[date] | None


def compared(value: Any, other: Any, *, by: str) -> Func:
    return Func(value, other, template="%(expressions)s)", arg_joiner=f" {by} (", output_field=BooleanField())


def scores_of(patient: Any) -> QuerySet[PainScore]:
    return PainScore.objects.current().answered().filter(patient=patient)


def last_log_of(patient: Any) -> QuerySet[Any, Any]:
    return scores_of(patient).order_by("-local_date").values("local_date")[:1]


def due_of(patient: Any) -> QuerySet[Any, Any]:
    return Reevaluation.objects.open().filter(patient=patient).order_by("due_on").values("due_on")[:1]


def read(keys: Piece, *, on: Days) -> list[Read]:
    """The lines of these patients, in the order of their keys. One query."""
    parts = [
        part or ("", [])
        for part in (_line(WHO), _place(WHO), _level(WHO), _answers(WHO, WHERE, on=on), _done(WHO, on=on))
    ]
    rows = ask(
        _text(keys[0], *(text for text, _values in parts)),
        [value for _text, values in (keys, *parts) for value in values],
    )
    return [Read(*row) for row in rows]


@lru_cache(maxsize=256)
def _text(keys: str, line: str, place: str, level: str, answers: str, done: str) -> str:
    """In the order of the parts, so that their values can follow one another."""
    return f"""SELECT line.*, place.*, level.state -> ('R3:' || place.site_id), answers.*, done.*
        FROM unnest(ARRAY(SELECT keys.patient_id FROM {keys} keys (patient_id)))
            WITH ORDINALITY AS page (patient_id, number)
        CROSS JOIN LATERAL ({line}) line
        LEFT JOIN LATERAL ({place}) place (site_id) ON true
        LEFT JOIN LATERAL ({level}) level (state) ON true
        LEFT JOIN LATERAL ({answers}) answers ON true
        LEFT JOIN LATERAL ({done}) done ON true
        ORDER BY page.number"""  # noqa: S608  # nosec B608  # Django wrote the parts


WHO = RawSQL("page.patient_id", (), UUIDField())  # nosec B611  # no value in it
WHERE = RawSQL("place.site_id", (), UUIDField())  # nosec B611


@piece
def _line(patient: Expression) -> QuerySet[Any, Any]:
    flags = Flag.objects.open().filter(patient=OuterRef("pk")).gravest_first()
    rise = flags.filter(rule=Flag.Rule.R3, site__is_main=True)
    rows = Patient.objects.filter(pk=patient).annotate(
        severity=Subquery(flags.values("severity")[:1]),
        rise=Subquery(rise.values("evidence")[:1]),
        due_on=Subquery(due_of(OuterRef("pk"))),
        last_on=Subquery(last_log_of(OuterRef("pk"))),
    )
    return rows.order_by().values_list(*Read._fields[:9])


@piece
def _place(patient: Expression) -> QuerySet[Any, Any]:
    return BodySite.objects.filter(patient=patient).order_by("-is_main", "position").values_list("pk", "name")[:1]


@piece
def _level(patient: Expression) -> QuerySet[Any, Any]:
    return PainWatch.objects.filter(pk=patient).order_by().values_list("state")


@piece
def _answers(patient: Expression, site: Expression, *, on: Days) -> QuerySet[Any, Any]:
    of_days = scores_of(patient).filter(
        # Not "=": a second index, of all answers of the place, would be read and laid over the one of these days.
        compared(F("site"), site, by="IS NOT DISTINCT FROM"),
        moment__in=COUNTED_MOMENTS,
        local_date__range=(on.drawn_from, on.drawn_to),
    )
    # Together by patient, who is one: by site they would be sorted first.
    together = of_days.order_by().values("patient")
    tenths = ArrayAgg(Cast(F("value") * 10, IntegerField()))
    return together.annotate(days=ArrayAgg("local_date"), tenths=tenths).values_list("days", "tenths")


@piece
def _done(patient: Expression, *, on: Days) -> QuerySet[Any, Any]:
    days = Session.objects.finished().filter(patient=patient, local_date__gte=on.drawn_from).order_by()
    return days.values("patient").annotate(days=ArrayAgg("local_date")).values_list("days")
