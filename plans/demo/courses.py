"""How pain goes day by day: nine patterns around a person's own usual level. Pure and repeatable.

Levels are points on the 0 to 10 scale before rounding. Within-person SD about 1.2 and lag-1 correlation about 0.3:
docs/clinical-rules.md, section 6.
"""

import math
from dataclasses import dataclass
from random import Random

PATTERNS = ("stable", "noisy", "improving", "drifting", "stepping", "flaring", "spiking", "sparse", "silent")

SPREAD = 1.2
NOISY_SPREAD = 1.9
LAG_1 = 0.3

IMPROVES_BY = 3.0
DRIFTS_BY = 2.6
DRIFTS_FOR_DAYS = 30
STEPS_BY = 2.6
STEPS_DAYS_AGO = (8, 13)
FLARES_BY = 3.4
FLARES_DAYS_AGO = ((52, 44), (9, 0))
SPIKES_BY = 4.5
SHARE_OF_ROOM = 0.55
SPIKE_EVERY_DAYS = 17
SILENT_DAYS = 16
SHARE_LOGGED = 0.82
SHARE_LOGGED_SPARSE = 0.2


@dataclass(frozen=True, slots=True)
class Course:
    """One level per day, the share of days that are logged, and how many of the days have any log at all."""

    levels: tuple[float, ...]
    share_logged: float
    days_with_logs: int


def course(pattern: str, days: int, usual: float, rng: Random) -> Course:
    """The course of one site over `days` days that end today. Raises ValueError for an unknown pattern."""
    if pattern not in PATTERNS:
        raise ValueError(f"no such pattern: {pattern!r}")
    noise = _noise(days, NOISY_SPREAD if pattern == "noisy" else SPREAD, rng)
    began = rng.randint(*STEPS_DAYS_AGO)
    # Near the top of the scale there is little room to rise.
    room = (10 - usual) * SHARE_OF_ROOM
    levels = tuple(usual + min(_shift(pattern, day, days, began), room) + noise[day] for day in range(days))
    return Course(
        levels,
        SHARE_LOGGED_SPARSE if pattern == "sparse" else SHARE_LOGGED,
        max(days - SILENT_DAYS, 0) if pattern == "silent" else days,
    )


def point(level: float) -> int:
    """The whole number that a person chooses for a level."""
    return min(10, max(0, math.floor(level + 0.5)))


def _noise(days: int, spread: float, rng: Random) -> list[float]:
    fresh = math.sqrt(1 - LAG_1**2) * spread
    noise = [rng.gauss(0, spread)]
    while len(noise) < days:
        noise.append(LAG_1 * noise[-1] + rng.gauss(0, fresh))
    return noise


def _shift(pattern: str, day: int, days: int, began: int) -> float:
    """How far the level lies from usual on that day (0 = the first); a step was `began` days ago."""
    ago = days - 1 - day
    match pattern:
        case "improving":
            return -IMPROVES_BY * day / max(days - 1, 1)
        case "drifting":
            return DRIFTS_BY * max(0.0, 1 - ago / DRIFTS_FOR_DAYS)
        case "stepping":
            return STEPS_BY if ago <= began else 0.0
        case "flaring":
            return FLARES_BY if any(first >= ago >= last for first, last in FLARES_DAYS_AGO) else 0.0
        case "spiking":
            return SPIKES_BY if ago % SPIKE_EVERY_DAYS == SPIKE_EVERY_DAYS // 2 else 0.0
        case _:
            return 0.0
