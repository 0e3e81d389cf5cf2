"""The exercises of a clinic's template, changed one by one as in a draft."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from exercises.models import Exercise, ExerciseVersion
from plans.actions import places
from plans.actions.drafts_stored import DOSE_FIELDS
from plans.actions.plans import DEFAULT_WEEKDAYS, starting_dose
from plans.actions.refusals import Refused
from plans.actions.template_changes import changing_template
from plans.models import PlanTemplate, TemplateItem


def add_item(
    *,
    template: PlanTemplate,
    exercise: Exercise,
    section: str,
    lock: int,
    by: User,
    at: datetime,
    position: int | None = None,
) -> TemplateItem:
    """Put an exercise into a section, with its starting dose on the days the template already uses.

    `position` is its place among the others of the section, 0 the first; None the end.
    """
    current = _current(exercise)
    with changing_template(template, lock, what=_("%(exercise)s added") % {"exercise": current.name}, by=by, at=at):
        if template.items.filter(exercise=exercise).exists():
            raise Refused(_("%(exercise)s is in the template already.") % {"exercise": current.name})
        neighbour = template.items.exclude(weekdays__isnull=True).first()
        added = TemplateItem.objects.create(
            template=template,
            exercise=exercise,
            section=section,
            position=places.after_last(template.items, section),
            weekdays=neighbour.weekdays if neighbour else DEFAULT_WEEKDAYS,
            **starting_dose(current),
        )
        if position is not None:
            places.put(template.items, added, section, position)
    return added


def change_item(*, item: TemplateItem, changes: dict[str, Any], lock: int, by: User, at: datetime) -> TemplateItem:
    """Change fields of the dose (DOSE_FIELDS)."""
    unknown = set(changes) - set(DOSE_FIELDS)
    if unknown:
        raise ValueError(f"not part of a dose: {sorted(unknown)}")
    template = item.template
    with changing_template(template, lock, what=_words(_("%(exercise)s changed"), item), by=by, at=at):
        section = changes.get("section", item.section)
        if section != item.section:
            item.position = places.after_last(template.items, section)
        for name, value in changes.items():
            setattr(item, name, value)
        item.save()
    return item


def set_weekdays(*, template: PlanTemplate, weekdays: Sequence[int], lock: int, by: User, at: datetime) -> None:
    """The same days for every exercise of the template (1 = Monday .. 7 = Sunday)."""
    if not weekdays:
        raise Refused(_("Choose at least one day."))
    with changing_template(template, lock, what=_("Days of the template"), by=by, at=at):
        template.items.update(weekdays=sorted(set(weekdays)), times_a_week=None)


def move_item(*, item: TemplateItem, steps: int, lock: int, by: User, at: datetime) -> None:
    """Move an exercise up (negative) or down in its section; at the end it goes on to the neighbouring section."""
    words = _("%(exercise)s moved up") if steps < 0 else _("%(exercise)s moved down")
    with changing_template(item.template, lock, what=_words(words, item), by=by, at=at):
        places.step(item.template.items, item, steps)


def place_item(*, item: TemplateItem, section: str, position: int, lock: int, by: User, at: datetime) -> None:
    """Put an exercise where it was dropped: at a place of a section, 0 the first; beyond the last is the end."""
    with changing_template(item.template, lock, what=_words(_("%(exercise)s moved"), item), by=by, at=at):
        places.put(item.template.items, item, section, position)


def remove_item(*, item: TemplateItem, lock: int, by: User, at: datetime) -> None:
    """Take an exercise out. The last one stays: a template without exercises is put away instead."""
    template = item.template
    with changing_template(template, lock, what=_words(_("%(exercise)s taken out"), item), by=by, at=at):
        if template.items.count() == 1:
            raise Refused(_("A template keeps at least one exercise. Add another first, or put the template away."))
        item.delete()


def name_of(exercise: Exercise) -> str:
    """The exercise's name in its current version; its short name when it never had one."""
    return exercise.current_version.said.name if exercise.current_version else exercise.slug


def _words(words: str, item: TemplateItem) -> str:
    return words % {"exercise": name_of(item.exercise)}


def _current(exercise: Exercise) -> ExerciseVersion:
    if exercise.current_version is None:
        raise Refused(_("This exercise is not published."))
    return exercise.current_version
