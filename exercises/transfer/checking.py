"""Is a row well-formed? Our own fields in, a clean content out, with a remark for everything that is wrong. Pure.

Only what can never be stored is refused here: a draft may be incomplete, and publishing asks for the rest.
"""

import re
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from accounts.names import folded
from exercises.transfer.values import (
    CAUTION_KINDS,
    FIELDS,
    GOALS,
    IGNORED_FIELDS,
    IMPACTS,
    MEASURES,
    POSITIONS,
    Content,
    ReadRow,
    Remark,
)

LONGEST_ITEM, LONGEST_TEXT, MOST_ITEMS, MOST_MEASURE = 1_000, 2_000, 60, 100_000
LONGEST = {"name": 120, "family": 40, "figure": 80, "source": 200, "licence": 80, "should_feel": LONGEST_TEXT}
_SLUG = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Words:
    """The vocabulary: short names that are known."""

    body_regions: frozenset[str]
    equipment: frozenset[str]
    conditions: frozenset[str]


def checked(row: ReadRow, words: Words) -> tuple[Content, list[Remark]]:
    """The fields that were given, cleaned, and why the row cannot be read (nothing when it can)."""
    return _Check(words).run(row)


def slug_of(name: str) -> str:
    """A short name made of a name: "Sit to stand (chair)" gives "sit-to-stand-chair"; at most 80 letters."""
    words = re.findall(r"[a-z0-9]+", folded(name))
    return "-".join(words)[:80].strip("-") or f"exercise-{zlib.crc32(name.encode()):08x}"


class _Wrong(Exception):
    def __init__(self, code: str, **values: Any) -> None:
        self.remark = Remark(code, values)


class _Check:
    def __init__(self, words: Words) -> None:
        self.words = words
        self.rules: dict[str, Callable[[Any], Any]] = {
            "slug": self._slug, "name": self._name, "goal": _one_of(GOALS), "position": _one_of(POSITIONS),
            "impact": _one_of(IMPACTS), "effort_min": _effort, "effort_max": _effort, "met": _met,
            "starting_dose": _dose, "dose_range": _range, "cautions": self._cautions, "evidence": _evidence,
            "body_regions": lambda value: _known(value, words.body_regions),
            "equipment": lambda value: _known(value, words.equipment),
            "easier": _slugs, "harder": _slugs, "family": _short_name, "figure": _short_name,
        }  # fmt: skip

    def run(self, row: ReadRow) -> tuple[Content, list[Remark]]:
        refusals = list(row.refusals)
        if not isinstance(row.raw, Mapping):
            return {}, [*refusals, Remark("not_an_object")]
        content: Content = {}
        refusals += [
            Remark("unknown_field", {"field": str(key)[:60]})
            for key in row.raw
            if key not in FIELDS and key not in IGNORED_FIELDS
        ]
        for name in FIELDS:
            if name not in row.raw:
                continue
            try:
                content[name] = self._field(name, row.raw[name])
            except _Wrong as wrong:
                refusals.append(Remark(wrong.remark.code, {"field": name} | dict(wrong.remark.values)))
        if "name" not in row.raw:
            refusals.append(Remark("missing_name"))
        if content.get("effort_min", 0) > content.get("effort_max", 10):
            refusals.append(Remark("effort_swapped"))
        return content, refusals

    def _field(self, name: str, value: Any) -> Any:
        if name in self.rules:
            return self.rules[name](value)
        if name in LONGEST:
            return _text(value, LONGEST[name])
        return _texts(value)

    def _name(self, value: Any) -> str:
        name = _text(value, LONGEST["name"])
        if not name:
            raise _Wrong("missing_name")
        if "\n" in name:
            raise _Wrong("control_characters")
        return name

    def _slug(self, value: Any) -> str:
        slug = _text(value, 80)
        if slug and not _SLUG.fullmatch(slug):
            raise _Wrong("bad_slug", value=slug[:60])
        return slug

    def _cautions(self, value: Any) -> list[dict[str, str]]:
        found: dict[str, dict[str, str]] = {}
        for row in _rows(value, ("condition", "kind", "reason")):
            condition = _known([row["condition"]], self.words.conditions)[0]
            kind, reason = _one_of(CAUTION_KINDS)(row["kind"]), _text(row["reason"], LONGEST_TEXT)
            if condition in found:
                raise _Wrong("caution_twice", value=condition)
            if not kind or not reason:
                raise _Wrong("caution_incomplete", value=condition)
            found[condition] = {"condition": condition, "kind": kind, "reason": reason}
        return [found[condition] for condition in sorted(found)]


