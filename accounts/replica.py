"""A standby of PostgreSQL for what reads a lot and may be seconds old (DATABASE_REPLICA_URL, docs/scaling.md).

Never for what decides, nor for what a person has just written: that is old there, and a flag that it has not got yet is
a flag that is missed. Without one, and when it does not answer, the primary is read.
"""

import logging
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any, TypeVar

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, DatabaseError, InterfaceError

T = TypeVar("T")

REPLICA = "replica"
logger = logging.getLogger(__name__)
_source: ContextVar[str] = ContextVar("source", default=DEFAULT_DB_ALIAS)


def source() -> str:
    """Which of the databases is read now."""
    return _source.get()


def read(work: Callable[[], T]) -> T:
    """What `work` finds in the replica, or else in the primary.

    It has to read only, and all of it now (a queryset that is looked at later asks the primary); and it must not mind
    being begun anew: the replica gives a long question up when it would hold back what has to be replayed there.
    """
    if REPLICA not in settings.DATABASES:
        return work()
    before = _source.set(REPLICA)
    try:
        return work()
    except (DatabaseError, InterfaceError) as error:
        logger.warning("the replica did not answer, the primary is read", extra={"error": type(error).__name__})
    finally:
        _source.reset(before)
    return work()


class Router:
    """Reads from the database whose turn it is; writes go to the primary, whose tables the replica has by itself."""

    def db_for_read(self, model: Any, **_hints: Any) -> str:
        return source()

    def db_for_write(self, model: Any, **_hints: Any) -> str:
        return DEFAULT_DB_ALIAS

    def allow_relation(self, one: Any, other: Any, **_hints: Any) -> bool:
        return True

    def allow_migrate(self, db: str, app_label: str, **_hints: Any) -> bool:
        return db == DEFAULT_DB_ALIAS
