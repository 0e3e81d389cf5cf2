"""A plan ends because a clinician says so; the patient stays in care."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from plans.actions.bell import ring_after_commit
from plans.actions.history import note_event
from plans.actions.refusals import Refused
from plans.actions.sessions import mark_dirty
from plans.models import Pause, Plan, PlanVersion, Reevaluation
from plans.schedule import local_date


def end_plan(*, plan: Plan, reason: str, by: User, at: datetime) -> Plan:
    """End an active or paused plan: its pause and its re-evaluation end with it, a draft is thrown away.

    Open flags stay open until somebody resolves them. Raises Refused without a reason or for a plan that has ended.
    """
    reason = reason.strip()
    if not reason:
        raise Refused(_("Say why the plan ends."))
    with transaction.atomic():
        mark_dirty(patient_id=plan.patient_id, at=at)
        plan = Plan.objects.select_for_update(of=("self",)).select_related("patient").get(pk=plan.pk)
        if plan.status not in (Plan.Status.ACTIVE, Plan.Status.PAUSED):
            raise Refused(_("This plan has ended already."))
        close(plan=plan, note=reason, by=by, at=at)
        note_event(patient=plan.patient, plan=plan, verb="plan ended", at=at, by=by, reason=reason)
        ring_after_commit(plan.patient_id)
    return plan


def close(*, plan: Plan, note: str, by: User, at: datetime) -> None:
    """What ends with a plan: its draft is thrown away, its pause ends, its re-evaluation is cancelled.

    In the caller's transaction, who has locked the plan or its patient. `note` ends the pause and is never empty.
    """
    for draft in plan.versions.filter(state=PlanVersion.State.DRAFT):
        draft.prescriptions.all().delete()
        draft.delete()
    plan.status = Plan.Status.ENDED
    plan.save(update_fields=["status"])
    plan.reevaluations.filter(state=Reevaluation.State.OPEN).update(state=Reevaluation.State.CANCELLED)
    today = local_date(at, plan.patient.time_zone)
    for pause in Pause.objects.open().filter(plan=plan):
        pause.until_on, pause.ended_at, pause.ended_by, pause.end_note = max(today, pause.from_on), at, by, note
        pause.save(update_fields=["until_on", "ended_at", "ended_by", "end_note"])
