"""How an exercise is used and how it goes: counts and means, never a patient. A fixed number of queries each."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Avg, Count, Q, QuerySet

from accounts.models import CareAssignment
from exercises.models import Exercise
from plans.actions.library import using
from plans.models import ExerciseLog, PlanVersion, Prescription

FEW = 10
"""Below this many answers a share or a mean says nothing."""
FEW_PATIENTS = 3
"""Below this many patients numbers would point at a person, so none are shown."""


@dataclass(frozen=True)
class Clinician:
    """Somebody whose patients have the exercise in their plan: name, clinic, how many plans."""

    name: str
    clinic: str
    plans: int


@dataclass(frozen=True)
class WhereUsed:
    """Current plans (active or paused) that use an exercise: in all, by version, by responsible clinician."""

    plans: int
    versions: Sequence[tuple[int, int]]
    clinicians: Sequence[Clinician]

    @property
    def without_clinician(self) -> int:
        return self.plans - sum(each.plans for each in self.clinicians)


@dataclass(frozen=True)
class Answers:
    """What patients said about an exercise. `pain_mean` (0-10) counts answered pain only; None when too few."""

    done: int = 0
    partly: int = 0
    skipped: int = 0
    pain_answers: int = 0
    mean_of_answers: float | None = None
    prescribed: int = 0
    patients: int = 0
    reasons: Sequence[tuple[str, int]] = field(default=())

    @property
    def enough(self) -> bool:
        """Whether so many patients answered that no number points at one of them."""
        return self.patients >= FEW_PATIENTS

    @property
    def logs(self) -> int:
        return self.done + self.partly + self.skipped

    @property
    def skipped_share(self) -> float | None:
        """Skipped of all that was logged, 0 to 1; None when too few."""
        return self.skipped / self.logs if self.enough and self.logs >= FEW else None

    @property
    def pain_mean(self) -> float | None:
        return self.mean_of_answers if self.enough and self.pain_answers >= FEW else None

    @property
    def percent_done(self) -> int:
        return round(100 * self.done / self.logs) if self.logs else 0

    @property
    def percent_skipped(self) -> int:
        return round(100 * self.skipped / self.logs) if self.logs else 0


def plans_using(exercise_id: UUID) -> int:
    """How many current plans use the exercise, in any version."""
    return using(exercise_id).values("version__plan_id").distinct().count()


def where_used(exercise: Exercise, at: datetime) -> WhereUsed:
    """Three queries."""
    rows = using(exercise.pk)
    versions = rows.values_list("exercise_version__number").annotate(n=Count("version__plan_id", distinct=True))
    people = (
        CareAssignment.objects.open(at)
        .filter(kind=CareAssignment.Kind.RESPONSIBLE, patient__in=rows.values("version__plan__patient_id"))
        .values_list("clinician__full_name", "patient__clinic__name")
        .annotate(n=Count("patient_id", distinct=True))
        .order_by("-n", "clinician__full_name")
    )
    return WhereUsed(
        plans_using(exercise.pk),
        sorted(versions.order_by(), reverse=True),
        [Clinician(name, clinic, n) for name, clinic, n in people],
    )


def answers_by_version(exercise: Exercise) -> dict[int, Answers]:
    """Version number -> how it went, newest first; the versions that were ever in an activated plan. Three queries."""
    logs = ExerciseLog.objects.filter(prescription__exercise_version__exercise=exercise)
    number = "prescription__exercise_version__number"
    counted = {row[number]: row for row in _counted(logs, number)}
    reasons: dict[int, list[tuple[str, int]]] = {}
    said = logs.filter(state=ExerciseLog.State.SKIPPED).values_list(number, "skip_reason").annotate(n=Count("pk"))
    for version, reason, n in said.order_by("-n", "skip_reason"):
        reasons.setdefault(version, []).append((str(ExerciseLog.SkipReason(reason).label), n))
    prescribed = dict(
        _activated()
        .filter(exercise_version__exercise=exercise)
        .values_list("exercise_version__number")
        .annotate(n=Count("version__plan_id", distinct=True))
        .order_by()
    )
    return {
        version: _answers(counted.get(version, {}), prescribed.get(version, 0), reasons.get(version, []))
        for version in sorted({*counted, *prescribed}, reverse=True)
    }


def answers_by_exercise(exercises: QuerySet[Exercise]) -> dict[UUID, Answers]:
    """Exercise id -> how it went over all its versions, for those that were ever prescribed. Two queries."""
    key = "prescription__exercise_version__exercise_id"
    logs = ExerciseLog.objects.filter(prescription__exercise_version__exercise__in=exercises)
    counted = {row[key]: row for row in _counted(logs, key)}
    prescribed = dict(
        _activated()
        .filter(exercise_version__exercise__in=exercises)
        .values_list("exercise_version__exercise_id")
        .annotate(n=Count("version__plan_id", distinct=True))
        .order_by()
    )
    return {pk: _answers(counted.get(pk, {}), prescribed.get(pk, 0), ()) for pk in {*counted, *prescribed}}


def together(answers: Sequence[Answers], whole: Answers) -> Answers:
    """The whole of an exercise with its reasons, which are counted by version."""
    reasons: dict[str, int] = {}
    for each in answers:
        for reason, n in each.reasons:
            reasons[reason] = reasons.get(reason, 0) + n
    return replace(whole, reasons=sorted(reasons.items(), key=lambda item: (-item[1], item[0])))


def _activated() -> QuerySet[Prescription]:
    return Prescription.objects.exclude(version__state=PlanVersion.State.DRAFT)


def _counted(logs: QuerySet[ExerciseLog], key: str) -> QuerySet[Any, dict[str, Any]]:
    state = ExerciseLog.State
    counted: QuerySet[Any, dict[str, Any]] = (
        logs.values(key)
        .annotate(
            done=Count("pk", filter=Q(state=state.DONE)),
            partly=Count("pk", filter=Q(state=state.PARTLY)),
            skipped=Count("pk", filter=Q(state=state.SKIPPED)),
            pain_answers=Count("pain"),
            pain_mean=Avg("pain"),
            patients=Count("session__patient_id", distinct=True),
        )
        .order_by()
    )
    return counted


def _answers(row: dict[str, Any], prescribed: int, reasons: Sequence[tuple[str, int]]) -> Answers:
    return Answers(
        done=row.get("done", 0),
        partly=row.get("partly", 0),
        skipped=row.get("skipped", 0),
        pain_answers=row.get("pain_answers", 0),
        mean_of_answers=None if row.get("pain_mean") is None else float(row["pain_mean"]),
        prescribed=prescribed,
        patients=row.get("patients", 0),
        reasons=reasons,
    )
