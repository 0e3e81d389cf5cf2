"""The supervised process that finds what the bell missed. It needs PostgreSQL only, no broker.

Every few seconds it evaluates who waits. Every minute it also tells people of flags, messages and re-evaluations, and
the lead of what nobody saw. Threads of their own send the mail and go on with rule trials: neither a slow mail server
nor a long trial may hold up evaluation.
"""

import signal
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import DatabaseError, InterfaceError, OperationalError, connection
from django.utils import timezone

from plans.actions import beating, library, reevaluations, scheduled, trials, watching
from plans.models import JobRun

NEW_DAY_EVERY_SECONDS = 300
TELL_EVERY_SECONDS = 60
TRY_EVERY_SECONDS = 10


class Command(BaseCommand):
    help = "Evaluates every patient who waits for it, again and again, until SIGTERM."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--every", type=float, default=5, metavar="SECONDS", help="pause between two sweeps")
        parser.add_argument("--once", action="store_true", help="sweep once and stop")

    def handle(self, *args: Any, **options: Any) -> None:
        stop = threading.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: stop.set())
        self.beat: JobRun | None = None
        self.next_new_day = self.next_tell = timezone.now()
        if options["once"]:
            self._guarded(self._round)
            self._guarded(self._send)
            self._guarded(self._try_rules)
            return
        # Apart from the watching: a slow mail server or a long trial must not delay a flag.
        apart = [
            threading.Thread(target=self._keep_doing, args=[stop, self._send, TELL_EVERY_SECONDS], name="mail"),
            threading.Thread(target=self._keep_doing, args=[stop, self._try_rules, TRY_EVERY_SECONDS], name="trials"),
        ]
        for thread in apart:
            thread.daemon = True
            thread.start()
        while not stop.is_set():
            self._guarded(self._round)
            stop.wait(options["every"])
        for thread in apart:
            thread.join(timeout=5)
        if self.beat is not None:
            beating.end(self.beat, at=timezone.now())

    def _round(self, now: datetime) -> None:
        if now >= self.next_new_day:
            for work in (watching.mark_new_days, reevaluations.keep_one_open, library.tell_plans_activated_since):
                self._alone(work, now)
            self.next_new_day = now + timedelta(seconds=NEW_DAY_EVERY_SECONDS)
        counts = watching.sweep(at=now)
        if counts["evaluated"] or counts["failed"]:
            self.stdout.write(f"swept: {counts['evaluated']} evaluated, {counts['failed']} failed")
        self.beat = self.beat or beating.begin(at=now)
        beating.go_on(self.beat, at=timezone.now(), **counts)
        if now >= self.next_tell:
            self._jobs(scheduled.SAFETY)
            self.next_tell = now + timedelta(seconds=TELL_EVERY_SECONDS)
        self._alone(library.handle_changes, now)

    def _alone(self, work: Callable[..., object], now: datetime) -> None:
        """What fails here must not keep the round from evaluating."""
        try:
            work(at=now)
        except (OperationalError, InterfaceError):
            raise  # the database is away: the whole round is tried again
        except (DatabaseError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
            self.stderr.write(f"failed: {work.__name__}: {type(error).__name__}")

    def _keep_doing(self, stop: threading.Event, work: Callable[[datetime], None], every_seconds: float) -> None:
        try:
            while not stop.is_set():
                self._guarded(work)
                stop.wait(every_seconds)
        finally:
            connection.close()

    def _try_rules(self, now: datetime) -> None:
        trials.go_on(clock=timezone.now)

    def _send(self, now: datetime) -> None:
        self._jobs((scheduled.SEND,))

    def _jobs(self, names: tuple[str, ...]) -> None:
        for failed in scheduled.run_for_safety(names, clock=timezone.now):
            self.stderr.write(f"failed: {failed}")

    def _guarded(self, work: Any) -> None:
        try:
            work(timezone.now())
        except (OperationalError, InterfaceError) as error:
            # The database is away: say so and try again; the rows are still there when it is back.
            self.stderr.write(f"database not reachable ({type(error).__name__}), trying again")
            connection.close()
