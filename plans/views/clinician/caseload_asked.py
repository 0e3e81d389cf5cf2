"""What a clinician asked the caseload for: filters, an order, words; and the addresses that ask for something else."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from django.db.models import Avg, Case, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.expressions import Combinable
from django.http import QueryDict
from django.utils.translation import gettext as _

from accounts.models import CareAssignment, Patient, User
from accounts.names import folded
from plans.models import BodySite, Flag, PainScore, PainWatch, Plan, Reevaluation, Session
from plans.scores import COUNTED_MOMENTS

FILTERS = ("mine", "flag", "due", "silent", "new", "no-plan", "discharged")
SORTS = ("flag", "name", "week", "log", "due")
USUAL = "flag"
LONGEST_SEARCH = 100
DUE_WITHIN_DAYS = 7
SILENT_DAYS = 7
NEW_DAYS = 14


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
        found = QueryDict(self._query(self), mutable=True)
        found["sort"] = self.sort
        return f"?{found.urlencode()}"

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
    def _query(asked: "Asked") -> str:
        found = QueryDict(mutable=True)
        if asked.words:
            found["q"] = asked.words
        found.setlist("show", list(asked.show))
        if asked.sort != USUAL:
            found["sort"] = asked.sort
        return found.urlencode()


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
    """The days that the filters and the order look at, worked out from today (the clinic's date) and now."""

    due_by: date
    silent_since: date
    new_since: datetime
    week_from: date
    week_to: date


def days_of(at: datetime, today: date) -> Days:
    """Of one request."""
    return Days(
        due_by=today + timedelta(days=DUE_WITHIN_DAYS),
        silent_since=today - timedelta(days=SILENT_DAYS),
        new_since=at - timedelta(days=NEW_DAYS),
        week_from=today - timedelta(days=6),
        week_to=today,
    )


def conditions(me: User, at: datetime, on: Days) -> dict[str, Q]:
    """The filters by name; "all" are those in care.

    What few have, or most, is a set that Postgres makes once; only for the silent each patient's last week is looked
    up, the sessions first, because that index alone answers for most.
    """
    here = ~Q(status=Patient.Status.DISCHARGED)
    own = CareAssignment.objects.falling_to(me, at).values("patient")
    due = Reevaluation.objects.due_by(on.due_by).order_by().values("plan__patient")
    of_them = {"patient": OuterRef("pk"), "local_date__gt": on.silent_since}
    moved = Session.objects.filter(**of_them)
    said = PainScore.objects.current().answered().filter(**of_them)
    return {
        "all": here,
        "mine": here & Q(pk__in=own),
        "flag": Q(pk__in=Flag.objects.open().values("patient")),
        "due": here & Q(pk__in=due),
        "silent": here & Q(pk__in=Plan.objects.active().values("patient")) & ~Q(Exists(moved)) & ~Q(Exists(said)),
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


def ordered(patients: QuerySet[Patient], sort: str, on: Days) -> QuerySet[Patient]:
    """In the order asked for, with `severity`, `rise`, `due_on`, `last_on` and `watched` (the state of the rules) of
    each; whoever has no value is last, but without any log first.
    """
    open_flags = Flag.objects.open().filter(patient=OuterRef("pk")).gravest_first()
    due = Reevaluation.objects.open().filter(plan__patient=OuterRef("pk")).order_by("due_on")
    rise = open_flags.filter(rule=Flag.Rule.R3, site__is_main=True)
    scores = PainScore.objects.current().answered().filter(patient=OuterRef("pk"))
    rows = patients.annotate(
        severity=Subquery(open_flags.values("severity")[:1]),
        rise=Subquery(rise.values("evidence")[:1]),
        due_on=Subquery(due.values("due_on")[:1]),
        last_on=Subquery(scores.order_by("-local_date").values("local_date")[:1]),
        watched=Subquery(PainWatch.objects.filter(pk=OuterRef("pk")).values("state")[:1]),
    )
    name, back = sort.removeprefix("-"), sort.startswith("-")
    if name == "name":
        return rows.order_by("-name_key" if back else "name_key", "id")
    if name == "due":
        return rows.order_by(_in(F("due_on"), down=back), "name_key", "id")
    if name == "log":
        last = F("last_on")
        first = last.desc(nulls_last=True) if back else last.asc(nulls_first=True)
        return rows.order_by(first, "name_key", "id")
    if name == "week":
        week = scores.order_by().values("patient")
        week = week.filter(site__is_main=True, moment__in=COUNTED_MOMENTS, local_date__range=(on.week_from, on.week_to))
        mean = week.annotate(mean=Avg("value")).values("mean")
        return rows.annotate(mean=Subquery(mean)).order_by(_in(F("mean"), down=not back), "name_key", "id")
    # Few have a flag: three short lists rank everybody quicker than a look at each patient's flags does.
    rank = Case(
        *(
            When(pk__in=Flag.objects.open().filter(severity=severity).values("patient"), then=Value(number))
            for number, severity in enumerate((Flag.Severity.URGENT, Flag.Severity.IMPORTANT, Flag.Severity.WATCH))
        ),
        default=Value(3),
    )
    return rows.order_by(rank.desc() if back else rank.asc(), "name_key", "id")


def _in(value: F, *, down: bool) -> Combinable:
    return value.desc(nulls_last=True) if down else value.asc(nulls_last=True)  # type: ignore[return-value]


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


def heads(what: Asked) -> dict[str, dict[str, object]]:
    """The columns that can be sorted, with the direction they are in."""
    upwards = {"name", "log", "due"}
    return {
        name: {
            "url": what.sorted_by(name).address,
            "on": what.is_sorted_by(name),
            "kind": "ascending" if (name in upwards) != what.sort.startswith("-") else "descending",
        }
        for name in SORTS
    }
