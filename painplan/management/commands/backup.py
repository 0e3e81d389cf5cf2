"""`manage.py backup`: the database, the media and a manifest in one file, sealed when PAINPLAN_BACKUP_KEY is set."""

from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from painplan.backups import BackupError, making
from painplan.backups.telling import Teller
from plans.actions import jobs, scheduled


class Command(BaseCommand):
    help = "Writes one file with everything that is needed to start again; `manage.py restore` reads it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", type=Path, help="the file, or a folder: then the name tells the time (UTC)")
        parser.add_argument("--keep", type=int, metavar="N", help="in a folder: remove all but the newest N backups")

    def handle(self, *args: Any, **options: Any) -> None:
        path, folder = options["path"], None
        keep = options["keep"]
        if path.is_dir():
            folder, path = path, path / f"painplan-{timezone.now():%Y%m%d-%H%M%S}.backup"
        if keep is not None and (folder is None or keep < 1):
            raise CommandError("--keep needs a folder and a number of 1 or more.")
        if path.exists():
            raise CommandError(f"{path} exists already: choose another name.")
        found: dict[str, int] = {}
        teller = Teller(self.stdout)

        def work(*, at: datetime, progress: jobs.Progress) -> dict[str, int]:
            found.update(making.make(path, key=settings.BACKUP_KEY, at=at, tell=teller.along(progress)))
            return found

        try:
            jobs.run(name=scheduled.BACK_UP, work=work, clock=timezone.now)
        except BackupError as problem:
            raise CommandError(str(problem)) from problem
        finally:
            teller.end()
        removed = _remove_old(folder, keep) if folder and keep else 0
        sealed = "sealed" if settings.BACKUP_KEY else "NOT sealed: whoever holds it can read it"
        self.stdout.write(
            f"{path}: {found['rows']} rows of {found['tables']} tables, {found['files']} files,"
            f" {found['bytes'] / 1e6:.1f} MB, {sealed}." + (f" {removed} older removed." if removed else "")
        )


def _remove_old(folder: Path, keep: int) -> int:
    older = sorted(folder.glob("painplan-*.backup"))[:-keep]
    for path in older:
        path.unlink()
    return len(older)
