"""The caseload: every patient of the clinic in one table, searched, filtered, sorted, in a fixed number of queries."""

from typing import cast

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from accounts.models import Clinic
from accounts.policy import clinical
from accounts.routes import route
from accounts.together import together
from plans.models import SavedFilter
from plans.schedule import local_date
from plans.views import doors
from plans.views.asked import uuid_of
from plans.views.clinician import adherence, saved_filters
from plans.views.clinician.caseload_asked import Search, asked, chips, heads
from plans.views.clinician.caseload_page import Caseload
from plans.views.clinician.caseload_read import Read
from plans.views.clinician.caseload_rows import rows
from plans.views.clinician.first_steps import first_steps
from plans.views.clinician.inbox_rows import Shape
from plans.views.clinician.panel import patient_panel
from plans.views.clinician.saved_filters import kept

PAGE_SIZE = 25
FEW = 2


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
    patients = Caseload(me.user, cast(Clinic, me.clinic).pk, at, what, today)
    counts = patients.counts()
    pages: Paginator[Read] = Paginator(patients, PAGE_SIZE)  # type: ignore[arg-type]  # it asks for a len and a slice
    page = pages.get_page(request.GET.get("page"))
    read = list(page.object_list)
    listed = [patient.pk for patient in read]
    look = doors.list_beside(request, listed)
    spans, saved = together(
        adherence.asked_and_rested(patients=listed), kept(SavedFilter.Place.CASELOAD, user=me.user), added=look
    )
    doors.list_shown(request, listed, look)
    here = f"{route('caseload')}{what.address}{f'&page={page.number}' if page.number > 1 else ''}"
    patient_id = uuid_of(request.GET.get("patient"))
    opened = f"{here}&patient={patient_id}" if patient_id else here
    panel = patient_panel(doors.patient_record(request, patient_id), at, here=opened) if patient_id else None
    context = {
        "rows": rows(read, spans, at, here, patient_id),
        "page": page,
        "q": what.words,
        "asked": what,
        "search": Search(what.words, Shape(what.sort)),
        "chips": chips(what, counts),
        "heads": heads(what),
        "lede": _lede(counts),
        "nobody": not counts["all"] and not counts["discharged"],
        "first_steps": first_steps(me, at) if counts["all"] <= FEW and not counts["discharged"] else [],
        "place": SavedFilter.Place.CASELOAD,
        "saved": saved_filters.shown(saved, SavedFilter.Place.CASELOAD, what.query),
        "panel": panel,
        "here": opened,
        "close_url": here,
        "flag_url": f"{route('inbox')}?tab=clinic",
    }
    return render(request, "plans/clinician/caseload.html", context)


def _lede(counts: dict[str, int]) -> str:
    said = ngettext("%(n)d patient in care.", "%(n)d patients in care.", counts["all"]) % {"n": counts["all"]}
    with_flag = ngettext("%(n)d has an open flag.", "%(n)d have an open flag.", counts["flag"]) % {"n": counts["flag"]}
    return f"{said} {with_flag}" if counts["flag"] else said
