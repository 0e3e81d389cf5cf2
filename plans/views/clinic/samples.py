"""Sample patients for a clinic that wants to look around: fetched, visited and taken away by a lead."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Clinic
from accounts.policy import lead
from plans.actions.refusals import Refused
from plans.demo import sample as actions
from plans.views import doors
from plans.views.clinic.frame import clinic_of, frame


@lead
@require_safe
def sample(request: HttpRequest) -> HttpResponse:
    """What they are, and the one thing that can be done now: fetch them, or go there and take them away."""
    here = clinic_of(request)
    context = {**frame(request, "clinic_sample"), "sample": _sample_of(here), "inside": here.sample_of_id is not None}
    return render(request, "plans/clinic/sample.html", context)


@lead
@require_POST
def load(request: HttpRequest) -> HttpResponse:
    """Make them, and go there."""
    try:
        made = actions.load(clinic=clinic_of(request), by=doors.user(request), at=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("clinic_sample")
    request.session["clinic"] = str(made.pk)
    messages.success(request, _("Five sample patients are here. Look at whoever you like: nothing can go wrong."))
    return redirect("inbox")


@lead
@require_POST
def remove(request: HttpRequest) -> HttpResponse:
    """Take them away, and be in the real clinic afterwards."""
    here = clinic_of(request)
    found = _sample_of(here)
    if found is None:
        raise Http404
    actions.remove(sample=found, by=doors.user(request), at=timezone.now())
    request.session["clinic"] = str(found.sample_of_id)
    messages.success(request, _("The sample patients are gone. Nothing of yours has changed."))
    return redirect("clinic_sample")


def _sample_of(clinic: Clinic) -> Clinic | None:
    """The sample that is open: the clinic itself when one is in it."""
    return clinic if clinic.sample_of_id is not None else actions.samples_of(clinic, timezone.now()).first()
