"""When Painplan speaks up: the numbers of the rules for the clinic, and for one patient apart."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import Patient
from accounts.policy import clinical, lead
from plans.actions import tuning
from plans.actions.facts import settings_of
from plans.actions.refusals import Refused
from plans.forms.thresholds import ThresholdForm
from plans.models import Flag, RuleTrial, Threshold
from plans.schedule import local_date
from plans.thresholds import ON, Setting, Thresholds, numbers_of
from plans.views import doors
from plans.views.clinic.frame import clinic_of, frame
from plans.wording_thresholds import number_name, number_value, rule_about, rule_name, values_in_words

HISTORY_SHOWN = 40


@lead
@require_http_methods(["GET", "HEAD", "POST"])
def clinic_thresholds(request: HttpRequest) -> HttpResponse:
    """All rules with the clinic's numbers; `?rule=` opens the form of one, `?trial=` fills it from a replay."""
    at, here = timezone.now(), clinic_of(request)
    today = local_date(at, here.time_zone)
    rule = _rule(request)
    settings = tuning.clinic_settings(here)
    trial = _trial(request, rule)
    shown = dict(Thresholds(settings).of(rule, today)) if rule else {}
    form = None
    if rule:
        tried = {name: float(value) for name, value in trial.values.items() if name in shown} if trial else {}
        form = ThresholdForm(
            request.POST if request.method == "POST" else None,
            rule=rule, values=shown | tried, today=today, back="back" in request.POST,
        )  # fmt: skip
        starts = parse_date(request.GET.get("day", "")) if _is_date(request.GET.get("day", "")) else None
        form.initial["effective_on"] = max(starts, today) if starts else today
        if form.is_valid():
            given = {"clinic": here, "rule": rule, **_given(request, form), "by": doors.user(request), "at": at}
            if _changed(request, form, lambda: tuning.tune_clinic(**given)):
                return redirect("clinic_thresholds")
    context = {
        **frame(request, "clinic_thresholds"),
        "rows": _rows(settings, today, for_patient=False, useful=_useful(request, at)),
        "locked": [(rule_name("R0"), rule_about("R0"))],
        "form": form,
        "rule": _about(rule, settings, today, for_patient=False) if rule else None,
        "from_trial": trial,
        "history": _history(Threshold.objects.filter(clinic=here)),
    }
    return render(request, "plans/clinic/thresholds.html", context, status=422 if form and form.errors else 200)


