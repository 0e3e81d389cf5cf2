"""Prints the part of requirements.lock that production needs: what Painplan depends on, without demo and tests.

    python tools/production.py [--with PACKAGE ..] > production.lock

`--with` keeps a package of an extra too. The lock says after each package what asked for it ("# via"); packages are
kept when something that is kept asked for them. Standard library only.
"""

import argparse
import re
import sys
import tomllib
from collections.abc import Iterable
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE if (HERE / "requirements.lock").exists() else HERE.parent
PIN = re.compile(r"^([a-z0-9][a-z0-9._-]*)==", re.IGNORECASE)
VIA = re.compile(r"^    #(?: via)? +([a-z0-9][a-z0-9._-]*)(?:\[[^\]]*\])?$", re.IGNORECASE)


def blocks(lock: str) -> dict[str, tuple[str, set[str]]]:
    """Package -> (its lines in the lock, the packages that ask for it)."""
    found: dict[str, tuple[str, set[str]]] = {}
    name = ""
    lines: list[str] = []
    askers: set[str] = set()
    for line in [*lock.splitlines(), "end=="]:
        if match := PIN.match(line):
            if name:
                found[name] = ("\n".join(lines) + "\n", askers)
            name, lines, askers = match[1], [], set()
        if name:
            lines.append(line)
            if asker := VIA.match(line):
                askers.add(asker[1])
    return found


def direct(project: str) -> set[str]:
    """The packages that pyproject.toml names for production."""
    wanted = tomllib.loads(project)["project"]["dependencies"]
    return {re.split(r"[\[<>=~!; ]", each, maxsplit=1)[0].lower() for each in wanted}


def kept(lock: str, start: Iterable[str]) -> dict[str, str]:
    """Package -> lines, of `start` and everything it needs. Raises ValueError for one that the lock does not hold."""
    known = blocks(lock)
    names = set(start)
    if unknown := names - set(known):
        raise ValueError(f"requirements.lock does not hold {', '.join(sorted(unknown))}")
    while more := {name for name, (_lines, askers) in known.items() if askers & names} - names:
        names |= more
    return {name: known[name][0] for name in sorted(names)}


def main() -> int:
    arguments = argparse.ArgumentParser(description="The part of requirements.lock that production needs.")
    arguments.add_argument("--with", dest="more", action="append", default=[], metavar="PACKAGE")
    start = direct((ROOT / "pyproject.toml").read_text()) | set(arguments.parse_args().more)
    try:
        sys.stdout.write("".join(kept((ROOT / "requirements.lock").read_text(), start).values()))
    except ValueError as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
