"""What a clinician asked the caseload for: filters, an order, words; and the addresses that ask for something else."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _

from accounts.models import CareAssignment, Patient, User
from accounts.names import folded
from plans.models import BodySite, Flag, PainWatch, Plan, Reevaluation
from plans.views.clinician.inbox_rows import Shape

FILTERS = ("mine", "flag", "due", "silent", "new", "no-plan", "discharged")
SORTS = ("flag", "name", "week", "log", "due")
USUAL = "flag"
LONGEST_SEARCH = 100
DUE_WITHIN_DAYS = 7
SILENT_DAYS = 7
NEW_DAYS = 14
SPARK_DAYS = 28
EARLIEST, LATEST = timedelta(hours=-12), timedelta(hours=14)
"""How far from UTC the days of the world begin."""


@dataclass(frozen=True)
class Asked:
    """`show` names filters that hold together; `sort` is one of SORTS, with a minus the other way round."""

    show: tuple[str, ...] = ()
    sort: str = USUAL
    words: str = ""

    @property
    def query(self) -> str:
        """The filter and the order as the list's address names them, without the words; empty for the usual list."""
        return self._query(replace(self, words=""))

    @property
    def address(self) -> str:
        """Always with the order, so that the panel's `patient` can be added to it."""
        return f"?{self._query(self, with_sort=True)}"

    def toggled(self, name: str) -> "Asked":
        """With one filter more or less. The discharged are apart: no other filter knows them."""
        if name in self.show:
            return Asked(tuple(one for one in self.show if one != name), self.sort)
        if name == "discharged":
            return Asked((name,), self.sort)
        return Asked(
            tuple(one for one in FILTERS if one == name or (one in self.show and one != "discharged")), self.sort
        )

    def sorted_by(self, name: str) -> "Asked":
        """In the order of a column; in the other direction when it is in that order already."""
        return replace(self, sort=f"-{name}" if self.sort == name else name)

    def is_sorted_by(self, name: str) -> bool:
        return self.sort.removeprefix("-") == name

    @staticmethod
    def _query(asked: "Asked", *, with_sort: bool = False) -> str:
        found = [("q", asked.words)] if asked.words else []
        found += [("show", name) for name in asked.show]
        if with_sort or asked.sort != USUAL:
            found.append(("sort", asked.sort))
        return urlencode(found)


def asked(query: QueryDict) -> Asked:
    """What an address asks for; what is not known is left out."""
    show = [name for name in FILTERS if name in query.getlist("show")]
    sort = query.get("sort", "")
    words = query.get("q", "").replace("\x00", "")[:LONGEST_SEARCH].strip()
    return Asked(
        tuple(["discharged"] if "discharged" in show else show),
        sort if sort.removeprefix("-") in SORTS else USUAL,
        words,
    )


@dataclass(frozen=True)
class Days:
    """The days that filters, order and sparklines look at, worked out from today (the clinic's date) and now. What is
    drawn ends with each patient's own today: of `drawn_from` to `drawn_to` that leaves some days out.
    """

    due_by: date
    silent_since: date
    new_since: datetime
    week_from: date
    week_to: date
    drawn_from: date
    drawn_to: date


def days_of(at: datetime, today: date) -> Days:
    """Of one request."""
    return Days(
        due_by=today + timedelta(days=DUE_WITHIN_DAYS),
        silent_since=today - timedelta(days=SILENT_DAYS),
        new_since=at - timedelta(days=NEW_DAYS),
        week_from=today - timedelta(days=6),
        week_to=today,
        drawn_from=(at.astimezone(UTC) + EARLIEST).date() - timedelta(days=SPARK_DAYS - 1),
        drawn_to=(at.astimezone(UTC) + LATEST).date(),
    )


def conditions(me: User, at: datetime, on: Days) -> dict[str, Q]:
    """The filters by name; "all" are those in care.

    What few have, or most, is a set that Postgres makes once.
    """
    here = ~Q(status=Patient.Status.DISCHARGED)
    own = CareAssignment.objects.falling_to(me, at).values("patient")
    due = Reevaluation.objects.due_by(on.due_by).order_by().values("patient")
    heard = PainWatch.objects.filter(patient=OuterRef("pk"), last_day__gt=on.silent_since)
    return {
        "all": here,
        "mine": here & Q(pk__in=own),
        "flag": Q(pk__in=Flag.objects.open().values("patient")),
        "due": here & Q(pk__in=due),
        "silent": here & Q(pk__in=Plan.objects.active().values("patient")) & ~Q(Exists(heard)),
        "new": here & Q(created_at__gt=on.new_since),
        "no-plan": here & ~Q(pk__in=Plan.objects.current().values("patient")),
        "discharged": Q(status=Patient.Status.DISCHARGED),
    }


def found(known: QuerySet[Patient], what: Asked, filters: Mapping[str, Q]) -> QuerySet[Patient]:
    """The patients asked for. A search looks everywhere, so that nobody is missed because of an earlier filter."""
    if what.words:
        for word in folded(what.words).split():
            hurts = BodySite.objects.filter(patient=OuterRef("pk"), name__icontains=word)
            known = known.filter(Q(name_key__contains=word) | Q(clinic_number__icontains=word) | Q(Exists(hurts)))
        return known
    for name in what.show or ("all",):
        known = known.filter(filters[name])
    return known


def chips(what: Asked, counts: Mapping[str, int]) -> list[dict[str, object]]:
    """The filters as links, each with how many it knows alone."""
    words = {
        "mine": _("Mine, %(n)d"),
        "flag": _("Open flag, %(n)d"),
        "due": _("Due this week, %(n)d"),
        "silent": _("Silent 7 days, %(n)d"),
        "new": _("New, %(n)d"),
        "no-plan": _("No plan, %(n)d"),
        "discharged": _("Discharged, %(n)d"),
    }
    everybody = {
        "url": Asked(sort=what.sort).address,
        "label": _("Everybody, %(n)d") % {"n": counts["all"]},
        "on": not what.show and not what.words,
    }
    others = [
        {
            "url": what.toggled(name).address,
            "label": said % {"n": counts[name]},
            "on": name in what.show and not what.words,
        }
        for name, said in words.items()
    ]
    return [everybody, *others]


@dataclass(frozen=True)
class Heads:
    """The columns that can be sorted (see painplan.templatetags.lines): where each leads, and its direction."""

    name: str
    week: str
    log: str
    due: str
    flag: str
    name_kind: Shape
    week_kind: Shape
    log_kind: Shape
    due_kind: Shape
    flag_kind: Shape


def heads(what: Asked) -> Heads:
    """Of the list as it is."""
    upwards = {"name", "log", "due"}

    def kind(name: str) -> Shape:
        if not what.is_sorted_by(name):
            return Shape("")
        return Shape("ascending" if (name in upwards) != what.sort.startswith("-") else "descending")

    fields: dict[str, Any] = {}
    for name in SORTS:
        fields |= {name: what.sorted_by(name).address, f"{name}_kind": kind(name)}
    return Heads(**fields)
