"""A file becomes rows: which format it has, and the limits that hold for all of them. Pure."""

import json
from dataclasses import asdict

from exercises.transfer import csv_file, free_exercise_db, own_json, xlsx_file
from exercises.transfer.values import (
    CSV,
    FREE_EXERCISE_DB,
    MOST_BYTES,
    OWN_JSON,
    XLSX,
    FileRefused,
    ReadRow,
    Remark,
)

_READERS = {
    OWN_JSON: own_json.read,
    CSV: csv_file.read,
    XLSX: xlsx_file.read,
    FREE_EXERCISE_DB: free_exercise_db.read,
}
_ZIP = b"PK\x03\x04"


def read(data: bytes, format: str) -> list[ReadRow]:
    """The rows of a file (1 to MOST_ROWS of them) in the order of the file, or FileRefused."""
    if len(data) > MOST_BYTES:
        raise FileRefused("too_big", most_megabytes=MOST_BYTES // (1024 * 1024))
    if not data.strip():
        raise FileRefused("empty")
    return _READERS[format](data)


def guess_format(file_name: str, data: bytes) -> str:
    """The format of a file by its ending, or by what it looks like; FileRefused when it is none of ours."""
    if not data.strip():
        raise FileRefused("empty")
    ending = file_name.casefold().rpartition(".")[2]
    start = data[:4096].removeprefix(b"\xef\xbb\xbf").lstrip()
    if ending == "xlsx" or start.startswith(_ZIP):
        return XLSX
    if ending == "json" or start[:1] in (b"[", b"{"):
        return _which_json(data)
    if ending in ("csv", "txt", "tsv"):
        return CSV
    raise FileRefused("unknown_format")


def _which_json(data: bytes) -> str:
    if len(data) > MOST_BYTES:
        raise FileRefused("too_big", most_megabytes=MOST_BYTES // (1024 * 1024))
    document = own_json.parse(data)
    first = document[:5] if isinstance(document, list) else []
    return FREE_EXERCISE_DB if any(free_exercise_db.fits(entry) for entry in first) else OWN_JSON


def keep(rows: list[ReadRow]) -> bytes:
    """Rows as bytes to put aside, so that the file itself is opened only once."""
    return json.dumps([asdict(row) for row in rows], ensure_ascii=True).encode("ascii")


def kept(data: bytes) -> list[ReadRow]:
    """What `keep` put aside."""
    rows = []
    for row in json.loads(data or b"[]"):
        said = {
            name: tuple(Remark(remark["code"], remark["values"]) for remark in row[name])
            for name in ("refusals", "doubts", "notes")
        }
        rows.append(ReadRow(row["line"], row["raw"], **said))
    return rows
