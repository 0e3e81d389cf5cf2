"""Whether a version can go to review: the rules of exercises/content.py, said in the curator's words.

The starter library's rules hold for every exercise that is published here, with two differences: a family is not
needed, and high impact may be said (the builder warns of it).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from exercises.content import (
    LINES,
    LONGEST_NAME,
    MEASURE_LIMITS,
    MOST_OTHER_NAMES,
    LibraryError,
    met_values,
    problems,
)
from exercises.content_values import Met
from exercises.models import BodyRegion, Condition, Equipment, ExerciseVersion
from exercises.wording_curation import FIELDS

FOLDER = Path(__file__).resolve().parent / "library"
NO_RULE = {"slug", "figure", "reviewed_by", "easier", "harder"}
"""Fields of a library file that a curator does not write here, or that have rules of their own."""


@dataclass(frozen=True)
class Missing:
    """One thing to put right before review: the field of the editor, and a sentence."""

    field: str
    sentence: str

    @property
    def label(self) -> str:
        return str(FIELDS[self.field])


@cache
def known_met_values() -> dict[Met, str]:
    """The energy costs of the Compendium that the starter library knows, with the activity in words."""
    return met_values(FOLDER)


def missing_for_review(version: ExerciseVersion) -> list[Missing]:
    """What stands in the way of a review, in the order of the editor. Empty means ready."""
    known = {
        "body_regions": set(BodyRegion.objects.values_list("slug", flat=True)),
        "equipment": set(Equipment.objects.values_list("slug", flat=True)),
        "condition": set(Condition.objects.values_list("slug", flat=True)),
    }
    row = content_row(version)
    found: dict[str, Missing] = {}
    for error in problems(row, known, set(known_met_values())):
        field = error.field.partition(".")[0]
        if field in NO_RULE or _may_be_so(field, row):
            continue
        found.setdefault(field, Missing(field, _sentence(field, error, row)))
    return list(found.values())


def content_row(version: ExerciseVersion, cautions: list[dict[str, str]] | None = None) -> dict[str, Any]:
    """A version in the form of a library file. `cautions` instead of the stored ones, for what is not saved yet."""
    names = ["name", "goal", "family", "position", "impact", "effort_min", "effort_max", "should_feel", "figure"]
    lists = ["also_known_as", "body_regions", "equipment", "steps", "cues", "common_mistakes", "stop_if", "evidence"]
    row = {name: getattr(version, name) for name in names} | {name: list(getattr(version, name)) for name in lists}
    met = None
    if version.met_value is not None:
        met = {"value": float(version.met_value), "edition": version.met_edition, "code": version.met_code}
    if cautions is None:
        cautions = [{"condition": c.condition_id, "kind": c.kind, "reason": c.reason} for c in version.cautions.all()]
    spans = {measure: version.dose_range.get(measure) for measure in MEASURE_LIMITS}
    return row | {
        "slug": version.exercise.slug,
        "met": met,
        "starting_dose": version.dose(),
        "dose_range": spans,
        "cautions": cautions,
        "easier": [],
        "harder": [],
        "reviewed_by": "",
    }


def _may_be_so(field: str, row: Mapping[str, Any]) -> bool:
    return (field == "family" and not row["family"]) or (field == "impact" and row["impact"] == "high")


def _sentence(field: str, error: LibraryError, row: Mapping[str, Any]) -> str:
    """What to do, in words for the person who writes the exercise."""
    if field in LINES:
        return _lines(field, error)
    if field in ("starting_dose", "dose_range"):
        return _dose(error, row)
    plain = {
        "name": _("Give it a name of at most %(most)d characters.") % {"most": LONGEST_NAME},
        "also_known_as": _("At most %(most)d other names, each different, of at most %(longest)d characters.")
        % {"most": MOST_OTHER_NAMES, "longest": LONGEST_NAME},
        "goal": _("Choose the goal."),
        "family": _("Choose a family from the list, or none."),
        "body_regions": _("Choose at least one body region."),
        "position": _("Choose the position."),
        "equipment": _("Choose equipment from the list, or none."),
        "impact": _("Choose the impact."),
        "effort_min": _("The least effort is a whole number from 0 up to the most effort."),
        "effort_max": _("The most effort is a whole number from 0 to 10."),
        "met": _("Choose the energy cost from the list, or none."),
        "should_feel": _("Say what it should feel like, in at most 300 characters."),
        "cautions": _(
            "Name at least one condition to take care with, each once, with a reason of at most 300 characters."
        ),
        "evidence": _(
            "Give each study its authors, year, title and a DOI or PMID that you have looked up, or remove it."
        ),
    }
    return plain[field]


def _lines(field: str, error: LibraryError) -> str:
    least, most = LINES[field]
    numbers = {"least": least, "most": most}
    what = {
        "steps": _("Write %(least)d to %(most)d steps, one action each.") % numbers,
        "cues": _("Write %(least)d to %(most)d hints on doing it well.") % numbers,
        "common_mistakes": _("Name %(least)d to %(most)d common mistakes.") % numbers,
        "stop_if": _("Name %(least)d to %(most)d signs to stop for.") % numbers,
    }[field]
    if error.about:
        return _("“%(text)s” must be one sentence of at most 160 characters: a capital first, a full stop last.") % {
            "text": error.about[:80]
        }
    return _("%(what)s Each a sentence of its own.") % {"what": what}


def _dose(error: LibraryError, row: Mapping[str, Any]) -> str:
    measure = error.field.partition(".")[2]
    dose = row["starting_dose"]
    if measure == "sets" and dose["sets"] is None:
        return _("Say how many sets to start with.")
    if measure == "sets" and dose["repetitions"] is None and dose["hold_seconds"] is None:
        return _("Sets go with repetitions or a hold. Leave them empty for minutes or metres.")
    if measure not in MEASURE_LIMITS:
        return _("Give a starting dose: repetitions, a hold, minutes or a distance.")
    least, most = MEASURE_LIMITS[measure]
    words = {
        "sets": _("Sets"),
        "repetitions": _("Repetitions"),
        "hold_seconds": _("Hold (seconds)"),
        "duration_minutes": _("Minutes"),
        "distance_metres": _("Metres"),
    }
    return _(
        "%(measure)s: give least, start and most, in rising order, from %(low)d to %(high)d; or leave all three empty."
    ) % {"measure": words[measure], "low": least, "high": most}
