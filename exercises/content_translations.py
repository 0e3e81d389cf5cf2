"""The starter library in other languages: reads exercises/library/<language>/*.json beside the English, checks it.

`load_translations(folder, library)` returns language -> slug -> the words (exercises/translated.py), or raises
LibraryError. The format is described in exercises/library/README.md.
"""

from pathlib import Path
from typing import Any

from exercises.content_reader import LibraryError, read_json
from exercises.content_values import ExerciseContent, Library
from exercises.translated import FIELDS

SAME_NUMBER = ("steps", "cues", "common_mistakes", "stop_if")
LONGEST_LINE = 220
LONGEST_TEXT = 400

Words = dict[str, Any]


def load_translations(folder: Path, library: Library) -> dict[str, dict[str, Words]]:
    """Every language with a folder of its own; an exercise without translation stays English."""
    return {
        path.name: _language(path, library)
        for path in sorted(folder.iterdir())
        if path.is_dir() and path.name != "poses" and any(path.glob("*.json"))
    }


def _language(folder: Path, library: Library) -> dict[str, Words]:
    by_slug = {exercise.slug: exercise for exercise in library.exercises}
    found: dict[str, Words] = {}
    for path in sorted(folder.glob("*.json")):
        if path.stem == "vocabulary":  # translated like the words of the pages (tools/words.py)
            continue
        rows = read_json(folder, path.stem)
        if not isinstance(rows, dict):
            raise LibraryError(path.name, "", "", "must be an object of slug and translation")
        for slug, row in rows.items():
            if slug not in by_slug or by_slug[slug].goal != path.stem:
                raise LibraryError(path.name, slug, "", f"{path.stem}.json has no such exercise; remove or rename it")
            _check(path.name, by_slug[slug], row)
            found[slug] = row
    return found


def _check(file: str, english: ExerciseContent, row: Any) -> None:
    def wrong(field: str, what_to_do: str) -> LibraryError:
        return LibraryError(file, english.slug, field, what_to_do)

    if not isinstance(row, dict) or set(row) != {*FIELDS, "cautions"}:
        raise wrong("", f"must be an object with exactly {', '.join((*FIELDS, 'cautions'))}")
    for field in SAME_NUMBER:
        if not isinstance(row[field], list) or len(row[field]) != len(getattr(english, field)):
            raise wrong(field, f"must be a list of {len(getattr(english, field))}, as the English")
    if not isinstance(row["also_known_as"], list) or bool(row["also_known_as"]) != bool(english.also_known_as):
        raise wrong("also_known_as", "must be a list, empty only where the English is")
    if not isinstance(row["cautions"], dict) or set(row["cautions"]) != {each.condition for each in english.cautions}:
        raise wrong("cautions", "must name exactly the conditions of the English")
    lines = [(field, line) for field in (*SAME_NUMBER, "also_known_as") for line in row[field]]
    lines += [("cautions", reason) for reason in row["cautions"].values()]
    for field, line in [("name", row["name"]), ("should_feel", row["should_feel"]), *lines]:
        if not isinstance(line, str) or not line or line != line.strip():
            raise wrong(field, "must be text without spaces at its ends; write it out")
        if len(line) > (LONGEST_TEXT if field in ("should_feel", "cautions") else LONGEST_LINE):
            raise wrong(field, f'shorten "{line[:40]}…"')
