"""A quota step that a job proposed: approve it, or not this week."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.policy import clinical
from plans.actions import quota_steps
from plans.actions.refusals import Refused
from plans.models.quota import QuotaStep
from plans.views import doors
from plans.views.builder.growth import amount_in_words
from plans.views.clinician.people import safe_next

WHY_LENGTH = 200


@clinical
@require_POST
def approve(request: HttpRequest, step_id: UUID) -> HttpResponse:
    """The dose grows from the patient's today on."""
    step = doors.quota_step(request, step_id)
    try:
        quota_steps.approve(step=step, by=doors.user(request), at=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        facts = {
            "exercise": step.quota.prescription.exercise_version.said.name,
            "now": amount_in_words(step.to_value, step.quota.measure),
        }
        messages.success(request, _("%(exercise)s: %(now)s from today.") % facts)
    return redirect(_back(request, step))


@clinical
@require_POST
def decline(request: HttpRequest, step_id: UUID) -> HttpResponse:
    """The dose stays for another week. `why` is kept with the step."""
    step = doors.quota_step(request, step_id)
    why = request.POST.get("why", "").replace("\x00", "").strip()[:WHY_LENGTH]
    try:
        quota_steps.decline(step=step, why=why, by=doors.user(request), at=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        words = _("%(exercise)s stays as it is. The next step is proposed in a week at the earliest.")
        messages.success(request, words % {"exercise": step.quota.prescription.exercise_version.said.name})
    return redirect(_back(request, step))


def _back(request: HttpRequest, step: QuotaStep) -> str:
    return safe_next(request, reverse("patient", args=[step.quota.prescription.version.plan.patient_id]))
