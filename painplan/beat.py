"""Celery's scheduler, which begins anew when a kill has torn its file; otherwise beat would end at every start.

Nothing is lost with the file: what is due stands in PostgreSQL, and the schedule comes from the settings.
"""

import contextlib
import logging

from celery.beat import PersistentScheduler

logger = logging.getLogger(__name__)


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
