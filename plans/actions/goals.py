"""What a patient wants to be able to do: written down in their words, and how it ended. Nothing vanishes."""

from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.models import Patient, User
from plans.actions.history import note_event
from plans.actions.refusals import Refused
from plans.models import Goal, GoalRating
from plans.schedule import local_date

STANDING_AT_MOST = 5


def add(*, patient: Patient, text: str, by: User, at: datetime) -> Goal:
    """One more goal, last in the list. Raises Refused for one that stands already, or a sixth."""
    with transaction.atomic():
        patient = Patient.objects.select_for_update().get(pk=patient.pk)
        standing = Goal.objects.of(patient).standing()
        if standing.filter(text__iexact=text).exists():
            raise Refused(_("This goal is written down already."))
        if standing.count() >= STANDING_AT_MOST:
            raise Refused(_("Five goals are enough at a time. End one before you add another."))
        last = Goal.objects.of(patient).aggregate(last=Max("position"))["last"] or 0
        goal = Goal.objects.create(patient=patient, text=text, position=last + 1, made_at=at, made_by=by)
        note_event(patient=patient, verb="goal written", at=at, by=by, goal=str(goal.pk))
    return goal


def end(*, goal: Goal, how: str, by: User, at: datetime) -> Goal:
    """`how` is a Goal.End. A goal that has ended stays as it ended."""
    with transaction.atomic():
        goal = Goal.objects.select_for_update(of=("self",)).select_related("patient").get(pk=goal.pk)
        if goal.ended_at is not None:
            raise Refused(_("This goal has ended already."))
        goal.end, goal.ended_at = Goal.End(how), at
        goal.save(update_fields=["end", "ended_at"])
        verb = "goal reached" if goal.end == Goal.End.REACHED else "goal given up"
        note_event(patient=goal.patient, verb=verb, at=at, by=by, goal=str(goal.pk))
    return goal


def rate(*, goal: Goal, closeness: int, time_zone: str, by: User, at: datetime) -> GoalRating:
    """How close it feels now, 0 (far away) to 10 (there). The same number again on the same local date changes nothing.

    Raises Refused for a number off the scale and for a goal that has ended.
    """
    if not 0 <= closeness <= 10:
        raise Refused(_("Choose a whole number from 0 to 10."))
    with transaction.atomic():
        goal = Goal.objects.select_for_update(of=("self",)).select_related("patient").get(pk=goal.pk)
        if goal.ended_at is not None:
            raise Refused(_("This goal has ended already."))
        on = local_date(at, time_zone)
        last = goal.ratings.order_by("at", "id").last()
        if last is not None and (last.on, last.closeness) == (on, closeness):
            return last
        rating = GoalRating.objects.create(goal=goal, closeness=closeness, on=on, at=at, by=by)
        note_event(patient=goal.patient, verb="goal rated", at=at, by=by, goal=str(goal.pk))
    return rating
