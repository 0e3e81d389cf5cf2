"""What the page of a template shows while it is changed: its exercises by section, checks and totals for anybody."""

from dataclasses import dataclass

from django.db import models

from plans import safety
from plans.actions.drafts_stored import DOSE_FIELDS
from plans.actions.template_items import name_of
from plans.forms.builder import ItemForm
from plans.lines import line_of
from plans.models import Dose, PlanTemplate, Prescription, TemplateItem
from plans.views.builder.draft import gathered
from plans.views.builder.fields import Box, main_boxes, more_boxes
from plans.wording import short_days_in_words
from plans.wording_safety import Said, say

NEEDS_A_PATIENT = {"conflicts"}


@dataclass(frozen=True)
class Row:
    """One exercise of a template. `gone`: retired from the library, so plans leave it out."""

    item: TemplateItem
    name: str
    position: str
    form: ItemForm
    days: str
    gone: bool

    @property
    def main(self) -> list[Box]:
        return main_boxes(self.form)

    @property
    def more(self) -> list[Box]:
        return more_boxes(self.form)

    @property
    def has_errors(self) -> bool:
        return bool(self.form.errors)


@dataclass(frozen=True)
class Section:
    key: str
    name: str
    rows: list[Row]


@dataclass(frozen=True)
class Draft:
    """A template as its builder shows it."""

    sections: list[Section]
    checks: list[Said]
    totals: safety.Totals
    days: set[int]
    days_differ: bool

    @property
    def rows(self) -> list[Row]:
        return [row for section in self.sections for row in section.rows]


def items_of(template: PlanTemplate) -> "models.QuerySet[TemplateItem]":
    """The exercises of a template, in order."""
    return template.items.order_by("-section", "position").select_related("template", "exercise__current_version")


def read(template: PlanTemplate, bound: ItemForm | None = None) -> Draft:
    """Everything about the template in a fixed number of queries. `bound` is a form that could not be saved."""
    items = list(items_of(template))
    lines = [_line(item) for item in items if item.exercise.current_version is not None]
    names = {line.key: line.name for line in lines}
    concerns = [c for c in safety.checks(lines, None, []) if c.rule not in NEEDS_A_PATIENT]
    rows = [_row(item, bound if bound is not None and bound.prescription.pk == item.pk else None) for item in items]
    return Draft(
        sections=[
            Section(key, str(name), [row for row in rows if row.item.section == key])
            for key, name in Dose.Section.choices
        ],
        checks=gathered(concerns, [say(concern, names, "", "") for concern in concerns]),
        totals=safety.totals(lines) if lines else safety.Totals(0, 0, 0, 7, None),
        days={day for item in items for day in item.weekdays or []},
        days_differ=len({(tuple(item.weekdays or []), item.times_a_week) for item in items}) > 1,
    )


def _row(item: TemplateItem, bound: ItemForm | None) -> Row:
    current = item.exercise.current_version
    return Row(
        item=item,
        name=name_of(item.exercise),
        position=current.position if current else "",
        form=bound or ItemForm(item),
        days=short_days_in_words(item.weekdays, item.times_a_week),
        gone=item.exercise.retired_at is not None,
    )


def _line(item: TemplateItem) -> safety.Line:
    """The item as the line of a plan that begins with it, with the current version of its exercise."""
    amounts = {name: getattr(item, name) for name in DOSE_FIELDS}
    return line_of(Prescription(pk=item.pk, exercise_version=item.exercise.current_version, position=0, **amounts))
