"""What the pages of every day cost, against a bare page (or a bare POST) in the same run. (`--only inbox,today`)

Own PostgreSQL, Redis and gunicorn. Each row is measured in turns with its reference, so that whatever else the machine
does falls on both; the ratio is of processor time a request, web and database together. First every answer is checked:
a redirect to the sign-in is quick, and proves nothing.
"""

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any, TypeVar

from painplan.processes import LOOPBACK
from tests.bench import BARE
from tests.bench.loading import Ask, Cost, answers_per_second, asked, load
from tests.bench.raw import Raw, against_raw
from tests.bench.report import Goal, Options, Result, Table
from tests.chaos.house import DATABASE, ROOT, House

IN_A_CLINIC = 2_000
WORKERS, THREADS, CONNECTIONS = 2, 4, 4
BARE_TIMES = 3  # a bare page costs less: as long a stretch as the others
HEAD = ["what", "times the bare one", "spread", "CPU each", "bare", "answers/s", "bare/s"]


@dataclass(frozen=True)
class Size:
    """How many patients there are, how many rounds are measured, how many requests of each kind a round has."""

    patients: int
    rounds: int
    requests: int
    seconds_of_wrk: float


QUICK, WHOLE = Size(2_000, 5, 12, 0), Size(20_000, 7, 60, 5)


class BenchHouse(House):
    """A house with a web server for the bench: as in production, on the application that also has the bare pages."""

    def command(self, name: str) -> list[str]:
        if name != "web":
            return super().command(name)
        return [
            "-m", "gunicorn", "tests.bench.served:application", "--worker-class", "gthread", "--workers", str(WORKERS),
            "--threads", str(THREADS), "--bind", f"{LOOPBACK}:{self.ports['web']}", "--log-level", "warning",
            "--no-control-socket",
        ]  # fmt: skip

    @property
    def cost_of(self) -> list[int]:
        """The processes whose time counts."""
        return [self._children["web"].pid, self.engine.pid]

    def web_processes(self) -> list[int]:
        """gunicorn's workers."""
        parent = self._children["web"].pid
        return [int(pid) for pid in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()]

    def load(self, asks: Iterator[Ask], connections: int) -> int:
        """Ask the web all of it; how many were answered with 200."""
        return load(self.ports["web"], asks, connections, self.cost_of, lambda status: status == 200).answered


HouseOfBench = TypeVar("HouseOfBench", bound=BenchHouse)


@dataclass(frozen=True)
class Row:
    """One row of the goals: how often the bare one it may cost, how it is loaded and checked; a page has a path."""

    at_most: float
    load: Callable[["Bench"], Cost]
    bare: Callable[["Bench"], Cost]
    check: Callable[["Bench"], None]
    path: str = ""
    who: str = ""


class Bench:
    def __init__(self, house: BenchHouse, told: dict[str, Any], size: Size) -> None:
        self.house, self.told, self.size = house, told, size
        self.port = house.ports["web"]
        self.logs = iter(told["logs"])
        self.lock = told["lock"]

    def page(self, path: str, who: str = "clinician") -> Cost:
        number = self.size.requests * (BARE_TIMES if path.startswith(BARE) else 1)
        return self.sent(iter([Ask(path, self.told[who])] * number), CONNECTIONS, 200)

    def shows(self, path: str, *words: str, who: str = "clinician") -> None:
        status, text = asked(self.port, Ask(path, self.told[who]))
        assert status == 200, f"{path}: {status}"
        missing = [each for each in words if each not in text]
        assert not missing, f"{path} lacks {missing}"

    def sent(self, asks: Iterator[Ask], connections: int, *expected: int) -> Cost:
        return load(self.port, asks, connections, self.house.cost_of, lambda status: status in expected)

    def bare_posts(self, connections: int = CONNECTIONS) -> Cost:
        ask = Ask("/bench/row/", self.told["patient"], {"value": "4"})
        return self.sent(iter([ask] * (BARE_TIMES * self.size.requests)), connections, 302)

    def log(self, number: int) -> Cost:
        several = [next(self.logs) for _each in range(number)]
        return self.sent(iter([Ask("/session/", e["headers"], e["fields"]) for e in several]), CONNECTIONS, 302)

    def dose(self, number: int) -> Cost:
        """One change after the other: each names the state of the draft that the one before left."""
        return self.sent(self._doses(number), 1, 200)

    def _doses(self, number: int) -> Iterator[Ask]:
        told, here = self.told, f"/plans/{self.told['draft']}/"
        headers = told["clinician"] | {"HX-Request": "true", "HX-Current-URL": f"http://localhost:{self.port}{here}"}
        for _each in range(number):
            fields = told["dose"] | {"sets": 3 + self.lock % 2, "lock": self.lock}
            self.lock += 1
            yield Ask(f"{here}exercises/{told['prescription']}/dose/", headers, fields)


def _page(path: str, at_most: float, *words: str, who: str = "clinician") -> Row:
    return Row(
        at_most,
        lambda bench: bench.page(path.format(**bench.told), who),
        lambda bench: bench.page("/bench/page/", who),
        lambda bench: bench.shows(path.format(**bench.told), *(word.format(**bench.told) for word in words), who=who),
        path,
        who,
    )


