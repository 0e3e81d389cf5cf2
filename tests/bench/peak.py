"""The busiest minutes of 1,000,000 patients who log once a day, at their real rate or at the highest that is held here.

The curve that is assumed: all live in one time zone (the worst case); four in ten log around 08:00, with a standard
deviation of one hour, five in ten around 20:00, with one of an hour and a quarter (exercises are done before or after
the day's work, and an evening routine spreads more), one in ten at any time. Its highest point is in the evening. It is
an assumption: no diary study with times of entry at hand says it better.

Logs come when they come (a Poisson process), whether or not earlier ones have been answered, each from another patient;
one in forty tells a severe pain and must have its flag. Load generators that wait for an answer before they send again
slow down with the server and hide the queue, so this one does not wait: what it tells counts from the moment at which a
log was due. Web, workers, beat, sweep, PostgreSQL, Redis and the one who sends share this machine; only the sender's
time is left out of what a log costs.
"""

import math
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from random import Random
from statistics import quantiles
from typing import Any, NamedTuple

import psycopg

from tests.bench.fairness import FLAGGED, SAFETY_P95_S, FairHouse, settled, site_of
from tests.bench.loading import Ask, asked, processor_seconds
from tests.bench.pages import built
from tests.bench.report import Goal, Options, Result, Table

ACTIVE = 1_000_000
PEAKS = ((8.0, 1.0, 0.4), (20.0, 1.25, 0.5))  # at this hour, with this standard deviation, this share of the day's logs
AT_ANY_TIME = 0.1
STEPS = (0.05, 0.1, 0.2, 0.3, 0.45, 0.6, 0.8, 1.0)  # of the peak's rate, until one is not held
HELD_S = 3.0  # a rate is held while 95 % are answered, and judged, within this: otherwise a queue grows
HELD_IN_A_STEP_S = 1.0  # in half a minute a queue that grows is not yet long
SEVERE = 40
SENDERS, LOOK_SECONDS, MOST_LEFT_SECONDS = 64, 0.05, 120
FOLLOWING = ("web", "worker-safety", "PostgreSQL", "Redis")  # their work grows with logs; the others' with time
SERVERS = ("web", "worker-safety", "worker-default", "worker-bulk", "beat", "sweep")
JUDGED = """
    SELECT replace(s.id::text, '-', '') FROM plans_painwatch w JOIN plans_bodysite s USING (patient_id)
    WHERE s.id = ANY(%s) AND w.dirty_since IS NULL
"""
# The nightly count is not due in the evening: a new house would make up for it in the middle of the ten minutes.
COUNTED_TODAY = """
    INSERT INTO plans_jobrun (id, name, key, started_at, finished_at, done, counts, error)
    SELECT gen_random_uuid(), 'reconcile', (now() AT TIME ZONE 'UTC')::date + ahead, now(), now(), 0, '{}', ''
    FROM generate_series(0, 1) AS ahead
"""
STORED = "SELECT pg_database_size(current_database()), pg_current_wal_lsn() - '0/0'::pg_lsn"


class Size(NamedTuple):
    patients: int
    seconds: float
    step_seconds: float


QUICK, WHOLE = Size(5_000, 60, 15), Size(40_000, 600, 30)


class PeakHouse(FairHouse):
    """Two processes judge, as there are two processors."""

    def command(self, name: str) -> list[str]:
        command = super().command(name)
        if name == "worker-safety":
            command[command.index("--concurrency") + 1] = "2"
        return command

    def spent(self) -> dict[str, float]:
        """Processor seconds so far of each server and its children."""
        roots = {name: self._children[name].pid for name in SERVERS} | {"PostgreSQL": self.engine.pid}
        if self.redis is not None:
            roots["Redis"] = self.redis.pid
        return {name: processor_seconds([pid]) for name, pid in roots.items()}


