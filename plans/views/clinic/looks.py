"""Who looked at whom: the lead searches the access log, prints it, and takes it along as a file."""

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from defusedcsv import csv as defused
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from accounts.models import AccessLog, Clinic, ListLook, Patient
from accounts.policy import lead
from accounts.reauth import confirmed_lately
from plans.forms.privacy import LooksForm
from plans.schedule import local_date
from plans.views import doors
from plans.views.clinic.frame import clinic_of, frame
from plans.wording_looks import list_in_words, page_in_words

A_PAGE = 50
ON_PAPER = 1_000


@lead
@require_safe
def looks(request: HttpRequest) -> HttpResponse:
    """The newest first, 50 on a page; by patient, person and dates."""
    here = clinic_of(request)
    form = _asked(request, here)
    rows = _found(here, form)
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    doors.list_shown(request, _named_in(page.object_list))
    context = {
        **frame(request, "clinic_looks"),
        "form": form,
        "page": page,
        "lines": [_line(row) for row in page.object_list],
        "asked": any(form.data.get(name) for name in form.fields),
        "zone": here.time_zone,
    }
    return render(request, "plans/clinic/looks.html", context, status=422 if form.errors else 200)


@lead
@require_safe
def looks_print(request: HttpRequest) -> HttpResponse:
    """The same for paper, a thousand lines at most."""
    here = clinic_of(request)
    rows = _found(here, _asked(request, here))
    count, shown = rows.count(), list(rows[:ON_PAPER])
    doors.list_shown(request, _named_in(shown))
    context = {
        "lines": [_line(row) for row in shown],
        "left_out": max(0, count - ON_PAPER),
        "clinic": here,
        "at": timezone.now(),
        "zone": here.time_zone,
    }
    return render(request, "plans/clinic/looks_print.html", context)


@lead
@require_safe
@confirmed_lately
def looks_csv(request: HttpRequest) -> StreamingHttpResponse:
    """All that was found, as a file; times are the clinic's."""
    here = clinic_of(request)
    zone = ZoneInfo(here.time_zone)
    found = _found(here, _asked(request, here))
    if found.model is AccessLog:
        doors.list_shown(request, found.order_by().values_list("patient", flat=True).distinct())
    rows = found.iterator(chunk_size=1000)
    writer = defused.writer(_Echo())

    def lines() -> Iterator[str]:
        yield writer.writerow([_("When"), _("Who looked"), _("Patient"), _("Page"), _("Why")])
        for row in rows:
            line = _line(row)
            moment = row.at.astimezone(zone).isoformat(sep=" ", timespec="seconds")
            yield writer.writerow([moment, line["who"], line["patient"], line["page"], line["why"]])

    name = f"looks-{local_date(timezone.now(), here.time_zone)}.csv"
    return StreamingHttpResponse(
        lines(),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


def _asked(request: HttpRequest, here: Clinic) -> LooksForm:
    form = LooksForm(request.GET, clinic=here)
    form.is_valid()
    return form


def _found(here: Clinic, form: LooksForm) -> QuerySet[Any]:
    """What fits the valid fields, of records or of lists; a wrong date finds nothing rather than everything."""
    lists = form.data.get("what") == "lists"
    rows: QuerySet[Any]
    if lists:
        rows = ListLook.objects.filter(clinic=here).select_related("user").order_by("-at", "-id")
    else:
        rows = AccessLog.objects.filter(patient__clinic=here).select_related("user", "patient").order_by("-at", "-id")
    if form.errors:
        return rows.none()
    asked = form.cleaned_data
    zone = ZoneInfo(here.time_zone)
    if asked["patient"]:
        named = Patient.objects.in_clinic(here).named(asked["patient"])
        wanted = {"patients__overlap": list(named.values_list("pk", flat=True))} if lists else {"patient__in": named}
        rows = rows.filter(**wanted)
    if asked["person"]:
        rows = rows.filter(user=asked["person"])
    if asked["first_on"]:
        rows = rows.filter(at__gte=dt.datetime.combine(asked["first_on"], dt.time(), tzinfo=zone))
    if asked["last_on"]:
        after = asked["last_on"] + dt.timedelta(days=1)
        rows = rows.filter(at__lt=dt.datetime.combine(after, dt.time(), tzinfo=zone))
    return rows


def _named_in(rows: Iterable[AccessLog | ListLook]) -> list[UUID]:
    """Whose names the page shows; a list that somebody saw is shown by its number alone."""
    return [row.patient_id for row in rows if isinstance(row, AccessLog)]


def _line(row: AccessLog | ListLook) -> dict[str, Any]:
    if isinstance(row, ListLook):
        many = ngettext("a list with %(n)d patient", "a list with %(n)d patients", len(row.patients))
        words = {"patient": many % {"n": len(row.patients)}, "page": list_in_words(row.route), "why": ""}
        return {"at": row.at, "who": row.user.full_name, **words}
    return {
        "at": row.at,
        "who": row.user.full_name,
        "patient": row.patient.full_name,
        "page": page_in_words(row.route),
        "why": row.purpose,
    }
