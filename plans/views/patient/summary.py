"""The patient's own summary of a re-evaluation, as PDF."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.policy import patient
from plans.views import doors
from plans.views.clinician.summaries import summary_for


@patient
@require_safe
def my_summary(request: HttpRequest, my_reevaluation_id: UUID) -> HttpResponse:
    """How it went and what was decided, once it was: the same words that the clinic can hand out."""
    return summary_for(doors.my_reevaluation(request, my_reevaluation_id), timezone.now())
