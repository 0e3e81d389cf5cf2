"""How much of everything: short in `make test`, full in `make chaos` (PAINPLAN_CHAOS=full)."""

import os
from dataclasses import dataclass


@dataclass(frozen=True)
class Sizes:
    """`load_seconds`: over how long the logs of the main scenario are spread; `worker_every_seconds` and
    `redis_every_seconds`: between two kills; `patience_seconds`: how long to wait before something counts as missed.
    The bounds on time are judged where they are given: a machine that runs all the tests may pause.
    """

    patients: int
    more_logs: int
    load_seconds: float
    postgres_restarts: int
    web_kills: int
    worker_every_seconds: float
    redis_every_seconds: float
    silent_patients: int
    pairs: int
    copies_by_web: int
    copies_by_action: int
    poison_others: int
    term_logs: int
    jump_patients: int
    patience_seconds: float
    flag_p95_seconds: float | None
    flag_most_seconds: float | None
    answer_most_seconds: float | None
    quarantine_most_seconds: float | None


SHORT = Sizes(
    patients=40,
    more_logs=100,
    load_seconds=14,
    postgres_restarts=1,
    web_kills=1,
    worker_every_seconds=4,
    redis_every_seconds=8,
    silent_patients=8,
    pairs=50,
    copies_by_web=100,
    copies_by_action=500,
    poison_others=10,
    term_logs=60,
    jump_patients=2,
    patience_seconds=180,
    flag_p95_seconds=None,
    flag_most_seconds=None,
    answer_most_seconds=None,
    quarantine_most_seconds=None,
)
FULL = Sizes(
    patients=800,
    more_logs=2000,
    load_seconds=120,
    postgres_restarts=3,
    web_kills=1,
    worker_every_seconds=4,
    redis_every_seconds=8,
    silent_patients=40,
    pairs=1000,
    copies_by_web=2000,
    copies_by_action=10_000,
    poison_others=100,
    term_logs=400,
    jump_patients=20,
    patience_seconds=300,
    flag_p95_seconds=10,
    flag_most_seconds=60,
    answer_most_seconds=1.5,
    quarantine_most_seconds=300,
)
IS_FULL = os.environ.get("PAINPLAN_CHAOS") == "full"
SIZES = FULL if IS_FULL else SHORT
