"""A clinic's exercise on its way into the shared library: proposed by its curator, answered by one of the library."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from exercises.actions.events import note_event
from exercises.actions.lifecycle import copy_content, free_slug
from exercises.actions.refusals import Refused
from exercises.models import Exercise, ExerciseVersion, Proposal


def propose(*, exercise: Exercise, note: str, by: User, at: datetime) -> Proposal:
    """Offer a published exercise of a clinic to everybody."""
    with transaction.atomic():
        exercise = Exercise.objects.select_for_update().get(pk=exercise.pk)
        if exercise.clinic_id is None:
            raise Refused(_("This exercise is in the shared library already."))
        if exercise.retired_at is not None or exercise.current_version_id is None:
            raise Refused(_("Only a published exercise can be proposed."))
        if exercise.proposals.filter(answered_at__isnull=True).exists():
            raise Refused(_("It is proposed already and waits for an answer."))
        made = Proposal.objects.create(exercise=exercise, note=note.strip(), proposed_at=at, proposed_by=by)
        note_event(exercise=exercise, verb="proposed", by=by, at=at, note=note.strip())
    return made


def accept(*, proposal: Proposal, by: User, at: datetime) -> ExerciseVersion:
    """Copy it into the shared library, as a draft whose author is who proposed it. The clinic keeps its own."""
    with transaction.atomic():
        open_one = _open(proposal)
        source = open_one.exercise.current_version
        if source is None or open_one.exercise.retired_at is not None:
            raise Refused(_("It has been retired since. Decline the proposal."))
        shared = Exercise.objects.create(clinic=None, slug=free_slug(source.name, None))
        draft = ExerciseVersion.objects.create(
            exercise=shared, number=1, name=source.name, author=open_one.proposed_by, saved_at=at
        )
        copy_content(from_version=source, to_version=draft)
        _answer(open_one, by, at, accepted_as=shared)
        note_event(exercise=open_one.exercise, verb="proposal accepted", by=by, at=at)
        note_event(exercise=shared, verb="came from a clinic", by=by, at=at)
    return draft


def decline(*, proposal: Proposal, answer: str, by: User, at: datetime) -> None:
    """Say no, and why."""
    if not answer.strip():
        raise Refused(_("Say why: the person who proposed it reads it."))
    with transaction.atomic():
        open_one = _open(proposal)
        _answer(open_one, by, at, answer=answer.strip())
        note_event(exercise=open_one.exercise, verb="proposal declined", by=by, at=at, note=answer.strip())


def _open(proposal: Proposal) -> Proposal:
    rows = Proposal.objects.select_for_update(of=("self",)).select_related("exercise__current_version", "proposed_by")
    found = rows.get(pk=proposal.pk)
    if found.answered_at is not None:
        raise Refused(_("This proposal has been answered already."))
    return found


def _answer(
    proposal: Proposal, by: User, at: datetime, *, answer: str = "", accepted_as: Exercise | None = None
) -> None:
    proposal.answered_at, proposal.answered_by = at, by
    proposal.answer, proposal.accepted_as = answer, accepted_as
    proposal.save()
