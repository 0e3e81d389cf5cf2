"""Two versions of a plan side by side, whichever two, and the list of all of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.policy import clinical
from plans.models import PlanVersion, Prescription
from plans.views import doors
from plans.views.builder.difference import differences
from plans.wording import days_in_words, dose_in_words, minutes_in_words


@dataclass(frozen=True)
class Cell:
    """One thing said about an exercise in a version; `differs` from the other version."""

    name: str
    text: str
    differs: bool


@dataclass(frozen=True)
class Pair:
    """One exercise in both versions. `kind`: new, gone, changed, same. A side is None where it is not in."""

    name: str
    kind: str
    before: list[Cell] | None
    after: list[Cell] | None


@clinical
@require_safe
def compare(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """`?from=` and `?to=` are version numbers; without them the newest and the one before it."""
    plan = doors.plan(request, plan_id)
    versions = list(plan.versions.select_related("activated_by").order_by("-number"))
    before, after = _chosen(request, versions)
    old, new = _rows(before), _rows(after)
    page = {
        "plan": plan,
        "patient": plan.patient,
        "versions": versions,
        "before": before,
        "after": after,
        "pairs": pairs(old, new),
        "differences": differences(old, new) if before and after and before != after else [],
        "nav": "caseload",
    }
    return render(request, "plans/builder/compare.html", page)


def pairs(before: Sequence[Prescription], after: Sequence[Prescription]) -> list[Pair]:
    """Every exercise of either version: in the order of the later one, then those that went."""
    old = {row.exercise_version.exercise_id: row for row in before}
    new = {row.exercise_version.exercise_id: row for row in after}
    found = []
    for key, row in new.items():
        mine, theirs = _cells(row), _cells(old[key]) if key in old else None
        if theirs is None:
            found.append(Pair(row.exercise_version.said.name, "new", None, _marked(mine, {})))
            continue
        kind = "same" if mine == theirs else "changed"
        found.append(Pair(row.exercise_version.said.name, kind, _marked(theirs, mine), _marked(mine, theirs)))
    gone = [row for key, row in old.items() if key not in new]
    found += [Pair(row.exercise_version.said.name, "gone", _marked(_cells(row), {}), None) for row in gone]
    return found


def _marked(mine: dict[str, str], other: dict[str, str]) -> list[Cell]:
    return [Cell(name, text, bool(other) and other[name] != text) for name, text in mine.items() if text]


def _cells(row: Prescription) -> dict[str, str]:
    """What is said about an exercise, by name; empty where nothing is."""
    rest = row.rest_seconds
    return {
        _("Section"): str(row.get_section_display()),
        _("Dose"): dose_in_words(row),
        _("Days"): days_in_words(row.weekdays, row.times_a_week),
        _("Effort"): "" if row.effort is None else _("%(n)d of 10") % {"n": row.effort},
        _("Rest"): "" if rest is None else _("%(n)d s") % {"n": rest} if rest < 60 else minutes_in_words(rest / 60),
        _("Note"): row.note,
        _("How much pain is all right"): row.pain_guidance,
        _("In spite of a warning"): row.override_reason,
        _("Version of the exercise"): str(row.exercise_version.number),
    }


def _chosen(request: HttpRequest, versions: Sequence[PlanVersion]) -> tuple[PlanVersion | None, PlanVersion | None]:
    by_number = {str(version.number): version for version in versions}
    asked = [request.GET.get("from"), request.GET.get("to")]
    if any(number and number not in by_number for number in asked):
        raise Http404
    newest = versions[0] if versions else None
    after = by_number[asked[1]] if asked[1] else newest
    if asked[0]:
        return by_number[asked[0]], after
    earlier = [v for v in versions if after and v.number < after.number]
    return (earlier[0] if earlier else after), after


def _rows(version: PlanVersion | None) -> list[Prescription]:
    return list(version.prescriptions.in_order().select_related("exercise_version")) if version else []