@clinical
@require_http_methods(["GET", "HEAD", "POST"])
def patient_thresholds(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """The numbers of one patient, who may be set apart from the clinic with a reason."""
    at, patient = timezone.now(), doors.patient_record(request, patient_id)
    today = local_date(at, patient.time_zone)
    rule = _rule(request)
    settings = settings_of(patient)
    form = None
    if rule:
        form = ThresholdForm(
            request.POST if request.method == "POST" else None,
            rule=rule, values=Thresholds(settings).of(rule, today), today=today, back="back" in request.POST,
        )  # fmt: skip
        if form.is_valid():
            given = {"patient": patient, "rule": rule, **_given(request, form), "by": doors.user(request), "at": at}
            if _changed(request, form, lambda: tuning.tune_patient(**given)):
                return redirect("patient_thresholds", patient.pk)
    context = {
        "patient": patient,
        "rows": _rows(settings, today, for_patient=True, useful=_useful_for(patient)),
        "form": form,
        "rule": _about(rule, settings, today, for_patient=True) if rule else None,
        "history": _history(Threshold.objects.of(patient)),
        "nav": "caseload",
    }
    return render(request, "plans/clinic/patient_thresholds.html", context, status=422 if form and form.errors else 200)


def _rule(request: HttpRequest) -> str:
    """The rule that the address or the form names; empty for none."""
    asked = request.GET.get("rule", "")
    return asked if asked in tuning.rules_with_numbers() else ""


def _is_date(text: str) -> bool:
    try:
        return parse_date(text) is not None
    except ValueError:
        return False


def _trial(request: HttpRequest, rule: str) -> RuleTrial | None:
    """The replay whose numbers fill the form, if it was about this rule."""
    try:
        asked = UUID(request.GET["trial"])
    except (KeyError, ValueError):
        return None
    trial = doors.rule_trial(request, asked)
    return trial if trial.rule == rule else None


def _given(request: HttpRequest, form: ThresholdForm) -> dict[str, Any]:
    back = "back" in request.POST
    values = {number.name: None for number in form.numbers} if back else form.values
    return {
        "values": values,
        "effective_on": form.cleaned_data["effective_on"],
        "reason": form.cleaned_data["reason"],
    }


def _changed(request: HttpRequest, form: ThresholdForm, work: Any) -> bool:
    try:
        changed = work()
    except Refused as refused:
        form.add_error(None, str(refused))
        return False
    if not changed:
        form.add_error(None, _("These are the numbers that hold then anyhow. Nothing was changed."))
        return False
    messages.success(request, _("Saved. It holds from the day you chose."))
    return True


def _rows(
    settings: Sequence[Setting], today: date, *, for_patient: bool, useful: dict[str, tuple[int, int]]
) -> list[dict[str, Any]]:
    """The rules with what is set apart here, and what is to come."""
    thresholds = Thresholds(settings)
    rows = []
    for rule in tuning.rules_with_numbers():
        own = tuning.own_numbers(settings, rule, today, for_patient=for_patient)
        here = thresholds.of(rule, today)
        above = _above(settings, rule, today, for_patient=for_patient)
        yes, answered = useful.get(rule, (0, 0))
        rows.append(
            {
                "rule": rule,
                "name": rule_name(rule),
                "about": rule_about(rule),
                "off": not here[ON],
                "own": values_in_words(rule, here, only=above) if own and here != above else "",
                "above": values_in_words(rule, above),
                "coming": [
                    (s.effective_on, number_name(rule, s.name), _said(rule, s))
                    for s in settings
                    if s.rule == rule and s.effective_on > today and s.for_patient == for_patient
                ],
                "useful": yes,
                "answered": answered,
            }
        )
    return rows


def _above(settings: Sequence[Setting], rule: str, today: date, *, for_patient: bool) -> dict[str, float]:
    """What would hold without the numbers of this level: the clinic's, else the defaults."""
    if not for_patient:
        return {number.name: number.default for number in numbers_of(rule)}
    return dict(Thresholds([s for s in settings if not s.for_patient]).of(rule, today))


def _about(rule: str, settings: Sequence[Setting], today: date, *, for_patient: bool) -> dict[str, Any]:
    """The rule whose form is open. `may_go_back`: something is set at this level, now or later."""
    return {
        "rule": rule,
        "name": rule_name(rule),
        "about": rule_about(rule),
        "may_go_back": bool(tuning.own_numbers(settings, rule, date.max, for_patient=for_patient)),
    }


def _said(rule: str, setting: Setting) -> str:
    return _("back to the default") if setting.value is None else number_value(rule, setting.name, setting.value)


def _history(rows: Any) -> list[dict[str, Any]]:
    """Every change, the newest first, with who and why."""
    return [
        {
            "row": row,
            "rule": rule_name(row.rule),
            "name": number_name(row.rule, row.name),
            "value": None if row.value is None else number_value(row.rule, row.name, float(row.value)),
        }
        for row in rows.select_related("by").order_by("-at", "-id")[:HISTORY_SHOWN]
    ]


def _useful(request: HttpRequest, at: datetime) -> dict[str, tuple[int, int]]:
    """By rule: how many flags of the clinic were called useful, of how many answered."""
    flags = Flag.objects.visible_to(doors.user(request), at).filter(patient__clinic=clinic_of(request))
    return _share(flags)


def _useful_for(patient: Patient) -> dict[str, tuple[int, int]]:
    return _share(Flag.objects.of(patient))


def _share(flags: Any) -> dict[str, tuple[int, int]]:
    rows = (
        flags.order_by()
        .values("rule")
        .annotate(yes=Count("pk", filter=Q(useful=True)), n=Count("pk", filter=Q(useful__isnull=False)))
    )
    return {row["rule"]: (row["yes"], row["n"]) for row in rows}


def address_of(rule: str, trial: RuleTrial, day: date) -> str:
    """The address of the form that is filled from a replay."""
    return f"{reverse('clinic_thresholds')}?rule={rule}&trial={trial.pk}&day={day.isoformat()}#form"
