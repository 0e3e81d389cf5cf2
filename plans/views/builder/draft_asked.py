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
def exercises_asked(*, versions: Sequence[UUID]) -> QuerySet[Prescription, Prescription]:
    return exercises_of(versions).select_related("exercise_version__exercise", "quota")


@compiled
def cautions_asked(english: bool, *, versions: Sequence[UUID], conditions: Sequence[str]) -> QuerySet[Caution, Caution]:
    return cautions_of(english, conditions).filter(version_id__in=versions)


@compiled
def pain_logged(*, patient: UUID, exercises: Sequence[UUID]) -> QuerySet[ExerciseLog, tuple[UUID, int | None]]:
    return pain_of(patient).filter(prescription__exercise_version__exercise__in=exercises)[:LOGS_READ]


def exercises_of(versions: Sequence[UUID]) -> QuerySet[Prescription]:
    return Prescription.objects.in_order().filter(version__in=versions)


def cautions_of(english: bool, conditions: Sequence[str]) -> QuerySet[Caution, Caution]:
    rows = Caution.objects.filter(condition_id__in=conditions)
    if english:  # the reason as it was written: the version has its translations alone
        return rows.select_related("condition")
    return rows.select_related("condition", "version").defer(*beside_name("version__", english=False))


def pain_of(patient: UUID) -> QuerySet[ExerciseLog, tuple[UUID, int | None]]:
    """Exercise and pain, newest first; what exercises are asked about is for the caller to add."""
    logs = ExerciseLog.objects.filter(
        session__patient=patient,
        # Says the same once more, but lets Postgres begin with this plan and not with everybody's logs of the exercise.
        prescription__version__plan__patient=patient,
        pain__isnull=False,
    ).order_by("-session__local_date", "-session__started_at")
    return logs.values_list("prescription__exercise_version__exercise_id", "pain")
