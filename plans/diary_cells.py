"""The cells of a diary's rows: cutting a line into cells, and reading the day and the score out of them.

Pure. `RowRefused` carries the reason why a row cannot be used.
"""

import csv
import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Protocol

from plans.scores import ScoreRefused, checked_score

ENTERED_TOGETHER = timedelta(hours=1)

_NUMBER = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d{1,3})?", re.ASCII)
_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_DAY_NUMBER = re.compile(r"[+-]?\d{1,6}", re.ASCII)  # longer ones are dates without hyphens

Cells = dict[str, str]


class RowRefused(Exception):
    """Why a row is refused; caught where rows are read."""


class DayReader(Protocol):
    """Reads the day of a row; raises RowRefused. Asked for every row in turn: some repeat the one above."""

    def __call__(self, cells: Cells, line: int) -> date | int: ...

    def forget(self) -> None:
        """The row just above cannot be read, so nothing can be taken over from it."""


class DayColumn:
    """The day stands in one column, as an ISO date or a whole number."""

    def __init__(self, column: str) -> None:
        self._column = column

    def __call__(self, cells: Cells, line: int) -> date | int:
        text = cells.get(self._column, "")
        if _DAY_NUMBER.fullmatch(text):
            return int(text)
        if _ISO_DATE.fullmatch(text):
            return _date(*text.split("-"))
        raise RowRefused(f"{self._column} {text!r} is neither a date like 2025-03-09 nor a whole day number")

    def forget(self) -> None:
        """Each row has its own day."""


class StartColumns:
    """The day stands in three columns; where they are empty, in those of the row entered just before."""

    def __init__(self) -> None:
        self._above: tuple[date, datetime | None] | None = None

    def __call__(self, cells: Cells, line: int) -> date:
        parts = [cells.get(name, "") for name in ("startyear", "startmonth", "startday")]
        entered = _moment(cells.get("date", ""))
        if any(part not in ("", "0") for part in parts):
            self._above = None
            day = _date(*parts)
            self._above = (day, entered)
            return day
        if self._above is None or self._above[1] is None or entered is None:
            raise RowRefused("the start columns are empty and no row above says which day is meant")
        if abs(entered - self._above[1]) > ENTERED_TOGETHER:
            raise RowRefused("the start columns are empty and the row above was entered at another time")
        return self._above[0]

    def forget(self) -> None:
        self._above = None


class CarriedColumns:
    """The day stands in three columns of which blank ones repeat those above."""

    def __init__(self, note: Callable[[int, str], None]) -> None:
        self._note = note
        self._above: date | None = None

    def __call__(self, cells: Cells, line: int) -> date:
        year, month, day = (cells.get(name, "") for name in ("year", "month", "day"))
        above = self._above
        if (year and not month) or (month and not day):
            self._above = None
            raise RowRefused("a new year needs its month, and a new month its day")
        if above is None and not (year and month and day):
            raise RowRefused("no row above says which year, month and day are meant")
        if above is not None:
            year, month = year or str(above.year), month or str(above.month)
            day = day or str(above.day)
        self._above = None
        self._above = _date(year, month, day)
        if above is not None and not cells.get("month") and self._above < above:
            self._note(line, f"day {self._above.day} stands below day {above.day}; read as it is written")
        return self._above

    def forget(self) -> None:
        self._above = None


def split_row(line: str, delimiter: str) -> list[str]:
    """The cells of one line, trimmed. Raises RowRefused."""
    # Line by line, so that a quote left open spoils its own row and not the rest of the file.
    try:
        cells = next(csv.reader([line], delimiter=delimiter, skipinitialspace=True, strict=True), [])
    except csv.Error as error:
        raise RowRefused(f"not a CSV row: {error}") from error
    return [cell.strip() for cell in cells]


def read_score(text: str) -> Decimal | None:
    """The score from 0 to 10, with a decimal point or comma; None for a blank cell. Raises RowRefused."""
    if not text:
        return None
    if not _NUMBER.fullmatch(text):
        raise RowRefused(f"pain {text!r} is not a number")
    value = Decimal(text.replace(",", "."))
    try:
        checked_score(value)
    except ScoreRefused as error:
        raise RowRefused(str(error)) from error
    return value


def _date(year: str, month: str, day: str) -> date:
    try:
        if not (year + month + day).isascii() or len(year) != 4:
            raise ValueError
        return date(int(year), int(month), int(day))
    except ValueError:
        raise RowRefused(f"there is no day {year}-{month}-{day}") from None


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        return None
