"""What one changed dose asks for, for the change and for its answer: the version, then all about its exercises."""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import QuerySet, Subquery

from accounts.together import one_of_many, together
from exercises.models import Caution, ExerciseVersion
from exercises.said import language
from exercises.translated import SOURCE
from plans.models import ExerciseLog, PlanVersion, Prescription
from plans.views.builder.around import slugs_around, with_around
from plans.views.builder.draft_asked import cautions_of, exercises_of, pain_of
from plans.views.builder.draft_known import PAIN_VALUES, Known, known_as, reasons_in, scores_in, version_and_last

OF_EXERCISE = {"id", "exercise", "name", "position", "impact", "met_value"}
BESIDE = [
    f"exercise_version__{field.name}"
    for field in ExerciseVersion._meta.concrete_fields
    if field.name not in OF_EXERCISE
]
"""What neither a dose nor what is said about it needs of an exercise."""

NOT_SHOWN = {
    "plan__": ["title", "owner", "resumed_at", "created_at"],
    "plan__patient__": [
        "name_key", "birth_on", "clinic_number", "email", "consented_at", "created_at", "discharged_at",
        "discharged_by",
    ],
    "plan__patient__clinic__": [
        "emergency_text", "phone", "answer_promise", "first_reevaluation_days", "reevaluation_days", "working_days",
        "opens_at", "closes_at", "urgent_hours", "important_days", "sample_of", "retention_years",
    ],
    "plan__patient__profile__": ["goal", "what_helps", "limits", "flare_plan", "usual_pain_at_intake"],
    "based_on__": ["why", "activated_at", "activated_by", "saved_at", "lock"],
}  # fmt: skip
"""What no answer to a change says."""


def with_its_page(versions: QuerySet[PlanVersion]) -> QuerySet[PlanVersion]:
    """The versions with what stands beside them, and without what is not said there."""
    return with_around(versions).defer(*[f"{path}{name}" for path, names in NOT_SHOWN.items() for name in names])


def known(version: PlanVersion, prescription: UUID) -> Known:
    """The exercises of a version that came `with_its_page`, what speaks against them, and the last pain on one. One
    query.
    """
    english = language() == SOURCE
    patient, conditions = version.plan.patient_id, slugs_around(version)
    rows, cautions, pain = together(
        _exercises(english, versions=version_and_last(version)),
        _cautions(english, version=version.pk, conditions=conditions or [""]),
        _pain(patient=patient, prescription=prescription),
    )
    return known_as(version, rows, reasons_in(cautions, english), scores_in(pain))


@one_of_many
def _exercises(english: bool, *, versions: Sequence[UUID]) -> QuerySet[Prescription, Prescription]:
    rows = exercises_of(versions).select_related("exercise_version", "quota")
    return rows.defer(*[name for name in BESIDE if english or name != "exercise_version__translations"])


@one_of_many
def _cautions(english: bool, *, version: UUID, conditions: Sequence[str]) -> QuerySet[Caution, Caution]:
    held = Prescription.objects.filter(version=version).values("exercise_version")
    return cautions_of(english, conditions).filter(version__in=held)


@one_of_many
def _pain(*, patient: UUID, prescription: UUID) -> QuerySet[ExerciseLog, tuple[UUID, int | None]]:
    # As one value, so that Postgres begins with the patient, as it does with a value that is given.
    this = Prescription.objects.filter(pk=prescription).order_by().values("exercise_version__exercise")[:1]
    return pain_of(patient).filter(prescription__exercise_version__exercise=Subquery(this))[:PAIN_VALUES]
