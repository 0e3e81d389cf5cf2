"""What changes of the library mean for plans: who is told, and which plan has an exercise that is unsafe now.

LibraryChange is the ledger: the library writes what happened, `handle_changes` reads what nobody has handled yet. A
plan keeps the version it was made with; nothing is taken out of it.
"""

import logging
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import DatabaseError, OperationalError, transaction
from django.db.models import Exists, F, OuterRef, QuerySet, Subquery

from accounts.models import User
from exercises.models import Caution, Exercise, ExerciseVersion, LibraryChange
from plans.models import ClinicalProfile, LibraryNotice, Plan, PlanEvent, Prescription

logger = logging.getLogger(__name__)

TELLING = (LibraryChange.Kind.CAUTIONS, LibraryChange.Kind.RETIRED)
"""Kinds that clinicians are told of. A newer version as such is seen in the builder."""
BATCH = 2_000


@dataclass(frozen=True)
class Effect:
    """What publishing a version would mean: plans that use the exercise, and those where it would be unsafe."""

    plans: int
    unsafe: int


def handle_changes(*, at: datetime) -> int:
    """Tell the plans of every change that nobody has handled yet, oldest first; how many notices were made.

    Each change is one transaction. One that fails is left for the next round and does not hold up the others.
    """
    made = 0
    for change_id in LibraryChange.objects.filter(handled_at__isnull=True).order_by("at").values_list("pk", flat=True):
        try:
            made += _handle(change_id, at)
        except OperationalError:  # the database is away, not the change at fault
            raise
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, DatabaseError) as error:
            logger.error("library change not handled", extra={"change": str(change_id), "error": type(error).__name__})
    return made


def handle_all(*, at: datetime) -> int:
    """Both: the changes that wait, and the plans that came into use since."""
    return handle_changes(at=at) + tell_plans_activated_since(at=at)


def tell_plans_activated_since(*, at: datetime) -> int:
    """Tell the plans that were activated, with an older version, after their exercise's cautions changed.

    A draft that was begun before a change keeps the version it was begun with. One question when there is none.
    """
    late = Prescription.objects.filter(
        exercise_version__exercise_id=OuterRef("exercise_id"),
        exercise_version__number__lt=OuterRef("version__number"),
        version__activated_at__gte=OuterRef("at"),
        version__plan__active_version=F("version"),
        version__plan__status__in=[Plan.Status.ACTIVE, Plan.Status.PAUSED],
    ).exclude(version__plan__library_notices__change=OuterRef("pk"))
    changes = LibraryChange.objects.filter(Exists(late), kind=LibraryChange.Kind.CAUTIONS, handled_at__isnull=False)
    with transaction.atomic():
        return sum(_tell(change, at) for change in changes.select_related("version").order_by("at"))


def using(exercise_id: UUID) -> QuerySet[Prescription]:
    """The prescriptions of an exercise, in any of its versions, in the plans that patients have now."""
    return Prescription.objects.filter(
        exercise_version__exercise_id=exercise_id,
        version__plan__active_version=F("version"),
        version__plan__status__in=[Plan.Status.ACTIVE, Plan.Status.PAUSED],
    )


def effect_of(version: ExerciseVersion) -> Effect:
    """How many current plans use the exercise, and in how many this version would be unsafe for the patient."""
    plans = using(version.exercise_id).values("version__plan_id").distinct().count()
    unsafe = _newly_unsafe(version).values("plan_id").distinct().count()
    return Effect(plans, unsafe)


def newer_versions(prescriptions: Iterable[Prescription]) -> dict[UUID, ExerciseVersion]:
    """Prescription id -> the version published since, for those whose exercise has a newer one. One query."""
    held = {row.pk: row.exercise_version_id for row in prescriptions}
    older = ExerciseVersion.objects.filter(pk__in=set(held.values()), exercise__in=Exercise.objects.prescribable())
    older = older.exclude(exercise__current_version=F("pk")).select_related("exercise__current_version")
    current = {version.pk: version.exercise.current_version for version in older}
    found = {key: current.get(version_id) for key, version_id in held.items()}
    return {key: version for key, version in found.items() if version is not None}


