"""The starter library as plain values: reads exercises/library/*.json, checks every field, knows no database.

`load_library(folder)` returns a `Library`, or raises `LibraryError` with the file, the exercise, the field
and what to do about it. The format is described in exercises/library/README.md.
"""

import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from exercises.content_reader import Entry, LibraryError, read_json
from exercises.content_values import (
    CautionContent,
    ConditionContent,
    DoseContent,
    DoseRange,
    EvidenceContent,
    ExerciseContent,
    Library,
    Met,
    TermContent,
)

__all__ = ["ExerciseContent", "Library", "LibraryError", "load_library", "met_values", "problems"]

T = TypeVar("T")

GOALS = ("mobility", "strength", "balance", "aerobic", "relaxation", "breathing", "mind-body", "water")
POSITIONS = (
    *("standing", "sitting", "lying-back", "lying-front", "lying-side", "four-point"),
    *("kneeling", "walking", "in-water", "cycling"),
)
# What people look for together, across goals.
FAMILIES = (
    *("graded-walking", "water", "yoga", "tai-chi-qigong", "cycling"),
    *("neck", "shoulder", "back", "jaw", "hip", "knee", "ankle", "hand-wrist", "nerve"),
    *("strength", "balance", "motor-control", "breathing", "relaxation", "everyday-function", "bed", "chair"),
)
IMPACTS = ("none", "low", "moderate")
CAUTION_KINDS = ("contraindicated", "caution")
MEASURE_LIMITS = {
    "sets": (1, 5),
    "repetitions": (1, 30),
    "hold_seconds": (1, 120),
    "duration_minutes": (1, 60),
    "distance_metres": (10, 10_000),
}
MOST_SHARED_STEP = 3
LONGEST_NAME = 80
MOST_OTHER_NAMES = 6
# How many sentences a list has, at least and at most.
LINES = {"steps": (3, 7), "cues": (2, 5), "common_mistakes": (2, 5), "stop_if": (2, 6)}

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_ICD10 = re.compile(r"[A-Z][0-9]{2}(\.[0-9]{1,2})?")
_CODE = re.compile(r"[0-9]{5}")
_DOI = re.compile(r"10\.[0-9]{4,9}/\S+")
_PMID = re.compile(r"[0-9]{1,8}")
_FIGURE = re.compile(r"([a-z0-9]+(_[a-z0-9]+)*)?")


def load_library(folder: Path) -> Library:
    """Read vocabulary.json and one file per goal in `folder`; raise LibraryError at the first wrong thing."""
    stems = ("vocabulary", *GOALS)
    unknown = sorted(path.name for path in folder.glob("*.json") if path.stem not in stems)
    if unknown:
        raise LibraryError(unknown[0], "", "", f"not a known file; there is one for each of {', '.join(stems)}")
    vocabulary = Entry("vocabulary.json", "", read_json(folder, "vocabulary"))
    conditions, body_regions, equipment, mets = _vocabulary(vocabulary)
    known = {
        "body_regions": {term.slug for term in body_regions},
        "equipment": {term.slug for term in equipment},
        "condition": {term.slug for term in conditions},
    }
    files: dict[str, str] = {}
    exercises = []
    for goal in GOALS:
        file, rows = f"{goal}.json", read_json(folder, goal)
        if not isinstance(rows, list):
            raise LibraryError(file, "", "", "must hold a list of exercises; write [] when there is none")
        for number, row in enumerate(rows, start=1):
            entry = Entry(file, f"exercise {number}", row)
            if row.get("slug"):
                entry.slug = str(row["slug"])
            exercise = _exercise(entry, goal, known, mets)
            if exercise.slug in files:
                raise LibraryError(
                    file, exercise.slug, "slug", f"used in {files[exercise.slug]} already; choose another"
                )
            files[exercise.slug] = file
            exercises.append(exercise)
    _check_together(exercises, files)
    return Library(conditions, body_regions, equipment, tuple(exercises))


