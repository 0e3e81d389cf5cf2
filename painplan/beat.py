"""Celery's scheduler, which begins anew when a kill has torn its file, and goes on when the clock was put back.

Nothing is lost with the file: what is due stands in PostgreSQL, and the schedule comes from the settings.
"""

import contextlib
import logging
from datetime import timedelta
from typing import Any

from celery.beat import PersistentScheduler

logger = logging.getLogger(__name__)
# A clock that is set right by less than this delays a job by no more.
PUT_BACK = timedelta(seconds=30)


class Beat(PersistentScheduler):
    """Keeps the last runs in the file that `--schedule` names; a file that cannot be read is thrown away."""

    def setup_schedule(self) -> None:
        try:
            super().setup_schedule()
        except Exception as error:  # noqa: BLE001  # whatever a torn file brings
            # Celery mends most torn files itself, but not one whose rows end too soon (EOFError).
            logger.warning("The file of the schedule could not be read (%s): begun anew.", type(error).__name__)
            with contextlib.suppress(Exception):
                self._store.close()
            self._remove_db()
            super().setup_schedule()

    def tick(self, *args: Any, **kwargs: Any) -> float:
        self.heed_the_clock()
        delay: float = super().tick(*args, **kwargs)
        return delay

    def heed_the_clock(self) -> None:
        """What ran last in the future ran now: or a clock that is put back a day would stop every job for a day."""
        now = self.app.now()
        ahead = [each for each in self.schedule.values() if each.last_run_at and each.last_run_at > now + PUT_BACK]
        if ahead:
            logger.warning("The clock was put back: %d jobs are counted from now.", len(ahead))
            for entry in ahead:
                entry.last_run_at = now
            self._heap = None  # holds moments; made anew by the next tick
