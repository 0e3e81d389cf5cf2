"""The summary of a re-evaluation as PDF: one for the record, one for the patient in plain words."""

from datetime import datetime
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.views.decorators.http import require_safe

from accounts.policy import clinical
from plans.models import Reevaluation
from plans.reports import typesetting
from plans.views import doors
from plans.views.clinician import summary_for_patient, summary_for_record
from plans.views.clinician.prepared import prepare


@clinical
@require_safe
def for_record(request: HttpRequest, reevaluation_id: UUID) -> HttpResponse:
    """The facts, what they speak for, and the decision once it is taken."""
    at = timezone.now()
    row = doors.reevaluation(request, reevaluation_id)
    words = summary_for_record.words(row, prepare(row, at), by=doors.user(request), at=at)
    return _download(typesetting.pdf("record", words, at=at), "re-evaluation.pdf")


@clinical
@require_safe
def for_patient(request: HttpRequest, reevaluation_id: UUID) -> HttpResponse:
    """How it went and what comes next, in the patient's language; no rules, no scores of mood."""
    at = timezone.now()
    row = doors.reevaluation(request, reevaluation_id)
    return summary_for(row, at)


def summary_for(row: Reevaluation, at: datetime) -> HttpResponse:
    """The patient's summary as a download, in the patient's own language."""
    reader = row.plan.patient.user
    with translation.override(reader.language if reader else translation.get_language()):
        words = summary_for_patient.words(row, prepare(row, at), at=at)
    return _download(typesetting.pdf("patient", words, at=at), "summary.pdf")


def _download(content: bytes, name: str) -> HttpResponse:
    """Names say nothing about anybody: downloads lie about in folders that others see."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type="application/pdf", headers=headers)
