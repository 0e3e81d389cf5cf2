"""The main promise: whatever is killed, a flag that a stored log calls for is there soon, and no other."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID, uuid5

from django.db import InterfaceError, OperationalError, connection, connections
from django.urls import reverse
from django.utils import timezone

from plans.actions import sessions
from plans.models import Flag, PainScore, PainWatch, PlanEvent
from tests.chaos.figures import share
from tests.chaos.house import House
from tests.chaos.people import DAYS_BEFORE, ZONE, Log, Person, logs_of, make_clinic, make_people, month_of, shuffled
from tests.chaos.visitor import PAUSE_SECONDS, send_pain

LANES = 8
Expected = dict[UUID, str]


def send_by_action(log: Log) -> int:
    """Store it without the web, from a process whose bell reaches nobody: only the sweep can find it."""
    attempts = 0
    while True:
        attempts += 1
        try:
            at = timezone.now()
            noon = datetime(log.day.year, log.day.month, log.day.day, tzinfo=UTC)
            sessions.record_daily(
                patient=log.person.patient, score_id=log.id, site=log.person.site, value=Decimal(log.value),
                occurred_at=noon, time_zone=ZONE, source="quick", by=log.person.user, at=at, on=log.day,
            )  # fmt: skip
            return attempts
        except (OperationalError, InterfaceError):
            connection.close()
            assert attempts < 1200, "the database stays away"
            time.sleep(PAUSE_SECONDS)


@dataclass
class Load:
    """Logs on their way: each person's in order, in one of eight lanes; half of the people use the web."""

    house: House
    logs: list[Log]
    seconds: float
    attempts: int = 0
    answers: list[float] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def start(self, pool: ThreadPoolExecutor) -> list[Future[None]]:
        lanes: list[list[tuple[float, Log]]] = [[] for _ in range(LANES)]
        for number, log in enumerate(self.logs):
            lanes[log.person.patient.pk.int % LANES].append((self.seconds * number / len(self.logs), log))
        began = time.monotonic()
        return [pool.submit(self._send, lane, began) for lane in lanes]

    def _send(self, lane: list[tuple[float, Log]], began: float) -> None:
        path, opened = reverse("log_pain"), timezone.now().isoformat()
        try:
            for due, log in lane:
                time.sleep(max(0, began + due - time.monotonic()))
                if log.person.patient.pk.int // LANES % 2:
                    tries, seconds = send_pain(self.house.ports["web"], log, path, opened)
                    with self._lock:
                        self.answers.append(seconds)
                else:
                    tries = send_by_action(log)
                with self._lock:
                    self.attempts += tries
        finally:
            connections.close_all()


class Watcher:
    """Notes when each flag was first seen; while it is entered, by itself four times a second."""

    def __init__(self, people: list[Person]) -> None:
        self.ids = {person.patient.pk for person in people}
        self.seen: dict[tuple[UUID, str], datetime] = {}
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._keep_looking, name="watcher")

    def __enter__(self) -> "Watcher":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _keep_looking(self) -> None:
        try:
            while not self._over.wait(0.25):
                self.look()
        finally:
            connection.close()

    def look(self) -> None:
        try:
            found = Flag.objects.filter(patient_id__in=self.ids).values_list("patient_id", "rule")
            now = timezone.now()
            for key in found:
                self.seen.setdefault(key, now)
        except (OperationalError, InterfaceError):
            connection.close()

    def misses(self, expected: Expected) -> int:
        return len(set(expected.items()) - set(self.seen))


def every(seconds: float, work: Callable[[], None], *, most: int | None = None) -> Iterator[None]:
    """Do the work each time so many seconds have passed, at most so often, when asked to go on."""
    due, done = time.monotonic() + seconds, 0
    while True:
        if time.monotonic() >= due and (most is None or done < most):
            work()
            done += 1
            due = max(due + seconds, time.monotonic() + seconds / 2)
        yield


