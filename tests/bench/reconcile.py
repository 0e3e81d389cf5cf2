"""The nightly count of R3 for everybody, against one sequential scan of all scores in the same run; and one evaluation.

Both in turns, on the same database, in a process of their own whose memory is told; processor time of it and of the
process that serves it in PostgreSQL, which no neighbour on the machine can change much. Nobody differs, so nobody may
be suspected; then one level is changed, and exactly that patient has to be.
"""

import json
import subprocess
import sys
from pathlib import Path
from statistics import median
from typing import Any

from tests.bench.pages import BenchHouse, built
from tests.bench.report import Goal, Options, Result, Table
from tests.chaos.house import ROOT

TIMES_A_SCAN, MEMORY_MB, EVALUATION_MS, LIST_OF_A_SCAN = 12, 400, 8, 0.05
PROCESSES, PATIENTS_A_SECOND = 2, 150


def run(options: Options) -> Result:
    patients, rounds = (3_000, 5) if options.quick else (100_000, 5)
    with built(BenchHouse, patients=patients, logs=0, flags="every") as (house, told):
        found = _measured(house, rounds)
        found["judged_per_second"] = _judged_per_second(house)
    ratios = [count / scan for count, scan in zip(found["count_s"], found["scan_s"], strict=True)]
    lists = median(found["dirty_s"]) / median(found["scan_s"])
    evaluation = median(found["evaluation_ms"])
    size = ", ".join(f"{number:,} {what}" for what, number in told["counts"].items())
    rows = [
        ["sequential scan of all scores", f"{median(found['scan_s']):.2f} s", "1", ""],
        ["R3 of everybody, compared with what is stored", f"{median(found['count_s']):.2f} s",
         f"{median(ratios):.1f}", f"{min(ratios):.1f} to {max(ratios):.1f}"],
        ["flagged, due and dirty lists together", f"{median(found['dirty_s']):.4f} s", f"{lists:.3f}", ""],
        ["one evaluation, 365 days", f"{evaluation:.1f} ms", "",
         f"{min(found['evaluation_ms']):.1f} to {max(found['evaluation_ms']):.1f}"],
        [f"patients of 60 days judged in a second, {PROCESSES} processes", f"{found['judged_per_second']:.0f}", "", ""],
    ]  # fmt: skip
    title = (
        f"{size}; {rounds} rounds, processor time; loaded in {told['seconds']['all']:.0f} s;"
        f" memory of the counting process {found['memory_mb']:.0f} MB at most"
    )
    goals = [
        Goal("nightly count: times the sequential scan", median(ratios), at_most=TIMES_A_SCAN),
        Goal("nightly count: memory in MB", found["memory_mb"], at_most=MEMORY_MB),
        Goal("one evaluation with 365 days: ms", evaluation, at_most=EVALUATION_MS),
        Goal("patients judged in a second", found["judged_per_second"], at_least=PATIENTS_A_SECOND),
    ]
    if not options.quick:  # a scan of few scores takes no longer than asking
        goals.append(Goal("flagged, due and dirty lists: times the scan", lists, at_most=LIST_OF_A_SCAN))
    table = Table(title, ["what", "median", "times the scan", "spread"], rows)
    return Result([table], {**found, "counts": told["counts"], "load_seconds": told["seconds"]}, goals)


def _measured(house: BenchHouse, rounds: int) -> dict[str, Any]:
    told = Path(house.folder) / "counted.json"
    command = [sys.executable, "-m", "tests.bench.counting", str(told), str(rounds)]
    done = subprocess.run(command, cwd=ROOT, env=house.environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"the count failed:\n{done.stdout}{done.stderr}"
    found: dict[str, Any] = json.loads(told.read_text())
    return found


def _judged_per_second(house: BenchHouse) -> float:
    """By the clock, web and workers idle."""
    files = [Path(house.folder) / f"judged-{part}.json" for part in range(PROCESSES)]
    several = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.bench.counting", str(file), "0", str(part)], cwd=ROOT, env=house.environ
        )
        for part, file in enumerate(files)
    ]
    assert {process.wait() for process in several} == {0}, "an evaluation failed"
    told = [json.loads(file.read_text()) for file in files]
    return float(sum(each["patients"] for each in told) / max(each["seconds"] for each in told))
