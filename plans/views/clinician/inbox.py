"""The inbox: one row per patient with what is gravest, the rest of that patient behind it, and the lists beside it."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from accounts.models import Patient
from accounts.policy import clinical
from plans.models import Flag, Plan, Reevaluation, SavedFilter
from plans.views import doors
from plans.views.asked import uuid_of
from plans.views.clinician import deadline, inbox_rows, saved_filters
from plans.views.clinician.first_steps import first_steps
from plans.views.clinician.inbox_asked import Asked, asked, boxes
from plans.views.clinician.items import Level, View
from plans.views.clinician.items_reevaluations import why_in_words as why_in_words
from plans.views.clinician.panel import flag_panel, patient_panel
from plans.views.clinician.people import near_day, patients_of
from plans.views.clinician.saved_filters import kept
from plans.views.clinician.waiting import Cut, Waiting, first_tab, waiting
from plans.views.clinician.waiting_sql import LISTS
from plans.views.curation.notices import changes, open_notices

PAGE_SIZE = 25
MOST_PRINTED = 500
FAR = 10_000
"""Beyond any page."""


@clinical
@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """Who needs this clinician, in which order. `?flag=` or `?patient=` opens the panel beside the list."""
    at = timezone.now()
    me = doors.actor(request)
    what = asked(request.GET, first_tab(me))
    tab = what.tab
    named = request.GET.get("page")
    lists = waiting(me, at, *((tab, _cut(what, named)) if tab != "resolved" else ()))
    counts = lists.counts()
    if tab == "resolved":
        everything, pages = 0, Paginator(_past(patients_of(me, at, mine=False)), PAGE_SIZE)
    else:
        everything, pages = counts[tab], _Read(lists.entries, lists.chosen(tab, what.levels))
    page: Page[Any] = pages.get_page(named)
    here = what.address(page.number)
    flag_id, patient_id = uuid_of(request.GET.get("flag")), uuid_of(request.GET.get("patient"))
    opened = f"{here}&flag={flag_id}" if flag_id else f"{here}&patient={patient_id}" if patient_id else here
    panel = None
    if flag_id is not None:
        panel = flag_panel(doors.flag(request, flag_id), at, here=opened)
    elif patient_id is not None:
        panel = patient_panel(doors.patient_record(request, patient_id), at, here=opened)
    shown = panel["patient"].pk if panel else None
    entries = list(page) if tab != "resolved" else []
    listed = [row.patient_id if tab == "resolved" else row[0] for row in page]
    # Of a patient's items the first alone says its sentence.
    view = View(at, lists.today, here, told=[those[0].key for _patient, those in entries])
    shows_library = tab in ("mine", "clinic") and page.number == 1
    asks = [changes(me, at, mine=tab == "mine")] if shows_library else []
    look = doors.list_beside(request, listed, unless=asks[0] if asks else None)
    asks.append(kept(SavedFilter.Place.INBOX, user=me.user))
    groups, (*told_of, saved) = inbox_rows.groups(entries, view, shown, *asks, named=tab != "mine", added=look)
    library = open_notices(told_of[0], me, at, mine=tab == "mine") if told_of else None
    context: dict[str, Any] = {
        "tab": tab,
        "tabs": tabs(tab, counts),
        "page": page,
        "groups": groups,
        "deadline": deadline.in_words(groups[0], me, at) if groups and groups[0].level == "urgent" else "",
        "past": inbox_rows.past(list(page), view, flag_id) if tab == "resolved" else [],
        "library": library,
        "lede": _lede(tab, lists, counts),
        "close_url": here,
        "here": opened,
        "panel": panel,
        "asked": what,
        "boxes": boxes(what, lists.by_level(tab)) if tab != "resolved" else [],
        "left_out": everything - page.paginator.count if tab != "resolved" else 0,
        "all_url": address(tab, 1),
        "flag_url": here,
        "place": SavedFilter.Place.INBOX,
        "saved": saved_filters.shown(saved, SavedFilter.Place.INBOX, what.query),
        "inbox_count": counts[first_tab(me)],
        "watch": lists.watch,
        "live": {"tab": tab, "since": at.isoformat(), "mark": lists.mark} if tab != "resolved" else {},
    }
    told = [each.pk for said in (library.changes if library else []) for each in said.patients]
    doors.list_shown(request, [*listed, *told], look)
    if tab in ("mine", "clinic") and not everything:
        context["next_due"] = _next_due(patients_of(me, at, mine=tab == "mine"), lists)
        context["first_steps"] = first_steps(me, at)
    return render(request, "plans/clinician/inbox.html", context)


@clinical
@require_safe
def inbox_print(request: HttpRequest) -> HttpResponse:
    """A whole list on paper: everything of every patient, with room to tick off."""
    at = timezone.now()
    me = doors.actor(request)
    named = request.GET.get("tab", "")
    tab = named if named in LISTS else first_tab(me)
    lists = waiting(me, at, tab, Cut(size=MOST_PRINTED))
    view = View(at, lists.today)
    doors.list_shown(request, [patient_id for patient_id, _found in lists.entries])
    context = {
        "tab": tab,
        "title": _words()[tab],
        "groups": inbox_rows.groups(lists.entries, view, None, named=True)[0],
        "left_out": max(lists.count(tab) - MOST_PRINTED, 0),
        "watch": lists.watch,
        "at": at,
        "back": address(tab, 1),
    }
    return render(request, "plans/clinician/inbox_print.html", context)


class _Read(Paginator):  # type: ignore[type-arg]
    """Pages of a list of which one was read: the one that is shown."""

    def __init__(self, shown: Sequence[Any], total: int) -> None:
        super().__init__(shown, PAGE_SIZE)
        self.total = total

    @property
    def count(self) -> int:  # type: ignore[override]
        return self.total

    def page(self, number: int | str) -> Page[Any]:
        return Page(self.object_list, self.validate_number(number), self)


def _cut(what: Asked, page: str | None) -> Cut:
    """What is read of a list. As Paginator.get_page does it, what is no number is the first page, and one that there
    cannot be the last.
    """
    try:
        number = int(page or "")
    except ValueError:
        number = 1
    return Cut(number - 1 if 1 <= number < FAR else FAR, PAGE_SIZE, what.levels, what.newest)


def address(tab: str, page: int) -> str:
    """The address of a list."""
    return Asked(tab).address(page)


def tabs(tab: str, counts: Mapping[str, int]) -> list[dict[str, Any]]:
    """The lists as tabs, with their counts."""
    return [
        {
            "url": address(name, 1),
            "label": label,
            "count": counts.get(name),
            "current": name == tab,
            "id": f"tab-{name}",
        }
        for name, label in _words().items()
    ]


def _words() -> dict[str, str]:
    return {"mine": _("Mine"), "clinic": _("Whole clinic"), "asleep": _("Asleep"), "resolved": _("Resolved")}


def _past(patients: QuerySet[Patient]) -> QuerySet[Flag]:
    """Flags that nobody has to look at any more, the latest first."""
    theirs = Flag.objects.filter(patient__in=patients.values("pk"))
    return (
        theirs.exclude(state__in=[Flag.State.OPEN, Flag.State.ACKNOWLEDGED])
        .select_related("patient", "site", "acknowledged_by", "resolved_by")
        .prefetch_related("patient__sites")
        .order_by(Coalesce("resolved_at", "ended_at").desc(nulls_last=True), "id")
    )


def _next_due(patients: QuerySet[Patient], lists: Waiting) -> str:
    """ "Next re-evaluation: Owen Hughes, Mon 23 Nov", for a list with nothing in it."""
    rows = Reevaluation.objects.open().filter(patient__in=patients.values("pk"))
    rows = rows.filter(plan__status__in=[Plan.Status.ACTIVE, Plan.Status.PAUSED])
    row = rows.select_related("plan__patient").order_by("due_on", "id").first()
    if row is None:
        return ""
    told = {"name": row.plan.patient.full_name, "day": near_day(row.due_on, lists.today, inside=True)}
    return _("The next re-evaluation is due %(day)s: %(name)s.") % told


def _lede(tab: str, lists: Waiting, counts: Mapping[str, int]) -> str:
    if tab == "resolved":
        return _("Flags that are dealt with, the latest first.")
    if tab == "asleep":
        return _("They wake on their day, or when something new is found.")
    said = [_how_many(lists, tab)]
    has = lists.by_level(tab)
    unread = has[Level.MESSAGE]
    if unread:
        words = ngettext("%(n)d person wrote.", "%(n)d people wrote.", unread)
        said.append(words % {"n": unread})
    due = has[Level.DUE]
    if due:
        words = ngettext(
            "%(n)d re-evaluation is due within a week.", "%(n)d re-evaluations are due within a week.", due
        )
        said.append(words % {"n": due})
    return " ".join(said)


def _how_many(lists: Waiting, tab: str) -> str:
    urgent = lists.by_level(tab)[Level.URGENT]
    if urgent:
        return ngettext("%(n)d person needs you now.", "%(n)d people need you now.", urgent) % {"n": urgent}
    flagged = lists.flagged(tab)
    if flagged:
        words = ngettext("%(n)d person has an open flag.", "%(n)d people have an open flag.", flagged)
        return words % {"n": flagged}
    return _("No open flags.")
