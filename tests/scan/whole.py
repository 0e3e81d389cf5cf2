"""The whole scan: every role, every page, every form. `make scan` runs it; var/scan.json holds what it found.

In a database of its own, in which every request is really committed: in one long transaction the rows that each request
changes (sessions, counts of attempts) would grow into chains of dead versions, and the walk would become slower and
slower. SCAN_REQUESTS=200 ends each of the four parts of a role's walk after so many requests; SCAN_ROLES="anna lena"
walks as these alone, and leaves what the file says of the others.
"""

import json
import logging
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine

from tests.access_world import World
from tests.cast import NOON
from tests.scan.crawler import ROLES, Walker

ANSWERS = Path(__file__).resolve().parents[2] / "var" / "scan.json"


@pytest.fixture
def scanned(committed_db: str, settings: Any) -> Iterator[World]:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # nobody's; Argon2 takes its time
    logging.disable(logging.ERROR)
    with time_machine.travel(NOON, tick=False):
        yield World()
    logging.disable(logging.NOTSET)


@pytest.mark.committed
def scan_everything(scanned):
    most = int(os.environ.get("SCAN_REQUESTS", "1000000"))
    wanted = os.environ.get("SCAN_ROLES", " ".join(ROLES)).split()
    answers = json.loads(ANSWERS.read_text("utf-8")) if ANSWERS.exists() and wanted != list(ROLES) else {}
    told: list[dict[str, Any]] = []
    for role in wanted:
        begun = time.perf_counter()
        walker = Walker(scanned, role, most=most)
        one = walker.go().told() | {"seconds": round(time.perf_counter() - begun)}
        told.append(one)
        answers[role] = one
        ANSWERS.parent.mkdir(exist_ok=True)
        ANSWERS.write_text(json.dumps(answers, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        sys.stdout.write(
            f"\n{role}: {one['requests']} requests in {one['seconds']} s, {one['kinds of pages']} kinds of pages,"
            f" {one['kinds of forms']} of forms, {one['answers']}, {len(one['faults'])} faults"
        )
        sys.stdout.flush()
    faults = [fault for role in told for fault in role["faults"]]
    total = sum(role["requests"] for role in told)
    sys.stdout.write(f"\n{total} requests, {len(faults)} faults\n" + "\n".join(faults[:50]) + "\n")
    assert not faults