def _text(value: Any, longest: int) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise _Wrong("not_text")
    text = value.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ").strip()
    if _CONTROL.search(text):
        raise _Wrong("control_characters")
    if len(text) > longest:
        raise _Wrong("too_long", length=len(text), most=longest)
    return text


def _texts(value: Any, longest: int = LONGEST_ITEM) -> list[str]:
    if value is None:
        return []
    if not isinstance(value, list):
        raise _Wrong("not_a_list")
    if len(value) > MOST_ITEMS:
        raise _Wrong("too_many", count=len(value), most=MOST_ITEMS)
    return [text for item in value if (text := _text(item, longest))]


def _short_name(value: Any) -> str:
    text = _text(value, 80)
    if text and not _SLUG.fullmatch(text):
        raise _Wrong("bad_slug", value=text[:60])
    return text


def _slugs(value: Any) -> list[str]:
    return list(dict.fromkeys(_short_name(item) for item in _texts(value)))


def _known(value: Any, words: frozenset[str]) -> list[str]:
    found = list(dict.fromkeys(_texts(value)))
    unknown = [word for word in found if word not in words]
    if unknown:
        raise _Wrong("unknown_word", value=", ".join(unknown)[:120])
    if not found and value not in (None, []):
        raise _Wrong("unknown_word", value="")
    return found


def _one_of(allowed: Sequence[str]) -> Callable[[Any], str]:
    def rule(value: Any) -> str:
        text = _text(value, LONGEST_TEXT)
        if text and text not in allowed:
            raise _Wrong("not_one_of", value=text[:60], allowed=", ".join(allowed))
        return text

    return rule


def _whole(value: Any, least: int, most: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise _Wrong("not_whole", least=least, most=most)
    return value


def _effort(value: Any) -> int:
    return _whole(value, 0, 10)


def _met(value: Any) -> dict[str, Any] | None:
    if value is None:
        return None
    row = _rows([value], ("value", "edition", "code"))[0]
    number, edition, code = row["value"], _text(row["edition"], 10), _text(row["code"], 10)
    if isinstance(number, bool) or not isinstance(number, int | float) or not 0.1 <= number < 100:
        raise _Wrong("bad_met")
    if not edition or not code:
        raise _Wrong("bad_met")
    return {"value": round(float(number), 1), "edition": edition, "code": code}


def _dose(value: Any) -> dict[str, Any]:
    row = _part({} if value is None else value, (*MEASURES, "per_side"))
    dose: dict[str, Any] = {
        measure: None if row.get(measure) is None else _whole(row[measure], 1, MOST_MEASURE) for measure in MEASURES
    }
    if not isinstance(row.get("per_side", False), bool):
        raise _Wrong("not_yes_or_no")
    return dose | {"per_side": row.get("per_side", False)}


def _range(value: Any) -> dict[str, Any]:
    row = _part({} if value is None else value, MEASURES)
    spans: dict[str, Any] = {}
    for measure in MEASURES:
        span = row.get(measure)
        if span is not None and (not isinstance(span, list) or len(span) != 2):
            raise _Wrong("bad_range", measure=measure)
        spans[measure] = span and [_whole(end, 1, MOST_MEASURE) for end in span]
        if span and spans[measure][0] > spans[measure][1]:
            raise _Wrong("bad_range", measure=measure)
    return spans


def _evidence(value: Any) -> list[dict[str, Any]]:
    found = []
    for row in _rows(value, ("authors", "year", "title", "doi", "pmid")):
        texts = {name: _text(row[name], 500) for name in ("authors", "title", "doi", "pmid")}
        year = None if row["year"] is None else _whole(row["year"], 1800, 2200)
        found.append(
            {
                "authors": texts["authors"],
                "year": year,
                "title": texts["title"],
                "doi": texts["doi"] or None,
                "pmid": texts["pmid"] or None,
            }
        )
    return found


def _rows(value: Any, keys: Sequence[str]) -> list[dict[str, Any]]:
    """A list of objects that have exactly these keys; a missing one is None."""
    if value is None:
        return []
    if not isinstance(value, list) or len(value) > MOST_ITEMS:
        raise _Wrong("not_a_list")
    return [{key: part.get(key) for key in keys} for part in (_part(item, keys) for item in value)]


def _part(value: Any, keys: Sequence[str]) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise _Wrong("not_an_object")
    for key in value:
        if key not in keys:
            raise _Wrong("unknown_field", part=str(key)[:60])
    return value
