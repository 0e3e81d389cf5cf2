"""Reading pain diaries from CSV files, with a line number and a reason for every row that is refused.

Pure: bytes in, rows out. Known shapes, told apart by their header (which may stand below a one-line note):

- `subject,date,pain`, or `dataset,subject,day,value`, and any further columns; days are ISO dates or numbers.
- `name,startday,startmonth,startyear,intensity[,date]`: `name` is what was measured. The start columns say
  which day is meant, `date` only when it was entered (often after midnight). Where they are empty, the row
  belongs to the day of the row above, if both were entered within the hour.
- `year,month,day,region,side,intensity`: a blank year, month or day repeats the one above.

No score is ever filled in: a blank one is "not answered", and is a row without a value. Pain is 0 to 10.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from plans.diary_cells import (
    CarriedColumns,
    Cells,
    DayColumn,
    DayReader,
    RowRefused,
    StartColumns,
    read_score,
    split_row,
)

DELIMITERS = ",;\t|"
STARTED = {"name", "startday", "startmonth", "startyear", "intensity"}
CARRIED = {"year", "month", "day", "region", "intensity"}


class DiaryError(ValueError):
    """A file that cannot be used at all. The message is one sentence that says what to do."""


class Remark(NamedTuple):
    """What is to be said about one line of the file."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class DiaryRow:
    """One score. `measure` is None where the file has no such column, `value` where nothing was answered."""

    line: int
    subject: str
    measure: str | None
    day: date | int
    value: Decimal | None


@dataclass(frozen=True, slots=True)
class Diary:
    """A file as it was read: good rows and refused ones in file order, notes on rows that were kept.

    `measures` are all that the file holds, whichever was asked for.
    """

    rows: tuple[DiaryRow, ...]
    refused: tuple[Remark, ...]
    noted: tuple[Remark, ...]
    measures: tuple[str, ...]


def read_diary(path: str | Path, measure: str | None = None) -> Diary:
    """Read a file. Without a subject column the subject is the file's name. Raises DiaryError."""
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise DiaryError(f"{path} cannot be read: {error.strerror or error}.") from error
    return parse_diary(data, Path(path).stem, measure)


def parse_diary(data: bytes, stem: str, measure: str | None = None) -> Diary:
    """Read the bytes of a file called `stem`; only the rows of `measure`, if given. Raises DiaryError."""
    lines = _text(data, stem).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    reader = _Reader(stem, *_header(lines, stem))
    for number, line in enumerate(lines, 1):
        if number > reader.header_line and line.strip(f" {reader.delimiter}\t"):
            reader.read(number, line, measure)
    return reader.diary(measure)


