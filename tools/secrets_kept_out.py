"""No password, key or token in the repository, but those that were looked at (.secrets.baseline).

    python tools/secrets_kept_out.py [--accept]

detect-secrets finds them; here it is compared by file and digest, so that a line may move. `--accept` writes what is
found now into the baseline: read it before you commit it. Prints a line for each new one and ends with 1.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
BASELINE = ".secrets.baseline"
# Lock files hold nothing but digests; the library and the reference data are texts and measurements.
LEFT_OUT = r"(package-lock\.json|requirements\.lock|\.secrets\.baseline|tests/data/|/library/|__pycache__)"
LOOKED_AT = ["accounts", "exercises", "plans", "painplan", "templates", "static", "tests", "tools", "docs"]

# Tests make up passwords and digests, migrations name triggers by a digest: there only the keys and tokens of known
# kinds are looked for.
MADE_UP = {"Secret Keyword", "Basic Auth Credentials", "Base64 High Entropy String", "Hex High Entropy String"}

Found = dict[tuple[str, str, str], int]


def scan(root: Path) -> dict[str, Any]:
    """What detect-secrets finds below `root`: its own JSON, without the moment and without the line of the command."""
    top = sorted(path.name for path in root.iterdir() if path.is_file() and path.name != BASELINE)
    there = [name for name in LOOKED_AT if (root / name).exists()]
    program = [sys.executable, "-m", "detect_secrets", "scan", "--all-files", "--exclude-files", LEFT_OUT]
    done = subprocess.run([*program, *there, *top], cwd=root, capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    results = {file: [row for row in rows if counts(file, row["type"])] for file, rows in found["results"].items()}
    return {"version": found["version"], "results": {file: rows for file, rows in results.items() if rows}}


def counts(file: str, kind: str) -> bool:
    """Whether a finding of this kind says anything in this file."""
    return not (kind in MADE_UP and (file.startswith("tests/") or "/migrations/" in file))


def keys(found: dict[str, Any]) -> Found:
    """Line numbers by file, kind and digest of the secret."""
    return {
        (file, row["type"], row["hashed_secret"]): row["line_number"]
        for file, rows in found["results"].items()
        for row in rows
    }


def unknown(found: dict[str, Any], accepted: dict[str, Any]) -> list[str]:
    """A line for each that nobody has accepted."""
    known = keys(accepted)
    return [
        f"{file}:{line}: {kind}"
        for (file, kind, digest), line in keys(found).items()
        if (file, kind, digest) not in known
    ]


def main() -> int:
    found = scan(ROOT)
    if "--accept" in sys.argv[1:]:
        (ROOT / BASELINE).write_text(json.dumps(found, indent=2, sort_keys=True) + "\n", encoding="utf-8")
        return 0
    new = unknown(found, json.loads((ROOT / BASELINE).read_text("utf-8")))
    for line in new:
        print(line)
    if new:
        print("Take it out. If it is no secret: python tools/secrets_kept_out.py --accept, and say why in the commit.")
    return 1 if new else 0


if __name__ == "__main__":
    sys.exit(main())
