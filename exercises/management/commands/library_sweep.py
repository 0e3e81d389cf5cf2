"""The supervised process that does the library's waiting work when nobody rang: imports to check and to
apply, media to prepare.

A process of its own, because an import may take minutes and the safety sweep must not wait for it.
"""

import signal
import threading
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import InterfaceError, OperationalError, connection
from django.utils import timezone

from exercises.actions import import_applying, imports, media_preparing

CLEAN_EVERY = timedelta(days=1)


class Command(BaseCommand):
    help = "Checks and applies waiting imports and prepares waiting media, again and again, until SIGTERM."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--every", type=float, default=10, metavar="SECONDS", help="pause between two sweeps")
        parser.add_argument("--once", action="store_true", help="sweep once and stop")

    def handle(self, *args: Any, **options: Any) -> None:
        stop = threading.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: stop.set())
        next_clean = timezone.now()
        while not stop.is_set():
            try:
                if timezone.now() >= next_clean:
                    media_preparing.clean(at=timezone.now())
                    next_clean = timezone.now() + CLEAN_EVERY
                imports.check_waiting(at=timezone.now())
                import_applying.apply_waiting(at=timezone.now())
                media_preparing.prepare_waiting(at=timezone.now())
            except (OperationalError, InterfaceError) as error:
                self.stderr.write(f"database not reachable ({type(error).__name__}), trying again")
                connection.close()
            if options["once"]:
                return
            stop.wait(options["every"])
