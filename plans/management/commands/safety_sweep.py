"""The supervised process that finds what the bell missed. It needs PostgreSQL only, no broker.

It does nothing but evaluate who waits: batch after batch while somebody does, else it looks again every few seconds.
Threads of their own do what takes longer: they mark new days, tell people of flags, messages and re-evaluations and the
lead of what nobody saw, send the mail, and go on with rule trials. None of that may hold up evaluation.
"""

import signal
import threading
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, InterfaceError, OperationalError, connection
from django.urls import get_resolver
from django.utils import timezone

from plans.actions import beating, library, reevaluations, scheduled, trials, watching
from plans.models import JobRun

# So many at a time: what they are told of the clock is not old, and who came meanwhile takes their place in the order.
BATCH = 100
RECONNECT_SECONDS = 0.5
NEW_DAY_EVERY_SECONDS = 300
TELL_EVERY_SECONDS = 60
TRY_EVERY_SECONDS = 10


class Command(BaseCommand):
    help = "Evaluates every patient who waits for it, again and again, until SIGTERM."
    # The pages are not its business: without their checks it starts in half the time.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--every", type=float, default=5, metavar="SECONDS", help="pause when nobody waits")
        parser.add_argument("--once", action="store_true", help="sweep once and stop")

    def handle(self, *args: Any, **options: Any) -> None:
        self.over = threading.Event()
        self.broken = ""
        self.beat: JobRun | None = None
        self.failing: set[UUID] = set()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: self.over.set())
        if options["once"]:
            for work in (self._new_day, self._look, self._tell, self._heed_library, self._send, self._try_rules):
                self._guarded(work)
            return
        apart = [
            self._apart("chores", {
                self._new_day: NEW_DAY_EVERY_SECONDS,
                self._tell: TELL_EVERY_SECONDS,
                self._heed_library: options["every"],
            }),
            self._apart("mail", {self._send: TELL_EVERY_SECONDS}),
            self._apart("trials", {self._try_rules: TRY_EVERY_SECONDS}),
        ]  # fmt: skip
        self._keep_looking(options["every"])
        for thread in apart:
            thread.join(timeout=5)
        if self.beat is not None:
            beating.end(self.beat, at=timezone.now())
        if self.broken:
            raise CommandError(f"{self.broken}: ends, so that it is started anew")

    def _keep_looking(self, every_seconds: float) -> None:
        while not self.over.is_set():
            found = self._guarded(self._look)
            if found:
                continue
            # Who failed is tried again after a pause only: five failures in a row set a patient apart.
            self.failing.clear()
            self.over.wait(min(RECONNECT_SECONDS, every_seconds) if found is None else every_seconds)

    def _look(self, now: datetime) -> int:
        """Evaluate some of those who wait; how many that were."""
        counts = watching.sweep(at=now, limit=BATCH, failing=self.failing)
        if counts["evaluated"] or counts["failed"]:
            self.stdout.write(f"swept: {counts['evaluated']} evaluated, {counts['failed']} failed")
        if self.beat is None or now < self.beat.started_at:  # a clock that was put back
            self.beat = beating.begin(at=now)
        beating.go_on(self.beat, at=timezone.now(), **counts)
        return counts["evaluated"]

    def _new_day(self, now: datetime) -> None:
        for work in (watching.mark_new_days, reevaluations.keep_one_open, library.tell_plans_activated_since):
            self._alone(work, now)

    def _tell(self, now: datetime) -> None:
        self._jobs(scheduled.SAFETY)

    def _heed_library(self, now: datetime) -> None:
        self._alone(library.handle_changes, now)

    def _send(self, now: datetime) -> None:
        get_resolver().url_patterns  # noqa: B018  # mail has links: all pages are read now, not with the first mail
        self._jobs((scheduled.SEND,))

    def _try_rules(self, now: datetime) -> None:
        trials.go_on(clock=timezone.now)

    def _jobs(self, names: tuple[str, ...]) -> None:
        for failed in scheduled.run_for_safety(names, clock=timezone.now):
            self.stderr.write(f"failed: {failed}")

    def _alone(self, work: Callable[..., object], now: datetime) -> None:
        """What fails here must not keep what comes after it from being done."""
        try:
            work(at=now)
        except (OperationalError, InterfaceError):
            raise  # the database is away: all of it is tried again
        except (DatabaseError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
            self.stderr.write(f"failed: {work.__name__}: {type(error).__name__}")

    def _apart(self, name: str, works: dict[Callable[[datetime], object], float]) -> threading.Thread:
        """Start a thread that does these things, each every so many seconds."""
        thread = threading.Thread(target=self._keep_doing, args=[works], name=name, daemon=True)
        thread.start()
        return thread

    def _keep_doing(self, works: dict[Callable[[datetime], object], float]) -> None:
        # The time since the start, not the clock on the wall, which may be put back a day.
        due = dict.fromkeys(works, time.monotonic())
        try:
            while not self.over.wait(max(0, min(due.values()) - time.monotonic())):
                for work, every_seconds in works.items():
                    if due[work] <= time.monotonic():
                        self._guarded(work)
                        due[work] = time.monotonic() + every_seconds
        except BaseException as error:
            # A process that lives on without one of its parts would be missed by nobody.
            self.broken = type(error).__name__
            self.over.set()
            raise
        finally:
            connection.close()

    def _guarded(self, work: Callable[[datetime], Any]) -> Any:
        """What it returns; None also when the database is away: the rows are still there when it is back."""
        try:
            return work(timezone.now())
        except (OperationalError, InterfaceError) as error:
            self.stderr.write(f"database not reachable ({type(error).__name__}), trying again")
            connection.close()
            return None
