"""What a process of the web server holds after thousands of requests: little, and no more than after the first ones.

Nine in ten are patients', as there are that many more of them; the others open what a clinician opens most.
"""

from pathlib import Path

from tests.bench.loading import Ask
from tests.bench.pages import CONNECTIONS, BenchHouse, built
from tests.bench.report import Goal, Options, Result, Table

REQUESTS, STEPS = 10_000, 10
MOST_MB, GROWS_AT_MOST = 200, 1.05
OF_CLINICIANS = (("/inbox/?tab=clinic", "clinician"), ("/patients/", "clinician"))
PAGES = tuple(page for own in OF_CLINICIANS for page in [*[("/today/", "patient")] * 9, own])


def run(options: Options) -> Result:
    patients, requests = (500, 300) if options.quick else (2_000, REQUESTS)
    with built(BenchHouse, patients=patients, logs=0) as (house, told):
        asks = [Ask(path, told[who]) for path, who in PAGES]
        held = []
        for _step in range(STEPS):
            several = (asks[number % len(asks)] for number in range(requests // STEPS))
            from_here = house.load(several, CONNECTIONS)
            assert from_here == requests // STEPS
            held.append(max(megabytes(pid) for pid in house.web_processes()))
    # The first tenths fill what a process keeps: templates, the catalogue, plans of queries.
    grown = held[-1] / held[STEPS // 2 - 1]
    rows = [[f"{(step + 1) * requests // STEPS:,}", f"{value:.0f} MB"] for step, value in enumerate(held)]
    table = Table("The largest process of the web server, by requests answered", ["requests", "resident"], rows)
    goals = [
        Goal(f"MB after {requests:,} requests", held[-1], at_most=MOST_MB),
        Goal("second half against the first", grown, at_most=GROWS_AT_MOST),
    ]
    return Result([table], {"megabytes": held, "requests": requests}, goals)


def megabytes(pid: int) -> float:
    """Resident memory of a process."""
    status = Path(f"/proc/{pid}/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
    return int(line.split()[1]) / 1024
