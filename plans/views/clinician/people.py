"""Whom a clinician's list is about, and how a person is named in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet
from django.db.models.functions import JSONObject
from django.http import HttpRequest
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from accounts.compiled import piece
from accounts.models import CareAssignment, Patient, User
from accounts.policy import Actor
from accounts.way_back import way_back
from plans.models import BodySite
from plans.wording import in_sentence
from plans.wording_flags import short_day
from plans.wording_numbers import in_pattern


def patients_of(me: Actor, at: datetime, *, mine: bool) -> QuerySet[Patient]:
    """The patients of the clinic worked in whom this person may see; with `mine`, those in their own care, or in that
    of a colleague for whom they stand in today.
    """
    found = Patient.objects.visible_to(me.user, at).filter(clinic=me.clinic)
    if mine:
        found = found.filter(pk__in=CareAssignment.objects.falling_to(me.user, at).values("patient"))
    return found


@piece
def seen(*, user: User, at: datetime, clinic: UUID) -> QuerySet[Patient, tuple[UUID]]:
    """The keys of the patients of a clinic whom this person may see, as a part of a longer question."""
    return Patient.objects.visible_to(user, at).filter(clinic=clinic).order_by().values_list("pk")


@piece
def only(*, patient: UUID) -> QuerySet[Patient, tuple[UUID]]:
    """The key of one patient, who came through a door."""
    return Patient.objects.filter(pk=patient).order_by().values_list("pk")


@dataclass(frozen=True)
class Place:
    """A place that hurts, as lists need it."""

    pk: UUID
    name: str


def with_places(patients: QuerySet[Patient]) -> QuerySet[Patient]:
    """The patients with what `places` and `about` read, in the same query."""
    sites = BodySite.objects.filter(patient=OuterRef("pk")).order_by("-is_main", "position")
    return patients.annotate(place_rows=ArraySubquery(sites.values(row=JSONObject(pk="pk", name="name"))))


def places(patient: Patient) -> list[Place]:
    """Where it hurts, the main place first; from `with_places`, else from the (prefetched) sites."""
    rows: list[dict[str, str]] | None = getattr(patient, "place_rows", None)
    if rows is None:
        return [Place(site.pk, site.name) for site in patient.sites.all()]
    return [Place(UUID(row["pk"]), row["name"]) for row in rows]


def main_site(patient: Patient) -> BodySite | None:
    """The main place that hurts; reads the prefetched sites."""
    sites = list(patient.sites.all())
    return sites[0] if sites else None


def about(patient: Patient, today: date, *, all_sites: bool = False) -> str:
    """ "61, lower back": age and where it hurts."""
    names = [place.name for place in places(patient)]
    return about_in_words(patient.age_on(today), names if all_sites else names[:1])


def about_in_words(age: int, names: Sequence[str]) -> str:
    """The same from plain values."""
    return ", ".join([str(age), *map(in_sentence, names)])


def age_of(moment: datetime, at: datetime) -> str:
    """How long something has been waiting: "2 h", "1 day", "12 days"."""
    waited = at - moment
    if waited < timedelta(minutes=1):
        return _("now")
    if waited < timedelta(hours=1):
        return _("%(n)d min") % {"n": int(waited.total_seconds() // 60)}
    if waited < timedelta(days=1):
        return _("%(n)d h") % {"n": int(waited.total_seconds() // 3600)}
    return ngettext("%(n)d day", "%(n)d days", waited.days) % {"n": waited.days}


def near_day(day: date, today: date, *, inside: bool = False) -> str:
    """A day as people say it: "Today", "Yesterday", "Tomorrow", "Fri 20 Nov", "3 Dec"; `inside` a sentence: "today"."""
    distance = (day - today).days
    if distance == 0:
        return _("today") if inside else _("Today")
    if distance == -1:
        return _("yesterday") if inside else _("Yesterday")
    if distance == 1:
        return _("tomorrow") if inside else _("Tomorrow")
    if abs(distance) < 7:
        # Translators: a near date with its weekday, see the date filter of Django
        return in_pattern(day, _("D j M"), get_language())
    return short_day(day)


def safe_next(request: HttpRequest, otherwise: str) -> str:
    """Where the person came from, if it is a page of ours: an address from the root, never the name of a view."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    return way_back(request, target, otherwise)
