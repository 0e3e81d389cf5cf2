"""What the chart of a record costs in its process: laid out and drawn in its three widths. (`--only chart`)

With lanes, versions, an episode, a pause and notes, of three months (as the record opens) and of a year, all days
logged. Run as a module it prints the milliseconds of each as JSON: it needs Django, and the bench itself has none.
"""

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path
from statistics import median

from tests.bench.report import Goal, Options, Result, Table

ROOT = Path(__file__).resolve().parents[2]
PERIODS = {"three months": 91, "a year": 365}
AT_MOST = 5.0
ROUNDS, ROUNDS_QUICK = 300, 40
LAST = date(2026, 11, 20)


def run(options: Options) -> Result:
    rounds = ROUNDS_QUICK if options.quick else ROUNDS
    command = [sys.executable, "-m", "tests.bench.chart", str(rounds), str(options.seed)]
    # Development's settings: nothing is asked of a server.
    environ = os.environ | {"PAINPLAN_DEV": "1", "DJANGO_SETTINGS_MODULE": "painplan.settings"}
    done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"the chart could not be drawn:\n{done.stderr}"
    found: dict[str, list[float]] = json.loads(done.stdout)
    rows = [[name, f"{median(ms):.2f} ms", f"{min(ms):.2f} to {max(ms):.2f}"] for name, ms in found.items()]
    table = Table(
        f"The chart of a record in its three widths, {rounds} times", ["period", "processor time", "spread"], rows
    )
    goals = [Goal(f"the chart of {name}: ms", median(ms), at_most=AT_MOST) for name, ms in found.items()]
    return Result([table], {"milliseconds": {name: median(ms) for name, ms in found.items()}}, goals)


def _milliseconds(rounds: int, seed: int) -> dict[str, list[float]]:
    from plans.views.clinician.record_chart import NARROW, PHONE, WIDE

    drawn = _drawing([WIDE, NARROW, PHONE], random.Random(seed))
    found: dict[str, list[float]] = {}
    for name, days in PERIODS.items():
        first = LAST - timedelta(days=days - 1)
        assert drawn(first).count("<svg") == 3
        found[name] = []
        for _round in range(rounds):
            before = time.process_time()
            drawn(first)
            found[name].append(1000 * (time.process_time() - before))
    return found


def _drawing(sizes: Sequence[tuple[int, int]], chance: random.Random) -> Callable[[date], str]:
    from plans.chart_events import with_events
    from plans.charts import pain_charts
    from plans.templatetags.chart_picture import pain_pictures
    from plans.views.clinician.pain_days import Rise

    every = [LAST - timedelta(days=back) for back in range(max(PERIODS.values()))]
    given = {
        "days": [(day, chance.randint(0, 20) / 2) for day in every],
        "usual": 4.3, "spread": 1.1, "last": LAST, "lanes": True, "below": 24,
        "episodes": [Rise(every[11], every[6], every[0], 6.4, closed_on=None)],
        "versions": [(every[n], f"v{n} Another exercise") for n in (300, 80, 45, 20)],
        "sessions": [(day, chance.choice(["done", "part", "missed"])) for day in every[::2]],
    }  # fmt: skip

    def drawn(first: date) -> str:
        laid_out = pain_charts(sizes, first=first, **given)
        events = {
            "pauses": [(every[40], every[34])],
            "notes": [(every[n], "A note about the week") for n in (3, 30, 60)],
        }
        return pain_pictures(*[with_events(chart, **events) for chart in laid_out])

    return drawn


if __name__ == "__main__":
    import django

    django.setup()
    print(json.dumps(_milliseconds(int(sys.argv[1]), int(sys.argv[2]))))
