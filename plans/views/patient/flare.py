"""In a flare: the plan made for it, something lighter to do, and telling the clinician. No word of blame."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import Patient
from accounts.policy import patient
from exercises.models import Caution, Exercise, ExerciseLink, ExerciseVersion
from plans.actions.refusals import Refused
from plans.actions.reports import report_flare
from plans.forms.patient_flare import FlareForm
from plans.models import ClinicalProfile, Plan, Prescription, Report
from plans.views import doors
from plans.views.patient import mine

CALMING = (ExerciseVersion.Goal.BREATHING, ExerciseVersion.Goal.RELAXATION)


@dataclass(frozen=True)
class Lighter:
    """An exercise of the plan and an easier way of doing it."""

    name: str
    easier: ExerciseVersion


@patient
@require_http_methods(["GET", "HEAD", "POST"])
def flare(request: HttpRequest) -> HttpResponse:
    """What to do in a flare; the button tells the clinician."""
    me, at = doors.my_record(request), timezone.now()
    posted = request.POST if request.method == "POST" else None
    form = FlareForm(posted, zone=mine.zone_here(request, me))
    if posted is not None and form.is_valid():
        mine.remember_zone(request, me, form.zone)
        try:
            report_flare(
                patient=me,
                report_id=form.report_id,
                time_zone=form.zone,
                source="quick",
                by=doors.user(request),
                at=at,
                note=form.cleaned_data["note"],
            )
        except Refused as refused:
            form.renew()
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Saved. It is good that you said so."))
            return redirect("flare")
    today = mine.today_here(request, me, at)
    profile = ClinicalProfile.objects.of(me).prefetch_related("conditions").first()
    plan = mine.current_plan(me)
    active = plan is not None and plan.status == Plan.Status.ACTIVE
    prescriptions = mine.exercises(plan.active_version, today) if active and plan and plan.active_version else []
    context = {
        "nav": "help",
        "form": form,
        "told": Report.objects.of(me).filter(kind=Report.Kind.FLARE, local_date=today).first(),
        "flare_plan": profile.flare_plan if profile else "",
        "lighter": lighter(me, profile, prescriptions) if profile else [],
        "calming": [item for item in mine.items(prescriptions) if item.prescription.exercise_version.goal in CALMING],
        "paused": plan is not None and not active,
        "clinician": mine.clinician_name(me, at),
        "clinic": me.clinic,
        "tel": mine.telephone(me.clinic),
    }
    return render(request, "plans/patient/flare.html", context)


def lighter(me: Patient, profile: ClinicalProfile, prescriptions: Sequence[Prescription]) -> list[Lighter]:
    """The easier variants of the plan's exercises, without those that the library warns this patient of.

    Left out: variants with any caution for a recorded condition, in a position that the person cannot be in, or with
    more than low impact; and those that are in the plan already.
    """
    mine_now = {p.exercise_version.exercise_id: p.exercise_version.said.name for p in prescriptions}
    links = ExerciseLink.objects.filter(harder__in=mine_now).exclude(easier__in=mine_now).select_related("easier")
    wanted: dict[UUID, str] = {}
    for link in links.order_by("easier__slug"):
        wanted.setdefault(link.easier_id, mine_now[link.harder_id])
    allowed = Exercise.objects.prescribable().filter(pk__in=wanted)
    allowed = allowed.filter(clinic=None) | allowed.filter(clinic=me.clinic)
    found = {e.pk: e.current_version for e in allowed.select_related("current_version") if e.current_version}
    warned = set(
        Caution.objects.filter(
            version__in=[v.pk for v in found.values()], condition__in=profile.conditions.all()
        ).values_list("version_id", flat=True)
    )
    shown: dict[str, Lighter] = {}
    for pk, name in wanted.items():
        version = found.get(pk)
        if version is None or version.pk in warned or version.position in profile.avoided_positions:
            continue
        if version.impact in (ExerciseVersion.Impact.NONE, ExerciseVersion.Impact.LOW):
            shown.setdefault(name, Lighter(name, version))
    return list(shown.values())
