"""The caseload: every patient of the clinic in one table, searched, filtered, sorted, in a fixed number of queries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.core.paginator import Paginator
from django.db.models import (
    Avg,
    Case,
    Count,
    Exists,
    F,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
    prefetch_related_objects,
)
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from accounts.models import CareAssignment, Patient, User
from accounts.policy import clinical
from plans import charts
from plans.models import Flag, PainScore, PainWatch, Plan, Reevaluation
from plans.schedule import local_date
from plans.scores import COUNTED_MOMENTS
from plans.views import doors
from plans.views.clinician import adherence, pain_days
from plans.views.clinician.first_steps import first_steps
from plans.views.clinician.people import about, main_site, near_day, patients_of
from plans.wording_flags import rounded, short_day

PAGE_SIZE = 50
DUE_WITHIN_DAYS = 7
SPARK_DAYS = 28
SAME_POINTS = 1
SORTS = ("flag", "name", "week", "log", "due")
LONGEST_SEARCH = 100
FEW = 2


@dataclass(frozen=True)
class Row:
    """A line of the table. Pain in points; `change` is the last 7 days against the usual level."""

    patient: Patient
    about: str
    spark: charts.Sparkline | None
    level: pain_days.Level | None
    week: float | None
    change: Decimal | None
    sessions: adherence.Count
    last_log: str
    due: str
    late: bool
    severity: str

    @property
    def is_same(self) -> bool:
        return self.change is not None and abs(self.change) < SAME_POINTS

    @property
    def by_how_much(self) -> Decimal:
        return abs(self.change or Decimal(0))


@clinical
@require_safe
def caseload(request: HttpRequest) -> HttpResponse:
    """The table. `?q=` searches names, `?show=` filters, `?sort=` orders."""
    at = timezone.now()
    me = doors.actor(request)
    today = local_date(at, me.clinic.time_zone) if me.clinic else at.date()
    words = request.GET.get("q", "").replace("\x00", "")[:LONGEST_SEARCH].strip()
    filters = _filters(me.user, at, today)
    show = request.GET.get("show", "")
    show = show if show in filters else "all"
    sort = request.GET.get("sort", "")
    sort = sort if sort in SORTS else "flag"
    known = patients_of(me, at, mine=False)
    counts = known.aggregate(**{name: Count("pk", filter=condition) for name, condition in filters.items()})
    # A search looks everywhere, so that nobody is missed because of a filter that was set earlier.
    found = known.named(words) if words else known.filter(filters[show])  # type: ignore[attr-defined]
    pages = Paginator(_ordered(found, sort, today), PAGE_SIZE)
    if not words:
        pages.count = counts[show]  # counted above
    page = pages.get_page(request.GET.get("page"))
    doors.list_shown(request, [patient.pk for patient in page.object_list])
    context = {
        "rows": _rows(list(page.object_list), at),
        "page": page,
        "q": words,
        "show": show,
        "sort": sort,
        "chips": _chips(show, counts, searched=bool(words)),
        "heads": {name: _head(name, sort, show, words) for name in SORTS},
        "lede": _lede(counts),
        "nobody": not counts["all"] and not counts["discharged"],
        "first_steps": first_steps(me, at) if counts["all"] <= FEW and not counts["discharged"] else [],
    }
    return render(request, "plans/clinician/caseload.html", context)


def _filters(me: User, at: datetime, today: date) -> dict[str, Q]:
    here = ~Q(status=Patient.Status.DISCHARGED)
    of_them = {"patient": OuterRef("pk")}
    own = CareAssignment.objects.falling_to(me, at).filter(**of_them)
    due = Reevaluation.objects.due_by(today + timedelta(days=DUE_WITHIN_DAYS)).filter(plan__patient=OuterRef("pk"))
    return {
        "all": here,
        "mine": here & Q(Exists(own)),
        "flag": Q(Exists(Flag.objects.open().filter(**of_them))),
        "due": here & Q(Exists(due)),
        "no-plan": here & ~Q(Exists(Plan.objects.current().filter(**of_them))),
        "discharged": Q(status=Patient.Status.DISCHARGED),
    }


def _ordered(patients: QuerySet[Patient], sort: str, today: date) -> QuerySet[Patient]:
    open_flags = Flag.objects.open().filter(patient=OuterRef("pk")).gravest_first()
    due = Reevaluation.objects.open().filter(plan__patient=OuterRef("pk")).order_by("due_on")
    rise = open_flags.filter(rule=Flag.Rule.R3, site__is_main=True)
    scores = PainScore.objects.current().answered().filter(patient=OuterRef("pk")).order_by().values("patient")
    found = patients.annotate(
        severity=Subquery(open_flags.values("severity")[:1]),
        rise=Subquery(rise.values("evidence")[:1]),
        due_on=Subquery(due.values("due_on")[:1]),
        last_on=Subquery(scores.annotate(last=Max("local_date")).values("last")),
    ).select_related("watch")
    if sort == "name":
        return found.order_by("name_key", "id")
    if sort == "due":
        return found.order_by(F("due_on").asc(nulls_last=True), "name_key", "id")
    if sort == "log":
        return found.order_by(F("last_on").asc(nulls_first=True), "name_key", "id")
    if sort == "week":
        week = scores.filter(
            site__is_main=True, moment__in=COUNTED_MOMENTS, local_date__range=(today - timedelta(days=6), today)
        )
        mean = week.annotate(mean=Avg("value")).values("mean")
        return found.annotate(mean=Subquery(mean)).order_by(F("mean").desc(nulls_last=True), "name_key", "id")
    rank = Case(
        When(severity=Flag.Severity.URGENT, then=Value(0)),
        When(severity=Flag.Severity.IMPORTANT, then=Value(1)),
        When(severity=Flag.Severity.WATCH, then=Value(2)),
        default=Value(3),
    )
    return found.order_by(rank, "name_key", "id")


def _rows(patients: Sequence[Patient], at: datetime) -> list[Row]:
    """The lines of a page: a handful of queries for all of them together."""
    prefetch_related_objects(list(patients), "sites")
    if not patients:
        return []
    todays = {patient.pk: local_date(at, patient.time_zone) for patient in patients}
    first, last = min(todays.values()) - timedelta(days=SPARK_DAYS - 1), max(todays.values())
    sites = {patient.pk: main_site(patient) for patient in patients}
    values = pain_days.day_values([site.pk for site in sites.values() if site], first, last)
    spans = adherence.spans_of(patients)
    done = adherence.done_days(patients, first)
    rows = []
    for patient in patients:
        today, site = todays[patient.pk], sites[patient.pk]
        watch: PainWatch | None = getattr(patient, "watch", None)
        start = today - timedelta(days=SPARK_DAYS - 1)
        level = spark = week = None
        if site is not None:
            level = pain_days.level(watch, site.pk)
            rise: dict[str, Any] | None = patient.rise  # type: ignore[attr-defined]
            spark = charts.sparkline(
                days=values[site.pk],
                usual=level.usual,
                spread=level.spread,
                first=start,
                last=today,
                since=date.fromisoformat(rise["since_on"]) if rise and not rise.get("over") else None,
            )
            week = pain_days.mean_between(values[site.pk], today - timedelta(days=6), today)
        due_on: date | None = patient.due_on  # type: ignore[attr-defined]
        log: date | None = patient.last_on  # type: ignore[attr-defined]
        rows.append(
            Row(
                patient=patient,
                about=about(patient, today),
                spark=spark,
                level=level,
                week=week,
                change=None
                if week is None or level is None or level.usual is None
                else rounded(week) - rounded(level.usual),
                sessions=adherence.count(spans[patient.pk], done[patient.pk], start, today),
                last_log=_log_day(log, today) if log else "",
                due=near_day(due_on, today) if due_on else "",
                late=due_on is not None and due_on <= today,
                severity=patient.severity or "",  # type: ignore[attr-defined]
            )
        )
    return rows


def _log_day(day: date, today: date) -> str:
    return near_day(day, today) if (today - day).days < 2 else short_day(day)


def _address(show: str, sort: str, words: str = "") -> str:
    query = {name: value for name, value in (("q", words), ("show", show), ("sort", sort)) if value}
    return f"?{urlencode(query)}"


def _chips(show: str, counts: dict[str, int], *, searched: bool) -> list[dict[str, Any]]:
    words = {
        "all": _("Everybody, %(n)d"),
        "mine": _("Mine, %(n)d"),
        "flag": _("Open flag, %(n)d"),
        "due": _("Due this week, %(n)d"),
        "no-plan": _("No plan, %(n)d"),
        "discharged": _("Discharged, %(n)d"),
    }
    return [
        {"url": _address(name, ""), "label": said % {"n": counts[name]}, "on": name == show and not searched}
        for name, said in words.items()
    ]


def _head(name: str, sort: str, show: str, words: str) -> dict[str, Any]:
    return {"url": _address(show, name, words), "on": name == sort}


def _lede(counts: dict[str, int]) -> str:
    said = ngettext("%(n)d patient in care.", "%(n)d patients in care.", counts["all"]) % {"n": counts["all"]}
    with_flag = ngettext("%(n)d has an open flag.", "%(n)d have an open flag.", counts["flag"]) % {"n": counts["flag"]}
    return f"{said} {with_flag}" if counts["flag"] else said
