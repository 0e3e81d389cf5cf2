"""`manage.py apply_erasures`: after a restore, forget again whoever had asked to be forgotten."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from plans.actions.erasing import apply_again


class Command(BaseCommand):
    help = "Erases again everybody on the list in PAINPLAN_OUTSIDE. Run it after each restore, before the web starts."

    def handle(self, *args: Any, **options: Any) -> None:
        done = apply_again(at=timezone.now())
        self.stdout.write(
            f"{len(done['erased'])} locked again, {len(done['purged'])} purged again,"
            f" {len(done['unknown'])} not in this database."
        )
        for sentence in done["failed"]:
            self.stderr.write(sentence)
        if done["failed"]:
            raise CommandError("Not everybody could be erased again: see the lines above, then run this once more.")