ROWS = {
    "today": _page("/today/", 3, "{joan}", who="patient"),
    "log": Row(3, lambda b: b.log(b.size.requests), Bench.bare_posts, lambda b: _check(b.log(1).answered == 1)),
    "library": _page("/library/?q=bridge", 2.5, "Bridge", "pp-"),
    "inbox": _page("/inbox/?tab=clinic", 4, 'id="evaluated"', "pp-flags"),
    "caseload": _page("/patients/", 5, "patients in care", "<svg"),
    "record": _page("/patients/{record}/", 4, "{joan} Whitfield", "<svg"),
    # One after the other, and so is what it is held against: a process that waits in between costs more.
    "builder": Row(
        2.5, lambda b: b.dose(b.size.requests), lambda b: b.bare_posts(1), lambda b: _check(b.dose(2).answered == 2)
    ),
}
"""By name on the command line: the rows of the goals that have a bare page or a bare POST as reference."""


def run(options: Options) -> Result:
    size = QUICK if options.quick else WHOLE
    names = [name for name in ROWS if not options.rows or name in options.rows]
    found: dict[str, list[tuple[Cost, Cost]]] = {name: [] for name in names}
    raw: list[Cost] = []
    with _built(size) as bench, Raw(bench.house.database_url, bench.house.engine.pid) as database:
        for name in names:
            ROWS[name].check(bench)
        for number in range(size.rounds + 1):
            for name in names:
                pair = ROWS[name].bare(bench), ROWS[name].load(bench)
                if number:  # the first round fills what processes keep
                    found[name].append(pair)
                if number and name == "log":
                    raw.append(database.logs(size.requests))
            if number:
                now = ", ".join(f"{name} {_ratio(found[name][-1]):.1f}" for name in names)
                print(f"round {number} of {size.rounds}: {now}", file=sys.stderr, flush=True)
        told = bench.told
        throughput = {name: _throughput(bench, ROWS[name]) for name in names}
    ratios = {name: [_ratio(pair) for pair in pairs] for name, pairs in found.items()}
    counts = ", ".join(f"{number:,} {what}" for what, number in told["counts"].items())
    title = (
        f"{counts}; {size.rounds} rounds, {WORKERS} processes with {THREADS} threads, {CONNECTIONS} connections,"
        " processor time of web and database together"
    )
    table = Table(title, HEAD, [_cells(name, ratios[name], found[name]) for name in names])
    beside = [against_raw([log for _bare, log in found["log"]], raw)] if raw else []
    data = {
        "log_by_psycopg_alone_cpu_ms": [cost.cpu_ms for cost in raw],
        "answers_a_second_of_wrk": throughput, "counts": told["counts"], "load_seconds": told["seconds"],
        "rows": {name: {"ratios": ratios[name], "cpu_ms": [page.cpu_ms for _bare, page in found[name]],
                        "bare_cpu_ms": [bare.cpu_ms for bare, _page in found[name]]} for name in names},
    }  # fmt: skip
    goals = [Goal(f"{name}: times the bare one", median(ratios[name]), at_most=ROWS[name].at_most) for name in names]
    return Result([table, *beside], data, goals)


def _ratio(pair: tuple[Cost, Cost]) -> float:
    bare, page = pair
    return page.cpu_ms / bare.cpu_ms


def _cells(name: str, ratios: list[float], pairs: list[tuple[Cost, Cost]]) -> list[str]:
    bare, page = ([pair[n] for pair in pairs] for n in (0, 1))
    return [
        name,
        f"{median(ratios):.1f}",
        f"{min(ratios):.1f} to {max(ratios):.1f}",
        f"{median(cost.cpu_ms for cost in page):.1f} ms",
        f"{median(cost.cpu_ms for cost in bare):.1f} ms",
        f"{median(cost.per_second for cost in page):.0f}",
        f"{median(cost.per_second for cost in bare):.0f}",
    ]


def _throughput(bench: Bench, row: Row) -> float | None:
    if not (row.path and bench.size.seconds_of_wrk):
        return None
    ask = Ask(row.path.format(**bench.told), bench.told[row.who])
    return answers_per_second(bench.port, ask, seconds=bench.size.seconds_of_wrk, connections=2 * CONNECTIONS)


def _check(holds: bool) -> None:
    assert holds, "the answer is not what it should be"


@contextlib.contextmanager
def _built(size: Size) -> Iterator[Bench]:
    logs = size.requests * (size.rounds + 1) + 1
    with built(BenchHouse, patients=size.patients, logs=logs) as (house, told):
        yield Bench(house, told, size)


@contextlib.contextmanager
def built(
    kind: type[HouseOfBench], *, patients: int, logs: int, in_a_clinic: int = IN_A_CLINIC, flags: str = "few"
) -> Iterator[tuple[HouseOfBench, dict[str, Any]]]:
    """A house with so many patients whose web answers, and what `tests.bench.world` tells of it.

    `flags`: "few" open ones in the clinic that is looked at, or "every" one that the rules say, everywhere.
    """
    folder = Path(tempfile.mkdtemp(prefix="painplan-bench-"))
    house = kind(folder)
    try:
        house.build()
        house.environ |= {
            "PAINPLAN_REQUIRE_MFA": "0",
            "BENCH_SUPERUSER_URL": house.engine.superuser_url(DATABASE),
        }
        told = folder / "world.json"
        sizes = [str(number) for number in (patients, logs, in_a_clinic)]
        command = [sys.executable, "-m", "tests.bench.world", str(told), *sizes, flags]
        filled = subprocess.run(command, cwd=ROOT, env=house.environ, capture_output=True, text=True, check=False)
        assert filled.returncode == 0, f"the data could not be written:\n{filled.stdout}{filled.stderr}"
        house.environ.pop("BENCH_SUPERUSER_URL")
        house.start("web")
        house.wait_for_web()
        yield house, json.loads(told.read_text())
    finally:
        if hasattr(house, "engine"):
            house.pull_down()
        shutil.rmtree(folder, ignore_errors=True)
        os.sync()
