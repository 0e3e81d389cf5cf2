"""Easier and harder: the chain of exercises. No loops, and nothing of one clinic in the chain of the shared library."""

from datetime import datetime
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from exercises.actions.events import note_event
from exercises.actions.refusals import Refused
from exercises.models import Exercise, ExerciseLink


def link(*, exercise: Exercise, other: Exercise, other_is: str, by: User, at: datetime) -> ExerciseLink:
    """Make `other` the "easier" or the "harder" neighbour of `exercise`."""
    if exercise.pk == other.pk:
        raise Refused(_("An exercise is neither easier nor harder than itself."))
    if other.clinic_id is not None and other.clinic_id != exercise.clinic_id:
        raise Refused(_("Exercises of a clinic stand in that clinic's chains only."))
    easier, harder = (other, exercise) if other_is == "easier" else (exercise, other)
    with transaction.atomic():
        with connection.cursor() as cursor:
            # Two links made at once could close a loop that neither sees.
            cursor.execute("LOCK TABLE exercises_exerciselink IN SHARE ROW EXCLUSIVE MODE")
        if ExerciseLink.objects.filter(easier=easier, harder=harder).exists():
            raise Refused(_("They are linked already."))
        chain = _way_up(harder.pk, easier.pk)
        if chain:
            raise Refused(
                _("That would be a loop: %(chain)s. Take one of these links away first.") % {"chain": _names(chain)}
            )
        made = ExerciseLink.objects.create(easier=easier, harder=harder)
        note_event(exercise=exercise, verb="linked", by=by, at=at, note=_said(easier, harder))
    return made


def unlink(*, exercise: Exercise, link_id: UUID, by: User, at: datetime) -> None:
    """Take a neighbour out of the chain."""
    with transaction.atomic():
        rows = ExerciseLink.objects.select_related("easier__current_version", "harder__current_version")
        found = rows.filter(pk=link_id).first()
        if found is None or exercise.pk not in (found.easier_id, found.harder_id):
            raise Refused(_("This link is gone already."))
        note_event(exercise=exercise, verb="unlinked", by=by, at=at, note=_said(found.easier, found.harder))
        found.delete()


def _way_up(start: UUID, end: UUID) -> list[UUID]:
    """The exercises on the way from `start` up to `end`, both included; empty when there is none."""
    above: dict[UUID, list[UUID]] = {}
    for easier, harder in ExerciseLink.objects.values_list("easier_id", "harder_id"):
        above.setdefault(easier, []).append(harder)
    ways = [[start]]
    seen = {start}
    while ways:
        way = ways.pop(0)
        if way[-1] == end:
            return way
        for step in above.get(way[-1], ()):
            if step not in seen:
                seen.add(step)
                ways.append([*way, step])
    return []


def _names(ids: list[UUID]) -> str:
    by_id = Exercise.objects.select_related("current_version").in_bulk(ids)
    return " → ".join(name_of(by_id[pk]) for pk in ids)


def _said(easier: Exercise, harder: Exercise) -> str:
    return f"{name_of(easier)} → {name_of(harder)}"


def name_of(exercise: Exercise) -> str:
    """The name that people know it by, or its short name before it was ever published."""
    return exercise.current_version.said.name if exercise.current_version else exercise.slug
