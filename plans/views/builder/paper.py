"""A version on paper, for the clinician who hands it over."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.policy import clinical
from plans.views import doors, plan_paper
from plans.views.builder import answers


@clinical
@require_safe
def print_page(request: HttpRequest, version_id: UUID) -> HttpResponse:
    """The plan as a page to print, in the patient's language; `?large=1` for large print."""
    version = doors.plan_version(request, version_id)
    words = plan_paper.in_their_language(version, answers.now())
    back, pdf_url = reverse("plan_builder", args=[version.pk]), reverse("plan_pdf", args=[version.pk])
    return plan_paper.printable(request, words, back=back, pdf_url=pdf_url)


@clinical
@require_safe
def pdf(request: HttpRequest, version_id: UUID) -> HttpResponse:
    """The same as tagged PDF."""
    version = doors.plan_version(request, version_id)
    return plan_paper.as_pdf(version, answers.now(), large=plan_paper.is_large(request))
