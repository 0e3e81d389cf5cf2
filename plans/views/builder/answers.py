"""How a change answers: back to the page, or with the parts of it that htmx puts in place; or with a conflict."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from accounts.routes import address_of
from plans.forms.builder import DaysForm, DoseForm
from plans.forms.builder_growth import GrowthForm, TestForm
from plans.models import PlanVersion
from plans.views.builder import draft as drafts
from plans.views.builder import pieces
from plans.views.builder import shelf as shelves
from plans.views.builder.draft_known import Known
from plans.views.doors import user

NOT_SENT_AGAIN = {"csrfmiddlewaretoken", "lock"}


@dataclass(frozen=True)
class Attempt:
    """What somebody tried, in words: a title and the values they chose. `again` offers it on the plan as it is now."""

    title: str
    lines: Sequence[str] = ()
    again: bool = True


def wants_part(request: HttpRequest) -> bool:
    """htmx asks for a part of the page; going back in the history wants the whole."""
    return bool(request.htmx) and not request.htmx.history_restore_request  # type: ignore[attr-defined]


def shelf_query(request: HttpRequest) -> QueryDict:
    """Search and filters of the page that the request came from: htmx names it, a plain form carries it."""
    if request.htmx and request.method == "POST":  # type: ignore[attr-defined]
        return QueryDict(urlsplit(request.htmx.current_url or "").query)  # type: ignore[attr-defined]
    return request.GET


def context(
    request: HttpRequest,
    version: PlanVersion,
    at: datetime,
    *,
    bound: drafts.Bound = None,
    days: DaysForm | None = None,
    focus: UUID | None = None,
    grown: UUID | None = None,
    known: Known | None = None,
    only: UUID | None = None,
) -> dict[str, Any]:
    """Everything the builder's page and its parts show. `bound` and `days` are forms that could not be saved;
    `focus` and `grown` the exercises that get the focus, and whose growth stands open. With `only` nothing is read
    of the library: then the other exercises and the shelf are not drawn. `known` are exercises read before.
    """
    patient = version.plan.patient
    draft = drafts.read(version, at, bound, known=known, only=only)
    here = {row.prescription.exercise_version.exercise_id for row in draft.rows}
    query = shelf_query(request)
    shelf = shelves.read(version, query, user(request), at, here=here) if only is None else None
    sent = pieces.sent(request, shelf.query if shelf else shelves.kept(query), version.lock)
    record, fix = address_of("patient", patient.pk), draft.fix
    return {
        "draft": draft,
        "version": version,
        "patient": patient,
        "shelf": shelf,
        "checks": pieces.checks(draft.checks, record),
        "fix": fix and pieces.fix(sent, reverse("builder_dose", args=[version.pk, fix.prescription_id]), fix),
        "totals": pieces.totals(
            draft.totals, draft.last_totals, draft.last_name, drafts.guidance(draft), jumps=draft.jumps
        ),
        "foot": pieces.Foot(
            activate=address_of("plan_activate", version.pk) if draft.rows else "",
            patient=record,
            person=patient.first_name,
            number=str(version.number),
            last_name=draft.last_name,
        ),
        "undo": pieces.undo(
            sent, address_of("builder_undo", version.pk), draft.last_change if version.is_draft else ""
        ),
        "days": pieces.days(
            sent, address_of("builder_days", version.pk), draft.days, differ=draft.days_differ, refused=days
        ),
        "started": drafts.saved_words(version),
        "saved": pieces.saved(version.lock, version.saved_at),
        "focus": focus,
        "grown": grown,
        "nav": "caseload",
    }


def searched(request: HttpRequest, version: PlanVersion, at: datetime) -> HttpResponse:
    """While somebody types a search: the exercises found, and the address that keeps the search."""
    shelf = shelves.read(version, request.GET, user(request), at)
    shown = {"shelf": shelf, "version": version, "patient": version.plan.patient}
    answer = render(request, "plans/builder/_shelf_found.html", shown)
    answer["HX-Push-Url"] = f"{request.path}?{shelf.query}"
    return answer


def whole(
    request: HttpRequest,
    version: PlanVersion,
    at: datetime,
    focus: UUID | None = None,
    grown: UUID | None = None,
) -> HttpResponse:
    """After a change of the plan's shape: the whole builder again."""
    version.refresh_from_db(fields=["lock", "saved_at", "state"])
    if not wants_part(request):
        return redirect(_address(request, version, focus))
    answer = render(request, "plans/builder/_columns.html", context(request, version, at, focus=focus, grown=grown))
    return aimed(request, answer, "#builder", "innerHTML")


