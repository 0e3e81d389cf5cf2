"""How a dose is laid out: what belongs to the exercise stands in its row, the rest under "more"."""

from dataclasses import dataclass, replace

from django.forms import BoundField
from django.utils.translation import gettext as _

from plans.forms.builder import WHOLE, DoseForm


@dataclass(frozen=True)
class Box:
    """A number with its unit after it, so that the row reads aloud: "2 sets of 4 times, 3 effort"."""

    field: BoundField
    label: str
    unit: str
    least: int
    most: int
    step: int = 1


def main_boxes(form: DoseForm) -> list[Box]:
    """The measures that the exercise uses, and effort."""
    return [box for box in _boxes(form) if _in_use(form, box.field.name)]


def more_boxes(form: DoseForm) -> list[Box]:
    """The measures that it could use as well, and the rest between sets."""
    units = {
        "sets": _("sets"),
        "repetitions": _("times in a set"),
        "hold_seconds": _("s hold"),
        "distance_metres": _("m distance"),
    }
    boxes = [box for box in _boxes(form) if not _in_use(form, box.field.name)]
    return [replace(box, unit=units.get(box.field.name, box.unit)) for box in boxes]


def _in_use(form: DoseForm, name: str) -> bool:
    row = form.prescription
    if name == "effort":
        return True
    if name == "sets":
        return row.repetitions is not None or row.hold_seconds is not None or row.sets > 1
    return name != "rest_seconds" and getattr(row, name) is not None


def _boxes(form: DoseForm) -> list[Box]:
    row = form.prescription
    held = row.hold_seconds is not None
    side = _(", each side") if row.per_side else ""
    if row.repetitions is None and held:
        sets = _("holds of")
    elif row.repetitions is None and not held:
        sets = _("times")
    else:
        sets = _("sets of")
    units = {
        "sets": sets,
        "repetitions": (_("holds of") if held else _("times")) + ("" if held else side),
        "hold_seconds": _("s") + side,
        "duration_minutes": _("min") + side,
        "distance_metres": _("m") + side,
        "effort": _("effort"),
        "rest_seconds": _("s rest between sets"),
    }
    steps = {"hold_seconds": 5, "distance_metres": 50, "rest_seconds": 15}
    found = []
    for name, unit in units.items():
        most = WHOLE[name][1] if name in WHOLE else 120
        label = f"{form.fields[name].label}, {form.exercise_name}"
        found.append(Box(form[name], label, unit, 0, most, steps.get(name, 1)))
    return found
