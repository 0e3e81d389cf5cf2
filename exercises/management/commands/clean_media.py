"""Removes stored files of the library that no row names."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from exercises.actions.media_preparing import clean


class Command(BaseCommand):
    help = "Removes pictures and videos that no exercise names and that are older than a day."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--pretend", action="store_true", help="only count, remove nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        counts = clean(at=timezone.now(), pretend=options["pretend"])
        word = "would be removed" if options["pretend"] else "removed"
        self.stdout.write(f"{counts['removed']} {word}, {counts['kept']} kept")
