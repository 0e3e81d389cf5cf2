"""Steps of a quota: proposed by a job, approved by a clinician, held while the rules say so.

At most one a week and quota (unique). No dose changes without a clinician's approval, given for the step or, up to the
ceiling, in advance. Source: docs/clinical-rules.md, section 4.
"""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import cast
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from plans import pacing
from plans.actions.history import note_event
from plans.actions.refusals import Refused
from plans.models import Flag, Plan, PlanVersion, Quota, QuotaStep, Session
from plans.schedule import Planned, local_date, planned_between

LOOK_BACK_DAYS = 7
HELD = {
    "flag": "a flag is open",
    "few sessions": "less than 60 % of the week's sessions were done",
    "paused": "the plan is paused",
}


def propose(*, at: datetime) -> dict[str, int]:
    """Propose, take or hold the steps that are due in every current plan. Safe to repeat: one a week."""
    counts = {"proposed": 0, "approved": 0, "held": 0, "failed": 0}
    current = Quota.objects.filter(
        prescription__version__state=PlanVersion.State.ACTIVE,
        prescription__version__plan__status__in=[Plan.Status.ACTIVE, Plan.Status.PAUSED],
    )
    for quota_id in current.values_list("pk", flat=True):
        try:
            with transaction.atomic():
                state = _propose_one(quota_id, at)
        except IntegrityError:
            # Another run was quicker; the constraint kept it at one.
            continue
        if state:
            counts[state] += 1
    return counts


def approve(*, step: QuotaStep, by: User, at: datetime) -> QuotaStep:
    """The step counts from the patient's today on. Raises Refused when it is not proposed any more, or held."""
    with transaction.atomic():
        step = QuotaStep.objects.select_for_update(of=("self",)).select_related(*_TO_PATIENT).get(pk=step.pk)
        plan = step.quota.prescription.version.plan
        _check_open(step, plan)
        why = _held(step.quota, plan, local_date(at, plan.patient.time_zone))
        if why in ("flag", "paused"):
            raise Refused(_("No step while a flag is open or the plan is paused. Look at the flag first."))
        step.state, step.decided_at, step.decided_by = QuotaStep.State.APPROVED, at, by
        step.effective_on = local_date(at, plan.patient.time_zone)
        step.save()
        _note(step, plan, "step approved", by, at)
    return step


def decline(*, step: QuotaStep, why: str, by: User, at: datetime) -> QuotaStep:
    """Not this week. The next one is proposed a week later."""
    with transaction.atomic():
        step = QuotaStep.objects.select_for_update(of=("self",)).select_related(*_TO_PATIENT).get(pk=step.pk)
        plan = step.quota.prescription.version.plan
        _check_open(step, plan)
        step.state, step.decided_at, step.decided_by = QuotaStep.State.DECLINED, at, by
        step.why = why[:200]
        step.save()
        _note(step, plan, "step declined", by, at)
    return step


_TO_PATIENT = ["quota__prescription__version__plan__patient", "quota__prescription__exercise_version"]


def _check_open(step: QuotaStep, plan: Plan) -> None:
    version = step.quota.prescription.version
    if step.state != QuotaStep.State.PROPOSED or version.pk != plan.active_version_id:
        raise Refused(_("This step was decided already, or the plan has changed since. Reload the page."))


def _propose_one(quota_id: UUID, at: datetime) -> str:
    quota = (
        Quota.objects.select_for_update(of=("self",))
        .select_related("prescription__version__plan__patient", "prescription__exercise_version")
        .get(pk=quota_id)
    )
    version = quota.prescription.version
    plan = version.plan
    today = local_date(at, plan.patient.time_zone)
    steps = list(quota.steps.order_by("week_on"))
    taken = [step for step in steps if step.state == QuotaStep.State.APPROVED]
    current = taken[-1].to_value if taken else quota.start
    began = local_date(cast(datetime, version.activated_at), plan.patient.time_zone)
    changed_on = cast(date, taken[-1].effective_on) if taken else began
    pace = pacing.Pace(quota.measure, quota.start, quota.step_percent, quota.ceiling)
    following = pacing.next_step(pace, current)
    if following is None or today < changed_on + timedelta(weeks=following.weeks):
        return ""
    week_on = today - timedelta(days=today.weekday())
    open_step = next((step for step in steps if step.state == QuotaStep.State.PROPOSED), None)
    this_week = next((step for step in steps if step.week_on == week_on), None)
    why = _held(quota, plan, today)
    if open_step is not None:
        # Proposed before, and something has come up since.
        if why in ("flag", "paused"):
            open_step.state, open_step.why = QuotaStep.State.HELD, HELD[why]
            open_step.save(update_fields=["state", "why"])
            return "held"
        return ""
    if this_week is not None and (this_week.state != QuotaStep.State.HELD or why):
        return ""
    step = this_week or QuotaStep(quota=quota, week_on=week_on)
    step.from_value, step.to_value, step.proposed_at = current, following.to, at
    return _store(step, quota, plan, why, today, at)


def _store(step: QuotaStep, quota: Quota, plan: Plan, why: str, today: date, at: datetime) -> str:
    step.why = HELD.get(why, "")
    if why:
        step.state = QuotaStep.State.HELD
        step.save()
        return "held"
    if not quota.approved_ahead:
        step.state = QuotaStep.State.PROPOSED
        step.save()
        _note(step, plan, "step proposed", None, at)
        return "proposed"
    step.state, step.effective_on = QuotaStep.State.APPROVED, today
    # Whoever activated the version approved every step up to the ceiling.
    step.decided_at, step.decided_by = at, quota.prescription.version.activated_by
    step.save()
    _note(step, plan, "step taken as approved in advance", None, at)
    return "approved"


def _held(quota: Quota, plan: Plan, today: date) -> pacing.Hold:
    version = quota.prescription.version
    first, last = today - timedelta(days=LOOK_BACK_DAYS), today - timedelta(days=1)
    asked = [
        Planned(None if weekdays is None else frozenset(weekdays), times)
        for weekdays, times in version.prescriptions.values_list("weekdays", "times_a_week")
    ]
    done = Session.objects.finished().filter(patient=plan.patient_id, local_date__range=(first, last))
    return pacing.held_by(
        open_flags=Flag.objects.open().filter(patient=plan.patient_id).count(),
        done=done.values("local_date").distinct().count(),
        planned=planned_between(asked, first, last),
        is_paused=plan.status == Plan.Status.PAUSED,
    )


def _note(step: QuotaStep, plan: Plan, verb: str, by: User | None, at: datetime) -> None:
    note_event(
        patient=plan.patient,
        plan=plan,
        verb=verb,
        at=at,
        by=by,
        exercise=step.quota.prescription.exercise_version.said.name,
        was=str(Decimal(step.from_value).normalize()),
        now=str(Decimal(step.to_value).normalize()),
    )
