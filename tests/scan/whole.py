# ruff: noqa: F811 (the fixtures of the matrix are used by their names)
"""The whole scan: every role, every page, every form. `make scan` runs it; var/scan.json holds what it found.

SCAN_REQUESTS=200 ends each of the four parts of a role's walk after so many requests.
"""

import json
import os
import sys
from pathlib import Path

from tests.scan.crawler import ROLES, Walker
from tests.test_access import made, world  # noqa: F401

ANSWERS = Path(__file__).resolve().parents[2] / "var" / "scan.json"


def scan_everything(world):
    most = int(os.environ.get("SCAN_REQUESTS", "1000000"))
    told = [Walker(world, role, most=most).go().told() for role in ROLES]
    ANSWERS.parent.mkdir(exist_ok=True)
    ANSWERS.write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    for role in told:
        sys.stdout.write(
            f"\n{role['role']}: {role['requests']} requests, {role['kinds of pages']} kinds of pages, "
            f"{role['kinds of forms']} of forms, {len(role['faults'])} faults"
        )
    faults = [fault for role in told for fault in role["faults"]]
    sys.stdout.write("\n" + "\n".join(faults[:50]) + "\n")
    assert not faults
