"""The planned days in the patient's own calendar: a private address, and what stands behind it."""

from datetime import date, timedelta
from urllib.parse import urljoin

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from icalendar import Calendar, Event

from accounts.models import Patient
from accounts.policy import patient, public
from accounts.tokens import hash_of
from plans.actions import calendars
from plans.models import CalendarFeed, Plan
from plans.schedule import local_date
from plans.views import doors

DAYS_BACK, DAYS_AHEAD = 7, 56


@patient
@require_http_methods(["GET", "HEAD", "POST"])
def my_calendar(request: HttpRequest) -> HttpResponse:
    """Whether there is an address; POST makes a new one and shows it once."""
    me, at = doors.my_record(request), timezone.now()
    address = ""
    if request.method == "POST":
        token = calendars.make(patient=me, by=doors.user(request), at=at)
        path = reverse("calendar_feed", args=[token])
        address = urljoin(settings.PAINPLAN_URL.rstrip("/") + "/", path.lstrip("/"))
    page = {
        "nav": "plan",
        "address": address,
        "feed": CalendarFeed.objects.of(me).filter(revoked_at=None).first(),
        "any_day": bool(planned_days(me, local_date(at, me.time_zone))),
    }
    return render(request, "plans/patient/calendar.html", page)


@patient
@require_POST
def my_calendar_revoke(request: HttpRequest) -> HttpResponse:
    """Switch the address off."""
    calendars.revoke(patient=doors.my_record(request), by=doors.user(request), at=timezone.now())
    return redirect("my_calendar")


@public
@require_safe
def calendar_feed(request: HttpRequest, token: str) -> HttpResponse:
    """The planned days as iCalendar, for whoever holds the key: dates only, no exercise and no diagnosis."""
    me, at = calendars.patient_of(token), timezone.now()
    if me is None or me.user is None:
        raise Http404
    with translation.override(me.user.language):
        title = _("Your exercises")
    calendar = Calendar()
    calendar.add("prodid", "-//Painplan//Painplan//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", title)
    calendar.add("x-published-ttl", "PT12H")
    stem = hash_of(str(me.pk))[:24]
    for day in planned_days(me, local_date(at, me.time_zone)):
        event = Event()
        event.add("uid", f"{stem}-{day:%Y%m%d}@painplan")
        event.add("dtstamp", at)
        event.add("dtstart", day)
        event.add("dtend", day + timedelta(days=1))
        event.add("summary", title)
        event.add("class", "PRIVATE")
        event.add("transp", "TRANSPARENT")
        calendar.add_component(event)
    answer = HttpResponse(calendar.to_ical(), content_type="text/calendar; charset=utf-8")
    answer["Cache-Control"] = "private, max-age=3600"
    answer["Referrer-Policy"] = "no-referrer"
    answer["X-Robots-Tag"] = "noindex"
    return answer


def planned_days(me: Patient, today: date) -> list[date]:
    """The named days of the active plan, from a week ago (or its start) to eight weeks ahead; none while it rests."""
    plan = Plan.objects.of(me).active().select_related("active_version").first()
    if plan is None or plan.active_version is None or plan.active_version.activated_at is None:
        return []
    named = {day for days in plan.active_version.prescriptions.values_list("weekdays", flat=True) for day in days or ()}
    begun = local_date(plan.resumed_at or plan.active_version.activated_at, me.time_zone)
    first = max(today - timedelta(days=DAYS_BACK), begun)
    span = (today + timedelta(days=DAYS_AHEAD) - first).days
    return [day for n in range(span + 1) if (day := first + timedelta(days=n)).isoweekday() in named]
