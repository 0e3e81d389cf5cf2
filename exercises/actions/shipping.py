"""Brings the library that ships with a release into the database. What a clinic uses is never changed by it."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from accounts.names import folded
from exercises.actions.events import note_publication
from exercises.actions.figures import keep_pose
from exercises.content import ExerciseContent, Library
from exercises.drawn import current_digest
from exercises.models import BodyRegion, Caution, Condition, Equipment, Exercise, ExerciseLink, ExerciseVersion
from exercises.translated import kept


def ship(
    *, library: Library, translations: Mapping[str, Mapping[str, Any]] | None = None, release: str, at: datetime
) -> dict[str, int]:
    """Store the vocabularies and every exercise whose content is new or changed, as a published version.

    An exercise that a person of this installation has changed since, or retired, is left alone. `translations` are
    language -> slug -> words (exercises.content_translations); they join the version without making a new one. None
    leaves those that are there.
    Returns counts: added, updated, unchanged, kept (changed here).
    """
    counts = {"added": 0, "updated": 0, "unchanged": 0, "kept": 0}
    with transaction.atomic():
        _vocabulary(library)
        for content in library.exercises:
            said = None
            if translations is not None:
                found = {name: rows[content.slug] for name, rows in translations.items() if content.slug in rows}
                said = _translations(content, found)
            counts[_one(content, said, release, at)] += 1
        exercises = dict(Exercise.objects.filter(clinic__isnull=True).values_list("slug", "pk"))
        for content in library.exercises:
            for harder in content.harder:
                ExerciseLink.objects.get_or_create(easier_id=exercises[content.slug], harder_id=exercises[harder])
    return counts


def _vocabulary(library: Library) -> None:
    for condition in library.conditions:
        values = {"name": condition.name, "icd10": condition.icd10 or ""}
        Condition.objects.update_or_create(slug=condition.slug, defaults=values)
    for region in library.body_regions:
        BodyRegion.objects.update_or_create(slug=region.slug, defaults={"name": region.name})
    for thing in library.equipment:
        Equipment.objects.update_or_create(slug=thing.slug, defaults={"name": thing.name})


def _translations(content: ExerciseContent, said: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    english = _fields(content) | {"cautions": {each.condition: each.reason for each in content.cautions}}
    return {language: kept(english, words) for language, words in said.items()}


def _one(content: ExerciseContent, translations: dict[str, Any] | None, release: str, at: datetime) -> str:
    exercise, new = Exercise.objects.select_related("current_version").get_or_create(clinic=None, slug=content.slug)
    current = exercise.current_version
    if not new and current is not None:
        if exercise.retired_at is not None or not current.shipped_release:
            return "kept"
        wanted, stored = _wanted(content), _stored(current)
        same_figure = current.figure_digest in ("", current_digest(content.figure))
        if same_figure and all(stored[name] == value for name, value in wanted.items()):
            if translations is not None and current.translations != translations:
                ExerciseVersion.objects.filter(pk=current.pk).update(translations=translations)
            return "unchanged"
    highest = exercise.versions.order_by("-number").values_list("number", flat=True).first() or 0
    if exercise.versions.exclude(state=ExerciseVersion.State.PUBLISHED).exists():
        return "kept"
    version = ExerciseVersion.objects.create(
        exercise=exercise, number=highest + 1, translations=translations or {}, **_fields(content)
    )
    Caution.objects.bulk_create(
        Caution(version=version, condition_id=c.condition, kind=c.kind, reason=c.reason) for c in content.cautions
    )
    version.state = ExerciseVersion.State.PUBLISHED
    version.shipped_release, version.published_at = release, at
    version.figure_digest = keep_pose(figure=content.figure, at=at)
    version.save()
    exercise.current_version = version
    exercise.save(update_fields=["current_version"])
    note_publication(version=version, previous=current, by=None, at=at)
    return "added" if new else "updated"


def _fields(content: ExerciseContent) -> dict[str, Any]:
    names = [
        "name", "goal", "family", "position", "impact", "effort_min", "effort_max", "should_feel", "figure",
    ]  # fmt: skip
    fields = {name: getattr(content, name) for name in names}
    for name in ["also_known_as", "body_regions", "equipment", "steps", "cues", "common_mistakes", "stop_if"]:
        fields[name] = list(getattr(content, name))
    fields["starting_dose"] = asdict(content.starting_dose)
    fields["dose_range"] = {name: list(span) if span else None for name, span in asdict(content.dose_range).items()}
    fields["evidence"] = [asdict(source) for source in content.evidence]
    met = content.met
    fields["met_value"] = Decimal(str(met.value)) if met else None
    fields["met_edition"], fields["met_code"] = (met.edition, met.code) if met else ("", "")
    fields["search_key"] = folded(" ".join([content.name, *content.also_known_as, *content.body_regions, content.goal]))
    return fields


def _wanted(content: ExerciseContent) -> dict[str, Any]:
    return _fields(content) | {"cautions": sorted((c.condition, c.kind, c.reason) for c in content.cautions)}


def _stored(version: ExerciseVersion) -> dict[str, Any]:
    names = [field.name for field in ExerciseVersion._meta.fields]
    known = {name: getattr(version, name) for name in names}
    cautions = sorted((c.condition_id, c.kind, c.reason) for c in version.cautions.all())
    return known | {"cautions": cautions}
