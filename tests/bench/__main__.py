"""`make bench`: every measurement, its table on the screen, its numbers in var/bench/, and whether goals are met.

`ARGS="--only rules --quick"` chooses. A new measurement is a module here with `run(options) -> Result` and a line
in SECTIONS. Exit status 1 when a goal is missed.
"""

import argparse
import json
import os
import signal
import sys
import time
from importlib import import_module
from pathlib import Path

from tests.bench.report import Measure, Options
from tests.bench.simulator import SEED

ROOT = Path(__file__).resolve().parents[2]
KEPT = ROOT / "var" / "bench"

# Each is a module of that name. Imported when run, so that a measurement pays only for what it needs.
MEASURED = ("rules", "chart", "felt", "load", "pages", "reconcile", "memory", "growth", "fairness", "peak")
SECTIONS = {name: f"tests.bench.{name}" for name in MEASURED}
# Rows of "pages" that can be asked for one by one.
ROWS = ("today", "log", "library", "inbox", "caseload", "record", "builder")


def main() -> int:
    options, names = _asked()
    signal.signal(signal.SIGTERM, lambda *_what: sys.exit(143))  # so that the servers of a measurement are taken down
    missed = 0
    for name in names:
        measure: Measure = import_module(SECTIONS[name]).run
        began = time.perf_counter()
        result = measure(options)
        seconds = time.perf_counter() - began
        load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
        quick = ", quick" if options.quick else ""
        machine = f"{os.cpu_count()} processors, load average {load}"
        print(f"== {name} ({seconds:.0f} s, seed {options.seed}{quick}; {machine})")
        for table in result.tables:
            print(f"\n{table}")
        print()
        for goal in result.goals:
            print(goal)
        missed += sum(not goal.met for goal in result.goals)
        KEPT.mkdir(parents=True, exist_ok=True)
        kept = KEPT / f"{name}{'-quick' if options.quick else ''}.json"
        goals = [{"name": goal.name, "value": goal.value, "met": goal.met} for goal in result.goals]
        about = {"measured": name, "seed": options.seed, "quick": options.quick, "seconds": round(seconds, 1)}
        about |= {"load_average": os.getloadavg(), "processors": os.cpu_count()}
        kept.write_text(json.dumps({**about, "goals": goals, **result.data}, indent=1) + "\n")
        print(f"\nkept in {kept.relative_to(ROOT)}\n")
    if missed:
        print(f"{missed} goal{'s' if missed > 1 else ''} missed.", file=sys.stderr)
    return 1 if missed else 0


def _asked() -> tuple[Options, list[str]]:
    parser = argparse.ArgumentParser(prog="make bench", description="Measurements; goals that are missed exit with 1.")
    parser.add_argument("--only", metavar="NAMES", help=f"of {', '.join([*SECTIONS, *ROWS])}; with commas between them")
    parser.add_argument("--quick", action="store_true", help="fewer patients: numbers for orientation")
    parser.add_argument("--seed", type=int, default=SEED, help="of everything drawn at random")
    parser.add_argument("--diaries", type=Path, metavar="FOLDER", help="CSV files of real diaries, to add a rise to")
    given = parser.parse_args()
    names = given.only.split(",") if given.only else list(SECTIONS)
    known = [*SECTIONS, *ROWS]
    if unknown := sorted(set(names) - set(known)):
        parser.error(f"no measurement is called {', '.join(unknown)}; there are: {', '.join(known)}")
    rows = tuple(name for name in names if name in ROWS)
    names = list(dict.fromkeys("pages" if name in ROWS else name for name in names))
    if given.diaries is not None and not any(given.diaries.glob("*.csv")):
        parser.error(f"no CSV file in {given.diaries}")
    return Options(given.quick, given.seed, given.diaries, rows), names


if __name__ == "__main__":
    sys.exit(main())
