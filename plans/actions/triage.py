"""Triage: who looks after a flag, which flags may wait, and taking back what was pressed by mistake."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import Membership, Patient, User
from plans.actions.flags import acknowledge, locked
from plans.actions.history import note_event
from plans.actions.refusals import Refused
from plans.models import Flag, PlanEvent
from plans.schedule import local_date

LONGEST_SLEEP_DAYS = 28
UNDO_WITHIN = timedelta(minutes=10)
UNDOABLE = ("flag acknowledged", "flag put to sleep", "flag assigned")


@dataclass(frozen=True)
class Bulk:
    """What became of several flags: `seen` are acknowledged now, `graver` have to be opened one by one."""

    seen: Sequence[Flag]
    graver: Sequence[Flag]


def colleagues(*, patient: Patient, at: datetime) -> QuerySet[User]:
    """Who may be asked to look after a flag of this patient: clinicians and leads who work in the clinic now."""
    here = Membership.objects.open(at).clinical().filter(clinic=patient.clinic_id)
    return User.objects.filter(pk__in=here.values("user"), is_active=True).order_by("full_name", "pk")


def acknowledge_watch(*, flags: Iterable[Flag], by: User, at: datetime) -> Bulk:
    """Acknowledge those that are only worth watching; graver ones are left alone, whatever was ticked."""
    with transaction.atomic():
        # Always in the same order, so that two people who tick the same rows do not wait for each other.
        rows = [locked(flag) for flag in sorted(flags, key=lambda flag: (flag.patient_id, flag.pk))]
        waiting = [flag for flag in rows if flag.state == Flag.State.OPEN]
        graver = [flag for flag in waiting if flag.severity != Flag.Severity.WATCH]
        seen = [acknowledge(flag=flag, by=by, at=at) for flag in waiting if flag not in graver]
    return Bulk(seen, graver)


def assign(*, flag: Flag, to: User, by: User, at: datetime) -> Flag:
    """Ask a colleague of the clinic to look after the flag. Raises Refused when they could not see it."""
    with transaction.atomic():
        flag = _still_open(flag)
        if not colleagues(patient=flag.patient, at=at).filter(pk=to.pk).exists():
            raise Refused(_("%(name)s does not work here now. Choose somebody else.") % {"name": to.full_name})
        if not Patient.objects.visible_to(to, at).filter(pk=flag.patient_id).exists():
            raise Refused(
                _("%(name)s may not open this record. Add %(name)s to the patient's care first.")
                % {"name": to.full_name}
            )
        if flag.assigned_to_id != to.pk:
            was = str(flag.assigned_to_id) if flag.assigned_to_id else None
            flag.assigned_to = to
            flag.save(update_fields=["assigned_to"])
            _note(flag, "flag assigned", at, by, to=str(to.pk), was_assigned_to=was, who=to.full_name)
    return flag


def snooze(*, flag: Flag, until: date, by: User, at: datetime) -> Flag:
    """Let a flag sleep until a date of the clinic; that acknowledges it. It wakes by itself (plans.models.flag).

    Raises Refused for an urgent flag and for a date that is not within the next LONGEST_SLEEP_DAYS days.
    """
    with transaction.atomic():
        flag = _still_open(flag)
        if flag.severity == Flag.Severity.URGENT:
            raise Refused(_("An urgent flag cannot wait. Acknowledge it, or hand it to a colleague."))
        today = local_date(at, flag.patient.clinic.time_zone)
        if not today < until <= today + timedelta(days=LONGEST_SLEEP_DAYS):
            raise Refused(
                _("Choose a day after today, at most %(n)d days from now.") % {"n": LONGEST_SLEEP_DAYS},
            )
        was_asleep = flag.snoozed_until.isoformat() if flag.is_asleep(today) and flag.snoozed_until else None
        unseen = flag.state == Flag.State.OPEN
        if unseen:
            flag.state, flag.acknowledged_at, flag.acknowledged_by = Flag.State.ACKNOWLEDGED, at, by
        flag.snoozed_until, flag.snoozed_at, flag.snoozed_by = until, at, by
        flag.save(update_fields=["state", "acknowledged_at", "acknowledged_by", *_SLEEP])
        told = {"until": until.isoformat(), "was_asleep_until": was_asleep, "was_unseen": unseen}
        _note(flag, "flag put to sleep", at, by, **told)
    return flag


def wake(*, flag: Flag, by: User, at: datetime) -> Flag:
    """Bring a sleeping flag back to the inbox."""
    with transaction.atomic():
        flag = _still_open(flag)
        if flag.snoozed_at is not None:
            _wake(flag)
            flag.save(update_fields=_SLEEP)
            _note(flag, "flag woken", at, by)
    return flag


def undo(*, flag: Flag, by: User, at: datetime) -> str:
    """Take back one's own last step with a flag: seen, put to sleep or assigned. Returns the verb that was undone.

    Raises Refused when something else happened to the flag since, or when it was longer ago than UNDO_WITHIN.
    """
    with transaction.atomic():
        flag = _still_open(flag)
        last = PlanEvent.objects.of(flag.patient).filter(detail__flag=str(flag.pk)).first()
        mine = last is not None and last.by_id == by.pk and last.verb in UNDOABLE
        if last is None or not mine or at - last.at > UNDO_WITHIN:
            raise Refused(_("This cannot be taken back any more: something else happened, or it was too long ago."))
        _TAKE_BACK[last.verb](flag, last)
        flag.save(update_fields=["state", "acknowledged_at", "acknowledged_by", "assigned_to", *_SLEEP])
        _note(flag, _TAKEN_BACK[last.verb], at, by)
    return last.verb


_SLEEP = ["snoozed_until", "snoozed_at", "snoozed_by"]
_TAKEN_BACK = {
    "flag acknowledged": "flag acknowledgement taken back",
    "flag put to sleep": "flag sleep taken back",
    "flag assigned": "flag assignment taken back",
}


def _unsee(flag: Flag, event: PlanEvent) -> None:
    flag.state, flag.acknowledged_at, flag.acknowledged_by = Flag.State.OPEN, None, None


def _unsleep(flag: Flag, event: PlanEvent) -> None:
    before = event.detail.get("was_asleep_until")
    if before:
        flag.snoozed_until = date.fromisoformat(before)
        return
    _wake(flag)
    if event.detail.get("was_unseen"):
        _unsee(flag, event)


def _unassign(flag: Flag, event: PlanEvent) -> None:
    before = event.detail.get("was_assigned_to")
    flag.assigned_to_id = UUID(before) if before else None


_TAKE_BACK = {"flag acknowledged": _unsee, "flag put to sleep": _unsleep, "flag assigned": _unassign}


def _wake(flag: Flag) -> None:
    flag.snoozed_until = flag.snoozed_at = flag.snoozed_by = None


def _still_open(flag: Flag) -> Flag:
    """The row as it is now, locked. Raises Refused when nobody has to do anything about it any more."""
    row = locked(flag)
    if not row.is_open:
        raise Refused(_("This flag is not open any more. Reload the page to see what happened."))
    return row


def _note(flag: Flag, verb: str, at: datetime, by: User, **detail: Any) -> None:
    note_event(patient=flag.patient, verb=verb, at=at, by=by, flag=str(flag.pk), **detail)
