"""One line in an exercise's history for everything that happens, and the ledger of what plans must hear of."""

from datetime import datetime

from accounts.models import User
from exercises.models import CurationEvent, Exercise, ExerciseVersion, LibraryChange


def note_event(
    *,
    exercise: Exercise,
    verb: str,
    by: User | None,
    at: datetime,
    version: ExerciseVersion | None = None,
    note: str = "",
) -> CurationEvent:
    """Write the event beside the change, in the caller's transaction. `by` is None for a release."""
    return CurationEvent.objects.create(exercise=exercise, version=version, at=at, by=by, verb=verb, note=note)


def note_publication(
    *, version: ExerciseVersion, previous: ExerciseVersion | None, by: User | None, at: datetime
) -> LibraryChange | None:
    """Tell the plans of a newer version: as changed cautions when one is new or says something else.

    Nothing to tell for a first version. A caution that is gone makes no plan unsafe.
    """
    if previous is None:
        return None
    new = _cautions(version) - _cautions(previous)
    kind = LibraryChange.Kind.CAUTIONS if new else LibraryChange.Kind.PUBLISHED
    return LibraryChange.objects.create(exercise_id=version.exercise_id, version=version, kind=kind, at=at, by=by)


def _cautions(version: ExerciseVersion) -> set[tuple[str, str, str]]:
    return set(version.cautions.values_list("condition_id", "kind", "reason"))
