"""`make soak`: 500 patients and 20 clinicians for half an hour against the real processes, on this machine alone.

Prints what was measured and ends with 1 when a goal is missed: an error, memory that grows by 1 % an hour or more, an
item that waited 10 s or longer. Two thirds as long before, the same people warm the processes up: errors count then
too, memory does not. SOAK_MINUTES=2 tries it out; memory is judged from 15 minutes on.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import redis

from tests.chaos.house import PROCESSES, ROOT, House, built
from tests.soak.memory import family, floor_of, own_kb, slope_percent_an_hour, together

MINUTES = float(os.environ.get("SOAK_MINUTES", "30"))
PATIENTS, CLINICS, CLINICIANS_EACH = 500, 4, 5
LOOK_EVERY_SECONDS = 1.0
MEMORY_EVERY_SECONDS = 10
WARM_UP = 2 / 3
STRETCH_SECONDS = 120
# Told and not judged: PostgreSQL has a server for each connection, which grows from nothing and goes with it, so that
# the sum rises and falls by half; Redis holds 1.5 MB, of which a hundredth is a page or two of the system.
SERVERS = ("postgres", "redis")
JUDGED_FROM_MINUTES = 15
MOST_SLOPE_PERCENT = 1.0
MOST_WAIT_SECONDS = 10.0
FIGURES = ROOT / "var" / "soak.json"


class Stack(House):
    """As compose.yaml has it: two web processes of eight threads, worker, beat, sweep; malloc as in the Dockerfile."""

    def build(self) -> None:
        super().build()
        self.environ["MALLOC_ARENA_MAX"] = "2"

    def command(self, name: str) -> list[str]:
        command = super().command(name)
        if name == "web":
            command[command.index("--workers") + 1] = "2"
        return command

    def pids(self) -> dict[str, int]:
        """Each process by a name that says what it is; PostgreSQL's come and go, so they count as one."""
        assert self.redis is not None
        found = {"redis": self.redis.pid}
        for name, child in self._children.items():
            for number, pid in enumerate(family(child.pid)):
                found[name if number == 0 else f"{name} {number}"] = pid
        return found

    def memory_kb(self) -> dict[str, int]:
        held = {name: own_kb(pid) for name, pid in self.pids().items()}
        held["postgres"] = sum(own_kb(pid) for pid in family(self.engine.pid))
        return held


