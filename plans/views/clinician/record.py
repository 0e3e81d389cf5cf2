"""The patient page: the person, what was flagged, the pain of the last weeks, the plan, and what happened."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Patient
from accounts.policy import clinical
from plans import wording_flags
from plans.actions import patients
from plans.forms.clinician import ScreeningForm
from plans.models import Flag, PainWatch, Plan
from plans.schedule import local_date
from plans.views import doors
from plans.views.asked import uuid_of
from plans.views.clinician import (
    adherence,
    history,
    items,
    pain_days,
    record_changes,
    record_chart,
    record_checkins,
    record_lines,
    record_person,
    record_rows,
    record_top,
)
from plans.views.clinician.items_steps import STEPS
from plans.views.clinician.people import Place, only
from plans.views.clinician.record_asked import asked
from plans.views.clinician.record_read import FlagOfRecord

NOTES_SHOWN = 4
WRITTEN_SHOWN = 5
FLAGS_SHOWN = 6
VERSIONS_SHOWN = 5


@clinical
@require_safe
def record(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Everything about one patient. `?site=` chooses the place that hurts, `?period=` (4w, 3m, 1y, all) the time."""
    patient = doors.patient_record(request, patient_id, "watch")
    return _page(request, patient, None)


@clinical
@require_POST
def screening_add(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Record that readiness for exercise was checked."""
    at = timezone.now()
    patient = doors.patient_record(request, patient_id)
    form = ScreeningForm(request.POST, today=local_date(at, patient.time_zone))
    if not form.is_valid():
        return _page(request, patient, form)
    patients.record_screening(patient=patient, **form.cleaned_data, by=doors.user(request), at=at)
    messages.success(request, _("Readiness screening recorded."))
    return redirect("patient", patient.pk)


def _page(request: HttpRequest, patient: Patient, form: ScreeningForm | None) -> HttpResponse:
    at, me = timezone.now(), doors.user(request)
    today = local_date(at, patient.time_zone)
    period = record_chart.period_asked(request.GET.get("period"))
    first = record_chart.first_day(patient, period, today)
    chosen = _chosen(request)
    found = asked(patient=patient, user=me, at=at, site=chosen, first=first, today=today)
    facts, flags, rows, notes, sessions = found.facts, found.flags, found.rows, found.notes, found.sessions
    since = record_changes.last_look(found.own_looks, at)
    sites = facts.places
    site = _site(chosen, sites)
    watch: PainWatch | None = getattr(patient, "watch", None)
    level = pain_days.level(watch, site.pk) if site else None
    plan = rows.plan
    done = record_rows.done_days(sessions)
    shown = None
    if site:
        shown = record_chart.record_chart(
            patient=patient,
            site=site,
            level=level,
            days=found.days,
            flags=flags,
            versions=rows.versions,
            spans=rows.spans,
            sessions=sessions,
            pauses=rows.pauses,
            notes=notes,
            first=first,
            today=today,
        )
    open_flags = [flag for flag in flags if flag.is_open]
    answered = record_checkins.checkins(found.answers, first, today)
    summary = record_top.plan_summary(patient, plan, found.summary)
    page: dict[str, Any] = {
        "patient": patient,
        "lede": record_person.lede(patient, me.pk, facts, sites, today),
        "about": record_person.about(patient, facts),
        "discharged": patient.status == Patient.Status.DISCHARGED,
        "site": site,
        "site_tabs": [
            {
                "url": f"?{urlencode({'site': str(each.pk), 'period': period})}",
                "label": each.name,
                "count": None,
                "current": each == site,
            }
            for each in sites
        ],
        "level": level,
        "nearly_full": level is not None and level.usual is not None and level.usual >= 9,
        "open_flags": [_said(flag) for flag in open_flags],
        "flags": record_lines.raised(sorted(flags, key=lambda f: f.raised_at, reverse=True)[:FLAGS_SHOWN]),
        "reevaluation": facts.due,
        "strip": record_top.strip(level, shown.days if shown else [], rows, done, facts, answered, today),
        "shown": shown,
        "periods": record_chart.periods(),
        "period": period,
        "site_kept": site.pk if site and len(sites) > 1 else None,
        "plan": plan,
        "pause": rows.open_pause,
        "draft": rows.draft,
        "draft_name": str(rows.draft or ""),
        "flagged": bool(open_flags),
        "plan_is_active": plan is not None and plan.status == Plan.Status.ACTIVE,
        "versions": record_person.versions(sorted(rows.versions, key=lambda row: -row.number)[:VERSIONS_SHOWN]),
        **summary,
        "in_short": record_person.in_short(plan, summary) if plan else None,
        "session_weeks": _weeks(rows, done, today),
        "checkins": answered,
        "changes": record_changes.changes(patient, me, since, flags),
        "unread": facts.unread,
        "written": _written(patient, sessions, found.said, first),
        "notes": notes[:NOTES_SHOWN],
        "more_notes": len(notes) > NOTES_SHOWN,
        "steps": _steps(patient, at, today) if facts.steps_wait else [],
        "has_left": facts.has_left,
        "invitation": facts.invitation,
        "now": at,
        "screening": record_person.screened(facts.screening, today),
        "screening_form": form,
        "today": today,
        "events": record_lines.events(history.lines(found.events)),
        "looks": record_lines.looks(history.looks(found.opened)),
        "nav": "caseload",
    }
    return render(request, "plans/clinician/patient.html", page)


def _steps(patient: Patient, at: datetime, today: date) -> list[items.Item]:
    """Quota steps that wait for approval."""
    found = items.find([STEPS], only(patient=patient.pk), today)
    return list(items.show([STEPS], found, items.View(at, today)).values())


def _weeks(rows: record_rows.PlanRows, done: set[date], today: date) -> list[record_lines.Week]:
    if not rows.spans:
        return []
    monday = today - timedelta(days=today.weekday())
    return record_lines.weeks(adherence.weeks(rows.spans, done, today), monday)


def _chosen(request: HttpRequest) -> UUID | None:
    """The place that the address names; whether it is one of the patient's is seen when these are known."""
    wanted = request.GET.get("site")
    if not wanted:
        return None
    if (chosen := uuid_of(wanted)) is None:
        raise Http404
    return chosen


def _site(chosen: UUID | None, sites: list[Place]) -> Place | None:
    """The place that was chosen, else the first."""
    if chosen is None:
        return sites[0] if sites else None
    found = next((site for site in sites if site.pk == chosen), None)
    if found is None:
        raise Http404
    return found


def _said(flag: FlagOfRecord) -> dict[str, Any]:
    return {
        "flag": flag,
        "unseen": flag.state == Flag.State.OPEN,
        "sentence": wording_flags.marked_sentence(flag),
        "since_then": wording_flags.since_then(flag),
    }


def _written(
    patient: Patient, sessions: Sequence[record_rows.Logged], scores: Sequence[Any], first: date
) -> list[record_lines.Written]:
    """What was said with a session or a score; the newest first, with who logged it when not the patient."""
    found = [
        (row.day, row.note, _logged_by(row.by) or _("After a session."))
        for row in sessions
        if row.note and row.day >= first
    ][:WRITTEN_SHOWN]
    said_once = set()
    for day, note, value, by, name in scores:
        if (day, note) in said_once:
            continue  # told once for several places
        said_once.add((day, note))
        pain = _("Pain %(n)s.") % {"n": wording_flags.points(float(value))} if value is not None else ""
        logged = "" if by == patient.user_id else _logged_by(name)
        found.append((day, note, f"{pain} {logged}".strip()))
    found.sort(key=lambda entry: entry[0], reverse=True)
    return [record_lines.written(*entry) for entry in found[:WRITTEN_SHOWN]]


def _logged_by(name: str) -> str:
    return _("Logged by %(who)s.") % {"who": name} if name else ""