def newer_version(prescription: Prescription) -> ExerciseVersion | None:
    """The version of the exercise that was published since it was prescribed, if there is one."""
    return newer_versions([prescription]).get(prescription.pk)


def mark_seen(*, notices: Sequence[LibraryNotice], by: User, at: datetime) -> int:
    """Somebody has looked at these notices; how many were still open. Each is a line in its patient's history."""
    with transaction.atomic():
        rows = LibraryNotice.objects.select_for_update(of=("self",)).open().select_related("plan", "change")
        found = list(rows.filter(pk__in=[notice.pk for notice in notices]))
        LibraryNotice.objects.filter(pk__in=[row.pk for row in found]).update(seen_at=at, seen_by=by)
        PlanEvent.objects.bulk_create(
            PlanEvent(
                patient_id=row.plan.patient_id,
                plan=row.plan,
                at=at,
                by=by,
                verb="library notice seen",
                detail={"kind": row.change.kind, "exercise": row.detail.get("exercise", ""), "grave": row.grave},
            )
            for row in found
        )
    return len(found)


def _handle(change_id: UUID, at: datetime) -> int:
    with transaction.atomic():
        rows = LibraryChange.objects.select_for_update(skip_locked=True, of=("self",)).select_related("version")
        change = rows.filter(pk=change_id, handled_at__isnull=True).first()
        if change is None:  # another process has it
            return 0
        made = _tell(change, at) if change.kind in TELLING else 0
        change.handled_at = at
        change.save(update_fields=["handled_at"])
    return made


def _tell(change: LibraryChange, at: datetime) -> int:
    """A notice for every plan that uses the exercise in a version from before the change, once a plan and change."""
    version = change.version
    rows = using(change.exercise_id).exclude(version__plan__library_notices__change=change)
    if version is not None and change.kind == LibraryChange.Kind.CAUTIONS:
        rows = rows.filter(exercise_version__number__lt=version.number)
    held: dict[UUID, int] = {}
    for plan_id, number in rows.values_list("version__plan_id", "exercise_version__number"):
        held[plan_id] = min(number, held.get(plan_id, number))
    unsafe: dict[UUID, list[str]] = defaultdict(list)
    if version is not None and change.kind == LibraryChange.Kind.CAUTIONS:
        for plan_id, condition in _newly_unsafe(version).values_list("plan_id", "condition_id").distinct():
            unsafe[plan_id].append(condition)
    name = version.name if version is not None else ""
    notices = [
        LibraryNotice(
            plan_id=plan_id,
            change=change,
            grave=plan_id in unsafe,
            detail={"exercise": name, "held": number, "conditions": sorted(unsafe.get(plan_id, []))},
            raised_at=at,
        )
        for plan_id, number in held.items()
    ]
    LibraryNotice.objects.bulk_create(notices, batch_size=BATCH, ignore_conflicts=True)
    return len(notices)


def _newly_unsafe(version: ExerciseVersion) -> QuerySet[Any]:
    """Recorded conditions of patients with the exercise in their plan that this version is not for: rows with
    `plan_id` and `condition_id`. What the plan's own version was not for already had its hard stop in the builder.
    """
    recorded = ClinicalProfile.conditions.through.objects.filter(
        condition_id__in=Caution.objects.filter(version=version, kind=Caution.Kind.CONTRAINDICATED).values(
            "condition_id"
        )
    )
    known = Caution.objects.filter(
        version_id=OuterRef("exercise_version_id"),
        kind=Caution.Kind.CONTRAINDICATED,
        condition_id=OuterRef(OuterRef("condition_id")),
    )
    uses = using(version.exercise_id).filter(version__plan__patient_id=OuterRef("clinicalprofile__patient_id"))
    # One plan a patient is current, so the plan follows from the patient.
    return (
        recorded.filter(Exists(uses.filter(~Exists(known))))
        .annotate(plan_id=Subquery(uses.values("version__plan_id")[:1]))
        .order_by()
    )
