"""Re-evaluations: every active or paused plan has exactly one open one, always."""

from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import Patient, User
from plans.actions.history import note_event
from plans.actions.refusals import Refused
from plans.models import Flag, Plan, Reevaluation
from plans.schedule import local_date
from plans.wording import day_in_words

LONGEST_DAYS = 84


def schedule_first(*, plan: Plan, by: User | None, at: datetime) -> Reevaluation:
    """Open the first re-evaluation of a plan, in the caller's transaction; keeps one that is open already."""
    clinic = plan.patient.clinic
    due_on = local_date(at, plan.patient.time_zone) + timedelta(days=clinic.first_reevaluation_days)
    found, made = Reevaluation.objects.get_or_create(
        plan=plan,
        state=Reevaluation.State.OPEN,
        defaults={"due_on": due_on, "why": Reevaluation.Why.FIRST, "created_at": at},
    )
    if made:
        note_event(patient=plan.patient, plan=plan, verb="re-evaluation scheduled", at=at, by=by, due_on=str(due_on))
    return found


def bring_forward(*, patient: Patient, due_on: date, at: datetime) -> None:
    """A flag makes the current plan's re-evaluation due by then, if it is due later."""
    for row in Reevaluation.objects.open().filter(
        patient=patient, plan__status__in=[Plan.Status.ACTIVE, Plan.Status.PAUSED], due_on__gt=due_on
    ):
        was = row.due_on
        row.due_on, row.why = due_on, Reevaluation.Why.FLAG
        row.save(update_fields=["due_on", "why"])
        note_event(
            patient=patient,
            plan=row.plan,
            verb="re-evaluation brought forward",
            at=at,
            by=None,
            was=str(was),
            due_on=str(due_on),
        )


def latest_day(row: Reevaluation, *, at: datetime) -> date:
    """The last day it may be moved to (the patient's local date): 12 weeks after the one before, or after the start.

    While an urgent or important flag is open it cannot be put off at all. An overdue one can be set to today.
    """
    patient = row.plan.patient
    today = local_date(at, patient.time_zone)
    if is_held(row):
        return max(min(row.due_on, _last_day(row)), today)
    return max(_last_day(row), today)


def is_held(row: Reevaluation) -> bool:
    """An urgent or important flag of the patient is open: the re-evaluation may come earlier, never later."""
    return Flag.objects.of(row.plan.patient).open().exclude(severity=Flag.Severity.WATCH).exists()


def reschedule(*, reevaluation: Reevaluation, due_on: date, reason: str, by: User, at: datetime) -> Reevaluation:
    """Ask for a re-evaluation earlier, or put it off, with a reason. An earlier one is "asked for".

    Raises Refused when it is not open, for the day it is due anyway, a day gone by and one after `latest_day`.
    """
    with transaction.atomic():
        row = Reevaluation.objects.select_for_update().select_related("plan__patient").get(pk=reevaluation.pk)
        if row.state != Reevaluation.State.OPEN:
            raise Refused(_("This re-evaluation was finished already. Reload the page to see it."))
        if not reason.strip():
            raise Refused(_("Write down why the date changes."))
        patient = row.plan.patient
        latest = latest_day(row, at=at)
        if due_on < local_date(at, patient.time_zone):
            raise Refused(_("Choose today or a later day."))
        if due_on > latest and is_held(row):
            raise Refused(_("An important flag is open. Settle it first, or keep the date."))
        if due_on > latest:
            raise Refused(_("Choose a day up to %(day)s, 12 weeks after the last one.") % {"day": day_in_words(latest)})
        was = row.due_on
        if due_on == was:
            raise Refused(_("It is due on that day already."))
        row.due_on = due_on
        if due_on < was:
            row.why = Reevaluation.Why.ASKED
        row.save(update_fields=["due_on", "why"])
        note_event(
            patient=patient,
            plan=row.plan,
            verb="re-evaluation asked for" if due_on < was else "re-evaluation put off",
            at=at,
            by=by,
            was=str(was),
            due_on=str(due_on),
            reason=reason,
        )
    return row


def _last_day(row: Reevaluation) -> date:
    return local_date(row.created_at, row.plan.patient.time_zone) + timedelta(days=LONGEST_DAYS)


def complete(
    *, reevaluation: Reevaluation, decision: str, note: str, next_due_on: date | None, by: User, at: datetime
) -> Reevaluation | None:
    """Finish a re-evaluation with a decision and a note, and open the next one in the same transaction.

    "Discharge" ends the plan and schedules nothing. Returns the next one. Raises Refused when it is not open, and
    when the next date is not within 1 to 84 days from the patient's today.
    """
    with transaction.atomic():
        row = Reevaluation.objects.select_for_update().get(pk=reevaluation.pk)
        plan = Plan.objects.select_for_update().select_related("patient__clinic").get(pk=row.plan_id)
        if row.state != Reevaluation.State.OPEN:
            raise Refused(_("This re-evaluation was finished already. Reload the page to see it."))
        today = local_date(at, plan.patient.time_zone)
        discharge = decision == Reevaluation.DecisionTaken.DISCHARGE
        due_on = next_due_on or today + timedelta(days=plan.patient.clinic.reevaluation_days)
        if not discharge and not today < due_on <= today + timedelta(days=LONGEST_DAYS):
            raise Refused(_("Choose a next date within the next 12 weeks."))
        row.state = Reevaluation.State.DONE
        row.decision, row.note = decision, note
        row.done_at, row.done_by = at, by
        row.save(update_fields=["state", "decision", "note", "done_at", "done_by"])
        following = None
        if discharge:
            plan.status = Plan.Status.ENDED
            plan.save(update_fields=["status"])
        else:
            following = Reevaluation.objects.create(
                plan=plan, due_on=due_on, why=Reevaluation.Why.PERIODIC, created_at=at
            )
            row.next = following
            row.save(update_fields=["next"])
        note_event(
            patient=plan.patient,
            plan=plan,
            verb="re-evaluation done",
            at=at,
            by=by,
            decision=decision,
            next_due_on=None if discharge else str(due_on),
        )
    return following


def keep_one_open(*, at: datetime) -> dict[str, int]:
    """Repair: a current plan without an open re-evaluation gets one due now; one of an ended plan is cancelled."""
    made = cancelled = 0
    lacking = Plan.objects.current().exclude(reevaluations__state=Reevaluation.State.OPEN).select_related("patient")
    for plan in lacking:
        try:
            with transaction.atomic():
                due_on = local_date(at, plan.patient.time_zone)
                Reevaluation.objects.create(plan=plan, due_on=due_on, why=Reevaluation.Why.PERIODIC, created_at=at)
                note_event(patient=plan.patient, plan=plan, verb="re-evaluation repaired", at=at, by=None)
            made += 1
        except IntegrityError:
            continue  # another sweep was quicker; the constraint kept it at one
    for row in Reevaluation.objects.open().filter(plan__status=Plan.Status.ENDED).select_related("plan__patient"):
        with transaction.atomic():
            if not Reevaluation.objects.filter(pk=row.pk, state="open").update(state="cancelled"):
                continue  # another sweep was quicker, and has noted it
            cancelled += 1
            note_event(patient=row.plan.patient, plan=row.plan, verb="re-evaluation cancelled", at=at, by=None)
    return {"made": made, "cancelled": cancelled}