def _vocabulary(
    entry: Entry,
) -> tuple[tuple[ConditionContent, ...], tuple[TermContent, ...], tuple[TermContent, ...], set[Met]]:
    entry.keys(("conditions", "body_regions", "equipment", "met_values"))

    def terms(field: str, keys: tuple[str, ...], make: Callable[[Entry], T]) -> tuple[T, ...]:
        rows = entry.many(field, 1)
        for row in rows:
            row.keys(keys)
        for key in keys[:2]:
            for value, times in Counter(row.text(key, longest=120) for row in rows).items():
                if times > 1:
                    raise entry.error(f"{field}.{key}", f'"{value}" stands there twice; keep one')
        return tuple(make(row) for row in rows)

    def term(row: Entry) -> TermContent:
        return TermContent(row.text("slug", pattern=_SLUG, longest=60), row.text("name", longest=120))

    def condition(row: Entry) -> ConditionContent:
        return ConditionContent(term(row).slug, term(row).name, row.optional("icd10", _ICD10))

    return (
        terms("conditions", ("slug", "name", "icd10"), condition),
        terms("body_regions", ("slug", "name"), term),
        terms("equipment", ("slug", "name"), term),
        set(terms("met_values", ("code", "activity", "edition", "value"), _met)),
    )


def _met(row: Entry) -> Met:
    value = row.row["value"]
    if not isinstance(value, float) or not 0.9 <= value <= 23:
        raise row.error("value", "must be a number with one decimal, such as 2.3")
    return Met(value, row.choice("edition", ("2011", "2024")), row.text("code", pattern=_CODE))


def problems(row: dict[str, Any], known: dict[str, set[str]], mets: set[Met]) -> list[LibraryError]:
    """What is wrong with one exercise, an error a field at most, in the order of the fields; empty: it can be used.

    `row` has the form of a library file; `known` holds the slugs of "body_regions", "equipment" and "condition".
    """
    found: dict[str, LibraryError] = {}
    for check in _checks(Entry("", str(row.get("slug", "")), row), str(row.get("goal", "")), known, mets).values():
        try:
            check()
        except LibraryError as error:
            found.setdefault(error.field, error)
    return list(found.values())


def met_values(folder: Path) -> dict[Met, str]:
    """The energy costs that an exercise may name, each with its activity in words."""
    rows = Entry("vocabulary.json", "", read_json(folder, "vocabulary")).many("met_values", 1)
    return {_met(row): row.text("activity", longest=120) for row in rows}


def _exercise(entry: Entry, goal: str, known: dict[str, set[str]], mets: set[Met]) -> ExerciseContent:
    entry.keys(ExerciseContent.__dataclass_fields__)
    entry.choice("goal", (goal,))
    return ExerciseContent(**{name: check() for name, check in _checks(entry, goal, known, mets).items()})


def _checks(entry: Entry, goal: str, known: dict[str, set[str]], mets: set[Met]) -> dict[str, Callable[[], Any]]:
    """The rule of each field: a call gives its value, or raises what is wrong with it."""

    def lines(field: str) -> Callable[[], tuple[str, ...]]:
        return lambda: entry.texts(field, *LINES[field], sentences=True)

    return {
        "slug": lambda: entry.text("slug", pattern=_SLUG, longest=80),
        "name": lambda: entry.text("name", longest=LONGEST_NAME),
        "also_known_as": lambda: entry.texts("also_known_as", 0, MOST_OTHER_NAMES, longest=LONGEST_NAME),
        "goal": lambda: entry.choice("goal", GOALS),
        "family": lambda: entry.choice("family", FAMILIES),
        "body_regions": lambda: entry.slugs("body_regions", 1, known["body_regions"]),
        "position": lambda: entry.choice("position", POSITIONS),
        "equipment": lambda: entry.slugs("equipment", 0, known["equipment"]),
        "impact": lambda: entry.choice("impact", IMPACTS),
        "effort_min": lambda: entry.whole("effort_min", 0, entry.whole("effort_max", 0, 10)),
        "effort_max": lambda: entry.whole("effort_max", 0, 10),
        "met": lambda: _known_met(entry, mets),
        "starting_dose": lambda: _dose(entry)[0],
        "dose_range": lambda: _dose(entry)[1],
        "steps": lines("steps"),
        "cues": lines("cues"),
        "common_mistakes": lines("common_mistakes"),
        "should_feel": lambda: entry.text("should_feel"),
        "stop_if": lines("stop_if"),
        "easier": lambda: entry.slugs("easier", 0),
        "harder": lambda: entry.slugs("harder", 0),
        "cautions": lambda: _cautions(entry, known["condition"]),
        "evidence": lambda: tuple(_evidence(row) for row in entry.many("evidence", 0)),
        "figure": lambda: entry.text("figure", pattern=_FIGURE, longest=80, empty=True),
        "reviewed_by": lambda: entry.text("reviewed_by", empty=True),
    }