class Killer:
    """Counts what it killed."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.kills = {"worker": 0, "redis": 0, "postgres": 0, "web": 0, "sweep": 0}

    def process(self, name: str) -> None:
        self.house.kill(name)
        self.house.start(name)
        self.kills[name] += 1

    def redis(self) -> None:
        self.house.kill_redis()
        self.house.start_redis()
        self.kills["redis"] += 1

    def postgres(self) -> None:
        # Killed the first time, then in turn asked and killed.
        self.house.restart_postgres(hard=self.kills["postgres"] % 2 == 0)
        self.kills["postgres"] += 1


def test_everything_is_killed_and_no_flag_is_missed_or_invented(house, sizes, figures):
    today = timezone.now().date()
    clinic, clinician, _lead = make_clinic("Storm")
    calm_count = sizes.patients // 8
    people = make_people(sizes.patients + calm_count, clinic=clinic, clinician=clinician)
    month_of(people, today)
    expected: Expected = {}
    early: list[Log] = []
    last: list[Log] = []
    beyond = max(0, sizes.more_logs - 2 * len(people))
    for number, person in enumerate(people):
        calm, rising = number >= sizes.patients, number % 2 == 1
        more = beyond * (number + 1) // len(people) - beyond * number // len(people)
        first, final = logs_of(person, rising=rising, calm=calm, more=more, today=today)
        early, last = early + first, last + final
        if not calm:
            expected[person.patient.pk] = "R3" if rising else "R4"
    logs = shuffled(early, last, seed=1)
    watcher, killer = Watcher(people), Killer(house)
    load = Load(house, logs, sizes.load_seconds)
    storm = [
        every(sizes.worker_every_seconds, lambda: killer.process("worker")),
        every(sizes.redis_every_seconds, killer.redis),
    ]
    # These are killed a few times only: a web server that never has the time to start takes no logs at all.
    others = [
        every(sizes.load_seconds * 0.3, lambda: killer.process("web"), most=sizes.web_kills),
        every(sizes.load_seconds * 0.4, lambda: killer.process("sweep"), most=sizes.web_kills),
        every(sizes.load_seconds / (sizes.postgres_restarts + 1), killer.postgres, most=sizes.postgres_restarts),
    ]
    began = time.monotonic()
    with watcher, ThreadPoolExecutor(LANES) as pool:
        lanes = load.start(pool)
        while not all(lane.done() for lane in lanes):
            for trouble in (*storm, *others):
                next(trouble)
            time.sleep(0.1)
        for lane in lanes:
            lane.result()
        sent_seconds = time.monotonic() - began
        # The storm goes on for the worker and Redis while the last flags are waited for.
        give_up = time.monotonic() + sizes.patience_seconds
        while watcher.misses(expected) and time.monotonic() < give_up:
            for trouble in storm:
                next(trouble)
            time.sleep(0.1)
    connection.close()  # the server at its other end was killed
    house.all_up()
    settle(people, give_up)
    watcher.look()
    stored = dict(PainScore.objects.filter(pk__in=score_ids(last)).values_list("patient_id", "received_at"))
    raised = {(flag.patient_id, str(flag.rule)): flag.raised_at for flag in Flag.objects.filter(patient__in=stored)}
    # By the clock of the round that found it: what waited in the ledger. The rest is judging and being seen.
    in_ledger = [
        (raised[key] - stored[key[0]]).total_seconds() for key in expected.items() if key in raised and key[0] in stored
    ]
    waits = [
        (seen - stored[patient]).total_seconds()
        for (patient, rule), seen in watcher.seen.items()
        if expected.get(patient) == rule
    ]
    spurious = [key for key in watcher.seen if expected.get(key[0]) != key[1]]
    missed = watcher.misses(expected)
    figures.note(
        "storm", patients=sizes.patients, logs=len({log.id for log in logs}), sent_in_all=len(logs),
        attempts=load.attempts, seconds=sent_seconds, kills=killer.kills, missed=missed, spurious=len(spurious),
        log_to_flag_median_seconds=share(waits, 0.5), log_to_flag_p95_seconds=share(waits, 0.95),
        log_to_flag_max_seconds=max(waits), in_ledger_median_seconds=share(in_ledger, 0.5),
        in_ledger_p95_seconds=share(in_ledger, 0.95), answer_p95_seconds=share(load.answers, 0.95),
    )  # fmt: skip
    assert (missed, spurious) == (0, [])
    ids = [person.patient.pk for person in people]
    assert Flag.objects.filter(patient_id__in=ids).count() == len(expected)
    # Sent often, stored once, and nothing that was promised is gone.
    rows = PainScore.objects.filter(patient_id__in=ids)
    assert rows.count() == len(people) * DAYS_BEFORE + len(early) + len(last)
    assert not rows.filter(superseded_by__isnull=False).exists()
    assert PlanEvent.objects.filter(patient_id__in=ids, verb="pain logged").count() == rows.count()
    assert not PainWatch.objects.filter(pk__in=ids, quarantined_at__isnull=False).exists()
    assert killer.kills["postgres"] == sizes.postgres_restarts and killer.kills["worker"] and killer.kills["redis"]
    if sizes.flag_p95_seconds:
        assert share(waits, 0.95) <= sizes.flag_p95_seconds
    if sizes.flag_most_seconds:
        assert max(waits) <= sizes.flag_most_seconds


def score_ids(logs: list[Log]) -> list[UUID]:
    """A log's row: named by itself through the action, by the form's own arithmetic through the web."""
    by_web = [uuid5(log.person.patient.pk, f"{log.id} {log.person.site.pk} {log.day.isoformat()}") for log in logs]
    return [log.id for log in logs] + by_web


def settle(people: list[Person], give_up: float) -> None:
    """Until nobody waits any more."""
    ids = [person.patient.pk for person in people]
    while PainWatch.objects.filter(pk__in=ids, dirty_since__isnull=False).exists():
        assert time.monotonic() < give_up, "somebody waits for ever"
        time.sleep(0.2)
