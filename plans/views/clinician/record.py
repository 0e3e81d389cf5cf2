"""The patient page: the person, what was flagged, the pain of the last weeks, the plan, and what happened."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models import CareAssignment, Patient
from accounts.policy import clinical
from plans import safety, wording_flags
from plans.actions import patients
from plans.forms.clinician import ScreeningForm
from plans.lines import line_of
from plans.models import (
    BodySite,
    Flag,
    PainScore,
    PainWatch,
    Plan,
    PlanVersion,
    Reevaluation,
    Screening,
    Session,
)
from plans.models.quota import dosed_for
from plans.schedule import local_date
from plans.views import doors
from plans.views.clinician import adherence, history, pain_days, record_chart
from plans.views.clinician.exercises import recent_pains
from plans.views.clinician.people import about, near_day
from plans.wording import dose_in_words

NOTES_SHOWN = 5
FLAGS_SHOWN = 6
PAINFUL = 6  # from here on an exercise's mean pain is shown as a warning


@clinical
@require_safe
def record(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Everything about one patient. `?site=` chooses the place that hurts, `?weeks=` how far back."""
    patient = doors.patient_record(request, patient_id)
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
    at = timezone.now()
    today = local_date(at, patient.time_zone)
    sites = list(patient.sites.all())
    site = _site(request, sites)
    flags = _flags(patient)
    watch = PainWatch.objects.filter(pk=patient.pk).first()
    level = pain_days.level(watch, site.pk) if site else None
    plan = Plan.objects.of(patient).current().select_related("active_version").first()
    draft = PlanVersion.objects.filter(plan__patient=patient, state=PlanVersion.State.DRAFT).first()
    spans = adherence.spans_of([patient])[patient.pk]
    chart_weeks = record_chart.weeks_asked(request.GET.get("weeks"))
    first = today - timedelta(weeks=chart_weeks) + timedelta(days=1)
    done = adherence.done_days([patient], min(first, today - timedelta(days=34)))[patient.pk]
    shown = record_chart.record_chart(patient, site, level, flags, plan, spans, first, today) if site else None
    due = Reevaluation.objects.open().filter(plan=plan).first() if plan else None
    open_flags = [flag for flag in flags if flag.is_open]
    page: dict[str, Any] = {
        "patient": patient,
        "about": about(patient, today, all_sites=True),
        "responsible": CareAssignment.objects.open(at)
        .filter(patient=patient, kind=CareAssignment.Kind.RESPONSIBLE)
        .select_related("clinician")
        .first(),
        "site": site,
        "site_tabs": [
            {"url": f"?site={each.pk}", "label": each.name, "count": None, "current": each == site} for each in sites
        ],
        "level": level,
        "nearly_full": level is not None and level.usual is not None and level.usual >= 9,
        "open_flags": [_said(flag) for flag in open_flags],
        "flags": [_said(flag) for flag in sorted(flags, key=lambda f: f.raised_at, reverse=True)[:FLAGS_SHOWN]],
        "reevaluation": due,
        "strip": _strip(patient, level, shown.days if shown else [], spans, done, due, today),
        "shown": shown,
        "weeks_links": record_chart.weeks_links(chart_weeks, site if len(sites) > 1 else None),
        "plan": plan,
        "draft": draft,
        **_plan_summary(patient, plan, at),
        "session_weeks": adherence.weeks(spans, done, today) if spans else [],
        "monday": today - timedelta(days=today.weekday()),
        "notes": _notes(patient, first),
        "screening": Screening.objects.of(patient).select_related("done_by").first(),
        "screening_form": form or ScreeningForm(today=today),
        "today": today,
        "events": history.lines(patient),
        "looks": history.looks(patient),
        "nav": "caseload",
    }
    return render(request, "plans/clinician/patient.html", page)


def _site(request: HttpRequest, sites: list[BodySite]) -> BodySite | None:
    wanted = request.GET.get("site")
    if not wanted:
        return sites[0] if sites else None
    found = next((site for site in sites if str(site.pk) == wanted), None)
    if found is None:
        raise Http404
    return found