def _known_met(entry: Entry, mets: set[Met]) -> Met | None:
    if entry.row["met"] is None:
        return None
    entry.one("met").keys(Met.__dataclass_fields__)
    met = _met(entry.one("met"))
    if met not in mets:
        raise entry.error("met", "is not among met_values of vocabulary.json; copy value, edition, code")
    return met


def _dose(entry: Entry) -> tuple[DoseContent, DoseRange]:
    dose, limits = entry.one("starting_dose"), entry.one("dose_range")
    dose.keys(DoseContent.__dataclass_fields__)
    limits.keys(DoseRange.__dataclass_fields__)
    start: dict[str, int | None] = {}
    span: dict[str, tuple[int, int] | None] = {}
    for measure, (least, most) in MEASURE_LIMITS.items():
        start[measure] = span[measure] = None
        if dose.row[measure] is not None:
            span[measure] = low, high = limits.pair(measure, least, most)
            start[measure] = dose.whole(measure, low, high)
        elif limits.row[measure] is not None:
            raise limits.error(measure, "has a range but no starting dose; give both or neither")
    if all(start[measure] is None for measure in MEASURE_LIMITS if measure != "sets"):
        raise dose.error("", "needs repetitions, a hold, minutes or a distance")
    if (start["sets"] is None) != (start["repetitions"] is None and start["hold_seconds"] is None):
        raise dose.error("sets", "is needed with repetitions or a hold, and only with them")
    if not isinstance(dose.row["per_side"], bool):
        raise dose.error("per_side", "must be true or false")
    return DoseContent(**start, per_side=dose.row["per_side"]), DoseRange(**span)


def _cautions(entry: Entry, conditions: set[str]) -> tuple[CautionContent, ...]:
    found: dict[str, CautionContent] = {}
    for row in entry.many("cautions", 1):
        row.keys(CautionContent.__dataclass_fields__)
        condition = row.text("condition")
        if condition not in conditions:
            raise row.error("condition", f'"{condition}" is not in vocabulary.json; add or correct it')
        if condition in found:
            raise row.error("condition", f'"{condition}" stands there twice; keep one')
        found[condition] = CautionContent(condition, row.choice("kind", CAUTION_KINDS), row.text("reason"))
    return tuple(found.values())


def _evidence(row: Entry) -> EvidenceContent:
    row.keys(EvidenceContent.__dataclass_fields__)
    doi, pmid = row.optional("doi", _DOI), row.optional("pmid", _PMID)
    if doi is None and pmid is None:
        raise row.error("doi", "give a DOI or a PMID that you have looked up, or leave the reference out")
    return EvidenceContent(row.text("authors"), row.whole("year", 1950, 2100), row.text("title"), doi, pmid)


def _check_together(exercises: list[ExerciseContent], files: dict[str, str]) -> None:
    by_slug = {exercise.slug: exercise for exercise in exercises}
    figures: dict[str, str] = {}
    steps: Counter[str] = Counter()
    for exercise in exercises:

        def error(field: str, what_to_do: str, slug: str = exercise.slug) -> LibraryError:
            return LibraryError(files[slug], slug, field, what_to_do)

        for field, other_field in (("easier", "harder"), ("harder", "easier")):
            for slug in getattr(exercise, field):
                if slug not in by_slug:
                    raise error(field, f'there is no exercise "{slug}"; correct or remove it')
                if exercise.slug not in getattr(by_slug[slug], other_field):
                    raise error(field, f'"{slug}" must name it back: add it to "{other_field}" there')
        if exercise.slug in _harder_than(exercise, by_slug):
            raise error("harder", "leads back to itself; a chain must end at both sides")
        if exercise.figure and figures.setdefault(exercise.figure, exercise.slug) != exercise.slug:
            raise error("figure", f'already shown by "{figures[exercise.figure]}"; each exercise has its own')
        for step in exercise.steps:
            steps[step.casefold()] += 1
            if steps[step.casefold()] > MOST_SHARED_STEP:
                raise error("steps", f'"{step}" is used {MOST_SHARED_STEP} times already; write it anew')


def _harder_than(exercise: ExerciseContent, by_slug: dict[str, ExerciseContent]) -> set[str]:
    seen: set[str] = set()
    ahead = list(exercise.harder)
    while ahead:
        slug = ahead.pop()
        if slug not in seen and slug in by_slug:
            seen.add(slug)
            ahead.extend(by_slug[slug].harder)
    return seen