@dataclass
class Stretch:
    """What was measured at one rate: seconds from when a log was due, or answered. `late` were never judged."""

    rate: float
    seconds: float
    answers: list[float] = field(default_factory=list)
    judged: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    severe: list[str] = field(default_factory=list)
    late: int = 0
    cpu_ms: dict[str, float] = field(default_factory=dict)
    bytes_each: float = 0
    wal_each: float = 0

    @property
    def held(self) -> bool:
        return self.within(HELD_S)

    def within(self, seconds: float) -> bool:
        return not (self.wrong or self.late) and max(share(self.answers, 95), share(self.judged, 95)) <= seconds


def rate_at(hour: float) -> float:
    """Logs a second of ACTIVE patients at that hour of the day."""
    bells = [
        part * math.exp(-0.5 * ((hour - middle) / spread) ** 2) / (spread * math.sqrt(2 * math.pi))
        for middle, spread, part in PEAKS
    ]
    return ACTIVE * (sum(bells) / 3600 + AT_ANY_TIME / 86_400)


def share(waits: list[float], percent: int) -> float:
    return quantiles(waits, n=100)[percent - 1] if len(waits) > 1 else math.inf


def run(options: Options) -> Result:
    size = QUICK if options.quick else WHOLE
    peak = max(rate_at(minute / 60) for minute in range(24 * 60))
    needed = round(peak * (size.seconds + size.step_seconds * sum(STEPS)) * 1.1)
    with built(PeakHouse, patients=size.patients, logs=min(needed, size.patients)) as (house, told):
        house.start(*SERVERS[1:])
        logs, random = iter(told["logs"]), Random(options.seed)
        with psycopg.connect(house.database_url, autocommit=True) as database:
            settled(database)
            database.execute(COUNTED_TODAY)
            stretch(house, database, logs, 1.0, 15, random)  # fills what processes keep
            steps: list[Stretch] = []
            for part in STEPS:
                steps.append(stretch(house, database, logs, part * peak, size.step_seconds, random))
                print(_line(steps[-1]), file=sys.stderr, flush=True)
                if not steps[-1].within(HELD_IN_A_STEP_S):
                    break
            rate = max((step.rate for step in steps if step.within(HELD_IN_A_STEP_S)), default=steps[0].rate)
            whole = stretch(house, database, logs, rate, size.seconds, random)
            flagged = _one(database, FLAGGED, [whole.severe])
    assert not whole.wrong, f"not answered as it should be: {whole.wrong[0]}"
    assert whole.late or flagged == len(whole.severe), f"{len(whole.severe)} were severe, {flagged} have their flag"
    return _told(told, peak, [*steps, whole])


def stretch(
    house: PeakHouse, database: psycopg.Connection, logs: Iterator[dict[str, Any]], rate: float, seconds: float,
    random: Random,
) -> Stretch:  # fmt: skip
    """So many logs a second for so long, then until the last of them has been judged."""
    found, waiting = Stretch(rate, seconds), dict[str, float]()
    before, stored = house.spent(), _row(database, STORED)

    def send(log: dict[str, Any], due: float, severe: bool) -> None:
        fields = {
            name: "9" if severe and name.startswith("before_") else value for name, value in log["fields"].items()
        }
        try:
            status, text = asked(house.ports["web"], Ask("/session/", log["headers"], fields))
        except OSError as error:
            status, text = 0, str(error)
        answered = time.monotonic()
        found.answers.append(answered - due)
        if status != 302:
            found.wrong.append(f"{status}: {text[:500]}")
            return
        waiting[site_of(log)] = answered

    with ThreadPoolExecutor(SENDERS) as senders:
        began = due = time.monotonic()
        while (due := due + random.expovariate(rate)) < began + seconds:
            log = next(logs, None)
            if log is None:
                raise AssertionError("there are too few patients for so many logs")
            while (left := due - time.monotonic()) > 0:
                time.sleep(min(left, LOOK_SECONDS))
                _look(database, waiting, found)
            severe = random.randrange(SEVERE) == 0
            if severe:
                found.severe.append(site_of(log))
            senders.submit(send, log, due, severe)
            if time.monotonic() - due > LOOK_SECONDS:
                _look(database, waiting, found)
    give_up = time.monotonic() + MOST_LEFT_SECONDS
    while waiting and time.monotonic() < give_up:
        _look(database, waiting, found)
        time.sleep(LOOK_SECONDS)
    found.late = len(waiting)
    after, grown, number = house.spent(), _row(database, STORED), max(len(found.answers), 1)
    found.cpu_ms = {name: 1000 * (after[name] - before[name]) / number for name in after}
    found.bytes_each, found.wal_each = (float(late - early) / number for late, early in zip(grown, stored, strict=True))
    return found


