"""Celery's scheduler, which begins anew when a kill has torn its file, goes on when the clock was put back, and rings
again when the broker did not take a ring.

Nothing is lost with the file: what is due stands in PostgreSQL, and the schedule comes from the settings.
"""

import contextlib
import logging
from datetime import datetime, timedelta
from typing import Any

from celery.beat import PersistentScheduler, SchedulingError

logger = logging.getLogger(__name__)
# A clock that is set right by less than this delays a job by no more.
PUT_BACK = timedelta(seconds=30)
# A broker that is away is asked again after so long. Celery itself would wait for the job's next turn: an hour, a day.
RING_AGAIN = timedelta(seconds=10)


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

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.unsent: dict[str, datetime] = {}
        self.ring_again_at: datetime | None = None
        super().__init__(*args, **kwargs)

    def tick(self, *args: Any, **kwargs: Any) -> float:
        self.heed_the_clock()
        self.ring_again()
        delay: float = super().tick(*args, **kwargs)
        return min(delay, RING_AGAIN.total_seconds()) if self.unsent else delay

    def apply_async(self, entry: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().apply_async(entry, *args, **kwargs)
        except SchedulingError:  # Celery writes it down and goes on to the next job
            self.unsent[entry.name] = entry.last_run_at
            self.ring_again_at = self.app.now() + RING_AGAIN
            raise

    def ring_again(self) -> None:
        """What could not be sent is as due as it was before."""
        if not self.unsent or (self.ring_again_at and self.app.now() < self.ring_again_at):
            return
        for name, last_run_at in self.unsent.items():
            if name in self.schedule:
                self.schedule[name].last_run_at = last_run_at
        self.unsent.clear()
        self._heap = None

    def heed_the_clock(self) -> None:
        """What ran last in the future ran now: or a clock that is put back a day would stop every job for a day."""
        now = self.app.now()
        ahead = [each for each in self.schedule.values() if each.last_run_at and each.last_run_at > now + PUT_BACK]
        if ahead:
            logger.warning("The clock was put back: %d jobs are counted from now.", len(ahead))
            for entry in ahead:
                entry.last_run_at = now
            self._heap = None  # holds moments; made anew by the next tick
