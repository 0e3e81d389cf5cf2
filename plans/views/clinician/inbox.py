"""The inbox: one row per patient with an open flag, the gravest first, and the re-evaluations that are due."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from accounts.models import Patient
from accounts.policy import Actor, clinical
from plans import wording_flags
from plans.models import Flag, Plan, Reevaluation
from plans.schedule import local_date
from plans.views import doors
from plans.views.clinician.panel import flag_panel
from plans.views.clinician.people import about, age_of, near_day, patients_of
from plans.views.curation.notices import open_notices

PAGE_SIZE = 50
DUE_WITHIN_DAYS = 7
DUE_SHOWN = 50
TABS = ("mine", "clinic", "resolved")


@dataclass(frozen=True)
class Row:
    """A line of the inbox."""

    flag: Flag
    about: str
    evidence: str
    age: str
    seen: str
    state: str
    url: str
    current: bool


@dataclass(frozen=True)
class Group:
    """Lines of one severity."""

    severity: str
    title: str
    word: str
    rows: list[Row]


@dataclass(frozen=True)
class Due:
    """A re-evaluation that is due soon."""

    reevaluation: Reevaluation
    day: str
    late: bool
    why: str


@clinical
@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """Who needs this clinician, in which order. `?flag=` opens the panel of one flag beside the list."""
    at = timezone.now()
    me = doors.actor(request)
    asked = request.GET.get("tab", "")
    tab = asked if asked in TABS else _first_tab(me)
    chosen = _chosen(request)
    patients = patients_of(me, at, mine=tab == "mine")
    counts = _counts(me, at)
    page = Paginator(_past(patients) if tab == "resolved" else _open(patients), PAGE_SIZE).get_page(
        request.GET.get("page")
    )
    here = _address(tab, page.number)
    rows = [_row(flag, at, chosen, here) for flag in page.object_list]
    today = local_date(at, me.clinic.time_zone) if me.clinic else at.date()
    due = _due(patients, at, today) if tab != "resolved" and page.number == 1 else []
    context: dict[str, Any] = {
        "tab": tab,
        "tabs": _tabs(tab, counts),
        "page": page,
        "groups": _groups(rows) if tab != "resolved" else [],
        "past": rows if tab == "resolved" else [],
        "due": due,
        "library": open_notices(me, at, mine=tab == "mine") if tab != "resolved" and page.number == 1 else None,
        "lede": _lede(tab, counts, len(due)),
        "close_url": here,
        "here": f"{here}&flag={chosen}" if chosen else here,
    }
    if chosen is not None:
        context["panel"] = flag_panel(doors.flag(request, chosen), at)
    return render(request, "plans/clinician/inbox.html", context)


def _first_tab(me: Actor) -> str:
    return "clinic" if me.role == "lead" else "mine"


def _chosen(request: HttpRequest) -> UUID | None:
    try:
        return UUID(request.GET["flag"])
    except (KeyError, ValueError):
        return None


def _open(patients: QuerySet[Patient]) -> QuerySet[Flag]:
    """The gravest open flag of each patient, with `others`: how many more are open."""
    rows = Flag.objects.open().filter(patient__in=patients.values("pk"))
    same_patient = Flag.objects.open().filter(patient=OuterRef("patient")).order_by().values("patient")
    return (
        Flag.objects.filter(pk__in=rows.gravest_of_each_patient().values("pk"))
        .annotate(others=Subquery(same_patient.annotate(n=Count("pk")).values("n")) - 1)
        .select_related("patient", "site", "acknowledged_by")
        .prefetch_related("patient__sites")
        .gravest_first()
    )


def _past(patients: QuerySet[Patient]) -> QuerySet[Flag]:
    """Flags that nobody has to look at any more, the latest first."""
    over = Flag.objects.exclude(state__in=[Flag.State.OPEN, Flag.State.ACKNOWLEDGED])
    return (
        over.filter(patient__in=patients.values("pk"))
        .annotate(others=Value(0))
        .select_related("patient", "site", "acknowledged_by", "resolved_by")
        .prefetch_related("patient__sites")
        .order_by(Coalesce("resolved_at", "ended_at").desc(nulls_last=True), "id")
    )


def _row(flag: Flag, at: datetime, chosen: UUID | None, address: str) -> Row:
    today = local_date(at, flag.patient.time_zone)
    evidence = " ".join(said for said in (wording_flags.sentence(flag), wording_flags.since_then(flag)) if said)
    others: int = flag.others  # type: ignore[attr-defined]
    if others:
        evidence += " " + ngettext("And %(n)d more flag.", "And %(n)d more flags.", others) % {"n": others}
    seen = wording_flags.state_in_words(flag) if flag.state == Flag.State.ACKNOWLEDGED else ""
    return Row(
        flag=flag,
        about=about(flag.patient, today),
        evidence=evidence,
        age=age_of(flag.raised_at, at),
        seen=seen,
        state=wording_flags.state_in_words(flag),
        url=f"{address}&flag={flag.pk}",
        current=flag.pk == chosen,
    )


def _groups(rows: Sequence[Row]) -> list[Group]:
    named = [
        (Flag.Severity.URGENT, _("Now"), ""),
        (Flag.Severity.IMPORTANT, _("This week"), str(Flag.Severity.IMPORTANT.label)),
        (Flag.Severity.WATCH, _("Keep an eye on"), str(Flag.Severity.WATCH.label)),
    ]
    groups = [Group(sev, title, word, [row for row in rows if row.flag.severity == sev]) for sev, title, word in named]
    return [group for group in groups if group.rows]


def _due(patients: QuerySet[Patient], at: datetime, today: date) -> list[Due]:
    """Open re-evaluations of current plans that are late or due within a week."""
    rows = (
        Reevaluation.objects.due_by(today + timedelta(days=DUE_WITHIN_DAYS))
        .filter(plan__patient__in=patients.values("pk"), plan__status__in=[Plan.Status.ACTIVE, Plan.Status.PAUSED])
        .select_related("plan__patient")
        .order_by("due_on", "id")[:DUE_SHOWN]
    )
    return [
        Due(row, near_day(row.due_on, day), row.due_on <= day, why_in_words(row))
        for row in rows
        for day in [local_date(at, row.plan.patient.time_zone)]
    ]


def why_in_words(reevaluation: Reevaluation) -> str:
    """Why a re-evaluation is due, as a short sentence."""
    return {
        Reevaluation.Why.FIRST: _("The first one of this plan."),
        Reevaluation.Why.PERIODIC: _("As planned."),
        Reevaluation.Why.FLAG: _("Brought forward by a flag."),
        Reevaluation.Why.ASKED: _("Asked for."),
    }[Reevaluation.Why(reevaluation.why)]


def _counts(me: Actor, at: datetime) -> dict[str, int]:
    """How many patients have an open flag, and how many an urgent one: mine, and in the whole clinic. One query."""
    mine = Q(patient__in=patients_of(me, at, mine=True).values("pk"))
    urgent = Q(severity=Flag.Severity.URGENT)
    flags = Flag.objects.open().filter(patient__in=patients_of(me, at, mine=False).values("pk"))
    return flags.aggregate(
        clinic=Count("patient", distinct=True),
        mine=Count("patient", distinct=True, filter=mine),
        clinic_urgent=Count("patient", distinct=True, filter=urgent),
        mine_urgent=Count("patient", distinct=True, filter=urgent & mine),
    )


def _tabs(tab: str, counts: dict[str, int]) -> list[dict[str, Any]]:
    words = {"mine": _("Mine"), "clinic": _("Whole clinic"), "resolved": _("Resolved")}
    return [
        {"url": _address(name, 1), "label": words[name], "count": counts.get(name), "current": name == tab}
        for name in TABS
    ]


def _address(tab: str, page: int) -> str:
    query = {"tab": tab} | ({"page": page} if page > 1 else {})
    return f"{reverse('inbox')}?{urlencode(query)}"


def _lede(tab: str, counts: dict[str, int], due: int) -> str:
    if tab == "resolved":
        return _("Flags that are dealt with, the latest first.")
    urgent, total = counts[f"{tab}_urgent"], counts[tab]
    if urgent:
        said = ngettext("%(n)d person needs you now.", "%(n)d people need you now.", urgent) % {"n": urgent}
    elif total:
        said = ngettext("%(n)d person has an open flag.", "%(n)d people have an open flag.", total) % {"n": total}
    else:
        said = _("No open flags.")
    if due:
        more = ngettext(
            "%(n)d re-evaluation is due within a week.", "%(n)d re-evaluations are due within a week.", due
        ) % {"n": due}
        said = f"{said} {more}"
    return said
