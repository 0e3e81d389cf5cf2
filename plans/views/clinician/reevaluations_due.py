"""The re-evaluations that wait: due this week, overdue, all of them; a clinician's own, or the whole clinic's."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.core.paginator import Paginator
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from accounts.models import CareAssignment
from accounts.policy import Actor, clinical
from plans.models import Flag, Plan, Reevaluation
from plans.schedule import local_date
from plans.views import doors
from plans.views.clinician.inbox import why_in_words
from plans.views.clinician.people import about, near_day, patients_of

PAGE_SIZE = 25
WEEK_DAYS = 7
WHOSE = ("mine", "clinic")
WHEN = ("week", "overdue", "all")


@dataclass(frozen=True)
class Row:
    """A line: `days_late` is 0 when it is not overdue; `last` says when the plan was looked at before."""

    reevaluation: Reevaluation
    about: str
    due: str
    days_late: int
    is_today: bool
    why: str
    last: str
    with_whom: str
    severity: str


@clinical
@require_safe
def due_list(request: HttpRequest) -> HttpResponse:
    """`?of=mine|clinic` says whose, `?show=week|overdue|all` which; the longest waiting first."""
    at = timezone.now()
    me = doors.actor(request)
    today = local_date(at, me.clinic.time_zone) if me.clinic else at.date()
    asked = request.GET.get("of", "")
    whose = asked if asked in WHOSE else "clinic" if me.role == "lead" else "mine"
    shown = request.GET.get("show", "")
    shown = shown if shown in WHEN else "week"
    counts = {name: _waiting(me, at, mine=name == "mine") for name in WHOSE}
    waiting = counts[whose]
    page = Paginator(_ordered(waiting.filter(_span(shown, today))), PAGE_SIZE).get_page(request.GET.get("page"))
    numbers = {name: waiting.filter(_span(name, today)).count() for name in WHEN}
    doors.list_shown(request, [each.plan.patient_id for each in page.object_list])
    context: dict[str, Any] = {
        "rows": [_row(each, at, me) for each in page.object_list],
        "page": page,
        "tabs": _tabs(whose, shown, {name: rows.count() for name, rows in counts.items()}),
        "chips": _chips(whose, shown, numbers),
        "lede": _lede(numbers),
        "shown": shown,
        "whose": whose,
        "nav": "caseload",
    }
    return render(request, "plans/clinician/reevaluations.html", context)


def _waiting(me: Actor, at: datetime, *, mine: bool) -> QuerySet[Reevaluation]:
    """Open ones of current plans, of the patients whom this person may see."""
    patients = patients_of(me, at, mine=mine).values("pk")
    current = [Plan.Status.ACTIVE, Plan.Status.PAUSED]
    return Reevaluation.objects.open().filter(patient__in=patients, plan__status__in=current)


def _span(shown: str, today: date) -> Q:
    """Overdue is what should have been done before today."""
    if shown == "overdue":
        return Q(due_on__lt=today)
    return Q(due_on__lte=today + timedelta(days=WEEK_DAYS)) if shown == "week" else Q()


def _ordered(rows: QuerySet[Reevaluation]) -> QuerySet[Reevaluation]:
    open_flags = Flag.objects.open().filter(patient=OuterRef("patient")).gravest_first()
    earlier = Reevaluation.objects.filter(plan=OuterRef("plan"), state=Reevaluation.State.DONE).order_by("-done_at")
    care = CareAssignment.objects.filter(
        patient=OuterRef("patient"), kind=CareAssignment.Kind.RESPONSIBLE, valid_until__isnull=True
    )
    return (
        rows.select_related("plan__patient", "plan__active_version")
        .prefetch_related("plan__patient__sites")
        .annotate(
            severity=Subquery(open_flags.values("severity")[:1]),
            last_done_at=Subquery(earlier.values("done_at")[:1]),
            with_whom=Subquery(care.values("clinician__full_name")[:1]),
        )
        .order_by("due_on", "id")
    )


def _row(row: Reevaluation, at: datetime, me: Actor) -> Row:
    patient = row.plan.patient
    today = local_date(at, patient.time_zone)
    done_at: datetime | None = row.last_done_at  # type: ignore[attr-defined]
    return Row(
        reevaluation=row,
        about=about(patient, today),
        due=near_day(row.due_on, today),
        days_late=max((today - row.due_on).days, 0),
        is_today=row.due_on == today,
        why=why_in_words(row),
        last=near_day(local_date(done_at, patient.time_zone), today) if done_at else _("never"),
        with_whom=row.with_whom or "",  # type: ignore[attr-defined]
        severity=row.severity or "",  # type: ignore[attr-defined]
    )


def _address(whose: str, shown: str) -> str:
    return f"?{urlencode({'of': whose, 'show': shown})}"


def _tabs(whose: str, shown: str, counts: dict[str, int]) -> list[dict[str, Any]]:
    words = {"mine": _("Mine"), "clinic": _("Whole clinic")}
    return [
        {"url": _address(name, shown), "label": words[name], "count": counts[name], "current": name == whose}
        for name in WHOSE
    ]


def _chips(whose: str, shown: str, numbers: dict[str, int]) -> list[dict[str, Any]]:
    words = {"week": _("Due this week, %(n)d"), "overdue": _("Overdue, %(n)d"), "all": _("All, %(n)d")}
    return [
        {"url": _address(whose, name), "label": words[name] % {"n": numbers[name]}, "on": name == shown}
        for name in WHEN
    ]


def _lede(numbers: dict[str, int]) -> str:
    if numbers["overdue"]:
        late = ngettext("%(n)d is overdue.", "%(n)d are overdue.", numbers["overdue"]) % {"n": numbers["overdue"]}
    else:
        late = _("None is overdue.")
    week = ngettext("%(n)d is due within a week.", "%(n)d are due within a week.", numbers["week"]) % {
        "n": numbers["week"]
    }
    return f"{late} {week}"
