"""The rules that are compared: the product's R3, and simple ones that anybody would think of first.

Each takes a diary ((day, value) pairs in day order) and gives its alert days. The simple ones are for comparison
only. All of them start when 7 days are logged, and share one idea of the usual level: the mean of the days logged
before, at most those of the first 28 days.
"""

from collections.abc import Callable
from math import sqrt
from statistics import fmean

from plans.pain import replay
from tests.bench.simulator import Diary

Rule = Callable[[Diary], list[int]]

LEARNING, BASELINE_DAYS = 7, 28
RISE = 2.0
EWMA_WEIGHT, EWMA_LIMIT, EWMA_LEAST_SPREAD = 0.2, 3.0, 0.7


def capped_cusum(diary: Diary) -> list[int]:
    """R3 as the product runs it."""
    return [state.day for state in replay(diary).days if state.alert]


def last_above_previous(diary: Diary) -> list[int]:
    return [day for n, (day, value) in _judged(diary) if value - diary[n - 1][1] >= RISE]


def last_above_usual(diary: Diary) -> list[int]:
    return [day for n, (day, value) in _judged(diary) if value - fmean(_baseline(diary, n)) >= RISE]


def week_above_month(diary: Diary) -> list[int]:
    """The mean of the last 7 days against that of the 28 days before them."""
    found = []
    for _, (day, _) in _judged(diary):
        week = [value for at, value in diary if day - 7 < at <= day]
        month = [value for at, value in diary if day - 35 < at <= day - 7]
        if len(week) >= 3 and len(month) >= LEARNING and fmean(week) - fmean(month) >= RISE:
            found.append(day)
    return found


def ewma_chart(diary: Diary) -> list[int]:
    """An exponentially weighted mean that leaves the 3-sigma limits of the baseline."""
    found, level, share = [], 0.0, 1.0
    for n, (day, value) in _judged(diary):
        baseline = _baseline(diary, n)
        usual = fmean(baseline)
        variance = sum((x - usual) ** 2 for x in baseline) / (len(baseline) - 1)
        level += EWMA_WEIGHT * (value - usual - level)
        share *= (1 - EWMA_WEIGHT) ** 2
        spread = max(EWMA_LEAST_SPREAD, sqrt(variance)) * sqrt(EWMA_WEIGHT / (2 - EWMA_WEIGHT) * (1 - share))
        if level >= EWMA_LIMIT * spread:
            found.append(day)
    return found


def three_of_five(diary: Diary) -> list[int]:
    """At least 3 of the last 5 logged days 2 or more above usual."""
    found = []
    for n, (day, _) in _judged(diary):
        usual = fmean(_baseline(diary, n))
        if sum(value - usual >= RISE for _, value in diary[max(LEARNING, n - 4) : n + 1]) >= 3:
            found.append(day)
    return found


def _judged(diary: Diary) -> list[tuple[int, tuple[int, float]]]:
    return list(enumerate(diary))[LEARNING:]


def _baseline(diary: Diary, before: int) -> list[float]:
    """The values of the first 28 days that were logged before place `before`; at least 5 of them."""
    first = diary[0][0]
    inside = [value for day, value in diary[:before] if day - first < BASELINE_DAYS]
    return inside if len(inside) >= 5 else [value for _, value in diary[:before]][:5]


RULES: dict[str, Rule] = {
    "last minus previous >= 2": last_above_previous,
    "last >= usual + 2": last_above_usual,
    "mean of 7 days vs 28 days >= 2": week_above_month,
    "EWMA chart": ewma_chart,
    "3 of the last 5 >= usual + 2": three_of_five,
    "capped CUSUM (R3)": capped_cusum,
}
R3 = "capped CUSUM (R3)"
