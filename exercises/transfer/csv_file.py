"""CSV files: UTF-8, one header line. Cells that a spreadsheet would run as formulas are escaped, and back. Pure."""

import csv
import io
import re
from collections.abc import Sequence

from defusedcsv import csv as defused

from exercises.transfer import flat
from exercises.transfer.values import MOST_ROWS, Content, FileRefused, ReadRow, Remark

_BYTE_ORDER_MARK = "\ufeff"  # without it a spreadsheet takes the letters for another alphabet
_ESCAPED = re.compile(r"'+(?:[@+\-=|%]|\\\|)")


def write(contents: Sequence[Content]) -> bytes:
    return write_table([list(flat.COLUMNS), *(flat.to_row(content) for content in contents)])


def write_table(rows: Sequence[Sequence[str]]) -> bytes:
    """Any table as CSV that a spreadsheet opens without running anything in it."""
    text = io.StringIO()
    writer = defused.writer(text)
    writer.writerows([_quote(cell) for cell in row] for row in rows)
    return (_BYTE_ORDER_MARK + text.getvalue()).encode("utf-8")


def read(data: bytes) -> list[ReadRow]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise FileRefused("not_utf8") from None
    if "\0" in text:
        raise FileRefused("nul", line=text.count("\n", 0, text.index("\0")) + 1)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    rows: list[ReadRow] = []
    try:
        names = flat.columns(next(reader, []))
        for number, cells in enumerate(reader, start=2):
            if number - 1 > MOST_ROWS:
                raise FileRefused("too_many_rows", most=MOST_ROWS)
            if not any(cell.strip() for cell in cells):
                continue
            over = [cell for cell in cells[len(names) :] if cell.strip()]
            refusals = (Remark("too_many_cells", {"columns": len(names)}),) if over else ()
            given = {name: _unquote(cell) for name, cell in zip(names, cells, strict=False)}
            rows.append(ReadRow(number, flat.from_row(given), refusals))
    except csv.Error as error:
        code = "cell_too_big" if "field limit" in str(error) else "csv_broken"
        raise FileRefused(code, line=reader.line_num) from None
    if not rows:
        raise FileRefused("no_rows")
    return rows


def _delimiter(text: str) -> str:
    """Spreadsheets of some countries write semicolons; the header line shows which."""
    header = text.partition("\n")[0]
    return max(",;\t", key=header.count)


def _quote(cell: str) -> str:
    """A cell that looks escaped already gets one quotation mark more, so that taking one away is always right."""
    return f"'{cell}" if _ESCAPED.match(cell) else cell


def _unquote(cell: str) -> str:
    if not _ESCAPED.match(cell):
        return cell
    return cell[1:] if cell[1] == "'" else cell[1:].replace("\\|", "|")
