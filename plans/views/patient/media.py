"""Pictures and videos of the exercises that stand in the patient's own plan, and no others."""

from uuid import UUID

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.policy import patient
from exercises.media_shown import Shown, shown
from exercises.models import Media
from exercises.uploads.serving import captions_response, media_response
from plans.models import Prescription
from plans.views import doors


@patient
@require_safe
def plan_media(request: HttpRequest, prescription_id: UUID, media_id: UUID) -> HttpResponseBase:
    return media_response(request, _mine(request, prescription_id, media_id))


@patient
@require_safe
def plan_media_captions(request: HttpRequest, prescription_id: UUID, media_id: UUID) -> HttpResponseBase:
    return captions_response(_mine(request, prescription_id, media_id))


def media_of(prescription: Prescription) -> list[Shown]:
    """For exercises/_media_shown.html, with the patient's own addresses."""
    routes = {"file": "plan_media", "captions": "plan_media_captions"}
    return shown(
        prescription.exercise_version, lambda media, what: reverse(routes[what], args=[prescription.pk, media.pk])
    )


def _mine(request: HttpRequest, prescription_id: UUID, media_id: UUID) -> Media:
    version = doors.my_prescription(request, prescription_id).exercise_version
    return get_object_or_404(version.media.select_related("version"), pk=media_id)
