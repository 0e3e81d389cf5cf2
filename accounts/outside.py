"""What is kept outside the database, in two files of lines that are only ever added to.

`erased.jsonl`: who was erased, so that it can be done again after a restore. It holds ids and dates, no names.
`heads.txt`: the hash of each block of the audit chain. Copy the folder to another machine with the backups, but never
restore an older copy of it over a newer one.
"""

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Folder:
    """The folder PAINPLAN_OUTSIDE; it is made when something is written for the first time."""

    path: Path

    def add_erasure(self, line: Mapping[str, Any]) -> None:
        """One line about an erasure: the ids of erasure, patient, clinic and login, and dates as ISO texts."""
        self._add("erased.jsonl", json.dumps(dict(line), sort_keys=True))

    def erased(self) -> list[dict[str, Any]]:
        """The last line about each erasure, in the order in which they were first written."""
        latest: dict[str, dict[str, Any]] = {}
        for text in self._lines("erased.jsonl"):
            line = json.loads(text)
            latest[line["erasure"]] = line
        return list(latest.values())

    def add_head(self, *, number: int, hash: str, at: datetime) -> None:
        self._add("heads.txt", f"{number} {hash} {at.astimezone(UTC).isoformat(timespec='seconds')}")

    def heads(self) -> dict[int, str]:
        """The hash of each block, by number. The first line about a number counts: nobody writes over it."""
        found: dict[int, str] = {}
        for text in self._lines("heads.txt"):
            number, made, _at = text.split()
            found.setdefault(int(number), made)
        return found

    def _add(self, name: str, text: str) -> None:
        self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(self.path / name, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        with os.fdopen(handle, "a", encoding="utf-8") as file:
            file.write(text + "\n")
            file.flush()
            os.fsync(file.fileno())

    def _lines(self, name: str) -> Iterator[str]:
        file = self.path / name
        if file.exists():
            yield from (line for line in file.read_text("utf-8").splitlines() if line.strip())
