"""Draws the files of all figures, so that nobody waits for one."""

import multiprocessing
import shutil
import time
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from exercises.figures.files import digest_of, library, mark, missing, write_all
from exercises.figures.reading import PoseError, raw
from exercises.models import FigurePose

_EVERY = 25


class Command(BaseCommand):
    help = "Draws the figures of the library and those that published versions keep. Only what is not drawn yet."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--all", action="store_true", help="draw again what is there")
        parser.add_argument("--library-only", action="store_true", help="do not ask the database")
        parser.add_argument("--processes", type=int, default=multiprocessing.cpu_count())

    def handle(self, *args: Any, **options: Any) -> None:
        began, folder = time.monotonic(), Path(settings.FIGURES_ROOT)
        try:
            wanted = {digest: raw(figure) for figure, digest in library().items()}
        except PoseError as error:
            raise CommandError(str(error)) from error
        if not options["library_only"]:
            kept = FigurePose.objects.exclude(pk__in=wanted).values_list("digest", "data")
            wanted |= {digest: data for digest, data in kept if digest_of(data) == digest}
        todo = [data for digest, data in wanted.items() if options["all"] or missing(folder, digest)]
        failed = self._draw(todo, folder, options["processes"]) if todo else []
        for other in folder.glob("*/"):
            if other.name != mark():
                shutil.rmtree(other, ignore_errors=True)
        seconds = time.monotonic() - began
        self.stdout.write(f"{len(todo) - len(failed)} figures drawn, {len(wanted) - len(todo)} there, {seconds:.1f} s")
        if failed:
            raise CommandError("Could not be drawn: " + "; ".join(failed))

    def _draw(self, todo: list[dict[str, Any]], folder: Path, processes: int) -> list[str]:
        """Returns what could not be drawn, with the reason."""
        failed: list[str] = []
        # Spawned, not forked: the drawing processes know nothing of the database.
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(max_workers=max(1, processes), mp_context=context) as pool:
            waiting: dict[Future[str], str] = {pool.submit(write_all, data, folder): data["id"] for data in todo}
            for number, done in enumerate(as_completed(waiting), start=1):
                try:
                    done.result()
                except (PoseError, KeyError, ValueError) as error:
                    failed.append(f"{waiting[done]} ({error})")
                if number % _EVERY == 0:
                    self.stdout.write(f"{number} of {len(todo)}")
        return failed
