"""`manage.py reconcile`: are the stored flags and levels what all scores say? The nightly count, by hand."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from plans.actions import scheduled

BAR = 30
COUNTS = ("patients", "by_every_rule", "skipped", "differences", "failed")


class Command(BaseCommand):
    help = (
        "Computes every active patient again and compares it with what is stored. A patient who differs is marked,"
        " so that the next evaluation repairs it. Goes on where a run that was broken off had come to."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        row = scheduled.reconcile_now(clock=timezone.now, watch=self._draw)
        if self._is_shown:
            self.stderr.write("")
        counts = row.counts
        self.stdout.write(", ".join(f"{counts[name]} {name.replace('_', ' ')}" for name in COUNTS))
        wrong = counts["differences"] + counts["failed"]
        if wrong:
            raise CommandError(
                f"{wrong} patients differ from what is stored, or could not be computed. Who differs is evaluated again"
                " within seconds; the log names the ids. See docs/operations.md."
            )

    @property
    def _is_shown(self) -> bool:
        return sys.stderr.isatty()

    def _draw(self, done: int, total: int) -> None:
        if self._is_shown and (done % 100 == 0 or done >= total):
            full = BAR * done // max(total, 1)
            self.stderr.write(f"\r[{'#' * full}{'.' * (BAR - full)}] {done} of {total}", ending="")
