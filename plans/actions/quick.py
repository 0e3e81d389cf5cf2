""" "I did it": a whole session with today's pain apart from it, in one go."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from uuid import uuid5

from django.db import transaction

from accounts.models import Patient, User
from plans.actions.sessions import Recorded, SessionInput, record_daily, record_session
from plans.models import BodySite, PlanVersion, Prescription


def log_done(
    *,
    patient: Patient,
    plan_version: PlanVersion,
    given: SessionInput,
    pains: Sequence[tuple[BodySite, Decimal | None]],
    by: User,
    at: datetime,
    prescriptions: Sequence[Prescription] | None = None,
) -> Recorded:
    """Store a session and the pain of that day apart from the exercise (R3 lives on it), both or neither.

    `pains` are 0-10, or None for asked and not answered. The same session again stores nothing new, another number
    corrects the first. `prescriptions` and what is raised are as in record_session.
    """
    with transaction.atomic():
        recorded = record_session(
            patient=patient, plan_version=plan_version, given=given, by=by, at=at, prescriptions=prescriptions
        )
        for site, value in pains:
            record_daily(
                patient=patient,
                score_id=uuid5(given.id, str(site.pk)),
                site=site,
                value=value,
                occurred_at=given.started_at,
                time_zone=given.time_zone,
                source=given.source,
                by=by,
                at=at,
                on=recorded.session.local_date,
            )
    return recorded
