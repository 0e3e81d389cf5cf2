"""What travels: the fields of an exercise as plain values, remarks about a row, and why a file is refused. Pure.

A *content* is a dict with keys among FIELDS. `met` is None or {value, edition, code}; `starting_dose` has the five
measures (whole numbers or None) and `per_side`; `dose_range` has [least, most] or None for each measure; `cautions`
are {condition, kind, reason}; `evidence` are {authors, year, title, doi, pmid}; `easier` and `harder` are slugs.
A key that is missing was not given: a change leaves that field as it is.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Content = dict[str, Any]

OWN_JSON, CSV, XLSX, FREE_EXERCISE_DB = "own-json", "csv", "xlsx", "free-exercise-db"
FORMATS = (OWN_JSON, CSV, XLSX, FREE_EXERCISE_DB)
OWN_FORMATS = (OWN_JSON, CSV, XLSX)

MOST_BYTES = 10 * 1024 * 1024
MOST_ROWS = 5_000

MEASURES = ("sets", "repetitions", "hold_seconds", "duration_minutes", "distance_metres")
GOALS = ("mobility", "strength", "balance", "aerobic", "relaxation", "breathing", "mind-body", "water")
POSITIONS = (
    *("standing", "sitting", "lying-back", "lying-front", "lying-side", "four-point"),
    *("kneeling", "walking", "in-water", "cycling"),
)
IMPACTS = ("none", "low", "moderate", "high")
CAUTION_KINDS = ("contraindicated", "caution")

LISTS = ("also_known_as", "body_regions", "equipment", "steps", "cues", "common_mistakes", "stop_if")
LINKS = ("easier", "harder")
FIELDS = (
    *("slug", "name", "also_known_as", "goal", "family", "body_regions", "position", "equipment", "impact"),
    *("effort_min", "effort_max", "met", "starting_dose", "dose_range", "steps", "cues", "common_mistakes"),
    *("should_feel", "stop_if", "easier", "harder", "cautions", "evidence", "figure", "source", "licence"),
)
IGNORED_FIELDS = ("reviewed_by",)
"""Fields of the starter library's files that do not travel: a review belongs to the installation that made it."""

# Without these a draft cannot be reviewed, so a new row that lacks one is asked about.
WANTED = ("goal", "body_regions", "position", "impact", "starting_dose", "steps", "stop_if")


@dataclass(frozen=True, slots=True)
class Remark:
    """Something to say about a row: a code with its values; exercises.import_words makes the sentence."""

    code: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def plain(self) -> list[Any]:
        return [self.code, dict(self.values)]


@dataclass(frozen=True, slots=True)
class ReadRow:
    """One row as the file has it, in our own fields. `line` counts as a spreadsheet does, or is the place in the list.

    `refusals`: it cannot be read; `doubts`: somebody must look; `notes`: what was guessed or left behind.
    """

    line: int
    raw: Any
    refusals: tuple[Remark, ...] = ()
    doubts: tuple[Remark, ...] = ()
    notes: tuple[Remark, ...] = ()


class FileRefused(ValueError):
    """The file as a whole cannot be read or written. Nothing was done; `code` and `values` say why."""

    def __init__(self, code: str, **values: Any) -> None:
        self.code, self.values = code, values
        super().__init__(f"{code} {values}" if values else code)


def empty_dose() -> dict[str, Any]:
    return dict.fromkeys(MEASURES) | {"per_side": False}


def normal_dose(dose: Mapping[str, Any]) -> dict[str, Any]:
    """A dose with every measure present, so that {} and one full of None are the same."""
    return {measure: dose.get(measure) for measure in MEASURES} | {"per_side": bool(dose.get("per_side"))}


def normal_range(dose_range: Mapping[str, Any]) -> dict[str, Any]:
    return {name: list(span) if (span := dose_range.get(name)) else None for name in MEASURES}
