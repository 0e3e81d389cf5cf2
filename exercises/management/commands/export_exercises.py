"""Writes a library to a file, in a format that import_exercises reads again."""

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import Clinic
from exercises.import_words import file_sentence
from exercises.transfer import csv_file, own_json, stored, xlsx_file
from exercises.transfer.values import CSV, OWN_FORMATS, OWN_JSON, XLSX, FileRefused

WRITERS = {OWN_JSON: own_json.write, CSV: csv_file.write, XLSX: xlsx_file.write}


class Command(BaseCommand):
    help = "Exports the shared library, or with --clinic that of a clinic: what is published, and first drafts."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--format", choices=OWN_FORMATS, default=OWN_JSON)
        parser.add_argument("--out", type=Path, metavar="FILE", help="default: standard output")
        parser.add_argument("--clinic", metavar="SLUG", default="")

    def handle(self, *args: Any, **options: Any) -> None:
        clinic = None
        if options["clinic"]:
            clinic = Clinic.objects.filter(slug=options["clinic"]).first()
            if clinic is None:
                raise CommandError(f"There is no clinic “{options['clinic']}”.")
        contents = stored.to_export(clinic)
        try:
            data = WRITERS[options["format"]](contents)
        except FileRefused as refused:
            raise CommandError(file_sentence(refused)) from None
        if options["out"] is None:
            sys.stdout.buffer.write(data)
            return
        try:
            options["out"].write_bytes(data)
        except OSError as error:
            raise CommandError(f"{options['out']} cannot be written: {error.strerror}.") from None
        self.stdout.write(f"{len(contents)} exercises written to {options['out'].name}.")
