"""The caseload: every patient of the clinic in one table, searched, filtered, sorted, in a fixed number of queries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from accounts.models import Patient
from accounts.policy import clinical
from plans import charts
from plans.models import PainWatch, SavedFilter
from plans.schedule import local_date
from plans.views import doors
from plans.views.asked import uuid_of
from plans.views.clinician import adherence, pain_days
from plans.views.clinician.caseload_asked import asked, chips, conditions, found, heads, ordered
from plans.views.clinician.first_steps import first_steps
from plans.views.clinician.panel import patient_panel
from plans.views.clinician.people import about, near_day, patients_of, places, with_places
from plans.views.clinician.saved_filters import saved_for
from plans.wording_flags import rounded, short_day

PAGE_SIZE = 50
SPARK_DAYS = 28
SAME_POINTS = 1
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
    url: str
    current: bool

    @property
    def is_same(self) -> bool:
        return self.change is not None and abs(self.change) < SAME_POINTS

    @property
    def by_how_much(self) -> Decimal:
        return abs(self.change or Decimal(0))


@clinical
@require_safe
def caseload(request: HttpRequest) -> HttpResponse:
    """The table. `?q=` searches names, numbers and body sites, `?show=` filters (several hold together), `?sort=`
    orders; `?patient=` opens the panel beside it.
    """
    at = timezone.now()
    me = doors.actor(request)
    today = local_date(at, me.clinic.time_zone) if me.clinic else at.date()
    what = asked(request.GET)
    filters = conditions(me.user, at, today)
    known = patients_of(me, at, mine=False)
    counts = known.aggregate(**{name: Count("pk", filter=condition) for name, condition in filters.items()})
    pages = Paginator(with_places(ordered(found(known, what, filters), what.sort, today)), PAGE_SIZE)
    if not what.words and len(what.show) < 2:
        pages.count = counts[what.show[0] if what.show else "all"]  # counted above
    page = pages.get_page(request.GET.get("page"))
    doors.list_shown(request, [patient.pk for patient in page.object_list])
    here = f"{reverse('caseload')}{what.address}{f'&page={page.number}' if page.number > 1 else ''}"
    patient_id = uuid_of(request.GET.get("patient"))
    opened = f"{here}&patient={patient_id}" if patient_id else here
    panel = patient_panel(doors.patient_record(request, patient_id), at, here=opened) if patient_id else None
    context = {
        "rows": _rows(list(page.object_list), at, here, patient_id),
        "page": page,
        "q": what.words,
        "asked": what,
        "chips": chips(what, counts),
        "heads": heads(what),
        "lede": _lede(counts),
        "nobody": not counts["all"] and not counts["discharged"],
        "first_steps": first_steps(me, at) if counts["all"] <= FEW and not counts["discharged"] else [],
        "place": SavedFilter.Place.CASELOAD,
        "saved": saved_for(me.user, SavedFilter.Place.CASELOAD, what.query),
        "panel": panel,
        "here": opened,
        "close_url": here,
        "flag_url": f"{reverse('inbox')}?tab=clinic",
    }
    return render(request, "plans/clinician/caseload.html", context)


def _rows(patients: Sequence[Patient], at: datetime, here: str, opened: UUID | None) -> list[Row]:
    """The lines of a page: a handful of queries for all of them together."""
    if not patients:
        return []
    todays = {patient.pk: local_date(at, patient.time_zone) for patient in patients}
    first, last = min(todays.values()) - timedelta(days=SPARK_DAYS - 1), max(todays.values())
    sites = {patient.pk: next(iter(places(patient)), None) for patient in patients}
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
                url=f"{here}&patient={patient.pk}",
                current=patient.pk == opened,
            )
        )
    return rows


def _log_day(day: date, today: date) -> str:
    return near_day(day, today) if (today - day).days < 2 else short_day(day)


def _lede(counts: dict[str, int]) -> str:
    said = ngettext("%(n)d patient in care.", "%(n)d patients in care.", counts["all"]) % {"n": counts["all"]}
    with_flag = ngettext("%(n)d has an open flag.", "%(n)d have an open flag.", counts["flag"]) % {"n": counts["flag"]}
    return f"{said} {with_flag}" if counts["flag"] else said
