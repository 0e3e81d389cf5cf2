"""What a patient says beside the scores: a safety question answered yes, a flare. Stored first, judged at once."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import Patient, User
from plans.actions.bell import ring_after_commit
from plans.actions.history import note_event
from plans.actions.pausing import pause_for_safety
from plans.actions.refusals import Refused
from plans.actions.sessions import mark_dirty
from plans.models import Report, Session
from plans.rules import SAFETY_QUESTIONS
from plans.schedule import local_date


def report_safety(
    *,
    patient: Patient,
    report_id: UUID,
    answers: Sequence[str],
    time_zone: str,
    source: str,
    by: User,
    at: datetime,
    occurred_at: datetime | None = None,
    note: str = "",
    session: Session | None = None,
) -> Report:
    """Store which safety questions (slugs of plans.rules.SAFETY_QUESTIONS) were answered yes, and pause the plan.

    The same id sent again is the same report. Raises Refused without any yes, or for a question that does not exist.
    """
    unknown = set(answers) - set(SAFETY_QUESTIONS)
    if unknown or not answers:
        raise Refused(_("Choose at least one of the safety questions."))
    ordered = [slug for slug in SAFETY_QUESTIONS if slug in answers]
    return _store(
        patient, report_id, Report.Kind.SAFETY, ordered, note, session, time_zone, source, by, occurred_at or at, at
    )


def report_flare(
    *,
    patient: Patient,
    report_id: UUID,
    time_zone: str,
    source: str,
    by: User,
    at: datetime,
    occurred_at: datetime | None = None,
    note: str = "",
) -> Report:
    """Store that the patient is in a flare. The same id sent again is the same report."""
    return _store(patient, report_id, Report.Kind.FLARE, [], note, None, time_zone, source, by, occurred_at or at, at)


def _store(
    patient: Patient,
    report_id: UUID,
    kind: Report.Kind,
    answers: list[str],
    note: str,
    session: Session | None,
    time_zone: str,
    source: str,
    by: User,
    occurred_at: datetime,
    at: datetime,
) -> Report:
    with transaction.atomic():
        # The watch row is the patient's turnstile: two copies of one report queue here, the second sees the first.
        mark_dirty(patient_id=patient.pk, at=at)
        stored = Report.objects.of(patient).filter(pk=report_id).first()
        if stored is not None:
            return stored
        try:
            with transaction.atomic():
                report = Report.objects.create(
                    id=report_id,
                    patient=patient,
                    session=session,
                    kind=kind,
                    answers=answers,
                    note=note,
                    occurred_at=occurred_at,
                    local_date=local_date(occurred_at, time_zone),
                    time_zone=time_zone,
                    received_at=at,
                    source=source,
                    recorded_by=by,
                )
        except IntegrityError as error:
            if Report.objects.filter(pk=report_id).exists():
                raise Refused(_("This was already sent for somebody else. Please start again.")) from error
            raise
        verb = "red flag reported" if kind == Report.Kind.SAFETY else "flare reported"
        note_event(patient=patient, verb=verb, at=at, by=by, report=str(report.pk), answers=answers)
        if kind == Report.Kind.SAFETY:
            pause_for_safety(patient=patient, since=at, by=by, at=at)
        ring_after_commit(patient.pk)
    return report
