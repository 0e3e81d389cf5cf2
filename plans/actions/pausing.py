"""A plan rests and goes on again. After a red flag it goes on only by a release: an action of its own, with a note."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Patient, User
from plans.actions.bell import ring_after_commit
from plans.actions.history import note_event
from plans.actions.refusals import Refused
from plans.actions.sessions import mark_dirty
from plans.models import Flag, Pause, Plan
from plans.schedule import local_date


def pause(*, plan: Plan, reason: str, by: User, at: datetime) -> Pause:
    """Let an active plan rest. Raises Refused when it is not active."""
    with transaction.atomic():
        mark_dirty(patient_id=plan.patient_id, at=at)
        plan = _locked(plan)
        if plan.status != Plan.Status.ACTIVE:
            raise Refused(_("Only an active plan can be paused."))
        row = _pause(plan, Pause.Why.CLINICIAN, at=at, by=by, reason=reason)
        note_event(patient=plan.patient, plan=plan, verb="plan paused", at=at, by=by, why=row.why, reason=reason)
        ring_after_commit(plan.patient_id)
    return row


def resume(*, plan: Plan, by: User, at: datetime, note: str = "") -> Plan:
    """End an ordinary pause. Raises Refused when the plan is not paused, or a red flag paused it (see `release`)."""
    with transaction.atomic():
        mark_dirty(patient_id=plan.patient_id, at=at)
        plan = _locked(plan)
        row = _open_pause(plan)
        if row is not None and row.why == Pause.Why.SAFETY:
            raise Refused(_("A red flag paused this plan. Release it with a note about what was done."))
        return _resume(plan, row, verb="plan resumed", note=note, by=by, at=at)


def release(*, plan: Plan, note: str, by: User, at: datetime) -> Plan:
    """End the pause that a red flag made; `note` says why it is safe to go on.

    Resolving the flag does not do this. Raises Refused without a note, or when no red flag paused the plan.
    """
    if not note.strip():
        raise Refused(_("Write down why it is safe to go on."))
    with transaction.atomic():
        mark_dirty(patient_id=plan.patient_id, at=at)
        plan = _locked(plan)
        row = _open_pause(plan)
        if row is None or row.why != Pause.Why.SAFETY:
            raise Refused(_("No red flag has paused this plan. Reload the page to see how it stands."))
        return _resume(plan, row, verb="plan released", note=note.strip(), by=by, at=at)


def pause_for_safety(
    *, patient: Patient, since: datetime, by: User, at: datetime, flag: Flag | None = None
) -> Pause | None:
    """Pause the patient's plan because of a red flag that came at `since`; None without a current plan.

    In the caller's transaction, under the lock of the watch row. A pause for safety that began at `since` or later
    has done it already, be it released by now. An ordinary pause becomes one for safety, which only a release ends.
    """
    plan = Plan.objects.current().select_for_update().filter(patient=patient).first()
    if plan is None:
        return None
    done = plan.pauses.filter(why=Pause.Why.SAFETY, paused_at__gte=since).order_by("paused_at").first()
    row = _open_pause(plan)
    if row is not None and row.why == Pause.Why.SAFETY:
        done = done or row
    if done is not None:
        if flag is not None and done.flag_id is None:
            done.flag = flag
            done.save(update_fields=["flag"])
        return done
    if row is not None:
        _end(row, note=_("A red flag took its place."), by=by, at=at)
    made = _pause(plan, Pause.Why.SAFETY, at=at, by=None, flag=flag)
    note_event(patient=patient, plan=plan, verb="plan paused", at=at, by=None, why=made.why)
    return made


def pause_because_left(*, patient: Patient, by: User, at: datetime) -> Pause | None:
    """Let the active plan of a patient who leaves rest; None without one. In the caller's transaction, under the lock
    of the watch row. A clinician resumes it when the patient is back.
    """
    plan = Plan.objects.active().select_for_update().filter(patient=patient).first()
    if plan is None:
        return None
    made = _pause(plan, Pause.Why.LEFT, at=at, by=by)
    note_event(patient=patient, plan=plan, verb="plan paused", at=at, by=by, why=made.why)
    return made


def _locked(plan: Plan) -> Plan:
    return Plan.objects.select_for_update(of=("self",)).select_related("patient").get(pk=plan.pk)


def _open_pause(plan: Plan) -> Pause | None:
    return plan.pauses.open().first()


def _pause(
    plan: Plan, why: Pause.Why, *, at: datetime, by: User | None, reason: str = "", flag: Flag | None = None
) -> Pause:
    plan.status = Plan.Status.PAUSED
    plan.save(update_fields=["status"])
    return Pause.objects.create(
        plan=plan,
        why=why,
        flag=flag,
        reason=reason,
        from_on=local_date(at, plan.patient.time_zone),
        paused_at=at,
        paused_by=by,
    )


def _resume(plan: Plan, row: Pause | None, *, verb: str, note: str, by: User, at: datetime) -> Plan:
    if plan.status != Plan.Status.PAUSED:
        raise Refused(_("This plan is not paused."))
    if row is not None:
        _end(row, note=note, by=by, at=at)
    plan.status = Plan.Status.ACTIVE
    plan.resumed_at = at
    plan.save(update_fields=["status", "resumed_at"])
    note_event(patient=plan.patient, plan=plan, verb=verb, at=at, by=by, note=note)
    ring_after_commit(plan.patient_id)
    return plan


def _end(row: Pause, *, note: str, by: User, at: datetime) -> None:
    row.ended_at, row.ended_by, row.end_note = at, by, note
    row.until_on = max(row.from_on, local_date(at, row.plan.patient.time_zone))
    row.save(update_fields=["ended_at", "ended_by", "end_note", "until_on"])
