"""What changes by itself on a page that is left open: the counts, how far the rules have looked, "2 new: show"."""

from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_safe

from accounts.activity import no_activity
from accounts.policy import clinical
from plans.views import doors
from plans.views.clinician.inbox import address, tabs
from plans.views.clinician.waiting import first_tab, waiting
from plans.views.clinician.waiting_number import Frame, in_frame
from plans.views.clinician.waiting_sql import LISTS

LONGEST = timedelta(days=2)


@clinical
@require_safe
@no_activity
def inbox_live(request: HttpRequest) -> HttpResponse:
    """Fragments for htmx, to be put in their places. `?tab=&since=&mark=` say which list was read when and how it was;
    `?evaluated=1` asks for the line about the rules.
    """
    at = timezone.now()
    me = doors.actor(request)
    tab = request.GET.get("tab", "")
    with_evaluated = request.GET.get("evaluated") == "1"
    context: dict[str, Any]
    if tab not in LISTS:
        frame = in_frame(me, at, watch=with_evaluated) if me.clinic else Frame(0)
        context = {"inbox_count": frame.number, "watch": frame.watch, "tabs": []}
    else:
        lists = waiting(me, at, tab, after=_moment(request.GET.get("since", ""), at))
        counts = lists.counts()
        context = {
            "inbox_count": counts[first_tab(me)],
            "watch": lists.watch,
            "tabs": tabs(tab, counts),
            "fresh": lists.arrived(tab),
            "changed": lists.mark != request.GET.get("mark"),
            "show_url": address(tab, 1),
        }
    context["with_evaluated"] = with_evaluated
    return render(request, "plans/clinician/_live.html", context)


def _moment(words: str, at: datetime) -> datetime:
    """The time from an address; an odd one is read as now."""
    try:
        found = parse_datetime(words)
    except ValueError:
        return at
    if found is None or timezone.is_naive(found) or not at - LONGEST < found <= at:
        return at
    return found
