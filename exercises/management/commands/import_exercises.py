"""Imports exercises from a file: first the dry run as text, with --apply the same and then all of it or nothing."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from accounts.models import Clinic, User
from exercises.actions import import_applying, imports
from exercises.actions.refusals import Refused
from exercises.import_words import DECISIONS, KINDS, file_sentence, row_sentences
from exercises.transfer.judging import count, decided
from exercises.transfer.reading import guess_format, read
from exercises.transfer.values import FORMATS, MOST_BYTES, FileRefused


class Command(BaseCommand):
    help = (
        "Shows what importing FILE would do, row by row, and saves nothing. With --apply the rows become drafts, all"
        " or none. Rows that need a decision stay out, unless --take-doubtful. Ends with 1 when anything is refused."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--apply", action="store_true", help="save what the dry run shows")
        parser.add_argument("--format", choices=FORMATS, default="", help="default: by the look of the file")
        parser.add_argument("--source", default="", help="where the exercises come from")
        parser.add_argument("--licence", default="", help="under which licence they may be used")
        parser.add_argument("--by", metavar="EMAIL", default="", help="the curator who becomes their author")
        parser.add_argument(
            "--clinic", metavar="SLUG", default="", help="into a clinic's own library, not the shared one"
        )
        parser.add_argument("--take-doubtful", action="store_true", help="also rows in which something is missing")

    def handle(self, *args: Any, **options: Any) -> None:
        data = self._data(options["file"])
        clinic = self._clinic(options["clinic"])
        try:
            format = options["format"] or guess_format(options["file"].name, data)
            rows = read(data, format)
        except FileRefused as refused:
            raise CommandError(f"{options['file'].name}: {file_sentence(refused)}") from None
        report = imports.dry_run(clinic=clinic, rows=rows, format=format, source=options["source"])
        taken = {str(row["line"]): "new" for row in report if options["take_doubtful"] and _may_be_taken(row)}
        self._show(report, taken)
        refused_rows = count(report)["refused"]
        if refused_rows:
            done = " Nothing was saved." if options["apply"] else ""
            raise CommandError(f"{refused_rows} of {len(report)} rows cannot be read; correct them.{done}")
        if not options["apply"]:
            self.stdout.write("Nothing was saved. Add --apply to save it.")
            return
        self._apply(data, format, clinic, options)

    def _apply(self, data: bytes, format: str, clinic: Clinic | None, options: dict[str, Any]) -> None:
        by, at = self._user(options["by"]), timezone.now()
        try:
            with transaction.atomic():
                batch = imports.start(
                    clinic=clinic, file_name=options["file"].name, data=data, format=format,
                    source=options["source"], licence=options["licence"], by=by, at=at,
                )  # fmt: skip
                imports.check(batch_id=batch.pk, at=at)
                if options["take_doubtful"]:
                    imports.decide_rest(batch=batch, kind="doubtful", decision="new", by=by, at=at)
                counts = import_applying.apply(batch=batch, by=by, at=at)
        except Refused as refused:
            raise CommandError(f"{refused} Nothing was saved.") from None
        done = ", ".join(f"{number} {str(DECISIONS[what]).lower()}" for what, number in counts.items() if number)
        self.stdout.write(self.style.SUCCESS(f"Applied: {done}."))

    def _show(self, report: list[dict[str, Any]], taken: dict[str, str]) -> None:
        for row in report:
            if row["kind"] in ("new", "same"):
                continue
            happens = decided(row, taken)
            words = str(DECISIONS[happens]).lower() if happens else "stays out"
            said = " ".join(row_sentences(row))
            self.stdout.write(
                f"row {row['line']}: {row['name'] or 'no name'}: {KINDS[row['kind']][0]}. {said} [{words}]"
            )
        counts = count(report)
        said = ", ".join(f"{number} {str(KINDS[kind][0]).lower()}" for kind, number in counts.items())
        self.stdout.write(f"{len(report)} rows: {said}.")

    def _data(self, path: Path) -> bytes:
        try:
            with path.open("rb") as file:
                return file.read(MOST_BYTES + 1)
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error.strerror}.") from None

    def _clinic(self, slug: str) -> Clinic | None:
        if not slug:
            return None
        clinic = Clinic.objects.filter(slug=slug).first()
        if clinic is None:
            known = ", ".join(Clinic.objects.order_by("slug").values_list("slug", flat=True)) or "none yet"
            raise CommandError(f"There is no clinic “{slug}”. Clinics here: {known}.")
        return clinic

    def _user(self, email: str) -> User:
        if not email:
            raise CommandError("Say who imports it: --by EMAIL of a curator of that library.")
        user = User.objects.filter(email__iexact=email, is_active=True).first()
        if user is None:
            raise CommandError(f"There is no user “{email}”.")
        return user


def _may_be_taken(row: dict[str, Any]) -> bool:
    return row["kind"] == "doubtful" and "new" in row["choices"]
