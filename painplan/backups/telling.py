"""Progress of a long command: on a terminal one line that moves, elsewhere one line a step."""

import time
from typing import Any

from painplan.backups.making import Tell
from plans.actions.jobs import Progress

EVERY_SECONDS = 0.5


class Teller:
    def __init__(self, out: Any) -> None:
        self.out = out
        self.what = ""
        self.told_at = 0.0

    def __call__(self, what: str, done: int, total: int) -> None:
        moving, now = self.out.isatty(), time.monotonic()
        new = what != self.what
        if not new and (not moving or now - self.told_at < EVERY_SECONDS):
            return
        if new and moving and self.what:
            self.out.write("")
        self.what, self.told_at = what, now
        far = f"{100 * done // total} %" if total else f"{done / 1e6:.0f} MB"
        self.out.write(f"\r{what} ... {far}" if moving else f"{what} ...", ending="" if moving else "\n")

    def along(self, progress: Progress) -> Tell:
        """Tell the job's row as well."""

        def tell(what: str, done: int, total: int) -> None:
            self(what, done, total)
            progress(done, max(total, done))

        return tell

    def end(self) -> None:
        if self.what and self.out.isatty():
            self.out.write("")
