"""The supervised process that finds what the bell missed. It needs PostgreSQL only, no broker."""

import signal
import threading
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import InterfaceError, OperationalError, connection
from django.utils import timezone

from plans.actions import library, reevaluations, trials, watching

NEW_DAY_EVERY_SECONDS = 300


class Command(BaseCommand):
    help = "Evaluates every patient who waits for it, again and again, until SIGTERM."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--every", type=float, default=5, metavar="SECONDS", help="pause between two sweeps")
        parser.add_argument("--once", action="store_true", help="sweep once and stop")

    def handle(self, *args: Any, **options: Any) -> None:
        stop = threading.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: stop.set())
        next_new_day = timezone.now()
        while not stop.is_set():
            try:
                now = timezone.now()
                if now >= next_new_day:
                    watching.mark_new_days(at=now)
                    reevaluations.keep_one_open(at=now)
                    library.tell_plans_activated_since(at=now)
                    next_new_day = now + timedelta(seconds=NEW_DAY_EVERY_SECONDS)
                counts = watching.sweep(at=now)
                if counts["evaluated"] or counts["failed"]:
                    self.stdout.write(f"swept: {counts['evaluated']} evaluated, {counts['failed']} failed")
                library.handle_changes(at=now)
                trials.go_on(clock=timezone.now)
            except (OperationalError, InterfaceError) as error:
                # The database is away: say so and try again; the rows are still there when it is back.
                self.stderr.write(f"database not reachable ({type(error).__name__}), trying again")
                connection.close()
            if options["once"]:
                return
            stop.wait(options["every"])
