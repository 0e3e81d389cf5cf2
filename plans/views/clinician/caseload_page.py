"""Whose lines stand on a page of the caseload: the keys of the patients asked for, in the order asked for."""

from datetime import date, datetime
from typing import Any, TypedDict
from uuid import UUID

from django.db.models import Avg, Case, F, OuterRef, QuerySet, Subquery, Value, When

from accounts.compiled import Piece, piece
from accounts.keys import among
from accounts.models import Patient, User
from plans.models import Flag
from plans.scores import COUNTED_MOMENTS
from plans.views.clinician.caseload_asked import Asked, Days, conditions, days_of, found
from plans.views.clinician.caseload_counts import counted
from plans.views.clinician.caseload_read import Read, due_of, last_log_of, read, scores_of


class Given(TypedDict):
    """The values of every question of a request."""

    user: User
    at: datetime
    clinic: UUID
    on: Days


class Caseload:
    """The patients of a clinic whom somebody may see, as they asked for them; a sequence for a paginator."""

    def __init__(self, me: User, clinic: UUID, at: datetime, what: Asked, today: date) -> None:
        self.what = what
        self.counted: int | None = None
        self.given = Given(user=me, at=at, clinic=clinic, on=days_of(at, today))

    def counts(self) -> dict[str, int]:
        """How many patients each filter knows, and "all" in care. One query."""
        counts = counted(**self.given)
        if not self.what.words and len(self.what.show) < 2:
            self.counted = counts[self.what.show[0] if self.what.show else "all"]
        return counts

    def __len__(self) -> int:
        """How many there are. One query, unless `counts` has told."""
        if self.counted is None:
            self.counted = _those(self.what, **self.given).count()
        return self.counted

    def __getitem__(self, wanted: slice) -> list[Read]:
        """One query; two for a search, whose text is not worth keeping, because words differ each time."""
        keys: Piece | None
        if self.what.words:
            wordy = _keys_of(self.what, wanted.start, wanted.stop, **self.given)
            keys = "unnest(%s::uuid[])", [[row[0] for row in wordy]]
        else:
            keys = _keys(self.what, wanted.start, wanted.stop, **self.given)
            keys = keys and (f"({keys[0]})", keys[1])
        return read(keys, on=self.given["on"]) if keys else []


def _those(what: Asked, *, user: User, at: datetime, clinic: UUID, on: Days) -> QuerySet[Patient]:
    known = Patient.objects.visible_to(user, at).filter(clinic=clinic)
    return found(known, what, conditions(user, at, on))


def _keys_of(
    what: Asked, first: int, last: int, *, user: User, at: datetime, clinic: UUID, on: Days
) -> QuerySet[Any, Any]:
    those = _those(what, user=user, at=at, clinic=clinic, on=on).order_by()
    return _ordered(those, what.sort, on, last)[first:last]


_keys = piece(_keys_of)


def _ordered(patients: QuerySet[Patient], sort: str, on: Days, last: int) -> QuerySet[Any, Any]:
    """Their keys (and what they are ordered by), in the order asked for; whoever has no value is last, but without any
    log first. At least the first `last` of them.
    """
    name, back = sort.removeprefix("-"), sort.startswith("-")
    if name == "flag":
        return _by_flag(patients, last).order_by("-rank" if back else "rank", "name_key", "pk")
    if name == "name":
        return patients.order_by("-name_key" if back else "name_key", "pk").values_list("pk")
    this = OuterRef("pk")
    value = due_of(this) if name == "due" else last_log_of(this) if name == "log" else _mean_of_week(this, on)
    patients = patients.annotate(by=Subquery(value))
    if back != (name == "week"):
        by = F("by").desc(nulls_last=True)
    else:
        by = F("by").asc(nulls_first=True) if name == "log" else F("by").asc(nulls_last=True)
    return patients.order_by(by, "name_key", "pk").values_list("pk")


def _by_flag(patients: QuerySet[Patient], last: int) -> QuerySet[Any, Any]:
    """Key, rank and name of those with a flag, and of as many others as a page can need: few have one, and the others
    stand by name in an index, so that nobody else need be read or sorted.
    """
    rank = Case(
        *(
            When(pk__in=Flag.objects.open().filter(severity=severity).values("patient"), then=Value(number))
            for number, severity in enumerate((Flag.Severity.URGENT, Flag.Severity.IMPORTANT))
        ),
        default=Value(2),
    )
    flagged = Flag.objects.open().order_by().values("patient")
    # A list of keys, so that they are looked up, and not all patients read to find them.
    known = patients.filter(among("pk", flagged)).annotate(rank=rank)
    others = patients.exclude(pk__in=flagged).annotate(rank=Value(3)).order_by("name_key", "pk")[:last]
    fields = ("pk", "rank", "name_key")
    return known.values_list(*fields).union(others.values_list(*fields), all=True)


def _mean_of_week(patient: Any, on: Days) -> QuerySet[Any, Any]:
    week = scores_of(patient).filter(site__is_main=True, moment__in=COUNTED_MOMENTS)
    week = week.filter(local_date__range=(on.week_from, on.week_to)).order_by()
    return week.values("patient").annotate(mean=Avg("value")).values("mean")
