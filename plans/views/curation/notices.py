"""What clinicians hear of the library, change by change. A plan with an exercise that is unsafe now is an item of the
inbox (plans.views.clinician.items_library). Which notices are one's own follows from the patients.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Count, Exists, F, Min, OuterRef, Q, QuerySet, Window
from django.db.models.functions import RowNumber
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts.models import CareAssignment, Patient, User
from accounts.policy import Actor, clinical
from accounts.together import Part, one_of_many
from exercises.models import Caution, LibraryChange
from plans.actions import library
from plans.models import LibraryNotice
from plans.views import doors
from plans.views.asked import uuid_or_404
from plans.views.clinician.people import age_of, patients_of, safe_next
from plans.wording import in_a_row, in_sentence

MOST_CHANGES = 50
NAMED = 12


@dataclass(frozen=True)
class Said:
    """A change of the library as one line: what, and whom it concerns. `more` counts the patients not named."""

    title: str
    text: str
    age: str
    patients: Sequence[Patient]
    more: int
    change: LibraryChange


@dataclass(frozen=True)
class Notices:
    """What changed, a line each. `scope` is "mine" or "clinic"."""

    changes: Sequence[Said]
    scope: str


def changes(me: Actor, at: datetime, *, mine: bool) -> Part:
    """Asks, together with others, for the changes not seen yet that rule nothing out, in plans of one's own patients or
    of all.
    """
    assert me.clinic is not None
    return _changes(mine, MOST_CHANGES, user=me.user, at=at, clinic=me.clinic.pk)


def open_notices(told_of: Sequence[tuple[UUID, int, datetime]], me: Actor, at: datetime, *, mine: bool) -> Notices:
    """The rows of `changes` as a page shows them. At most one query."""
    counted = {change: n for change, n, _first in told_of}
    by_change: dict[UUID, list[LibraryNotice]] = {change: [] for change in counted}
    if counted:
        # Numbered in the database, so that a change with ten thousand plans reads no more than one with twelve.
        place = Window(RowNumber(), partition_by="change_id", order_by=["plan__patient__name_key", "pk"])
        rows = still_news(patients_of(me, at, mine=mine))
        numbered = rows.filter(grave=False, change__in=counted).annotate(place=place)
        for row in _shown(numbered.filter(Q(("place__lte", NAMED)))).order_by("change_id", F("place")):
            by_change[row.change_id].append(row)
    told = [_together(group, counted[change], at) for change, group in by_change.items() if group]
    return Notices(told, "mine" if mine else "clinic")


@one_of_many
def _changes(mine: bool, most: int, *, user: User, at: datetime, clinic: UUID) -> QuerySet[Any, Any]:
    """Changes, how many plans each concerns, and since when; the latest first."""
    patients = Patient.objects.visible_to(user, at).filter(clinic=clinic)
    if mine:
        patients = patients.filter(pk__in=CareAssignment.objects.falling_to(user, at).values("patient"))
    changes = still_news(patients).filter(grave=False).values_list("change_id")
    return changes.annotate(n=Count("pk"), first=Min("raised_at")).order_by("-first", "change_id")[:most]


@clinical
@require_POST
def seen(request: HttpRequest) -> HttpResponse:
    """Mark as seen: one `notice`, or all that are not grave of a `change`, in the `scope` that was shown."""
    me, at = doors.actor(request), timezone.now()
    rows: QuerySet[LibraryNotice] = LibraryNotice.objects.none()
    if "change" in request.POST:
        mine = request.POST.get("scope") == "mine"
        rows = still_news(patients_of(me, at, mine=mine)).filter(
            grave=False, change_id=uuid_or_404(request.POST.get("change"))
        )
    else:
        rows = still_news(patients_of(me, at, mine=False)).filter(pk=uuid_or_404(request.POST.get("notice")))
    found = list(rows)
    if not found:
        raise Http404
    count = library.mark_seen(notices=found, by=me.user, at=at)
    messages.success(request, ngettext("%(n)d notice seen.", "%(n)d notices seen.", count) % {"n": count})
    return redirect(safe_next(request, reverse("inbox")))


def still_news(patients: QuerySet[Patient]) -> QuerySet[LibraryNotice]:
    """Open notices of these patients; what was retired and is back again is no news."""
    back = LibraryChange.objects.filter(
        exercise=OuterRef("change__exercise"), kind=LibraryChange.Kind.RESTORED, at__gte=OuterRef("change__at")
    )
    rows = LibraryNotice.objects.open().filter(plan__patient__in=patients.values("pk"))
    return rows.exclude(Q(change__kind=LibraryChange.Kind.RETIRED) & Exists(back))


def _shown(rows: QuerySet[LibraryNotice]) -> QuerySet[LibraryNotice]:
    return rows.select_related("plan__patient", "change__exercise")


def grave_texts(rows: Sequence[LibraryNotice]) -> dict[UUID, str]:
    """By notice, what an exercise is newly not for and why, in words."""
    if not rows:
        return {}
    slugs = {slug for row in rows for slug in row.detail["conditions"]}
    cautions = Caution.objects.filter(version_id__in={row.change.version_id for row in rows}, condition_id__in=slugs)
    known = {(c.version_id, c.condition_id): c for c in cautions.select_related("condition", "version")}
    return {row.pk: _grave(row, known) for row in rows}


def _grave(row: LibraryNotice, known: dict[tuple[UUID, str], Caution]) -> str:
    version_id = row.change.version_id
    assert version_id is not None  # a change of cautions names its version
    cautions = [known[version_id, slug] for slug in row.detail["conditions"]]
    return _("%(exercise)s is now marked as not for people with %(condition)s. %(why)s") % {
        "exercise": row.detail["exercise"],
        "condition": in_a_row([in_sentence(caution.condition.said) for caution in cautions]),
        "why": " ".join(caution.said for caution in cautions),
    }


def _together(rows: Sequence[LibraryNotice], count: int, at: datetime) -> Said:
    first = rows[0]
    name = {"exercise": first.detail["exercise"]}
    if first.change.kind == LibraryChange.Kind.RETIRED:
        title = _("%(exercise)s is retired") % name
        text = _("No longer offered: %(why)s Nothing has left a plan.") % {
            "why": _sentence(first.change.exercise.retired_reason)
        }
    else:
        title = _("%(exercise)s has a new or changed caution") % name
        text = _("No patient here has a condition that it newly rules out.")
    patients = [row.plan.patient for row in rows]
    return Said(title, text, age_of(first.raised_at, at), patients, count - len(patients), first.change)


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."
