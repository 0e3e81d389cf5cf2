"""Renders the hazard log, docs/hazards.toml, to docs/hazards.md.

    python tools/hazards.py

Raises ValueError when an entry lacks something. Standard library only.
"""

import sys
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "docs" / "hazards.toml"
PAGE = ROOT / "docs" / "hazards.md"
SEVERITIES = ("minor", "significant", "considerable", "major", "catastrophic")
TEXTS = ("id", "hazard", "severity", "remaining")
LISTS = ("causes", "controls", "tests")
HEAD = """# Hazard log

What could harm somebody, what stands against it, and the tests that hold each control. Made from `docs/hazards.toml` by
`make docs`; change that file. Severity is that of the harm if nothing stood against it, in the words of DCB0129 (NHS
England): minor, significant, considerable, major, catastrophic.
"""


def read(text: str) -> list[dict[str, Any]]:
    """The entries of the log, checked for shape: every text there, every list with something in it, ids once."""
    hazards: list[dict[str, Any]] = tomllib.loads(text).get("hazard", [])
    if not hazards:
        raise ValueError("The hazard log is empty.")
    for entry in hazards:
        name = entry.get("id", "a hazard without id")
        missing = [key for key in (*TEXTS, *LISTS) if not entry.get(key)]
        if missing or (unknown := set(entry) - {*TEXTS, *LISTS}):
            raise ValueError(f"{name}: missing {missing}" if missing else f"{name}: unknown {sorted(unknown)}")
        if entry["severity"] not in SEVERITIES:
            raise ValueError(f"{name}: severity {entry['severity']!r} is none of {', '.join(SEVERITIES)}")
    ids = [entry["id"] for entry in hazards]
    if len(set(ids)) != len(ids):
        raise ValueError(f"An id stands twice: {ids}")
    return hazards


def render(hazards: list[dict[str, Any]]) -> str:
    """The page: a table of all, then one section for each."""
    lines = [HEAD, "| | hazard | severity | tests |", "|---|---|---|---|"]
    for each in hazards:
        lines.append(
            f"| [{each['id']}](#{each['id'].lower()}) | {each['hazard']} | {each['severity']} | {len(each['tests'])} |"
        )
    for each in hazards:
        lines += ["", f"## {each['id']}", "", f"**{each['hazard']}** Severity: {each['severity']}.", "", "Causes:", ""]
        lines += [f"- {cause}" for cause in each["causes"]]
        lines += ["", "Controls:", "", *(f"- {control}" for control in each["controls"])]
        lines += ["", f"What remains: {each['remaining']}", "", "Tests:", ""]
        lines += [f"- `{test}`" for test in each["tests"]]
    return "\n".join(lines) + "\n"


def main() -> int:
    try:
        PAGE.write_text(render(read(SOURCE.read_text(encoding="utf-8"))), encoding="utf-8")
    except (ValueError, OSError) as problem:
        print(f"docs/hazards.toml: {problem}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
