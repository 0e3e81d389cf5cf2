"""What clinicians hear of the library: a plan with an exercise that is unsafe now stands high; the rest, by change,
below. Which notices are one's own follows from the patients: those in one's care, or the whole clinic's.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
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

from accounts.models import Patient
from accounts.policy import Actor, clinical
from exercises.models import Caution, LibraryChange
from plans.actions import library
from plans.models import LibraryNotice
from plans.views import doors
from plans.views.clinician.people import age_of, patients_of, safe_next
from plans.wording import in_a_row, in_sentence

MOST_GRAVE = 100
MOST_CHANGES = 50
NAMED = 12


@dataclass(frozen=True)
class Said:
    """One line of the inbox: what changed, whom it concerns. `more` counts the patients who are not named."""

    title: str
    text: str
    age: str
    patients: Sequence[Patient]
    more: int
    change: LibraryChange
    notice_id: UUID | None = None


@dataclass(frozen=True)
class Notices:
    """`grave`: one line a patient; `others`: one line a change. `scope` is "mine" or "clinic"."""

    grave: Sequence[Said]
    others: Sequence[Said]
    scope: str


def open_notices(me: Actor, at: datetime, *, mine: bool) -> Notices:
    """What has not been seen yet, of one's own patients or of the whole clinic's. At most five queries."""
    rows = _open(patients_of(me, at, mine=mine))
    grave = list(_shown(rows).filter(grave=True).order_by("raised_at", "pk")[:MOST_GRAVE])
    changes = rows.filter(grave=False).values_list("change_id").annotate(n=Count("pk"), first=Min("raised_at"))
    counted = {change: n for change, n, _first in changes.order_by("-first", "change_id")[:MOST_CHANGES]}
    by_change: dict[UUID, list[LibraryNotice]] = {change: [] for change in counted}
    if counted:
        # Numbered in the database, so that a change with ten thousand plans reads no more than one with twelve.
        place = Window(RowNumber(), partition_by="change_id", order_by=["plan__patient__name_key", "pk"])
        numbered = rows.filter(grave=False, change__in=counted).annotate(place=place)
        for row in _shown(numbered.filter(Q(("place__lte", NAMED)))).order_by("change_id", F("place")):
            by_change[row.change_id].append(row)
    others = [_together(group, counted[change], at) for change, group in by_change.items() if group]
    return Notices(_grave_lines(grave, at), others, "mine" if mine else "clinic")


@clinical
@require_POST
def seen(request: HttpRequest) -> HttpResponse:
    """Mark as seen: one `notice`, or all that are not grave of a `change`, in the `scope` that was shown."""
    me, at = doors.actor(request), timezone.now()
    rows: QuerySet[LibraryNotice] = LibraryNotice.objects.none()
    if "change" in request.POST:
        mine = request.POST.get("scope") == "mine"
        rows = _open(patients_of(me, at, mine=mine)).filter(grave=False, change_id=_uuid(request, "change"))
    else:
        rows = _open(patients_of(me, at, mine=False)).filter(pk=_uuid(request, "notice"))
    found = list(rows)
    if not found:
        raise Http404
    count = library.mark_seen(notices=found, by=me.user, at=at)
    messages.success(request, ngettext("%(n)d notice seen.", "%(n)d notices seen.", count) % {"n": count})
    return redirect(safe_next(request, reverse("inbox")))


def _open(patients: QuerySet[Patient]) -> QuerySet[LibraryNotice]:
    """Open notices of these patients; what was retired and is back again is no news."""
    back = LibraryChange.objects.filter(
        exercise=OuterRef("change__exercise"), kind=LibraryChange.Kind.RESTORED, at__gte=OuterRef("change__at")
    )
    rows = LibraryNotice.objects.open().filter(plan__patient__in=patients.values("pk"))
    rows = rows.exclude(Q(change__kind=LibraryChange.Kind.RETIRED) & Exists(back))
    return rows


def _shown(rows: QuerySet[LibraryNotice]) -> QuerySet[LibraryNotice]:
    return rows.select_related("plan__patient", "change__exercise")


def _grave_lines(rows: Sequence[LibraryNotice], at: datetime) -> list[Said]:
    if not rows:
        return []
    slugs = {slug for row in rows for slug in row.detail["conditions"]}
    cautions = Caution.objects.filter(version_id__in={row.change.version_id for row in rows}, condition_id__in=slugs)
    known = {(c.version_id, c.condition_id): c for c in cautions.select_related("condition")}
    return [_grave(row, known, at) for row in rows]


def _grave(row: LibraryNotice, known: dict[tuple[UUID, str], Caution], at: datetime) -> Said:
    version_id = row.change.version_id
    assert version_id is not None  # a change of cautions names its version
    cautions = [known[version_id, slug] for slug in row.detail["conditions"]]
    text = _("%(exercise)s is now marked as not for people with %(condition)s. %(why)s") % {
        "exercise": row.detail["exercise"],
        "condition": in_a_row([in_sentence(caution.condition.name) for caution in cautions]),
        "why": " ".join(caution.reason for caution in cautions),
    }
    patient = row.plan.patient
    return Said(patient.full_name, text, age_of(row.raised_at, at), [patient], 0, row.change, row.pk)


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


def _uuid(request: HttpRequest, name: str) -> UUID:
    try:
        return UUID(request.POST.get(name, ""))
    except ValueError:
        raise Http404 from None