def _look(database: psycopg.Connection, waiting: dict[str, float], found: Stretch) -> None:
    now = time.monotonic()
    for (site,) in database.execute(JUDGED, [list(waiting)]).fetchall() if waiting else ():
        found.judged.append(max(now - waiting.pop(site), 0.0))


def _row(database: psycopg.Connection, question: str, given: list[Any] | None = None) -> tuple[Any, ...]:
    row = database.execute(question, given or None).fetchone()
    assert row is not None
    return row


def _one(database: psycopg.Connection, question: str, given: list[Any]) -> Any:
    return _row(database, question, given)[0]


def _kept(found: Stretch) -> dict[str, Any]:
    rounded = {name: [round(each, 3) for each in getattr(found, name)] for name in ("answers", "judged")}
    return vars(found) | rounded | {"severe": len(found.severe), "held": found.held}


def _line(found: Stretch) -> str:
    return " | ".join(_cells(found))


def _cells(found: Stretch) -> list[str]:
    return [
        f"{found.rate:.1f}",
        f"{len(found.answers):,} in {found.seconds:.0f} s",
        *(f"{share(found.answers, percent):.2f} s" for percent in (50, 95, 99)),
        *(f"{share(found.judged, percent):.2f} s" for percent in (50, 95, 99)),
        f"{sum(found.cpu_ms.values()):.0f} ms",
        "yes" if found.held else f"no, {found.late} were not judged in time" if found.late else "no",
    ]


def _told(told: dict[str, Any], peak: float, stretches: list[Stretch]) -> Result:
    whole = stretches[-1]
    head = ["logs/s", "sent", "answer, median", "95 %", "99 %", "judged, median", "95 %", "99 %", "CPU each", "held"]
    counts = ", ".join(f"{number:,} {what}" for what, number in told["counts"].items())
    title = (
        f"{counts}. The peak of {ACTIVE:,} patients is {peak:.1f} logs/s; answers count from when a log was due, judged"
        " from the answer. The last line is the long one"
    )
    each = sum(whole.cpu_ms.values())
    busy = {name: (peak if name in FOLLOWING else whole.rate) * ms / 1000 for name, ms in whole.cpu_ms.items()}
    costs = [
        [name, f"{ms:.1f} ms", f"{busy[name]:.2f}"]
        for name, ms in sorted(whole.cpu_ms.items(), key=lambda pair: -pair[1])
    ]
    tables = [
        Table(title, head, [_cells(each) for each in stretches]),
        Table(
            "What a log costs, and how many processors the peak would keep busy",
            ["process", "CPU a log", "processors"],
            [*costs, ["together", f"{each:.1f} ms", f"{sum(busy.values()):.2f}"]],
        ),
        Table(
            "What a log leaves",
            ["what", "bytes"],
            [["database, with indexes and history", f"{whole.bytes_each:,.0f}"], ["WAL", f"{whole.wal_each:,.0f}"]],
        ),
    ]
    data = {"peak_per_second": peak, "counts": told["counts"], "stretches": [_kept(each) for each in stretches]}
    goals = [
        Goal(f"at {whole.rate:.1f} logs/s: seconds from log to flag, 95 %", share(whole.judged, 95), SAFETY_P95_S),
        Goal("logs that were not judged", whole.late, at_most=0),
    ]
    return Result(tables, data, goals)
