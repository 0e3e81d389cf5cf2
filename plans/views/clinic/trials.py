"""Rule replay: what would these numbers have flagged on our own past? Asked for, watched, and read."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Patient
from accounts.policy import lead
from plans import bars
from plans.actions import trials, tuning
from plans.actions.refusals import Refused
from plans.forms.thresholds import TrialForm
from plans.models import RuleTrial
from plans.schedule import local_date
from plans.thresholds import numbers_of
from plans.views import doors
from plans.views.clinic.frame import clinic_of, frame
from plans.views.clinic.thresholds import address_of
from plans.wording_thresholds import rule_about, rule_name, values_in_words
from plans.wording_trials import ended_in_words, in_sentences, table

RECENT = 10
SHOWN = 50
LANE_WIDTHS = ((560, "pp-chart-wide"), (318, "pp-chart-narrow"))
KINDS = ("new", "gone", "both")


@lead
@require_http_methods(["GET", "HEAD", "POST"])
def clinic_trials(request: HttpRequest) -> HttpResponse:
    """Choose a rule (`?rule=`), numbers and a period; POST begins the replay."""
    at, here = timezone.now(), clinic_of(request)
    today = local_date(at, here.time_zone)
    asked = request.GET.get("rule", "")
    rule = asked if asked in tuning.rules_with_numbers() else "R3"
    form = TrialForm(
        request.POST if request.method == "POST" else None,
        rule=rule, values=trials.numbers_of_today(here, rule, today), today=today,
    )  # fmt: skip
    if form.is_valid():
        period = {name: form.cleaned_data[name] for name in ("first_on", "last_on")}
        try:
            trial = trials.start(
                clinic=here, rule=rule, values=form.values, **period, by=doors.user(request), at=at,
                clock=timezone.now,
            )  # fmt: skip
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            return redirect("rule_trial", trial.pk)
    recent = RuleTrial.objects.visible_to(doors.user(request), at).filter(clinic=here).select_related("by")
    context = {
        **frame(request, "clinic_trials"),
        "form": form,
        "rule": {"rule": rule, "name": rule_name(rule), "about": rule_about(rule)},
        "rules": [(each, rule_name(each), each == rule) for each in tuning.rules_with_numbers()],
        "recent": [(trial, rule_name(trial.rule), _tried(trial)) for trial in recent.defer("result")[:RECENT]],
    }
    return render(request, "plans/clinic/trials.html", context, status=422 if form.errors else 200)


@lead
@require_safe
def rule_trial(request: HttpRequest, trial_id: UUID) -> HttpResponse:
    """How far a replay is, and then what it found. While it runs the page asks again by itself."""
    trial = doors.rule_trial(request, trial_id)
    context: dict[str, Any] = {**frame(request, "clinic_trials"), "trial": trial, "name": rule_name(trial.rule)}
    context["tried"] = _tried(trial)
    fragment = request.htmx and not request.htmx.history_restore_request  # type: ignore[attr-defined]
    if trial.finished_at is None:
        return render(request, f"plans/clinic/{'_trial_progress' if fragment else 'trial_progress'}.html", context)
    if fragment:
        return HttpResponse(headers={"HX-Refresh": "true"})
    if trial.state == RuleTrial.State.DONE:
        context |= _found(request, trial)
    return render(request, "plans/clinic/trial.html", context)


@lead
@require_POST
def rule_trial_cancel(request: HttpRequest, trial_id: UUID) -> HttpResponse:
    trial = doors.rule_trial(request, trial_id)
    try:
        trials.cancel(trial=trial, by=doors.user(request), at=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("rule_trial", trial.pk)
    messages.success(request, _("Replay given up. Nothing was changed."))
    return redirect("clinic_trials")


def _tried(trial: RuleTrial) -> str:
    """The numbers tried in words: those that differ from the defaults, or that they are the defaults."""
    defaults = {number.name: number.default for number in numbers_of(trial.rule)}
    return values_in_words(trial.rule, _floats(trial.values), only=defaults) or _("The defaults")


def _floats(values: dict[str, Any]) -> dict[str, float]:
    return {name: float(value) for name, value in values.items()}


def _found(request: HttpRequest, trial: RuleTrial) -> dict[str, Any]:
    result = trial.result
    counts = result["counts"]
    kind = request.GET.get("kind", "")
    kind = kind if kind in KINDS else next((each for each in KINDS if counts[each]), "both")
    chosen = [row for row in result["rows"] if row["kind"] == kind]
    today = local_date(timezone.now(), trial.clinic.time_zone)
    now_values, tried_values = _floats(result["now_values"]), _floats(trial.values)
    return {
        "sentences": in_sentences(counts),
        "difference": _difference(trial.rule, now_values, tried_values),
        "counts": counts,
        "table": table(counts),
        "lanes": _lanes(trial),
        "tabs_of_kinds": [
            {"url": f"?kind={each}#who", "label": label, "count": counts[each], "current": each == kind}
            for each, label in (
                ("new", _("Only with these numbers")),
                ("gone", _("No longer raised")),
                ("both", _("Both")),
            )
        ],
        "people": _people(request, trial, chosen[:SHOWN]),
        "not_shown": max(counts[kind] - min(len(chosen), SHOWN), 0),
        "use_url": address_of(trial.rule, trial, today + timedelta(days=1)),
        "use_on": today + timedelta(days=1),
        "same": now_values == tried_values,
    }


def _difference(rule: str, now: dict[str, float], tried: dict[str, float]) -> tuple[str, str]:
    """The numbers that differ, in words: those of today, those tried."""
    return values_in_words(rule, now, only=tried), values_in_words(rule, tried, only=now)


def _people(request: HttpRequest, trial: RuleTrial, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows with the patients whom this person may see now, and how the real flag ended."""
    wanted = {row["patient"] for row in rows}
    seen = Patient.objects.visible_to(doors.user(request)).filter(clinic=trial.clinic, pk__in=wanted)
    patients = {str(patient.pk): patient for patient in seen.prefetch_related("sites")}
    told = []
    for row in rows:
        patient = patients.get(row["patient"])
        if patient is None:
            continue
        site = next((s for s in patient.sites.all() if str(s.pk) == row["site"]), None)
        told.append(
            {
                "patient": patient,
                "site": site.name if site and not site.is_main else "",
                "on": date.fromisoformat(row["tried_on"] or row["now_on"]),
                "was_on": date.fromisoformat(row["now_on"]) if row["now_on"] and row["tried_on"] else None,
                "severity": row["tried_severity"] or row["now_severity"],
                "ended": ended_in_words(row),
            }
        )
    doors.list_shown(request, [row["patient"].pk for row in told])
    return told


def _lanes(trial: RuleTrial) -> dict[str, Any]:
    """Two lanes of dots by week: the numbers of today above, those tried below."""
    weeks: dict[str, dict[str, int]] = trial.result["weeks"]
    monday = trial.first_on - timedelta(days=trial.first_on.weekday())
    days = (trial.last_on - monday).days // 7 + 1
    names = [(monday + timedelta(weeks=n)).isoformat() for n in range(days)]
    empty = {"both": 0, "new": 0, "gone": 0}
    found = [weeks.get(name, empty) for name in names]
    now = [["c-done"] * week["both"] + ["c-gone"] * week["gone"] for week in found]
    tried = [["c-done"] * week["both"] + ["c-new"] * week["new"] for week in found]
    pictures = []
    for width, css in LANE_WIDTHS:
        pictures.append(
            {
                "css": css,
                "width": width,
                "now": bars.lane(now, width=width, base_y=84),
                "tried": bars.lane(tried, width=width, base_y=178),
                "radius": 6 if width / max(days, 1) >= 14 else 3,
            }
        )
    mondays = [monday + timedelta(weeks=n) for n in range(days)]
    return {"pictures": pictures, "weeks": list(zip(mondays, found, strict=True))}
