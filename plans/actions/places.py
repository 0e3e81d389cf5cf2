"""The order of dosed exercises, of a draft or of a template: sections, and places in them counted from 0."""

from typing import Any

from django.db.models import Max

from plans.models import Dose

LAST = 10_000
SECTIONS: list[str] = list(Dose.Section.values)


def after_last(rows: Any, section: str) -> int:
    """The place after the last of these rows in a section."""
    last: int | None = rows.filter(section=section).aggregate(last=Max("position"))["last"]
    return 0 if last is None else last + 1


def put(rows: Any, row: Any, section: str, position: int) -> None:
    """Put one of these rows at a place of a section; beyond the last is the end. The others keep their order."""
    others = list(rows.filter(section=section).exclude(pk=row.pk).order_by("position"))
    others.insert(min(max(position, 0), len(others)), row)
    for place_now, each in enumerate(others):
        rows.filter(pk=each.pk).update(position=place_now, section=section)
    row.refresh_from_db(fields=["section", "position"])


def step(rows: Any, row: Any, steps: int) -> None:
    """Move a row up (negative) or down; at the end of its section it goes on to the neighbouring one."""
    others = rows.filter(section=row.section).exclude(pk=row.pk)
    here = others.filter(position__lt=row.position).count()
    if 0 <= here + steps <= others.count():
        put(rows, row, row.section, here + steps)
        return
    beyond = SECTIONS.index(row.section) + (1 if steps > 0 else -1)
    if 0 <= beyond < len(SECTIONS):
        put(rows, row, SECTIONS[beyond], 0 if steps > 0 else LAST)
