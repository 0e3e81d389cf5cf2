"""A flag that nobody has seen in time goes to the clinic's lead as well."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.models import Clinic, Holiday
from plans.actions import notification_kinds as kinds
from plans.actions import telling
from plans.actions.history import note_event
from plans.actions.recipients import Staff, staff_of
from plans.models import Flag, Notification
from plans.working_hours import Calendar, after_days, after_hours


def calendar_of(clinic: Clinic) -> Calendar:
    """The clinic's working time."""
    return Calendar(
        weekdays=frozenset(clinic.working_days),
        opens_at=clinic.opens_at,
        closes_at=clinic.closes_at,
        holidays=frozenset(Holiday.objects.filter(clinic=clinic).values_list("on", flat=True)),
        time_zone=clinic.time_zone,
    )


def due_at(*, severity: str, since: datetime, clinic: Clinic, calendar: Calendar) -> datetime:
    """When an unseen flag of that severity goes to the lead: so many working hours, or working days, after `since`."""
    if severity == Flag.Severity.URGENT:
        return after_hours(calendar, since, clinic.urgent_hours)
    return after_days(calendar, since, clinic.important_days)


def escalate(*, at: datetime) -> int:
    """Tell the lead of every urgent or important flag that nobody acknowledged in time. Returns how many.

    Once per flag and severity, and anew when it has to be seen anew. A clinic without a lead: every clinician is told.
    Whoever becomes lead while the flag is still unseen is told too.
    """

    def of_clinic(clinic: Clinic, flags: list[Flag]) -> int:
        staff, calendar, stories = staff_of(clinic=clinic, at=at), calendar_of(clinic), telling.stories_of(flags)
        escalated, told = [], 0
        for flag in flags:
            story = stories[flag.pk]
            if (flag.severity, story.round) in story.escalated:
                escalated.append(flag)
                continue
            since = _since(flag, story)
            if due_at(severity=flag.severity, since=since, clinic=clinic, calendar=calendar) <= at:
                told += _escalate(flag.pk, flag.severity, story.round, staff, at=at)
        telling.owe_all(
            (
                telling.flag_debt("escalated", flag, stories[flag.pk].round, p)
                for flag in escalated
                for p in staff.chiefs()
            ),
            at=at,
        )
        return told

    return telling.each_clinic(telling.unseen_flags([Flag.Severity.URGENT, Flag.Severity.IMPORTANT]), of_clinic)


def _since(flag: Flag, story: telling.Story) -> datetime:
    """When people were first told that it is so grave; a flag that was never anything less counts from its start."""
    rows = Notification.objects.filter(patient=flag.patient_id, about__contains={"flag": str(flag.pk)})
    first = rows.filter(kind__in=[kinds.FLAG, kinds.FLAG_URGENT]).order_by("created_at")
    told = [(row["severity"], row["round"], made) for row, made in first.values_list("about", "created_at")]
    if story.round == 0 and all(severity == flag.severity for severity, _round, _made in told):
        return flag.raised_at
    same = (made for severity, which, made in told if (severity, which) == (flag.severity, story.round))
    return next(same, story.since)


def _escalate(flag_id: UUID, severity: str, round_: int, staff: Staff, *, at: datetime) -> bool:
    with transaction.atomic():
        flag = Flag.objects.select_for_update(of=("self",)).select_related("patient").get(pk=flag_id)
        if flag.state != Flag.State.OPEN or flag.severity != severity:
            return False  # somebody was quicker
        story = telling.stories_of([flag])[flag_id]
        if (severity, story.round) in story.escalated:
            return False  # another sweep was
        flag.escalated_at = at
        flag.save(update_fields=["escalated_at"])
        note_event(
            patient=flag.patient, verb="flag escalated", at=at, by=None, flag=str(flag.pk), severity=severity,
            round=round_, people=len(staff.chiefs()),
        )  # fmt: skip
        telling.owe_all([telling.flag_debt("escalated", flag, round_, person) for person in staff.chiefs()], at=at)
    return True