def populate() -> dict[str, list[dict[str, Any]]]:
    """Clinics, clinicians, patients with a month behind them and a plan, and cookies for all."""
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "painplan.settings"
    django.setup()
    from django.utils import timezone

    from accounts.models import Membership
    from tests.cast import make_active_plan
    from tests.chaos.people import DAY, User, let_wait, make_clinic, make_people, month_of, sign_in_many

    now = timezone.now()
    found: dict[str, list[dict[str, Any]]] = {"patients": [], "clinicians": []}
    for _clinic in range(CLINICS):
        clinic, first, _lead = make_clinic("Soak")
        team = [first]
        for number in range(1, CLINICIANS_EACH):
            user = User(email=f"c{number}-{clinic.slug}@example.org", full_name=f"Clinician {number}", password="!")
            user.save()
            Membership.objects.create(user=user, clinic=clinic, role="clinician", valid_from=now - 300 * DAY)
            team.append(user)
        keys: list[str] = []
        for clinician in team:
            people = make_people(PATIENTS // CLINICS // CLINICIANS_EACH, clinic=clinic, clinician=clinician)
            month_of(people, now.date())
            for person in people:
                make_active_plan(person.patient, clinician, weekdays=tuple(range(1, 8)), at=now - 40 * DAY)
            let_wait(people)
            keys += [str(person.patient.pk) for person in people]
            found["patients"] += [{"cookie": person.cookie, "site": str(person.site.pk)} for person in people]
        found["clinicians"] += [{"cookie": cookie, "patients": keys} for cookie in sign_in_many(team)]
    return found


class Queue:
    """How long the oldest item waits: in the ledger, and in Redis among what flags wait for, which carries no date."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.client = redis.Redis.from_url(house.environ["REDIS_URL"], socket_timeout=2)
        self.most_ledger = self.most_broker = 0.0
        self.breaches: set[str] = set()
        self._oldest: tuple[bytes | None, float] = (None, 0.0)

    def look(self) -> None:
        safety = self.house.safety()
        self.breaches |= set(safety.get("breaches", ["no answer"]))
        self.most_ledger = max(self.most_ledger, safety.get("oldest_waits_seconds", 0))
        oldest, now = self.client.lindex("safety", -1), time.monotonic()
        if oldest != self._oldest[0]:
            self._oldest = (oldest, now)  # type: ignore[assignment]
        if oldest is not None:
            self.most_broker = max(self.most_broker, now - self._oldest[1])


def play(house: Stack, folder: Path, people: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    """Half an hour of use; everything that was measured."""
    (folder / "people.json").write_text(json.dumps(people))
    players = [
        sys.executable, "-m", "locust", "--locustfile", str(ROOT / "tests/soak/players.py"), "--headless",
        "--host", f"http://127.0.0.1:{house.ports['web']}", "--users", str(sum(map(len, people.values()))),
        "--spawn-rate", "20", "--run-time", f"{round(MINUTES * 60 * (1 + WARM_UP))}s", "--stop-timeout", "30",
        "--only-summary", "--loglevel", "WARNING",
    ]  # fmt: skip
    environ = {**os.environ, "SOAK_PEOPLE": str(folder / "people.json"), "SOAK_SAID": str(folder / "said.json")}
    queue = Queue(house)
    before = {name: len(house.said(name)) for name in PROCESSES}
    memory: dict[str, list[tuple[float, float]]] = {}
    loads = []
    with (folder / "locust.log").open("w") as log:
        locust = subprocess.Popen(players, stdout=log, stderr=log, env=environ, cwd=ROOT)
        try:
            began, next_memory = time.monotonic(), 0.0
            while locust.poll() is None:
                passed = time.monotonic() - began
                queue.look()
                if passed >= next_memory:
                    next_memory = passed + MEMORY_EVERY_SECONDS
                    loads.append(os.getloadavg()[0])
                    for name, held in house.memory_kb().items():
                        memory.setdefault(name, []).append((passed, held))
                time.sleep(LOOK_EVERY_SECONDS)
        finally:
            locust.kill()
            locust.wait()
    if not (folder / "said.json").exists():
        raise SystemExit("locust gave up:\n" + (folder / "locust.log").read_text()[-3000:])
    said: dict[str, Any] = json.loads((folder / "said.json").read_text())
    after = MINUTES * 60 * WARM_UP
    # Which child is given a job is chance, so a service is judged with all its processes.
    for service in {name.split()[0] for name in memory}.difference(SERVERS):
        memory[f"all of {service}"] = together(points for name, points in memory.items() if name.split()[0] == service)
    late = {name: [point for point in points if point[0] >= after] for name, points in memory.items()}
    floors = {name: floor_of(points, STRETCH_SECONDS) for name, points in late.items() if points}
    said["memory"] = {
        name: {
            "first_mb": round(points[0][1] / 1024, 1),
            "last_mb": round(points[-1][1] / 1024, 1),
            "percent_an_hour": round(slope_percent_an_hour(floors[name]), 2),
        }
        for name, points in late.items()
        if points
    }
    said |= {
        "minutes": MINUTES,
        "oldest_in_ledger_seconds": queue.most_ledger,
        "oldest_in_broker_seconds": round(queue.most_broker, 1),
        "safety_breaches": sorted(queue.breaches),
        "load_mean": round(sum(loads) / len(loads), 1),
        "load_most": round(max(loads), 1),
        "processors": os.cpu_count(),
    }
    said["memory_kb"] = memory
    said["logs"] = {name: house.said(name)[before[name] :][-4000:] for name in PROCESSES}
    return said


def breaches(said: dict[str, Any]) -> list[str]:
    """Which goals were missed."""
    missed = [f"{said['failures']} of {said['requests']} requests failed"] if said["failures"] else []
    if not said["requests"]:
        missed.append("nobody asked for anything")
    for where in ("ledger", "broker"):
        if said[f"oldest_in_{where}_seconds"] >= MOST_WAIT_SECONDS:
            missed.append(f"an item of the {where} waited {said[f'oldest_in_{where}_seconds']} s")
    if said["safety_breaches"]:
        missed.append(f"/health/safety: {', '.join(said['safety_breaches'])}")
    for name, text in said["logs"].items():
        if "Traceback" in text or " ERROR " in text:
            missed.append(f"{name} logged an error")
    if said["minutes"] >= JUDGED_FROM_MINUTES:
        for name, held in said["memory"].items():
            if name.startswith("all of ") and held["percent_an_hour"] >= MOST_SLOPE_PERCENT:
                missed.append(f"{name} grows by {held['percent_an_hour']} % an hour")
    return missed


def tell(said: dict[str, Any]) -> None:
    for name in ("minutes", "requests", "failures", "median_ms", "p95_ms", "most_ms", "oldest_in_ledger_seconds",
                 "oldest_in_broker_seconds", "load_mean", "load_most", "processors"):  # fmt: skip
        print(f"{name.replace('_', ' '):<34}{said[name]}")
    for name, held in said["memory"].items():
        print(
            f"{f'memory of {name}':<34}{held['first_mb']} -> {held['last_mb']} MB, {held['percent_an_hour']} % an hour"
        )
    for line in said["errors"]:
        print(f"error: {line}")


def main() -> int:
    with built(Stack) as house, tempfile.TemporaryDirectory(prefix="painplan-soak-") as folder:
        assert isinstance(house, Stack)
        # Everybody is signed in already, by a cookie that knows of no second step.
        house.environ["PAINPLAN_REQUIRE_MFA"] = "0"
        os.environ |= {name: value for name, value in house.environ.items() if name.isupper()}
        os.environ["DATABASE_URL"] = house.database_url
        print("making the people ...", flush=True)
        people = populate()
        house.all_up()
        # Everybody was just marked: the clock starts when they have been evaluated.
        give_up = time.monotonic() + 300
        while house.safety().get("waiting") and time.monotonic() < give_up:
            time.sleep(1)
        print(f"{MINUTES:g} minutes of use ...", flush=True)
        said = play(house, Path(folder), people)
    missed = breaches(said)
    FIGURES.parent.mkdir(parents=True, exist_ok=True)
    FIGURES.write_text(json.dumps(said | {"missed": missed}, indent=1) + "\n")
    tell(said)
    for line in missed:
        print(f"MISSED: {line}")
    print("all goals are reached" if not missed else f"{len(missed)} goals are missed")
    return bool(missed)


if __name__ == "__main__":
    sys.exit(main())
