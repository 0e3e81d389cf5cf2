"""Draws the files of all figures, so that nobody waits for one."""

import multiprocessing
import shutil
import time
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from exercises.content import load_library
from exercises.figures.files import digest_of, library, mark, missing, write_all
from exercises.figures.reading import PoseError, raw
from exercises.models import ExerciseVersion, FigurePose

_EVERY = 25
_LIBRARY = Path(__file__).resolve().parents[2] / "library"


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
        each_side = self._each_side(options["library_only"])
        todo = {
            digest: data
            for digest, data in wanted.items()
            if options["all"] or missing(folder, digest, digest in each_side)
        }
        failed = self._draw(todo, each_side, folder, options["processes"]) if todo else []
        for other in folder.glob("*/"):
            if other.name != mark():
                shutil.rmtree(other, ignore_errors=True)
        seconds = time.monotonic() - began
        self.stdout.write(f"{len(todo) - len(failed)} figures drawn, {len(wanted) - len(todo)} there, {seconds:.1f} s")
        if failed:
            raise CommandError("Could not be drawn: " + "; ".join(failed))

    def _each_side(self, library_only: bool) -> set[str]:
        """The digests of figures whose exercise is done on each side: these are drawn for both."""
        drawn = library()
        asked = {each.figure for each in load_library(_LIBRARY).exercises if each.starting_dose.per_side}
        found = {digest for figure, digest in drawn.items() if figure in asked}
        if not library_only:
            versions = ExerciseVersion.objects.filter(starting_dose__per_side=True)
            found |= set(versions.values_list("figure_digest", flat=True).distinct())
        return found

    def _draw(self, todo: dict[str, dict[str, Any]], each_side: set[str], folder: Path, processes: int) -> list[str]:
        """Returns what could not be drawn, with the reason."""
        failed: list[str] = []
        # Spawned, not forked: the drawing processes know nothing of the database.
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(max_workers=max(1, processes), mp_context=context) as pool:
            waiting: dict[Future[str], str] = {
                pool.submit(write_all, data, folder, digest in each_side): data["id"] for digest, data in todo.items()
            }
            for number, done in enumerate(as_completed(waiting), start=1):
                try:
                    done.result()
                except (PoseError, KeyError, ValueError) as error:
                    failed.append(f"{waiting[done]} ({error})")
                if number % _EVERY == 0:
                    self.stdout.write(f"{number} of {len(todo)}")
        return failed
