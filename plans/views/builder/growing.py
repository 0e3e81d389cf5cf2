"""Dose by tolerance: a test that sets the start, and the pace at which the dose grows."""

from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.policy import clinical
from plans.actions import quotas
from plans.actions.refusals import DraftChanged, Refused
from plans.forms.builder_growth import GrowthForm, TestForm
from plans.models import Measure, PlanVersion, Prescription, Quota
from plans.schedule import local_date
from plans.views import doors
from plans.views.builder import answers
from plans.views.builder.answers import Attempt
from plans.views.builder.changes import lock_of, of_an_exercise
from plans.views.builder.growth import amount_in_words


@clinical
@require_POST
@of_an_exercise
def test(request: HttpRequest, version: PlanVersion, row: Prescription, at: datetime) -> HttpResponse:
    """Record how much was possible until pain rose, and start 20 % below."""
    form = TestForm(row, local_date(at, version.plan.patient.time_zone), request.POST)
    if not form.is_valid():
        return answers.refused_dose(request, version, at, form)
    given = form.cleaned_data
    try:
        start = quotas.test_and_start(prescription=row, **given, lock=lock_of(request), by=doors.user(request), at=at)
    except DraftChanged:
        tested = f"{Measure(given['measure']).label}: {given['value']}"
        return answers.conflict(request, version, at, Attempt(_attempt(row), [tested]))
    except Refused as refused:
        form.add_error(None, str(refused))
        return answers.refused_dose(request, version, at, form)
    facts = {"exercise": row.exercise_version.said.name, "start": amount_in_words(start, given["measure"])}
    messages.success(request, _("%(exercise)s starts with %(start)s, 20 %% below the test.") % facts)
    return answers.whole(request, version, at, focus=row.pk, grown=row.pk)


@clinical
@require_POST
@of_an_exercise
def grow(request: HttpRequest, version: PlanVersion, row: Prescription, at: datetime) -> HttpResponse:
    """Set how an exercise grows; with `remove`, that it does not."""
    lock, by = lock_of(request), doors.user(request)
    words = _("Growth of %(exercise)s") % {"exercise": row.exercise_version.said.name}
    try:
        if "remove" in request.POST:
            quotas.remove_quota(prescription=row, lock=lock, by=by, at=at)
            return answers.whole(request, version, at, focus=row.pk)
        form = GrowthForm(row, Quota.objects.filter(prescription=row).first(), request.POST)
        if not form.is_valid():
            return answers.refused_dose(request, version, at, form)
        quotas.set_quota(prescription=row, **form.cleaned_data, lock=lock, by=by, at=at)
    except DraftChanged:
        return answers.conflict(request, version, at, Attempt(words, _typed(request)))
    except Refused as refused:
        messages.error(request, str(refused))
    return answers.whole(request, version, at, focus=row.pk, grown=row.pk)


def _attempt(row: Prescription) -> str:
    return _("Start %(exercise)s 20 %% below a test") % {"exercise": row.exercise_version.said.name}


def _typed(request: HttpRequest) -> list[str]:
    fields = GrowthForm.base_fields
    return [f"{fields[name].label}: {request.POST[name]}" for name in fields if request.POST.get(name)]
