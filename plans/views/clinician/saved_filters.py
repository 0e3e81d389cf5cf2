"""Filters that a clinician keeps under a name: beside the caseload and the inbox, saved and removed there."""

from collections.abc import Sequence
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import User
from accounts.policy import clinical
from accounts.routes import route
from accounts.together import one_of_many
from plans.actions import saved_filters as actions
from plans.actions.refusals import Refused
from plans.models import SavedFilter
from plans.views import doors
from plans.views.clinician import caseload_asked, inbox_asked

Place = SavedFilter.Place
READ = {
    Place.CASELOAD: lambda query: caseload_asked.asked(query).query,
    Place.INBOX: lambda query: inbox_asked.asked(query).query,
}
"""How a list reads an address, and what of it is worth keeping."""


@clinical
@require_POST
def save(request: HttpRequest) -> HttpResponse:
    """Keep the filter that the list shows now, under a name."""
    place = request.POST.get("place", "")
    if place not in Place.values:
        messages.error(request, _("This filter could not be saved. Open the list again."))
        return redirect("inbox")
    query = READ[Place(place)](QueryDict(request.POST.get("query", "")[:1000]))
    try:
        kept = actions.save(place=place, name=request.POST.get("name", ""), query=query, by=doors.user(request))
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("Filter “%(name)s” saved.") % {"name": kept.name})
    return redirect(_address(place, query))


@clinical
@require_POST
def remove(request: HttpRequest, saved_filter_id: UUID) -> HttpResponse:
    saved = doors.saved_filter(request, saved_filter_id)
    actions.remove(saved=saved)
    messages.success(request, _("Filter “%(name)s” removed.") % {"name": saved.name})
    return redirect(_address(saved.place, ""))


@one_of_many
def kept(place: str, *, user: User) -> QuerySet[SavedFilter, tuple[UUID, str, str]]:
    """Those for a list: their key, name and address. Asked together with what else the list shows."""
    return SavedFilter.objects.visible_to(user).filter(place=place).values_list("pk", "name", "query")


def shown(rows: Sequence[tuple[UUID, str, str]], place: str, query: str) -> list[dict[str, object]]:
    """What the list shows of them: key, name, address, and whether it is the filter of now."""
    return [{"pk": pk, "name": name, "url": _address(place, its), "on": its == query} for pk, name, its in rows]


def _address(place: str, query: str) -> str:
    return f"{route(place)}?{query}" if query else route(place)
