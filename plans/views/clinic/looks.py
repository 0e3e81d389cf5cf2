"""Who looked at whom: the lead searches the access log, prints it, and takes it along as a file."""

import datetime as dt
from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

from defusedcsv import csv as defused
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.models import AccessLog, Clinic, Patient
from accounts.policy import lead
from accounts.reauth import confirmed_lately
from plans.forms.privacy import LooksForm
from plans.schedule import local_date
from plans.views.clinic.frame import clinic_of, frame
from plans.wording_looks import page_in_words

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
    count = rows.count()
    context = {
        "lines": [_line(row) for row in rows[:ON_PAPER]],
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
    rows = _found(here, _asked(request, here)).iterator(chunk_size=1000)
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


def _found(here: Clinic, form: LooksForm) -> QuerySet[AccessLog]:
    """What fits the valid fields; a wrong date finds nothing rather than everything."""
    rows = AccessLog.objects.filter(patient__clinic=here).select_related("user", "patient").order_by("-at", "-id")
    if form.errors:
        return rows.none()
    asked = form.cleaned_data
    zone = ZoneInfo(here.time_zone)
    if asked["patient"]:
        rows = rows.filter(patient__in=Patient.objects.in_clinic(here).named(asked["patient"]))
    if asked["person"]:
        rows = rows.filter(user=asked["person"])
    if asked["first_on"]:
        rows = rows.filter(at__gte=dt.datetime.combine(asked["first_on"], dt.time(), tzinfo=zone))
    if asked["last_on"]:
        after = asked["last_on"] + dt.timedelta(days=1)
        rows = rows.filter(at__lt=dt.datetime.combine(after, dt.time(), tzinfo=zone))
    return rows


def _line(row: AccessLog) -> dict[str, Any]:
    return {
        "at": row.at,
        "who": row.user.full_name,
        "patient": row.patient.full_name,
        "page": page_in_words(row.route),
        "why": row.purpose,
    }