def part(
    request: HttpRequest, version: PlanVersion, at: datetime, changed: UUID, known: Known | None = None
) -> HttpResponse:
    """After a change of amounts or days: checks, totals, what is said about the exercise. Inputs are not touched.

    `known` are the exercises as they are after the change, where the caller has them at hand.
    """
    if not wants_part(request):
        return redirect(_address(request, version, changed))
    shown = context(request, version, at, known=known, only=changed)
    beside = {name: pieces.apart(shown[name]) for name in ("saved", "days", "undo")}
    # Without the request: nothing of the page's frame is in it, and its forms bring their token along.
    row = shown["draft"].row(changed)
    return HttpResponse(render_to_string("plans/builder/_changed.html", shown | beside | {"row": row}))


def refused_dose(
    request: HttpRequest, version: PlanVersion, at: datetime, form: DoseForm | TestForm | GrowthForm
) -> HttpResponse:
    """A dose, a test or a growth that cannot be: the same form with its inputs and what is allowed."""
    shown = context(request, version, at, bound=form)
    if not wants_part(request):
        return render(request, "plans/builder/builder.html", shown, status=422)
    row = shown["draft"].row(form.prescription.pk)
    answer = render(request, "plans/builder/_row.html", shown | {"row": row}, status=422)
    return aimed(request, answer, f"#ex-{form.prescription.pk}", "outerHTML")


def refused_days(request: HttpRequest, version: PlanVersion, at: datetime, form: DaysForm) -> HttpResponse:
    shown = context(request, version, at, days=form)
    if not wants_part(request):
        return render(request, "plans/builder/builder.html", shown, status=422)
    return aimed(
        request, render(request, "plans/builder/_days.html", {"line": shown["days"]}, status=422), "#days", "outerHTML"
    )


def conflict(request: HttpRequest, version: PlanVersion, at: datetime, attempt: Attempt) -> HttpResponse:
    """409: the plan as it is now beside what was tried. Nothing was overwritten, nothing that was typed is lost."""
    version.refresh_from_db()
    shown = {
        "draft": drafts.read(version, at),
        "version": version,
        "patient": version.plan.patient,
        "attempt": attempt,
        "again": attempt.again and version.is_draft,
        "sent": sent_again(request),
        "action": request.get_full_path(),
        "saved": version.saved_at.astimezone(ZoneInfo(version.plan.patient.clinic.time_zone)),
        "nav": "caseload",
    }
    if not wants_part(request):
        return render(request, "plans/builder/conflict.html", shown, status=409)
    return aimed(request, render(request, "plans/builder/_conflict.html", shown, status=409), "#builder", "innerHTML")


def sent_again(request: HttpRequest) -> list[tuple[str, str]]:
    """What a form sent, to be sent once more on the newest state."""
    sent = [(name, str(value)) for name in request.POST for value in request.POST.getlist(name)]
    return [pair for pair in sent if pair[0] not in NOT_SENT_AGAIN]


def aimed(request: HttpRequest, answer: HttpResponse, target: str, swap: str) -> HttpResponse:
    """Tell htmx where the answer goes, if the form had another place in mind."""
    if f"#{request.htmx.target}" != target:  # type: ignore[attr-defined]
        answer["HX-Retarget"], answer["HX-Reswap"] = target, swap
    return answer


def now() -> datetime:
    return timezone.now()


def _address(request: HttpRequest, version: PlanVersion, focus: UUID | None) -> str:
    query = shelves.kept(request.GET)
    anchor = f"#ex-{focus}" if focus else ""
    return reverse("plan_builder", args=[version.pk]) + (f"?{query}" if query else "") + anchor
