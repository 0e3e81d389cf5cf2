"""Changes of rows that have a history, in a text that is always the same and planned once a connection.

Django's way tells history's triggers who and why with a statement of its own, put before every change. PostgreSQL takes
two at once only as a text that it reads and plans anew each time. Here the telling is the first part of the change.
"""

import json
from collections.abc import Sequence
from typing import Any

from pghistory import config
from pghistory.runtime import _tracker

from accounts.adding import send

TOLD = (
    "told AS MATERIALIZED (SELECT set_config('pghistory.context_id', %s, true),"
    " set_config('pghistory.context_metadata', %s, true))"
)


def change_told(text: str, values: Sequence[Any]) -> list[Any]:
    """Send `WITH told AS (...), <text>` and return its rows. A change in `text` takes `told` into its FROM, so that
    who and why are known before a trigger asks for them; it is a transaction, or part of the one that is open.
    """
    _count, rows = send(f"WITH {TOLD}, {text}", [*_who_and_why(), *values])
    return rows


def _who_and_why() -> tuple[str, str]:
    """As pghistory puts them before a statement; two empty words, which its triggers take for nothing, outside of a
    request or a job.
    """
    told = getattr(_tracker, "value", None)
    return (str(told.id), json.dumps(told.metadata, cls=config.json_encoder())) if told else ("", "")
