"""What differs between two versions of an exercise, in the order in which a reader meets it. Pure: plain values.

Both versions are given in the form of a library file (exercises/library/README.md), with "media" as a further list of
texts. The words are made by exercises/wording_curation.py in the reader's language.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

PLAIN = ("name", "goal", "family", "position", "impact", "met", "should_feel", "figure", "source", "licence")
BAGS = ("also_known_as", "body_regions", "equipment", "media")
LISTS = ("steps", "cues", "common_mistakes", "stop_if")
KEYED = {"cautions": ("condition",), "evidence": ("doi", "pmid", "title")}
ORDER = (
    *("name", "also_known_as", "goal", "family", "body_regions", "position", "equipment", "impact", "effort", "met"),
    *("starting_dose", "dose_range", "steps", "cues", "common_mistakes", "should_feel", "stop_if", "cautions"),
    *("evidence", "media", "figure", "source", "licence"),
)


@dataclass(frozen=True)
class Change:
    """One thing that differs; None on the side where it is not there.

    `place` is the number of a line in its list (1 is the first; of a line that went: where it stood), or what names a
    caution or a study. For "effort" both sides are (least, most); for names, regions, equipment and media they hold
    only what went and what came; for a list in another order the whole list.
    """

    field: str
    before: Any
    after: Any
    place: int | str | None = None


def difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """Every change from `before` to `after`; empty when they say the same."""
    found: list[Change] = []
    for field in ORDER:
        if field in LISTS:
            found += _lines(field, before[field], after[field])
        elif field in KEYED:
            found += _keyed(field, before[field], after[field])
        elif field in BAGS:
            found += _bag(field, before.get(field, ()), after.get(field, ()))
        else:
            found += _value(field, _read(before, field), _read(after, field))
    return found


def changed_lines(changes: Sequence[Change], field: str) -> set[int]:
    """The numbers of the lines of a list that are new or say something else now."""
    return {
        change.place
        for change in changes
        if change.field == field and isinstance(change.place, int) and change.after is not None
    }


def _read(row: Mapping[str, Any], field: str) -> Any:
    if field == "effort":
        return None if row["effort_max"] is None else (row["effort_min"], row["effort_max"])
    value = row.get(field)
    if field in ("starting_dose", "dose_range"):
        # A measure that is left out and one that is empty are the same.
        return {name: _plain(part) for name, part in (value or {}).items() if part not in (None, False, [], ())}
    return value or None


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _value(field: str, before: Any, after: Any) -> list[Change]:
    return [] if before == after else [Change(field, before or None, after or None)]


def _bag(field: str, before: Sequence[str], after: Sequence[str]) -> list[Change]:
    went = [each for each in before if each not in after]
    came = [each for each in after if each not in before]
    return [Change(field, went or None, came or None)] if went or came else []


def _lines(field: str, before: Sequence[str], after: Sequence[str]) -> list[Change]:
    before, after = list(before), list(after)
    if before != after and sorted(before) == sorted(after):
        return [Change(field, before, after)]
    found: list[Change] = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        both = min(i2 - i1, j2 - j1)
        for n in range(both):
            found.append(Change(field, before[i1 + n], after[j1 + n], j1 + n + 1))
        found += [Change(field, None, after[j], j + 1) for j in range(j1 + both, j2)]
        found += [Change(field, before[i], None, i + 1) for i in range(i1 + both, i2)]
    return found


def _keyed(field: str, before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]) -> list[Change]:
    def by_key(rows: Sequence[Mapping[str, Any]]) -> dict[Hashable, Mapping[str, Any]]:
        return {next((row[name] for name in KEYED[field] if row.get(name)), n): row for n, row in enumerate(rows)}

    old, new = by_key(before), by_key(after)
    return [
        Change(field, old.get(key), new.get(key), str(key))
        for key in [*old, *(key for key in new if key not in old)]
        if _stripped(old.get(key)) != _stripped(new.get(key))
    ]


def _stripped(row: Mapping[str, Any] | None) -> dict[str, Any] | None:
    return None if row is None else {name: value for name, value in row.items() if value not in (None, "")}
