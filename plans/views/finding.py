"""Going somewhere by name: the command palette (Ctrl K), and the same list as a page for those without scripts."""

from dataclasses import dataclass
from typing import cast

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.models import Patient, User
from accounts.policy import Actor, staff
from exercises.models import Exercise
from exercises.search import in_order, search
from exercises.search_filters import Wanted
from plans.schedule import local_date
from plans.views import doors
from plans.views.clinician.people import about, patients_of

LONGEST = 100
MOST_OF_A_KIND = 6


@dataclass(frozen=True)
class Hit:
    """One place to go to: `text` says more about it, `words` are further words that it is found by."""

    name: str
    url: str
    icon: str
    text: str = ""
    words: str = ""


@dataclass(frozen=True)
class Group:
    title: str
    hits: list[Hit]


@staff
@require_safe
def find(request: HttpRequest) -> HttpResponse:
    """What `?q=` leads to among the patients, the library and the pages of this person; without words, the pages."""
    words = request.GET.get("q", "").replace("\x00", "")[:LONGEST].strip()
    me = doors.actor(request)
    groups = [
        Group(_("Patients"), _patients(request, me, words) if words and me.is_clinical else []),
        Group(_("Exercises"), _exercises(doors.user(request), words) if words else []),
        Group(_("Pages"), [hit for hit in _pages(me) if _has(hit, words)]),
    ]
    context = {"q": words, "groups": [group for group in groups if group.hits]}
    wants_list = request.htmx and not request.htmx.history_restore_request  # type: ignore[attr-defined]
    return render(request, "plans/_findings.html" if wants_list else "plans/find.html", context)


def _patients(request: HttpRequest, me: Actor, words: str) -> list[Hit]:
    at = timezone.now()
    today = local_date(at, me.clinic.time_zone) if me.clinic else at.date()
    found = cast("QuerySet[Patient]", patients_of(me, at, mine=False).named(words))  # type: ignore[attr-defined]
    rows = list(found.prefetch_related("sites").order_by("name_key", "pk")[:MOST_OF_A_KIND])
    doors.list_shown(request, [row.pk for row in rows])
    return [Hit(row.full_name, reverse("patient", args=[row.pk]), "person", about(row, today)) for row in rows]


def _exercises(user: User, words: str) -> list[Hit]:
    mine = Exercise.objects.visible_to(user, timezone.now()).prescribable()
    rows = in_order(search(mine, Wanted(words=words)).found[:MOST_OF_A_KIND])
    return [
        Hit(row.current_version.said.name, reverse("exercise", args=[row.pk]), "journal-text")
        for row in rows
        if row.current_version
    ]


def _has(hit: Hit, words: str) -> bool:
    text = f"{hit.name} {hit.words}".casefold()
    return all(word in text for word in words.casefold().split())


def _pages(me: Actor) -> list[Hit]:
    """The pages without an id that this person works with."""
    pages: list[Hit] = []
    if me.is_clinical:
        pages += [
            Hit(_("Inbox"), reverse("inbox"), "inbox", words=_("flags urgent messages waiting")),
            Hit(_("Caseload"), reverse("caseload"), "people", words=_("patients list")),
            Hit(_("Add a patient"), reverse("patient_add"), "plus-lg", words=_("new invite")),
            Hit(_("Re-evaluations"), reverse("reevaluations"), "calendar-check", words=_("due review")),
            Hit(_("Plan templates"), reverse("templates"), "copy"),
        ]
    pages.append(Hit(_("Exercise library"), reverse("library"), "journal-text", words=_("search exercises")))
    if me.is_curator:
        pages += [
            Hit(_("Curation"), reverse("library_review"), "clipboard-check", words=_("review queue drafts")),
            Hit(_("New exercise"), reverse("exercise_new"), "plus-lg", words=_("write draft")),
            Hit(_("Import exercises"), reverse("import_start"), "upload", words=_("file csv")),
            Hit(_("Duplicates in the library"), reverse("duplicates"), "copy", words=_("merge same twice")),
            Hit(_("How the library is used"), reverse("library_statistics"), "bar-chart", words=_("statistics")),
        ]
    if me.role == "lead":
        pages += [
            Hit(_("Clinic settings"), reverse("clinic"), "sliders", words=_("hours holidays emergency words")),
            Hit(_("Who works here"), reverse("clinic_staff"), "people", words=_("staff invite colleague role")),
            Hit(_("Thresholds of the rules"), reverse("clinic_thresholds"), "flag", words=_("flags limits")),
            Hit(_("How the rules do"), reverse("clinic_rules"), "bar-chart", words=_("statistics flags useful")),
            Hit(_("Try a rule on the past"), reverse("clinic_trials"), "clock-history", words=_("replay trial")),
        ]
    if me.is_clinical:
        pages.append(Hit(_("Hours and leave"), reverse("clinic_leave"), "calendar-week", words=_("stand-in absence")))
    if me.user.is_superuser:
        pages.append(Hit(_("Operation"), reverse("operator"), "activity", words=_("jobs health")))
    return pages
