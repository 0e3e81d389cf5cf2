"""What an import would do with a row: the dry run, row by row. Plain values in, a plain row of the report out. Pure.

Kinds: `new`; `changed` (another version of one that is here); `same`; `duplicate` (may be one that is here);
`doubtful` (something is missing or has no place); `refused` (cannot be read). Each row has exactly one.
Decisions: `new` (a draft of its own), `alias` (the same: add the name to ours), `replace` (the same: take the file's
content as the next draft), `keep` (the same: ours stays), `out` (leave out), "" (not decided: stays out).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count as count_from
from typing import Any

from exercises.duplicates import Index, Match, Named, steps_alike
from exercises.transfer.checking import Words, checked, slug_of
from exercises.transfer.comparing import differences
from exercises.transfer.values import LINKS, OWN_FORMATS, WANTED, Content, ReadRow, Remark

KINDS = ("new", "changed", "same", "duplicate", "doubtful", "refused")
TAKEN = ("new", "alias", "replace")
"""Decisions that write something."""

_NOT_IN_FREE_EXERCISE_DB = frozenset({"starting_dose", "stop_if"})


@dataclass(frozen=True, slots=True)
class Stored:
    """An exercise that is here. `contents` are what its published version and its draft say (one or both).

    `version` is the id of the published version, "" where nothing has been published. `ours`: it belongs to the
    library that is imported into; others can be looked at but not changed by this import.
    """

    id: str
    slug: str
    contents: tuple[Content, ...]
    version: str
    in_work: bool
    retired: bool
    ours: bool

    @property
    def content(self) -> Content:
        return self.contents[0]

    @property
    def can_be_changed(self) -> bool:
        return self.ours and bool(self.version) and not self.in_work and not self.retired


class Shelf:
    """Everything a row is compared with: the library, its vocabulary, and the other rows of the file."""

    def __init__(self, stored: Sequence[Stored], words: Words, rows: Sequence[ReadRow], *, format: str, source: str):
        self.stored = {one.id: one for one in stored}
        self.words, self.own_format, self.source = words, format in OWN_FORMATS, source
        self.ours = {one.slug: one for one in stored if one.ours}
        self.index = Index(named(one.id, one.content) for one in stored if not one.retired)
        given = [(row, row.raw if isinstance(row.raw, Mapping) else {}) for row in rows]
        self.in_file = {str(raw.get("slug") or slug_of(str(raw.get("name") or ""))) for _row, raw in given}
        self.first_with_slug = _firsts((str(raw.get("slug") or ""), row.line) for row, raw in given)
        self.first_with_name = _firsts((slug_of(str(raw.get("name") or "")), row.line) for row, raw in given)
        self.loops = self._loops([raw for _row, raw in given])

    def _loops(self, raws: Iterable[Mapping[str, Any]]) -> set[str]:
        """Slugs that would be harder than themselves, with the links of the file added to those that are here."""
        ahead: dict[str, set[str]] = defaultdict(set)
        contents = [one.content for one in self.ours.values()]
        for content in [*contents, *raws]:
            slug = content.get("slug")
            for field in LINKS:
                links = content.get(field)
                for other in links if isinstance(links, list) else ():
                    if isinstance(other, str) and isinstance(slug, str):
                        low, high = (slug, other) if field == "harder" else (other, slug)
                        ahead[low].add(high)
        return on_loops(ahead)


def judge(row: ReadRow, shelf: Shelf) -> dict[str, Any]:
    """The row of the report: line, name, slug, kind, remarks, match, choices and the decision to start from."""
    content, refusals = checked(row, shelf.words)
    name, slug = content.get("name", ""), content.get("slug", "")
    refusals += _within_file(row, slug, shelf)
    if refusals:
        return _report(row, _name(row), slug, "refused", refusals)
    doubts, notes = [*row.doubts, *_doubts(content, shelf)], list(row.notes)
    known = _known(content, shelf)
    if known is not None:
        return _against(row, content, known, known.slug, doubts, notes, shelf)
    twin = shelf.first_with_name.get(slug_of(name), row.line)
    if twin != row.line:
        doubts.append(Remark("same_name_in_file", {"line": twin}))
    slug = slug or _free_slug(name, row.line if twin != row.line else 0, shelf)
    match = next(iter(shelf.index.matches(named("", content), most=1)), None)
    if match is not None:
        other = shelf.stored[match.key]
        if any(not differences(content, each) for each in other.contents):
            return _report(row, name, slug, "same", notes, other=other, score=100.0)
        remark = _looks_like(match, content, other)
        choices = ["alias", "replace"] if other.can_be_changed else []
        choices += ["keep", "new", "out"]
        return _report(
            row, name, slug, "duplicate", [remark, *doubts, *notes], other=other, score=match.score, choices=choices
        )
    if doubts:
        return _report(row, name, slug, "doubtful", [*doubts, *notes], choices=["new", "out"])
    return _report(row, name, slug, "new", notes, choices=["new", "out"], decision="new")


def count(report: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """How many rows of each kind; they add up to all rows."""
    counts = dict.fromkeys(KINDS, 0)
    for row in report:
        counts[row["kind"]] += 1
    return counts


def decided(row: Mapping[str, Any], decisions: Mapping[str, str]) -> str:
    """What happens to a row: what was chosen, else what it starts from; "" stays out."""
    chosen = decisions.get(str(row["line"]), row["decision"])
    return chosen if chosen in row["choices"] else ""


def named(key: str, content: Content) -> Named:
    """What duplicates are found by."""
    names = (content.get("name", ""), *content.get("also_known_as", ()))
    regions = frozenset(content.get("body_regions", ()))
    return Named(key, names, content.get("goal", ""), regions, content.get("position", ""))


def on_loops(ahead: Mapping[str, set[str]]) -> set[str]:
    """The nodes of a graph that lead back to themselves, and those between two loops."""
    behind: dict[str, set[str]] = defaultdict(set)
    for node, others in ahead.items():
        for other in others:
            behind[other].add(node)
    return _without_starts(behind, _without_starts(ahead, {*ahead, *behind}))


def _without_starts(ahead: Mapping[str, set[str]], nodes: set[str]) -> set[str]:
    """What remains when nodes that nothing leads to are taken away, again and again."""
    before = dict.fromkeys(nodes, 0)
    for node in nodes:
        for other in ahead.get(node, ()):
            if other in before:
                before[other] += 1
    free = [node for node, count in before.items() if not count]
    left = set(nodes)
    while free:
        node = free.pop()
        left.discard(node)
        for other in ahead.get(node, ()):
            if other in left:
                before[other] -= 1
                if not before[other]:
                    free.append(other)
    return left


def _against(
    row: ReadRow, content: Content, known: Stored, slug: str, doubts: list[Remark], notes: list[Remark], shelf: Shelf
) -> dict[str, Any]:
    """A row that names an exercise of this library."""
    name = content["name"]
    changes = min((differences(content, stored) for stored in known.contents), key=len)
    if not changes:
        return _report(row, name, slug, "same", notes, other=known, score=100.0)
    said = [Remark("differs", {"fields": changes}), *doubts, *notes]
    if known.retired:
        return _report(row, name, slug, "doubtful", [Remark("is_retired"), *said], other=known, choices=["keep", "out"])
    if not known.can_be_changed:
        return _report(row, name, slug, "doubtful", [Remark("in_work"), *said], other=known, choices=["keep", "out"])
    if not shelf.own_format:
        # Somebody has worked on it here since it came in; the file knows less than we do.
        choices = ["keep", "replace", "out"]
        return _report(row, name, slug, "duplicate", [Remark("edited_here"), *said], other=known, choices=choices)
    return _report(row, name, slug, "changed", said, other=known, choices=["replace", "keep"], decision="replace")


def _known(content: Content, shelf: Shelf) -> Stored | None:
    """The exercise of this library that the row names: by its short name, or because it came from the same source."""
    if content.get("slug"):
        return shelf.ours.get(content["slug"])
    known = shelf.ours.get(slug_of(content["name"]))
    if shelf.own_format or known is None or known.content["source"] != shelf.source:
        return None
    return known


def _free_slug(name: str, line: int, shelf: Shelf) -> str:
    """A short name for a new exercise that none of this library has; with the line where the file says a name twice."""
    slug = slug_of(name)
    if line:
        slug = f"{slug[:70]}-{line}"
    if slug not in shelf.ours:
        return slug
    return next(free for number in count_from(2) if (free := f"{slug[:70]}-{number}") not in shelf.ours)


def _within_file(row: ReadRow, slug: str, shelf: Shelf) -> list[Remark]:
    found = []
    first = shelf.first_with_slug.get(slug, row.line) if slug else row.line
    if first != row.line:
        found.append(Remark("slug_in_file", {"line": first, "value": slug}))
    if slug in shelf.loops:
        found.append(Remark("loop"))
    return found


def _doubts(content: Content, shelf: Shelf) -> list[Remark]:
    found = []
    asked = [field for field in WANTED if shelf.own_format or field not in _NOT_IN_FREE_EXERCISE_DB]
    if "slug" in content and content["slug"] in shelf.ours:
        asked = [field for field in asked if field in content]  # what is not given stays as it is
    missing = [field for field in asked if not _said(content.get(field))]
    if missing:
        found.append(Remark("missing", {"fields": missing}))
    if shelf.own_format and content.get("impact") == "high":
        found.append(Remark("high_impact"))
    known = {*shelf.ours, *shelf.in_file}
    lost = [slug for field in LINKS for slug in content.get(field, ()) if slug not in known]
    if lost:
        found.append(Remark("unknown_link", {"value": ", ".join(lost)[:120]}))
    return found


def _said(value: Any) -> bool:
    return any(value.values()) if isinstance(value, dict) else bool(value)


def _looks_like(match: Match, content: Content, other: Stored) -> Remark:
    steps = content.get("steps", [])
    values = {"score": match.score, "steps": len(steps), "alike": steps_alike(steps, other.content["steps"])}
    same = match.score == 100.0
    if match.other == other.content["name"]:
        return Remark("same_name" if same else "looks_like", values)
    return Remark("same_other_name" if same else "looks_like_other_name", {**values, "as": match.other})


def _name(row: ReadRow) -> str:
    """What to call a row that cannot be read."""
    name = row.raw.get("name") if isinstance(row.raw, Mapping) else None
    text = name if isinstance(name, str) else ""
    return "".join(letter for letter in text if letter.isprintable())[:120]


def _report(
    row: ReadRow,
    name: str,
    slug: str,
    kind: str,
    remarks: Sequence[Remark],
    *,
    other: Stored | None = None,
    score: float | None = None,
    choices: Sequence[str] = (),
    decision: str = "",
) -> dict[str, Any]:
    match = None
    if other is not None:
        content = other.content
        match = {
            "id": other.id,
            "name": content["name"],
            "position": content["position"],
            "version": other.version,
            "score": score,
            "ours": other.ours,
        }
    return {
        "line": row.line,
        "name": name,
        "slug": slug,
        "kind": kind,
        "remarks": [remark.plain() for remark in remarks],
        "match": match,
        "choices": list(choices),
        "decision": decision,
    }


def _firsts(pairs: Iterable[tuple[str, int]]) -> dict[str, int]:
    found: dict[str, int] = {}
    for key, line in pairs:
        if key:
            found.setdefault(key, line)
    return found
