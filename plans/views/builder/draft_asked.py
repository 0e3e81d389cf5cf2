"""What the builder's draft asks the database, in texts that are written once."""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import QuerySet

from accounts.compiled import compiled
from exercises.models import Caution
from exercises.said import beside_name
from plans.models import ExerciseLog, Prescription

LOGS_READ = 200


@compiled
def exercises_asked(
    names_only: bool, english: bool, *, versions: Sequence[UUID]
) -> QuerySet[Prescription, Prescription]:
    rows = Prescription.objects.in_order().filter(version__in=versions)
    rows = rows.select_related("exercise_version__exercise", "quota")
    return rows.defer(*beside_name("exercise_version__", english=english)) if names_only else rows


@compiled
def cautions_asked(english: bool, *, versions: Sequence[UUID], conditions: Sequence[str]) -> QuerySet[Caution, Caution]:
    rows = Caution.objects.filter(version_id__in=versions, condition_id__in=conditions)
    if english:  # the reason as it was written: the version has its translations alone
        return rows.select_related("condition")
    return rows.select_related("condition", "version").defer(*beside_name("version__", english=False))


@compiled
def pain_logged(*, patient: UUID, exercises: Sequence[UUID]) -> QuerySet[ExerciseLog, tuple[UUID, int | None]]:
    logs = ExerciseLog.objects.filter(
        session__patient=patient,
        # Says the same once more, but lets Postgres begin with this plan and not with everybody's logs of the exercise.
        prescription__version__plan__patient=patient,
        prescription__exercise_version__exercise__in=exercises,
        pain__isnull=False,
    ).order_by("-session__local_date", "-session__started_at")
    return logs.values_list("prescription__exercise_version__exercise_id", "pain")[:LOGS_READ]
