"""The patient's own plan on paper."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.policy import patient
from plans.models import PlanVersion
from plans.views import doors, plan_paper
from plans.views.patient import mine


@patient
@require_safe
def my_plan_print(request: HttpRequest) -> HttpResponse:
    """The plan as a page to print; `?large=1` for large print."""
    version = _version(request)
    if version is None:
        return redirect("plan")
    words = plan_paper.words(version, timezone.now())
    return plan_paper.printable(request, words, back=reverse("plan"), pdf_url=reverse("my_plan_pdf"))


@patient
@require_safe
def my_plan_pdf(request: HttpRequest) -> HttpResponse:
    """The plan as PDF, to keep."""
    version = _version(request)
    if version is None:
        return redirect("plan")
    return plan_paper.as_pdf(version, timezone.now(), large=plan_paper.is_large(request))


def _version(request: HttpRequest) -> PlanVersion | None:
    me = doors.my_record(request)
    plan = mine.current_plan(me)
    if plan is None or plan.active_version is None:
        return None
    rows = PlanVersion.objects.of(me).select_related("plan__patient__clinic", "plan__patient__user")
    return rows.get(pk=plan.active_version.pk)
