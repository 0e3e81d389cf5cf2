"""The patient has read what changed in the plan."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from plans.actions.history import note_event
from plans.models import Plan, PlanRead, PlanVersion


def confirm_read(*, version: PlanVersion, by: User, at: datetime) -> PlanRead:
    """Keep that the patient read this version. Once is enough; again changes nothing."""
    with transaction.atomic():
        plan = Plan.objects.select_for_update(of=("self",)).select_related("patient").get(pk=version.plan_id)
        stored = PlanRead.objects.filter(version=version).first()
        if isinstance(stored, PlanRead):
            return stored
        read = PlanRead(version=version, at=at, by=by)
        read.save(force_insert=True)
        note_event(patient=plan.patient, plan=plan, verb="plan read", at=at, by=by, version=version.number)
    return read
