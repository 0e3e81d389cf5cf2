"""What a library file says, as plain immutable values. The format: exercises/library/README.md."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TermContent:
    """A body region or a piece of equipment."""

    slug: str
    name: str


@dataclass(frozen=True, slots=True)
class ConditionContent:
    """A health condition; `icd10` (WHO edition) is None where no single code is sure."""

    slug: str
    name: str
    icd10: str | None


@dataclass(frozen=True, slots=True)
class Met:
    """Metabolic equivalent from the Compendium of Physical Activities: `edition` is "2024" or "2011"."""

    value: float
    edition: str
    code: str


@dataclass(frozen=True, slots=True)
class DoseContent:
    """Where to start. A measure that does not apply is None; `per_side` means this much on each side."""

    sets: int | None
    repetitions: int | None
    hold_seconds: int | None
    duration_minutes: int | None
    distance_metres: int | None
    per_side: bool


@dataclass(frozen=True, slots=True)
class DoseRange:
    """(least, most) of each measure of the dose, None where it does not apply."""

    sets: tuple[int, int] | None
    repetitions: tuple[int, int] | None
    hold_seconds: tuple[int, int] | None
    duration_minutes: tuple[int, int] | None
    distance_metres: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class CautionContent:
    """Why someone with `condition` leaves an exercise out, or adapts it, and what to do instead.

    `kind` is "contraindicated" or "caution".
    """

    condition: str
    kind: str
    reason: str


@dataclass(frozen=True, slots=True)
class EvidenceContent:
    """A published guideline, review or trial, with a DOI or a PMID or both."""

    authors: str
    year: int
    title: str
    doi: str | None
    pmid: str | None


@dataclass(frozen=True, slots=True)
class ExerciseContent:
    """All that the library says about one exercise; effort is on a plain 0-10 scale; `figure` may be ""."""

    slug: str
    name: str
    also_known_as: tuple[str, ...]
    goal: str
    family: str
    body_regions: tuple[str, ...]
    position: str
    equipment: tuple[str, ...]
    impact: str
    effort_min: int
    effort_max: int
    met: Met | None
    starting_dose: DoseContent
    dose_range: DoseRange
    steps: tuple[str, ...]
    cues: tuple[str, ...]
    common_mistakes: tuple[str, ...]
    should_feel: str
    stop_if: tuple[str, ...]
    easier: tuple[str, ...]
    harder: tuple[str, ...]
    cautions: tuple[CautionContent, ...]
    evidence: tuple[EvidenceContent, ...]
    figure: str
    reviewed_by: str


@dataclass(frozen=True, slots=True)
class Library:
    """The vocabularies and the exercises, each in the order of the files (goals in the order of GOALS)."""

    conditions: tuple[ConditionContent, ...]
    body_regions: tuple[TermContent, ...]
    equipment: tuple[TermContent, ...]
    exercises: tuple[ExerciseContent, ...]
