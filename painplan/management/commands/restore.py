"""`manage.py restore`: a backup into an empty database; `--drill` into another one, to see that it can be done."""

from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.conf import settings
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from painplan.backups import BackupError, database, restoring
from painplan.backups.telling import Teller
from plans.actions import after_restore, jobs, scheduled


class Command(BaseCommand):
    help = (
        "Restores a backup into the empty database of DATABASE_URL, while no other process of Painplan runs."
        " Checks file, key, version and target before anything is touched."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", type=Path, nargs="?", help="the file that `manage.py backup` wrote")
        parser.add_argument("--drill", metavar="URL", help="restore into this empty database instead, as its owner")
        parser.add_argument("--finish", action="store_true", help="only what follows a restore and `migrate`")

    def handle(self, *args: Any, **options: Any) -> None:
        if (options["path"] is None) != options["finish"] or (options["finish"] and options["drill"]):
            raise CommandError("Give the file of a backup, or --finish alone.")
        if options["finish"]:
            return self._finish()
        self.teller = Teller(self.stdout)
        try:
            if options["drill"]:
                return self._drill(options["path"], options["drill"])
            target = restoring.Target(database.parameters(settings.DATABASE_OWNER_URL), Path(settings.MEDIA_ROOT))
            manifest = restoring.restore(options["path"], target, key=settings.BACKUP_KEY, tell=self.teller)
        except BackupError as problem:
            raise CommandError(str(problem)) from problem
        finally:
            self.teller.end()
        self.stdout.write(f"Restored {_said(manifest)}.")
        if restoring.unknown_migrations(manifest)[1]:
            self.stdout.write(
                "The backup is of an older release. Before any process starts: `manage.py migrate` as the owner, then"
                " `manage.py restore --finish`."
            )
            return None
        return self._finish()

    def _finish(self) -> None:
        counts = after_restore.settle(at=timezone.now())
        self.stdout.write(
            f"{counts['held_back']} mails that may have been sent before are held back,"
            f" {counts['urgent']} about urgent flags go out under their old Message-ID."
        )
        if "apply_erasures" in get_commands():
            call_command("apply_erasures", stdout=self.stdout, stderr=self.stderr)
        jobs.run(name=scheduled.RESTORE, work=lambda *, at: counts, clock=timezone.now)
        self.stdout.write("Painplan may be started.")

    def _drill(self, path: Path, url: str) -> None:
        def work(*, at: datetime, progress: jobs.Progress) -> dict[str, int]:
            with TemporaryDirectory(prefix="painplan-drill-") as folder:
                target = restoring.Target(database.parameters(url), Path(folder) / "media")
                found = restoring.restore(path, target, key=settings.BACKUP_KEY, tell=self.teller.along(progress))
            self.stdout.write(f"The drill restored {_said(found)}. Drop that database now: it holds health data.")
            return _counts(found)

        jobs.run(name=scheduled.DRILL, work=work, clock=timezone.now)


def _counts(manifest: dict[str, Any]) -> dict[str, int]:
    return {
        "rows": sum(count for count, _digest in manifest["tables"].values()),
        "files": len(manifest["media"]),
    }


def _said(manifest: dict[str, Any]) -> str:
    found, guards = _counts(manifest), manifest["guards"]
    return (
        f"{found['rows']} rows and {found['files']} files as of {manifest['made_at'][:16]} UTC;"
        f" all counts and hashes equal, {guards['triggers']} triggers and {guards['constraints']} constraints in place"
    )
