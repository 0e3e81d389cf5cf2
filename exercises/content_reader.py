"""Reading library files: JSON in, checked values out, and an error that says where and what to do."""

import json
import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any


class LibraryError(ValueError):
    """One thing wrong in a library file: where it is (file, slug, field), what to do, and the text it is about."""

    def __init__(self, file: str, slug: str, field: str, what_to_do: str, about: str = "") -> None:
        self.file, self.slug, self.field, self.what_to_do, self.about = file, slug, field, what_to_do, about
        super().__init__(": ".join(part for part in (file, slug, field, what_to_do) if part))


class Entry:
    """One JSON object on its way to a value; remembers where it stands, so that every error can say so."""

    def __init__(self, file: str, slug: str, row: Any, prefix: str = "") -> None:
        self.file, self.slug, self.prefix = file, slug, prefix
        if not isinstance(row, dict):
            raise self.error("", "must be an object {...}")
        self.row: dict[str, Any] = row

    def error(self, field: str, what_to_do: str, about: str = "") -> LibraryError:
        path = ".".join(part for part in (self.prefix, field) if part)
        return LibraryError(self.file, self.slug, path, what_to_do, about)

    def keys(self, expected: Iterable[str]) -> None:
        expected = list(expected)
        for key in expected:
            if key not in self.row:
                raise self.error(key, "missing; add it (null or [] where nothing applies)")
        for key in self.row:
            if key not in expected:
                raise self.error(key, "not a known field; remove it or correct its spelling")

    def text(
        self, field: str, *, pattern: re.Pattern[str] | None = None, longest: int = 300, empty: bool = False
    ) -> str:
        return self._text(self.row[field], field, longest, pattern, empty)

    def _text(
        self,
        value: Any,
        field: str,
        longest: int,
        pattern: re.Pattern[str] | None = None,
        empty: bool = False,
    ) -> str:
        if not isinstance(value, str) or value != value.strip() or not (value or empty):
            raise self.error(field, "must be text without spaces at its ends; write it out")
        if len(value) > longest:
            raise self.error(field, f"has {len(value)} characters; shorten it to {longest}", value)
        if pattern and not pattern.fullmatch(value):
            raise self.error(field, f'"{value}" does not have the form {pattern.pattern}')
        return value

    def optional(self, field: str, pattern: re.Pattern[str]) -> str | None:
        return None if self.row[field] is None else self.text(field, pattern=pattern)

    def choice(self, field: str, allowed: Iterable[str]) -> str:
        value, allowed = self.row[field], list(allowed)
        if value not in allowed:
            raise self.error(field, f"{value!r} is not one of {', '.join(allowed)}")
        return str(value)

    def texts(
        self, field: str, least: int, most: int, *, sentences: bool = False, longest: int = 160
    ) -> tuple[str, ...]:
        values = self.row[field]
        if not isinstance(values, list) or not least <= len(values) <= most:
            raise self.error(field, f"must be a list of {least} to {most} entries")
        for value in values:
            self._text(value, field, longest)
            if sentences and not re.fullmatch(r"[A-Z][^.!?]*[.!?]", value):
                raise self.error(field, f'make "{value}" one sentence: a capital first, a full stop last', value)
        if len(set(values)) < len(values):
            raise self.error(field, "says the same thing twice; keep one")
        return tuple(values)

    def slugs(self, field: str, least: int, known: set[str] | None = None) -> tuple[str, ...]:
        values = self.texts(field, least, 10)
        for value in values:
            if known is not None and value not in known:
                raise self.error(field, f'"{value}" is not in vocabulary.json; add it there or correct it')
        return values

    def whole(self, field: str, least: int, most: int) -> int:
        return self._whole(self.row[field], field, least, most)

    def _whole(self, value: Any, field: str, least: int, most: int) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise self.error(field, f"must be a whole number from {least} to {most}")
        return value

    def pair(self, field: str, least: int, most: int) -> tuple[int, int]:
        value = self.row[field]
        if not isinstance(value, list) or len(value) != 2:
            raise self.error(field, "must be [least, most] or null")
        low, high = (self._whole(end, field, least, most) for end in value)
        if low > high:
            raise self.error(field, "least comes first: swap the two numbers")
        return low, high

    def many(self, field: str, least: int) -> "list[Entry]":
        values = self.row[field]
        if not isinstance(values, list) or len(values) < least:
            raise self.error(field, f"must be a list of at least {least}")
        return [Entry(self.file, self.slug, value, f"{field}.{n}") for n, value in enumerate(values, start=1)]

    def one(self, field: str) -> "Entry":
        return Entry(self.file, self.slug, self.row[field], field)


def read_json(folder: Path, stem: str) -> Any:
    file = f"{stem}.json"

    def no_repeated_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        for key, times in Counter(key for key, _ in pairs).items():
            if times > 1:
                raise LibraryError(file, str(dict(pairs).get("slug", "")), key, "is written twice; keep one")
        return dict(pairs)

    try:
        return json.loads((folder / file).read_text(encoding="utf-8"), object_pairs_hook=no_repeated_keys)
    except FileNotFoundError:
        raise LibraryError(file, "", "", f"is missing in {folder}; create it") from None
    except UnicodeDecodeError:
        raise LibraryError(file, "", "", "is not UTF-8 text; save it as UTF-8") from None
    except json.JSONDecodeError as error:
        raise LibraryError(file, "", "", f"is not JSON: correct line {error.lineno} ({error.msg})") from None
