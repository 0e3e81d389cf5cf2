"""XLSX files: the first sheet, one header line, every cell text. Hostile files are refused unopened. Pure.

An XLSX file is a ZIP of XML. Its unpacked size is read from the directory and held to while unpacking; document type
declarations (where entities are declared) never stand in a real one.
"""

import io
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time
from typing import Any
from xml.etree.ElementTree import ParseError  # nosec B405  # only the name of an error

import openpyxl
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils.exceptions import InvalidFileException

from exercises.transfer import flat
from exercises.transfer.values import MOST_ROWS, Content, FileRefused, ReadRow, Remark

MOST_UNPACKED = 60 * 1024 * 1024
MOST_PARTS = 200
_WIDE = {"name": 32, "steps": 60, "cues": 48, "common_mistakes": 48, "cautions": 60, "evidence": 48, "stop_if": 48}
_CHUNK = 1 << 16
_ENCRYPTED = 0x1
_DECLARATIONS = (b"<!DOCTYPE", b"<!ENTITY", b"\0")


def write(contents: Sequence[Content]) -> bytes:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Exercises")
    sheet.freeze_panes = "C2"
    for place, name in enumerate(flat.COLUMNS, start=1):
        sheet.column_dimensions[openpyxl.utils.get_column_letter(place)].width = _WIDE.get(name, 16)
    sheet.append([_text(sheet, name, bold=True) for name in flat.COLUMNS])
    for content in contents:
        sheet.append([_text(sheet, cell) for cell in flat.to_row(content)])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def read(data: bytes) -> list[ReadRow]:
    _look_before_opening(data)
    try:
        return list(_rows(data))
    except (KeyError, ValueError, TypeError, AttributeError, IndexError, OverflowError) as error:
        if isinstance(error, FileRefused):
            raise
        raise FileRefused("xlsx_broken") from None
    except (ParseError, InvalidFileException, zipfile.BadZipFile, EOFError, OSError):
        raise FileRefused("xlsx_broken") from None


def _look_before_opening(data: bytes) -> None:
    try:
        package = zipfile.ZipFile(io.BytesIO(data))
        parts = package.infolist()
        if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
            raise FileRefused("xlsx_bomb")
        if "[Content_Types].xml" not in package.namelist():
            raise FileRefused("not_xlsx")
        unpacked = 0
        for part in parts:
            if part.flag_bits & _ENCRYPTED:
                raise FileRefused("xlsx_locked")
            tail = b""
            with package.open(part) as stream:
                while chunk := stream.read(_CHUNK):
                    unpacked += len(chunk)
                    if unpacked > MOST_UNPACKED:
                        raise FileRefused("xlsx_bomb")
                    seen = tail + chunk
                    # A zero byte in XML is UTF-16, in which a declaration could hide from the search for its letters.
                    if part.filename.endswith((".xml", ".rels")) and any(sign in seen for sign in _DECLARATIONS):
                        raise FileRefused("xlsx_entities")
                    tail = chunk[-16:]
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, RuntimeError, zlib.error):
        raise FileRefused("not_xlsx") from None


def _rows(data: bytes) -> Iterator[ReadRow]:
    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
    try:
        if not book.worksheets:
            raise FileRefused("no_rows")
        sheet = book.worksheets[0]
        sheet.reset_dimensions()
        most_columns = len(flat.COLUMNS) + 1
        table = sheet.iter_rows(max_row=MOST_ROWS + 2, max_col=most_columns)
        header = [_plain(cell)[0] for cell in next(table, ())]
        if not any(header):
            raise FileRefused("no_name_column")
        names = flat.columns(header)
        empty = True
        for number, cells in enumerate(table, start=2):
            row = _row(number, cells, names)
            if row is None:
                continue
            if number > MOST_ROWS + 1:
                raise FileRefused("too_many_rows", most=MOST_ROWS)
            empty = False
            yield row
        if empty:
            raise FileRefused("no_rows")
    finally:
        book.close()


def _row(number: int, cells: Iterable[Any], names: Sequence[str]) -> ReadRow | None:
    given: dict[str, str] = {}
    refusals: list[Remark] = []
    anything = False
    for place, cell in enumerate(cells):
        text, wrong = _plain(cell)
        anything = anything or bool(text.strip()) or bool(wrong)
        if place >= len(names):
            if text.strip() or wrong:
                refusals.append(Remark("too_many_cells", {"columns": len(names)}))
            continue
        if wrong:
            refusals.append(Remark(wrong, {"field": names[place]}))
        given[names[place]] = text
    given |= {name: "" for name in names if name not in given}
    return ReadRow(number, flat.from_row(given), tuple(refusals)) if anything else None


def _plain(cell: Any) -> tuple[str, str]:
    """A cell's text, and the code of what is wrong with it."""
    value = cell.value
    if value is None:
        return "", ""
    if cell.data_type == "f":
        return "", "formula_cell"
    if cell.data_type == "e":
        return "", "error_cell"
    if isinstance(value, datetime | date | time) or not isinstance(value, str | int | float | bool):
        return "", "date_cell"
    if isinstance(value, bool):
        return ("yes" if value else "no"), ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value)), ""
    return str(value), ""


def _text(sheet: Any, value: str, *, bold: bool = False) -> Any:
    """A text cell, whatever it begins with: as text nothing is ever run."""
    cell = WriteOnlyCell(sheet, value=None)
    if value:
        cell.value = ILLEGAL_CHARACTERS_RE.sub("", value)
        cell.data_type = "s"
    cell.number_format = "@"
    if bold:
        cell.font = Font(bold=True)
    return cell
