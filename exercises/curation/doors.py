"""The doors to what a curator may write: their own library and nothing else. A stranger's id is not there."""

from typing import cast
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone

from accounts.models import User
from exercises.models import Exercise, ExerciseVersion, Proposal


def user(request: HttpRequest) -> User:
    return cast(User, request.user)


def writable(request: HttpRequest) -> QuerySet[Exercise]:
    """The exercises that this curator writes."""
    return Exercise.objects.writable_by(user(request), timezone.now())


def curated(request: HttpRequest, curated_id: UUID) -> Exercise:
    """An exercise of a library that this curator looks after, or 404."""
    return get_object_or_404(writable(request).select_related("current_version", "clinic"), pk=curated_id)


def curated_version(request: HttpRequest, exercise_version_id: UUID) -> ExerciseVersion:
    """A version, in any state, of an exercise that this curator looks after, or 404."""
    rows = ExerciseVersion.objects.filter(exercise__in=writable(request))
    rows = rows.select_related("exercise__current_version", "exercise__clinic", "author", "publisher", "reviewed_by")
    return get_object_or_404(rows, pk=exercise_version_id)


def draft(request: HttpRequest, draft_id: UUID) -> ExerciseVersion:
    """A version that is being written or reviewed, or 404."""
    rows = ExerciseVersion.objects.filter(exercise__in=writable(request))
    rows = rows.exclude(state=ExerciseVersion.State.PUBLISHED)
    return get_object_or_404(
        rows.select_related("exercise__current_version", "exercise__clinic", "author"), pk=draft_id
    )


def proposal(request: HttpRequest, proposal_id: UUID) -> Proposal:
    """A clinic's proposal, for those who look after the shared library, or 404."""
    rows = Proposal.objects.filter(answered_at__isnull=True)
    if not user(request).curates_shared_library:
        rows = rows.none()
    return get_object_or_404(rows.select_related("exercise__current_version", "exercise__clinic"), pk=proposal_id)
