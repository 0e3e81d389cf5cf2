""" "My plan changed": what is different and why, to read and confirm."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import Patient
from accounts.policy import patient
from plans.actions.reading import confirm_read
from plans.models import Plan, PlanRead, PlanVersion
from plans.schedule import local_date
from plans.views import doors
from plans.views.builder.difference import differences
from plans.views.patient import mine


@patient
@require_http_methods(["GET", "HEAD", "POST"])
def plan_changed(request: HttpRequest) -> HttpResponse:
    me, at = doors.my_record(request), timezone.now()
    plan = mine.current_plan(me)
    version = plan.active_version if plan is not None else None
    if plan is None or version is None:
        return redirect("plan")
    if request.method == "POST":
        # The page names the version that was read: a newer one has to be read by itself.
        if request.POST.get("version") == str(version.pk):
            confirm_read(version=version, by=doors.user(request), at=at)
            return redirect("today")
        messages.info(request, _("Your plan has changed once more. Here is what is new."))
        return redirect("plan_changed")
    context = {
        "nav": "plan",
        "plan": plan,
        "version": version,
        "changes": what_changed(version),
        "since": local_date(version.activated_at, me.time_zone) if version.activated_at else None,
        "clinician": version.activated_by.get_short_name() if version.activated_by else mine.clinician_name(me, at),
        "read": PlanRead.objects.filter(version=version).first(),
    }
    return render(request, "plans/patient/plan_changed.html", context)


def what_changed(version: PlanVersion) -> list[str]:
    """Sentences on what is different from the version before; empty for the first."""
    if version.based_on is None:
        return []
    before, after = (
        list(v.prescriptions.in_order().select_related("exercise_version")) for v in (version.based_on, version)
    )
    return differences(before, after)


def waits_to_be_read(plan: Plan, me: Patient) -> bool:
    """Whether the plan was revised and the patient has not confirmed it. A first plan is read by doing it."""
    version = plan.active_version
    if version is None or version.based_on_id is None or plan.patient_id != me.pk:
        return False
    known: bool | None = getattr(plan, "version_read", None)  # annotated by mine.current_plan
    return not (PlanRead.objects.filter(version=version).exists() if known is None else known)
