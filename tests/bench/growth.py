"""Do the pages of every day stay as quick when there is a hundred times as much? The same clinic among ever more.

Each size is a database of its own; a page is told as a multiple of the bare page on the same server, so that the sizes
can be compared. The slope is the most of the larger sizes against the smallest.
"""

import sys
from statistics import median
from typing import Any

from tests.bench.pages import ROWS, Bench, BenchHouse, Size, built
from tests.bench.report import Goal, Options, Result, Table

# Patients, each with about 15 sessions in 60 days: 10,000, 100,000 and 1,000,000 sessions.
PATIENTS, QUICK_PATIENTS = (660, 6_600, 66_000), (132, 1_320)
PAGES = ("today", "log", "inbox", "caseload", "record")
GROWS_AT_MOST = 1.3


def run(options: Options) -> Result:
    sizes = QUICK_PATIENTS if options.quick else PATIENTS
    rounds, requests = (3, 10) if options.quick else (5, 20)
    found: dict[int, dict[str, list[float]]] = {}
    counts: dict[int, dict[str, int]] = {}
    for patients in sizes:
        logs = requests * (rounds + 1) + 1
        size = Size(patients, rounds, requests, 0)
        with built(BenchHouse, patients=patients, logs=logs, in_a_clinic=sizes[0]) as (house, told):
            sessions = told["counts"]["sessions"]
            counts[sessions], found[sessions] = told["counts"], _ratios(Bench(house, told, size), size)
        print(f"{sessions:,} sessions measured", file=sys.stderr, flush=True)
    middle = {sessions: {name: median(several) for name, several in rows.items()} for sessions, rows in found.items()}
    first = middle[min(middle)]
    slopes = {name: max(rows[name] for rows in middle.values()) / first[name] for name in PAGES}
    rows = [[name, *(f"{middle[sessions][name]:.1f}" for sessions in middle), f"{slopes[name]:.2f}"] for name in PAGES]
    title = f"Times the bare page (or POST), by how many sessions there are; {rounds} rounds, processor time"
    table = Table(title, ["page", *(f"{sessions:,}" for sessions in middle), "grows by"], rows)
    data: dict[str, Any] = {"counts": counts, "ratios": found, "slopes": slopes}
    goals = [Goal(f"{name}: grows by", slopes[name], at_most=GROWS_AT_MOST) for name in PAGES]
    return Result([table], data, goals)


def _ratios(bench: Bench, size: Size) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {name: [] for name in PAGES}
    for name in PAGES:
        ROWS[name].check(bench)
    for number in range(size.rounds + 1):
        for name in PAGES:
            bare, page = ROWS[name].bare(bench), ROWS[name].load(bench)
            if number:
                found[name].append(page.cpu_ms / bare.cpu_ms)
    return found
