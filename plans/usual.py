"""The usual level of one patient at one body site: what a day's pain is compared with in rule R3.

Pure: plain numbers in, plain numbers out; days are whole numbers, pain is on the 0 to 10 scale.
Source: docs/clinical-rules.md, section 2 (prior spread: Pagé 2022, J Pain 23:1151).
"""

from math import fsum, sqrt

TOLERANCE = 1e-9  # half-point scores make exact ties common, and a tie counts

BASELINE_DAYS = 28
BASELINE_MINIMUM = 5
LEARNING_DAYS = 7
BLOCK_DAYS = 28
BLOCK_MINIMUM = 5
RATCHET_DROP = 1.0

PRIOR_VARIANCE = 1.21
PRIOR_WEIGHT = 5
SPREAD_LOWEST = 0.7
SPREAD_HIGHEST = 2.2


def mean(values: list[float]) -> float:
    """The mean, in points. Exact summation, so that the order of the values cannot matter."""
    return fsum(values) / len(values) if len(values) > 1 else values[0]


def spread_of(baseline: list[float]) -> float:
    """`s`, in points: the spread of the baseline days, drawn towards 1.1 and kept within 0.7 and 2.2."""
    count = len(baseline)
    centre = mean(baseline) if baseline else 0.0
    squares = fsum((value - centre) ** 2 for value in baseline)
    variance = (squares + PRIOR_WEIGHT * PRIOR_VARIANCE) / (max(0, count - 1) + PRIOR_WEIGHT)
    return min(max(sqrt(variance), SPREAD_LOWEST), SPREAD_HIGHEST)


class UsualLevel:
    """`U` and `s` as they stand before the next logged day.

    `level` is None until a day is logged. `logged` counts the logged days since this baseline began.
    """

    __slots__ = ("_baseline", "_block", "_block_start", "_closed", "_first", "level", "logged", "spread")

    def __init__(self) -> None:
        self.level: float | None = None
        self.spread = spread_of([])
        self.logged = 0
        self._first = 0
        self._baseline: list[float] = []
        self._closed = False
        self._block: list[float] = []
        self._block_start = 0

    def ready_on(self, day: int) -> bool:
        """Whether a day logged on `day` is judged: 7 days logged before it, or 5 and the baseline closed."""
        if self.logged >= LEARNING_DAYS:
            return True
        return self.logged >= BASELINE_MINIMUM and self._is_closed_on(day)

    def add(self, day: int, value: float) -> None:
        """Take in a logged day, after it was judged. Days come in rising order."""
        if not self.logged:
            self._first = day
        self._closed = self._is_closed_on(day)
        self.logged += 1
        if not self._closed:
            self._baseline.append(value)
            self.level = mean(self._baseline)
            self.spread = spread_of(self._baseline)
        elif self._block and day - self._block_start < BLOCK_DAYS:
            self._block.append(value)
        else:
            self._end_block()
            self._block, self._block_start = [value], day

    def accept(self, level: float) -> None:
        """Take `level` as the new usual: the baseline counts as closed, the block goes, the spread stays."""
        self.level = level
        self._closed = True
        self._block = []

    def _is_closed_on(self, day: int) -> bool:
        if self._closed:
            return True
        return len(self._baseline) >= BASELINE_MINIMUM and day - self._first >= BASELINE_DAYS

    def _end_block(self) -> None:
        # Only ever downwards: a slow worsening must not become the level it is measured against.
        if len(self._block) < BLOCK_MINIMUM or self.level is None:
            return
        block_mean = mean(self._block)
        if self.level - block_mean >= RATCHET_DROP - TOLERANCE:
            self.level = block_mean
