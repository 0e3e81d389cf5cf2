"""Brings the starter library of this release into the database."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from exercises.actions.shipping import ship
from exercises.content import LibraryError, load_library
from exercises.content_translations import load_translations

FOLDER = Path(__file__).resolve().parents[2] / "library"
RELEASE = "0.1.0"


class Command(BaseCommand):
    help = "Loads or updates the exercises that ship with this release. Safe to run again."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            library = load_library(FOLDER)
            translations = load_translations(FOLDER, library)
        except LibraryError as error:
            raise CommandError(str(error)) from error
        counts = ship(library=library, translations=translations, release=RELEASE, at=timezone.now())
        self.stdout.write(", ".join(f"{number} {what}" for what, number in counts.items()))
