"""An exercise as one row of text cells, for CSV and XLSX, and back. Pure.

Lists are joined by line breaks; the parts of a caution or a reference by " | ". Numbers stand in columns of their own,
because a spreadsheet makes a date of "1-3". A column that is missing was not given; an empty cell is empty.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from exercises.transfer.values import LINKS, LISTS, MEASURES, Content, FileRefused, normal_dose, normal_range

_EVIDENCE = ("authors", "year", "title", "doi", "pmid")
_CAUTION = ("condition", "kind", "reason")
_TEXTS = ("slug", "name", "goal", "family", "position", "impact", "should_feel", "figure", "source", "licence")
_JOINED = (*LISTS, *LINKS)
_MET = ("met_value", "met_edition", "met_code")
_START = tuple(f"start_{measure}" for measure in MEASURES)
_LEAST = tuple(f"least_{measure}" for measure in MEASURES)
_MOST = tuple(f"most_{measure}" for measure in MEASURES)

COLUMNS = (
    *("slug", "name", "also_known_as", "goal", "family", "body_regions", "position", "equipment", "impact"),
    *("effort_min", "effort_max", *_MET, *_START, "per_side"),
    *(name for pair in zip(_LEAST, _MOST, strict=True) for name in pair),
    *("steps", "cues", "common_mistakes", "should_feel", "stop_if", "easier", "harder", "cautions", "evidence"),
    *("figure", "source", "licence"),
)
LONGEST_CELL = 32_767  # what a spreadsheet can hold


def columns(header: Sequence[str]) -> list[str]:
    """The known columns of a header line, in its order; FileRefused names what is wrong with it."""
    names = [re.sub(r"[\s-]+", "_", cell.strip().casefold()) for cell in header]
    while names and not names[-1]:
        names.pop()
    if "name" not in names:
        raise FileRefused("no_name_column")
    for place, name in enumerate(names):
        if name not in COLUMNS:
            raise FileRefused("unknown_column", column=header[place].strip()[:60] or str(place + 1))
        if name in names[:place]:
            raise FileRefused("column_twice", column=name)
    return names


def to_row(content: Content) -> list[str]:
    """The cells of a whole content, in the order of COLUMNS."""
    cells = {name: str(content[name]) for name in _TEXTS}
    cells |= {name: "\n".join(_escape_line(item) for item in content[name]) for name in _JOINED}
    cells |= {name: _number(content[name]) for name in ("effort_min", "effort_max")}
    met = content["met"] or {}
    cells |= {f"met_{part}": _number(met.get(part)) for part in ("value", "edition", "code")}
    dose, span = normal_dose(content["starting_dose"]), normal_range(content["dose_range"])
    for measure in MEASURES:
        cells[f"start_{measure}"] = _number(dose[measure])
        low, high = span[measure] or (None, None)
        cells[f"least_{measure}"], cells[f"most_{measure}"] = _number(low), _number(high)
    cells["per_side"] = "yes" if dose["per_side"] else "no"
    cells["cautions"] = "\n".join(_join_parts(row, _CAUTION) for row in content["cautions"])
    cells["evidence"] = "\n".join(_join_parts(row, _EVIDENCE) for row in content["evidence"])
    for name, cell in cells.items():
        if len(cell) > LONGEST_CELL:
            raise FileRefused("cell_too_long", name=content["name"], column=name)
    return [cells[name] for name in COLUMNS]


def from_row(cells: Mapping[str, str]) -> dict[str, Any]:
    """Our own fields from the cells of a row (column -> text). What is no number stays text for the check to refuse."""
    given = {name: text.strip() for name, text in cells.items()}
    raw: dict[str, Any] = {name: given[name] for name in _TEXTS if name in given}
    raw |= {name: _lines(given[name]) for name in _JOINED if name in given}
    raw |= {name: _whole(given[name]) for name in ("effort_min", "effort_max") if given.get(name)}
    if any(name in given for name in _MET):
        value, edition, code = (given.get(name, "") for name in _MET)
        raw["met"] = {"value": _decimal(value), "edition": edition, "code": code} if value + edition + code else None
    if any(name in given for name in (*_START, "per_side")):
        raw["starting_dose"] = {measure: _whole(given.get(f"start_{measure}", "")) for measure in MEASURES}
        raw["starting_dose"]["per_side"] = _yes(given.get("per_side", ""))
    if any(name in given for name in (*_LEAST, *_MOST)):
        raw["dose_range"] = {measure: _span(given, measure) for measure in MEASURES}
    for name, parts in (("cautions", _CAUTION), ("evidence", _EVIDENCE)):
        if name in given:
            raw[name] = [_parts(line, parts) for line in _lines(given[name])]
    for row in raw.get("evidence", []):
        row["year"], row["doi"], row["pmid"] = _whole(row["year"]), row["doi"] or None, row["pmid"] or None
    return raw


def _number(value: Any) -> str:
    return "" if value is None else str(value)


def _whole(text: str) -> int | str | None:
    if not text:
        return None
    if re.fullmatch(r"[0-9]{1,9}(\.0{1,6})?", text):
        return int(text.partition(".")[0])
    return text


def _decimal(text: str) -> float | str | None:
    if not text:
        return None
    return float(text.replace(",", ".")) if re.fullmatch(r"[0-9]{1,6}([.,][0-9]{1,6})?", text) else text


def _yes(text: str) -> bool | str:
    known = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False, "": False}
    return known.get(text.casefold(), text)


def _span(given: Mapping[str, str], measure: str) -> list[Any] | None:
    ends = [_whole(given.get(f"{end}_{measure}", "")) for end in ("least", "most")]
    return None if ends == [None, None] else ends


def _escape_line(item: str) -> str:
    return str(item).replace("\\", "\\\\").replace("\n", "\\n")


def _lines(text: str) -> list[str]:
    lines = (line.strip() for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    return [re.sub(r"\\(\\|n)", lambda found: "\n" if found[1] == "n" else "\\", line) for line in lines if line]


def _join_parts(row: Mapping[str, Any], names: Sequence[str]) -> str:
    cells = [_number(row.get(name)).replace("\\", "\\\\").replace("|", "\\|") for name in names]
    return _escape_line(" | ".join(cells))


def _parts(line: str, names: Sequence[str]) -> dict[str, Any]:
    """The parts of a line, cut at " | "; the last takes what is left over."""
    cells = [""]
    for part in re.findall(r"\\.|\\|\||[^\\|]+", line):
        if part == "|" and len(cells) < len(names):
            cells.append("")
        else:
            cells[-1] += part[1:] if part in (r"\|", r"\\") else part
    cells = [cell.strip() for cell in cells]
    return dict(zip(names, cells + [""] * (len(names) - len(cells)), strict=True))
