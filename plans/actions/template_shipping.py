"""The templates that come with a release: brought in, brought up to date, never doubled."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from exercises.models import Exercise
from plans.actions.plans import starting_dose
from plans.actions.refusals import Refused
from plans.models import PlanTemplate, TemplateItem
from plans.models.template_said import FIELDS, kept


def ship_templates(
    *, rows: list[dict[str, Any]], translations: Mapping[str, Mapping[str, Any]] | None = None, at: datetime
) -> dict[str, int]:
    """Bring the shared templates in line with `rows` (plans/starter/templates.json). Clinics' own are not touched.

    `translations` are language -> slug -> name, meant_for, note (plans/starter/<language>.json); None leaves them.

    An item without amounts takes the exercise's starting dose. Raises Refused when the library lacks an exercise.
    """
    counts = {"new": 0, "changed": 0, "put away": 0, "unchanged": 0}
    slugs = {item["exercise"] for row in rows for item in row["items"]}
    library = {
        exercise.slug: exercise
        for exercise in Exercise.objects.filter(clinic=None, slug__in=slugs, current_version__isnull=False)
    }
    missing = slugs - library.keys()
    if missing:
        raise Refused(f"The library has no {', '.join(sorted(missing))}. Run manage.py load_library first.")
    with transaction.atomic():
        for row in rows:
            said = None
            if translations is not None:
                said = {name: found[row["slug"]] for name, found in translations.items() if row["slug"] in found}
            counts[_ship(row, library, said, at)] += 1
        gone = PlanTemplate.objects.filter(clinic=None, archived_at=None).exclude(
            slug__in=[row["slug"] for row in rows]
        )
        counts["put away"] = gone.update(archived_at=at)
    return counts


def _ship(row: dict[str, Any], library: dict[str, Exercise], said: Mapping[str, Any] | None, at: datetime) -> str:
    english = {name: row.get(name, "") for name in FIELDS}
    words: dict[str, Any] = dict(english)
    if said is not None:
        words["translations"] = {language: kept(english, each) for language, each in said.items()}
    template = PlanTemplate.objects.select_for_update().filter(clinic=None, slug=row["slug"]).first()
    items = _items(row, library)
    if template is None:
        template = PlanTemplate.objects.create(slug=row["slug"], made_at=at, **words)
        state = "new"
    elif _same(template, words, items):
        return "unchanged"
    else:
        for name, value in words.items():
            setattr(template, name, value)
        template.archived_at = None
        template.save()
        template.items.all().delete()
        state = "changed"
    for item in items:
        item.template = template
    TemplateItem.objects.bulk_create(items)
    return state


def _items(row: dict[str, Any], library: dict[str, Exercise]) -> list[TemplateItem]:
    items = []
    positions: dict[str, int] = {}
    for given in row["items"]:
        exercise = library[given["exercise"]]
        assert exercise.current_version is not None
        dose = starting_dose(exercise.current_version)
        dose |= {name: value for name, value in given.items() if name != "exercise"}
        position = positions[given["section"]] = positions.get(given["section"], -1) + 1
        items.append(TemplateItem(exercise=exercise, position=position, **dose))
    return items


def _same(template: PlanTemplate, words: dict[str, Any], items: list[TemplateItem]) -> bool:
    if template.archived_at or any(getattr(template, name) != value for name, value in words.items()):
        return False
    return [_facts(item) for item in template.items.order_by("section", "position")] == [
        _facts(item) for item in sorted(items, key=lambda item: (item.section, item.position))
    ]


def _facts(item: TemplateItem) -> tuple[Any, ...]:
    return (item.exercise_id, item.section, item.position, item.weekdays, item.times_a_week, item.amounts())
