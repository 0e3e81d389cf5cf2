"""Who looked at my record: one line for each person and day, in words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib.postgres.aggregates import ArrayAgg
from django.core.paginator import Paginator
from django.db.models import Count, Max, Min
from django.db.models.functions import TruncDate
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.models import AccessLog, ListLook, Membership, Patient, Role
from accounts.policy import patient
from plans.views import doors

A_PAGE = 20
LISTS_SHOWN = 30
# What stands behind the names of the routes, by how they begin; the first that fits counts.
KINDS = (
    (("flag",), "flags"),
    (("patient_messages",), "messages"),
    (("patient_log", "patient_score", "screening_add", "patient_edit", "goal", "patient_goals"), "writing"),
    (("patient_notes", "note"), "notes"),
    (("reevaluation",), "reevaluation"),
    (("plan", "prescription", "builder", "version", "step", "quota", "draft", "template"), "plan"),
)


@dataclass(frozen=True)
class Visit:
    """One person on one local date: from when to when, how often, and which kinds of pages."""

    day: date
    first: datetime
    last: datetime
    times: int
    who: str
    role: str
    pages: str


@patient
@require_safe
def my_looks(request: HttpRequest) -> HttpResponse:
    me = doors.my_record(request)
    zone = ZoneInfo(me.time_zone)
    rows = (
        AccessLog.objects.filter(patient=me)
        .annotate(day=TruncDate("at", tzinfo=zone))
        .values("day", "user", "user__full_name")
        .annotate(first=Min("at"), last=Max("at"), times=Count("pk"), routes=ArrayAgg("route", distinct=True))
        .order_by("-day", "-last", "user")
    )
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    found: list[dict[str, Any]] = [dict(row) for row in page.object_list]
    roles = _roles(me, {row["user"] for row in found})
    context = {
        "nav": "help",
        "page": page,
        "lists": _lists(me, zone),
        "visits": [_visit(row, roles) for row in found],
        "zone": me.time_zone,
    }
    return render(request, "plans/patient/my_looks.html", context)


def pages_in_words(routes: Iterable[str]) -> str:
    """ "Your record, your plan and messages": the kinds of pages behind the names of routes."""
    kinds = {kind_of(route) for route in routes}
    words = {
        "record": _("your record"),
        "flags": _("what Painplan noticed"),
        "plan": _("your plan"),
        "reevaluation": _("how your plan goes"),
        "messages": _("messages with you"),
        "notes": _("notes"),
        "writing": _("writing something down for you"),
    }
    said = str(get_text_list([word for kind, word in words.items() if kind in kinds], _("and")))
    return said[:1].upper() + said[1:]


def kind_of(route: str) -> str:
    """Which kind of page a route is."""
    return next((kind for starts, kind in KINDS if route.startswith(starts)), "record")


def _lists(me: Patient, zone: ZoneInfo) -> list[dict[str, Any]]:
    """In whose lists one's name stood, by person and day: `who`, `day`, `times`; the latest."""
    rows = ListLook.objects.filter(patients__contains=[me.pk]).annotate(day=TruncDate("at", tzinfo=zone))
    told = rows.values("day", "user__full_name").annotate(times=Count("pk")).order_by("-day", "user__full_name")
    return [{"who": row["user__full_name"], "day": row["day"], "times": row["times"]} for row in told[:LISTS_SHOWN]]


def _visit(row: dict[str, Any], roles: dict[UUID, Sequence[Membership]]) -> Visit:
    # The role they had at that moment, not the one they have now.
    held = [m for m in roles.get(row["user"], ()) if m.valid_from <= row["last"] and not _over(m, row["first"])]
    role = str(Role(held[0].role).label) if held else _("Not with the clinic any more")
    return Visit(
        row["day"], row["first"], row["last"], row["times"], row["user__full_name"], role,
        pages_in_words(row["routes"]),
    )  # fmt: skip


def _over(membership: Membership, at: datetime) -> bool:
    return membership.valid_until is not None and membership.valid_until <= at


def _roles(me: Patient, users: set[UUID]) -> dict[UUID, Sequence[Membership]]:
    found: dict[UUID, list[Membership]] = {}
    for row in Membership.objects.filter(clinic=me.clinic, user__in=users).order_by("-valid_from"):
        found.setdefault(row.user_id, []).append(row)
    return dict(found)