class _Reader:
    """Gathers the rows of one file; keeps what rows take over from the rows above them."""

    def __init__(self, stem: str, header_line: int, delimiter: str, columns: list[str]) -> None:
        self.header_line = header_line
        self.delimiter = delimiter
        self._stem = stem
        self._columns = columns
        self._measure_column: str | None = None
        self._value_column = "intensity"
        self._allows_remarks = False
        self._day_of: DayReader
        if set(columns) >= STARTED:
            self._measure_column, self._day_of = "name", StartColumns()
        elif set(columns) >= CARRIED:
            self._measure_column, self._day_of = "region", CarriedColumns(self._note)
            self._allows_remarks = True
        else:
            self._value_column = "pain" if "pain" in columns else "value"
            self._day_of = DayColumn("date" if "date" in columns else "day")
        self._rows: list[tuple[str, DiaryRow]] = []
        self._kinds: dict[tuple[str, str], type] = {}
        self._refused: list[Remark] = []
        self._noted: list[Remark] = []
        self._measures: dict[str, str] = {}

    def read(self, number: int, line: str, wanted: str | None) -> None:
        try:
            cells = split_row(line, self.delimiter)
        except RowRefused as refused:
            self._day_of.forget()  # whether this row began another day cannot be told
            self._refused.append(Remark(number, str(refused)))
            return
        try:
            named = dict(zip(self._columns, cells, strict=False))
            # The day comes before everything else: rows below may take it over.
            day = self._day_of(named, number)
            measure = self._measure(named)
            if not self._is_other(measure, wanted):
                self._refuse_misshapen(cells)
                self._keep(number, named, measure, day)
        except RowRefused as refused:
            if not self._is_other(named.get(self._measure_column or "") or None, wanted):
                self._refused.append(Remark(number, str(refused)))

    def diary(self, wanted: str | None) -> Diary:
        measures = tuple(self._measures.values())
        if wanted is not None and not measures:
            raise DiaryError(f"{self._stem} does not name measures, so none can be chosen.")
        if wanted is not None and _folded(wanted) not in self._measures:
            raise DiaryError(f"{self._stem} has no measure {wanted!r}; it has {', '.join(measures)}.")
        if not self._rows and not self._refused:
            raise DiaryError(f"{self._stem} has a header but no rows.")
        return Diary(tuple(self._named()), tuple(self._refused), tuple(self._noted), measures)

    def _named(self) -> Iterator[DiaryRow]:
        # Two datasets may both have a "P1": they are two people, and only then the name says which.
        datasets: dict[str, set[str]] = {}
        for dataset, row in self._rows:
            datasets.setdefault(row.subject, set()).add(dataset)
        for dataset, row in self._rows:
            if len(datasets[row.subject]) > 1:
                yield DiaryRow(row.line, f"{dataset}:{row.subject}", row.measure, row.day, row.value)
            else:
                yield row

    def _keep(self, number: int, cells: Cells, measure: str | None, day: date | int) -> None:
        subject = cells.get("subject", self._stem)
        if not subject:
            raise RowRefused("no subject")
        value = read_score(cells[self._value_column])
        dataset = cells.get("dataset", "")
        if self._kinds.setdefault((dataset, subject), type(day)) is not type(day):
            raise RowRefused(f"dates and day numbers are mixed for subject {subject}")
        if value is None:
            self._note(number, "no score: not answered, which is not 0")
        self._rows.append((dataset, DiaryRow(number, subject, measure, day, value)))

    def _note(self, number: int, reason: str) -> None:
        self._noted.append(Remark(number, reason))

    def _refuse_misshapen(self, cells: list[str]) -> None:
        needed = self._columns.index(self._value_column) + 1
        if len(cells) < needed:
            raise RowRefused(f"the row ends before its {self._value_column}")
        if any(cells[len(self._columns) :]) and not self._allows_remarks:
            raise RowRefused(f"{len(cells)} cells where the header has {len(self._columns)}")

    def _measure(self, cells: Cells) -> str | None:
        if self._measure_column is None:
            return None
        name = " ".join(cells.get(self._measure_column, "").split())
        if not name:
            raise RowRefused(f"no {self._measure_column}: what was measured is not known")
        return self._measures.setdefault(_folded(name), name)

    def _is_other(self, measure: str | None, wanted: str | None) -> bool:
        return wanted is not None and measure is not None and _folded(measure) != _folded(wanted)


def _text(data: bytes, stem: str) -> str:
    if not data.strip():
        raise DiaryError(f"{stem} is empty.")
    utf_16 = data[:2] in (b"\xff\xfe", b"\xfe\xff")
    try:
        text = data.decode("utf-16" if utf_16 else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise DiaryError(f"{stem} is not UTF-8 text (line {line}); save it as CSV in UTF-8.") from error
    if "\0" in text:
        raise DiaryError(f"{stem} is not a text file; save it as CSV in UTF-8.")
    return text


def _header(lines: list[str], stem: str) -> tuple[int, str, list[str]]:
    """The header's line number, delimiter and column names. A one-line note may stand above it."""
    filled = [(number, line) for number, line in enumerate(lines, 1) if line.strip()][:2]
    for number, line in filled:
        for delimiter in DELIMITERS:
            try:
                columns = [cell.lower() for cell in split_row(line, delimiter)]
            except RowRefused:
                continue
            if _is_known(columns, stem):
                return number, delimiter, columns
    raise DiaryError(f"{stem} has no known columns; give it the header subject,date,pain.")


def _is_known(columns: list[str], stem: str) -> bool:
    named = set(columns)
    if not (named >= STARTED or named >= CARRIED):
        if not (named & {"date", "day"} and named & {"pain", "value"}):
            return False
        if named >= {"date", "day"} or named >= {"pain", "value"}:
            raise DiaryError(f"{stem} needs one column of days and one of scores, and has two of one kind.")
    repeated = [name for name in named if name and columns.count(name) > 1]
    if repeated:
        raise DiaryError(f"{stem} has the column {repeated[0]} twice.")
    return True


def _folded(name: str) -> str:
    return " ".join(name.split()).casefold()