def _flags(patient: Patient) -> list[Flag]:
    """All flags of the patient, the gravest first."""
    rows = Flag.objects.of(patient).select_related("site", "acknowledged_by", "resolved_by")
    return list(rows.gravest_first())


def _said(flag: Flag) -> dict[str, Any]:
    return {
        "flag": flag,
        "sentence": wording_flags.marked_sentence(flag),
        "since_then": wording_flags.since_then(flag),
        "state": wording_flags.state_in_words(flag),
    }


def _strip(
    patient: Patient,
    level: pain_days.Level | None,
    days: pain_days.Days,
    spans: list[adherence.Span],
    done: set[date],
    due: Reevaluation | None,
    today: date,
) -> list[tuple[str, str, str]]:
    """The numbers at the top: last week's pain, sessions, last log, next re-evaluation."""
    strip = []
    week = pain_days.mean_between(days, today - timedelta(days=6), today)
    usual = _("usual %(n)s") % {"n": wording_flags.points(level.usual)} if level and level.usual is not None else ""
    strip.append((_("Pain, last 7 days"), wording_flags.points(week) if week is not None else _("No log"), usual))
    four_weeks = adherence.count(spans, done, today - timedelta(days=27), today)
    if four_weeks.planned:
        said = _("%(done)d of %(planned)d") % {"done": four_weeks.done, "planned": four_weeks.planned}
        strip.append((_("Sessions, 4 weeks"), said, f"{four_weeks.percent} %"))
    last = PainScore.objects.of(patient).current().answered().values_list("local_date", "occurred_at").first()
    if last:
        local = last[1].astimezone(timezone.get_current_timezone())
        strip.append((_("Last log"), near_day(last[0], today), f"{local:%H:%M}"))
    else:
        strip.append((_("Last log"), _("None yet"), ""))
    if due:
        forward = _("brought forward") if due.why == Reevaluation.Why.FLAG else ""
        strip.append((_("Re-evaluation"), near_day(due.due_on, today), forward))
    return strip


def _plan_summary(patient: Patient, plan: Plan | None, at: datetime) -> dict[str, Any]:
    """The exercises of the active version with the pain on each, and the size of the plan."""
    version = plan.active_version if plan else None
    if version is None or version.activated_at is None:
        return {"items": []}
    pains = recent_pains(patient, version)
    asked = version.prescriptions.in_order().select_related("exercise_version")
    prescriptions = dosed_for(asked, local_date(at, patient.time_zone))
    sums = safety.totals([line_of(prescription) for prescription in prescriptions])
    return {
        "items": [
            {
                "name": prescription.exercise_version.name,
                "position": prescription.exercise_version.position,
                "dose": dose_in_words(prescription),
                "pain": round(sum(known) / len(known)) if (known := pains.get(prescription.pk)) else None,
                "painful": known is not None and sum(known) / len(known) >= PAINFUL,
            }
            for prescription in prescriptions
        ],
        "any_pain": bool(pains),
        "totals": sums,
        "minutes": round(sums.session_minutes),
        "plan_since": local_date(version.activated_at, patient.time_zone),
    }


def _notes(patient: Patient, first: date) -> list[dict[str, Any]]:
    """What the patient wrote, with a session or a score; the newest first."""
    found: list[tuple[date, str, str]] = []
    sessions = Session.objects.of(patient).exclude(note="").filter(local_date__gte=first)
    for day, note in sessions.values_list("local_date", "note")[:NOTES_SHOWN]:
        found.append((day, note, _("After a session.")))
    scores = PainScore.objects.of(patient).current().exclude(note="").filter(local_date__gte=first)
    for day, note, value in scores.values_list("local_date", "note", "value")[:NOTES_SHOWN]:
        pain = _("Pain %(n)s.") % {"n": wording_flags.points(float(value))} if value is not None else ""
        found.append((day, note, pain))
    found.sort(key=lambda entry: entry[0], reverse=True)
    return [{"day": day, "text": text, "about": said} for day, text, said in found[:NOTES_SHOWN]]
