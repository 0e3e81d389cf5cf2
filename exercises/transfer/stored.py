"""The library as plain values: what rows are compared with and what an export writes. Reads the database."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import F, Q

from accounts.models import Clinic
from exercises.actions.lifecycle import search_key
from exercises.models import BodyRegion, Condition, Equipment, Exercise, ExerciseLink, ExerciseVersion
from exercises.transfer.checking import Words
from exercises.transfer.judging import Stored
from exercises.transfer.values import Content, normal_dose, normal_range

_SAME_NAME = (
    *("name", "goal", "family", "position", "impact", "effort_min", "effort_max", "should_feel", "figure"),
    *("source", "licence"),
)
_COPIED_LISTS = ("also_known_as", "body_regions", "equipment", "steps", "cues", "common_mistakes", "stop_if")


def words() -> Words:
    """The vocabulary. Three queries."""
    regions, things, conditions = (
        frozenset(model.objects.values_list("slug", flat=True)) for model in (BodyRegion, Equipment, Condition)
    )
    return Words(regions, things, conditions)


def library(clinic: Clinic | None) -> list[Stored]:
    """The exercises of a library and, for a clinic's own one, the shared ones beside it. Four queries.

    Each has what its published version says first, then what its draft says; of the shared ones beside a clinic's
    library only what is published counts.
    """
    near = Q(clinic__isnull=True) if clinic is None else Q(clinic__isnull=True) | Q(clinic=clinic)
    clinic_id = clinic.pk if clinic else None
    exercises = list(Exercise.objects.filter(near).order_by("slug", "clinic"))
    is_current = Q(exercise__current_version=F("pk"))
    in_work = ~Q(state="published") & Q(exercise__in=[one for one in exercises if one.clinic_id == clinic_id])
    found = ExerciseVersion.objects.filter(exercise__in=exercises).filter(is_current | in_work)
    versions: dict[UUID, list[ExerciseVersion]] = defaultdict(list)
    for version in found.order_by("number").defer("search", "search_key").prefetch_related("cautions"):
        versions[version.exercise_id].append(version)
    links = _links(exercises)
    return [
        Stored(
            id=str(exercise.pk),
            slug=exercise.slug,
            contents=tuple(content_of(version, exercise.slug, links[exercise.pk]) for version in versions[exercise.pk]),
            version=str(exercise.current_version_id or ""),
            in_work=any(version.state != "published" for version in versions[exercise.pk]),
            retired=exercise.retired_at is not None,
            ours=exercise.clinic_id == clinic_id,
        )
        for exercise in exercises
        if versions[exercise.pk]
    ]


def to_export(clinic: Clinic | None) -> list[Content]:
    """Every exercise of one library that is not retired, as published; as drafted where nothing is published yet."""
    return [one.content for one in library(clinic) if one.ours and not one.retired]


def content_of(version: ExerciseVersion, slug: str, links: Mapping[str, list[str]]) -> Content:
    """A version with every field. `links` are the slugs of `easier` and `harder`."""
    met = None
    if version.met_value is not None:
        met = {"value": float(version.met_value), "edition": version.met_edition, "code": version.met_code}
    cautions = [{"condition": c.condition_id, "kind": c.kind, "reason": c.reason} for c in version.cautions.all()]
    content: Content = {name: getattr(version, name) for name in _SAME_NAME}
    content |= {name: list(getattr(version, name)) for name in _COPIED_LISTS}
    return {
        "slug": slug,
        **content,
        "met": met,
        "starting_dose": normal_dose(version.starting_dose),
        "dose_range": normal_range(version.dose_range),
        "easier": links["easier"],
        "harder": links["harder"],
        "cautions": sorted(cautions, key=lambda caution: str(caution["condition"])),
        "evidence": list(version.evidence),
    }


def columns_of(content: Content) -> dict[str, Any]:
    """The columns of an ExerciseVersion for a whole content; cautions and links are rows of their own."""
    met = content["met"]
    return {
        **{name: content[name] for name in (*_SAME_NAME, *_COPIED_LISTS, "evidence")},
        "starting_dose": normal_dose(content["starting_dose"]),
        "dose_range": normal_range(content["dose_range"]),
        "met_value": Decimal(str(met["value"])) if met else None,
        "met_edition": met["edition"] if met else "",
        "met_code": met["code"] if met else "",
        "search_key": search_key(content),
    }


def _links(exercises: Sequence[Exercise]) -> dict[UUID, dict[str, list[str]]]:
    slugs = {exercise.pk: exercise.slug for exercise in exercises}
    libraries = {exercise.pk: exercise.clinic_id for exercise in exercises}
    found: dict[UUID, dict[str, list[str]]] = defaultdict(lambda: {"easier": [], "harder": []})
    for easier, harder in ExerciseLink.objects.order_by("easier__slug", "harder__slug").values_list("easier", "harder"):
        # A slug names an exercise within one library only, so links between two libraries do not travel.
        if easier in slugs and harder in slugs and libraries[easier] == libraries[harder]:
            found[easier]["harder"].append(slugs[harder])
            found[harder]["easier"].append(slugs[easier])
    return found
