"""Leave: who is away and who stands in. A clinician writes down their own, a lead anybody's."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import Absence
from accounts.policy import clinical
from plans.actions import absences
from plans.actions.refusals import Refused
from plans.forms.clinic import LeaveForm
from plans.schedule import local_date
from plans.views import doors
from plans.views.clinic.frame import clinic_of, frame, is_lead
from plans.wording_flags import short_day


@clinical
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: HttpRequest) -> HttpResponse:
    """Who is away. POST writes leave down; what should be known first is shown once before."""
    at, here, me = timezone.now(), clinic_of(request), doors.user(request)
    today = local_date(at, here.time_zone)
    people = absences.staff(here, at)
    posted = request.POST if request.method == "POST" else None
    form = LeaveForm(posted, people=people, mine=None if is_lead(request) else me, today=today)
    told: list[str] = []
    if form.is_valid():
        given = {name: form.cleaned_data[name] for name in ("clinician", "stand_in", "from_on", "until_on")}
        told = _in_words(absences.warnings(clinic=here, **given, at=at), given)
        key = "|".join([*told, *(str(given[name]) for name in ("from_on", "until_on"))]) if told else ""
        if not told or form.cleaned_data["known"] == key:
            try:
                absences.write_down(clinic=here, **given, by=me, at=at)
            except Refused as refused:
                form.add_error(None, str(refused))
                told = []
            else:
                messages.success(request, _("Leave written down."))
                return redirect("clinic_leave")
    else:
        key = ""
    rows = Absence.objects.filter(clinic=here, until_on__gte=today, cancelled_at__isnull=True)
    context: dict[str, Any] = {
        **frame(request, "clinic_leave"),
        "form": form,
        "told": told,
        "known": key,
        "alone": not people.exclude(pk=me.pk).exists(),
        "rows": [
            {"absence": row, "now": row.from_on <= today, "may_cancel": is_lead(request) or row.clinician_id == me.pk}
            for row in rows.select_related("clinician", "stand_in")
        ],
    }
    return render(request, "plans/clinic/leave.html", context, status=422 if form.errors else 200)


@clinical
@require_POST
def leave_cancel(request: HttpRequest, absence_id: UUID) -> HttpResponse:
    """The person is there after all."""
    absence = doors.absence(request, absence_id)
    try:
        absences.cancel(absence=absence, by=doors.user(request), at=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("Leave cancelled."))
    return redirect("clinic_leave")


def _in_words(found: absences.Warnings, given: dict[str, Any]) -> list[str]:
    """What to know before this leave is written down, in sentences."""
    names = {"who": given["clinician"].full_name, "stand_in": given["stand_in"].full_name}
    told = []
    if found.open_flags:
        told.append(
            ngettext(
                "%(n)d patient of %(who)s has an open flag now. %(stand_in)s takes over what is still open then.",
                "%(n)d patients of %(who)s have an open flag now. %(stand_in)s takes over what is still open then.",
                found.open_flags,
            )
            % {**names, "n": found.open_flags}
        )
    for row in found.stand_in_away:
        days = {"first": short_day(row.from_on), "last": short_day(row.until_on), "third": row.stand_in.full_name}
        if row.stand_in_id == given["clinician"].pk:
            words = _("%(stand_in)s is away from %(first)s to %(last)s. In those days flags go to the clinic lead.")
        else:
            words = _("%(stand_in)s is away from %(first)s to %(last)s. In those days flags go on to %(third)s.")
        told.append(words % {**names, **days})
    for row in found.stands_in_for:
        words = _("%(who)s was to stand in for %(other)s from %(first)s to %(last)s.")
        days = {"first": short_day(row.from_on), "last": short_day(row.until_on)}
        told.append(words % {**names, **days, "other": row.clinician.full_name})
    return told
