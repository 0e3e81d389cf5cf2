"""The running sum of rule R3: how far, and for how long, pain has stayed above the usual level.

Pure: plain numbers in, plain numbers out; days are whole numbers, pain is in points on the 0 to 10 scale.
Source: docs/clinical-rules.md, section 2; why this rule and these numbers: section 6.
"""

from dataclasses import dataclass

from plans.usual import TOLERANCE

GAP_RESET_DAYS = 21


@dataclass(frozen=True, slots=True)
class Numbers:
    """The numbers of R3 that a clinic may change; the defaults are those of section 2. `on` False: not judged."""

    on: bool = True
    limit_lowest: float = 4.0
    limit_spreads: float = 4.5
    allowance_highest: float = 1.0
    day_step_highest: float = 1.5
    least_rise: float = 1.5
    important_rise: float = 2.0


DEFAULTS = Numbers()


def limit_for(spread: float, numbers: Numbers = DEFAULTS) -> float:
    """`h`, in points: the sum from which a day can alert."""
    return max(numbers.limit_lowest, numbers.limit_spreads * spread)


def allowance_for(usual: float, numbers: Numbers = DEFAULTS) -> float:
    """`k`, in points a day: the rise that is let pass, less of it where the scale leaves little room."""
    return min(numbers.allowance_highest, max(0.4, (10.0 - usual) / 2))


def least_rise_for(usual: float, numbers: Numbers = DEFAULTS) -> float:
    """The mean rise, in points, without which no day alerts."""
    return min(numbers.least_rise, 0.6 * (10.0 - usual))


class RunningSum:
    """`S` (total), `c` (run, in logged days) and `E` (excess) after the last judged day; all 0 between runs.

    `since` is the first day of the run and `points` the sum of the run's day values.
    """

    __slots__ = ("excess", "points", "run", "since", "total")

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        self.total = 0.0
        self.run = 0
        self.excess = 0.0
        self.points = 0.0
        self.since = 0

    def judge(
        self, day: int, value: float, *, previous: int | None, usual: float, limit: float, numbers: Numbers = DEFAULTS
    ) -> bool:
        """Add a logged day and say whether it alerts. `previous` is the logged day before it, `limit` is `h`."""
        if previous is not None and day - previous > GAP_RESET_DAYS:
            self.clear()
        rise = value - usual
        total = self.total + min(numbers.day_step_highest, rise - allowance_for(usual, numbers))
        if total <= TOLERANCE:
            self.clear()
            return False
        if not self.run:
            self.since = day
        self.run += 1
        self.excess += rise
        self.points += value
        self.total = min(total, 2 * limit)
        return self.total >= limit - TOLERANCE and self.excess / self.run >= least_rise_for(usual, numbers) - TOLERANCE
