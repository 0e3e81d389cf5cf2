"""Rule R3 over thousands of diaries at once: the arithmetic of plans/pain.py, one day of all diaries after the other.

Pure: arrays in, arrays out; no clock, no database. It knows series with the default numbers and without a new baseline,
which is most of them. Sums are added up in another order than there: where that could decide a comparison, the series
is `unsure`, and whoever asks has it judged by plans/pain.py. Source: docs/clinical-rules.md, section 2.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from plans import usual
from plans.cusum import DEFAULTS, GAP_RESET_DAYS
from plans.pain import EPISODE_GAP_DAYS, NEW_BASELINE_DAYS
from plans.usual import TOLERANCE

# Of a table of days: at most so many cells at a time, each of 25 bytes.
CELLS = 1_000_000
# Rounding moves a sum of a diary by 1e-12 at most; a comparison nearer than this to its limit is not trusted.
NEAR = 1e-10
NO_DAY = -1

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


class Decisions(NamedTuple):
    """What was decided about series: each ends the episode after the value of the day `on`; at most one a day.

    One that accepted a new usual has the days of it, first and last, in `since` and `until`; the others have none
    (the last before the first).
    """

    series: Ints
    on: Ints
    since: Ints
    until: Ints


class Judged(NamedTuple):
    """What R3 says of each series, in the order given; days are the numbers given, pain is in points.

    Without a logged day `usual` is NaN, and `last`, the last logged day, of no use.
    """

    usual: Floats
    spread: Floats
    ready: Bools
    last: Ints
    unsure: Bools


class Episodes(NamedTuple):
    """All episodes of all series: those of the first series in their order, then those of the next.

    `series` says whose each is. `important` is the highest severity that it reached. `closed` and `settled` are
    NO_DAY where it goes on, or where nothing was decided since its last alert.
    """

    series: Ints
    since: Ints
    raised: Ints
    last_alert: Ints
    usual_then: Floats
    mean: Floats
    rise: Floats
    logged_days: Ints
    quiet_logged_days: Ints
    important: Bools
    closed: Ints
    settled: Ints


NO_DECISIONS = Decisions(*(np.zeros(0, dtype=np.int64) for _ in Decisions._fields))


def judge(lengths: Ints, days: Ints, tenths: Ints, decided: Decisions = NO_DECISIONS) -> tuple[Judged, Episodes]:
    """`days` and `tenths` hold the scores of all series one after the other, `lengths` how many belong to each.

    A series is in any order; scores (tenths of a point) of one day count as their mean. One with a decision outside of
    its days is unsure.
    """
    owner = np.repeat(np.arange(len(lengths)), lengths)
    firsts = np.full(len(lengths), np.iinfo(np.int64).max)
    lasts = np.full(len(lengths), np.iinfo(np.int64).min)
    np.minimum.at(firsts, owner, days)
    np.maximum.at(lasts, owner, days)
    inside = (decided.on >= firsts[decided.series]) & (decided.on <= lasts[decided.series])
    outside, decided = decided.series[~inside], Decisions(*(column[inside] for column in decided))
    spans = np.where(lengths > 0, lasts - firsts + 1, 0)
    order = np.argsort(spans, kind="stable")
    found: list[Judged] = []
    risen: list[Episodes] = []
    place = np.empty(len(lengths), dtype=np.int64)
    begin = 0
    while begin < len(order):
        # The block's longest series is its last: as many as fit beside each other.
        end = len(order)
        while end - begin > 1 and (end - begin) * int(spans[order[end - 1]]) > CELLS:
            end = begin + max(1, (end - begin) // 2)
        block = order[begin:end]
        place[block] = np.arange(end - begin)
        chosen = np.zeros(len(lengths), dtype=bool)
        chosen[block] = True
        mine = chosen[owner]
        row, day = place[owner[mine]], days[mine] - firsts[owner[mine]]
        own = chosen[decided.series]
        about, first = place[decided.series[own]], firsts[decided.series[own]]
        of_block = Decisions(about, *(each[own] - first for each in decided[1:]))
        judged, episodes = _Block(end - begin).run(row, day, tenths[mine], firsts[block], of_block)
        found.append(judged)
        risen.append(episodes._replace(series=block[episodes.series]))
        begin = end
    if not found:
        nothing = np.zeros(0, dtype=np.int64)
        return _Block(0).run(nothing, nothing, nothing, nothing, NO_DECISIONS)
    back = np.argsort(order, kind="stable")
    every = Episodes._make(np.concatenate(parts) for parts in zip(*risen, strict=True))
    by_series = np.argsort(every.series, kind="stable")
    judged = Judged(*(np.concatenate(parts)[back] for parts in zip(*found, strict=True)))
    judged.unsure[outside] = True
    return judged, _with_ends(Episodes._make(column[by_series] for column in every), judged, decided)


def _with_ends(episodes: Episodes, judged: Judged, decided: Decisions) -> Episodes:
    """Settled by the first decision since it was raised; closed by that, or after so many days without an alert."""
    closed = episodes.last_alert + EPISODE_GAP_DAYS + 1
    settled = np.full(len(closed), NO_DAY)
    order = np.lexsort((decided.on, decided.series))
    series, on = decided.series[order], decided.on[order]
    for number in np.flatnonzero(np.isin(episodes.series, series)):
        first, end = np.searchsorted(series, [episodes.series[number], episodes.series[number] + 1])
        later = on[first:end][on[first:end] >= episodes.raised[number]]
        if len(later):
            settled[number], closed[number] = later[0], min(closed[number], later[0])
    closed[closed > judged.last[episodes.series]] = NO_DAY
    return episodes._replace(closed=closed, settled=settled)


class _Block:
    """Series side by side. A day is counted from each one's own first; every array has one entry for each series."""

    def __init__(self, rows: int) -> None:
        def whole(value: int = 0) -> Ints:
            return np.full(rows, value, dtype=np.int64)

        def points(value: float = 0.0) -> Floats:
            return np.full(rows, value)

        self.rows = rows
        self.unsure = np.zeros(rows, dtype=bool)
        self.previous = whole(NO_DAY)
        # The usual level (plans/usual.py).
        self.level, self.spread = points(np.nan), points(usual.spread_of([]))
        self.logged, self.first, self.closed = whole(), whole(), np.zeros(rows, dtype=bool)
        self.base, self.base_sum, self.base_squares = whole(), points(), points()
        self.block, self.block_sum, self.block_start = whole(), points(), whole()
        # The running sum (plans/cusum.py).
        self.total, self.excess, self.points, self.counted, self.since = points(), points(), points(), whole(), whole()
        # The latest episode (plans/pain.py), and those before it.
        self.risen, self.ended = np.zeros(rows, dtype=bool), np.zeros(rows, dtype=bool)
        self.raised, self.last_alert, self.began = whole(), whole(), whole()
        self.then, self.mean, self.rise, self.length, self.quiet = points(), points(), points(), whole(), whole()
        self.important = np.zeros(rows, dtype=bool)
        self.found: list[Episodes] = []

    def run(self, row: Ints, day: Ints, tenths: Ints, firsts: Ints, decided: Decisions) -> tuple[Judged, Episodes]:
        length = int(day.max()) + 1 if len(day) else 0
        cell = day * self.rows + row
        number = np.bincount(cell, minlength=length * self.rows).reshape(length, self.rows)
        points = np.bincount(cell, weights=tenths / 10.0, minlength=length * self.rows).reshape(length, self.rows)
        logged = number > 0
        waiting: dict[int, list[tuple[int, int, int]]] = {}
        for about, on, since, until in zip(*(column.tolist() for column in decided), strict=True):
            waiting.setdefault(on, []).append((about, since, until))
        with np.errstate(invalid="ignore", divide="ignore"):
            value = points / number
            for today in range(length):
                if logged[today].any():
                    self._log(today, value[today], logged[today])
                for about, since, until in waiting.get(today, ()):
                    days = slice(max(since, 0), max(until + 1, 0))
                    self._decide(about, value[days, about][logged[days, about]])
        after = self.previous + 1
        ready = self._is_ready(self._is_closed_on(after))
        self._keep_episodes(np.flatnonzero(self.risen))
        return (
            Judged(self.level, self.spread, ready, self.previous + firsts, self.unsure),
            self._episodes(firsts),
        )

    def _log(self, day: int, x: Floats, logged: Bools) -> None:
        if day > NEW_BASELINE_DAYS:
            away = logged & (self.previous >= 0) & (day - self.previous > NEW_BASELINE_DAYS)
            if away.any():
                self._begin_baseline(away)
        closed = self._is_closed_on(day)
        judged = logged & self._is_ready(closed)
        alert = self._judge(day, x, judged) if judged.any() else judged
        if alert.any():
            self._add_alerts(day, np.flatnonzero(alert))
        self.quiet += logged & ~alert & self.risen
        self._add(day, x, logged, closed)
        self.previous[logged] = day

    def _decide(self, row: int, accepted: Floats) -> None:
        """The episode of this series is over; the mean of these days' values, if there are any, is its new usual."""
        for sums in self._running():
            sums[row] = 0
        self.ended[row] = True
        if len(accepted):
            self.level[row], self.closed[row] = accepted.mean(), True
            self.block[row], self.block_sum[row] = 0, 0.0

    def _is_closed_on(self, day: int | Ints) -> Bools:
        """Whether the baseline is over before the value of that day."""
        return self.closed | ((self.base >= usual.BASELINE_MINIMUM) & (day - self.first >= usual.BASELINE_DAYS))

    def _is_ready(self, closed: Bools) -> Bools:
        return (self.logged >= usual.LEARNING_DAYS) | ((self.logged >= usual.BASELINE_MINIMUM) & closed)

    def _judge(self, day: int, x: Floats, judged: Bools) -> Bools:
        gap = judged & (day - self.previous > GAP_RESET_DAYS)
        if gap.any():
            self._clear(gap)
        rise = x - self.level
        room = (10.0 - self.level) / 2
        allowance = np.minimum(DEFAULTS.allowance_highest, np.maximum(0.4, room))
        total = self.total + np.minimum(DEFAULTS.day_step_highest, rise - allowance)
        above = total - TOLERANCE
        up = judged & (above > 0)
        self.unsure |= judged & (np.abs(above) < NEAR)
        over = judged & ~up & (self.counted > 0)
        if over.any():
            self._clear(over)
        if not up.any():
            return up
        np.copyto(self.since, day, where=up & (self.counted == 0))
        self.counted += up
        np.add(self.excess, rise, out=self.excess, where=up)
        np.add(self.points, x, out=self.points, where=up)
        limit = np.maximum(DEFAULTS.limit_lowest, DEFAULTS.limit_spreads * self.spread)
        np.copyto(self.total, np.minimum(total, 2 * limit), where=up)
        average = self.excess / np.maximum(self.counted, 1)
        least = np.minimum(DEFAULTS.least_rise, 0.6 * (10.0 - self.level))
        high, steep = self.total - (limit - TOLERANCE), average - (least - TOLERANCE)
        self.unsure |= up & ((np.abs(high) < NEAR) | (np.abs(steep) < NEAR))
        return up & (high >= 0) & (steep >= 0)

    def _add_alerts(self, day: int, rows: Ints) -> None:
        again = self.risen[rows] & (self.ended[rows] | (day - self.last_alert[rows] > EPISODE_GAP_DAYS))
        self._keep_episodes(rows[again])
        new = rows[again | ~self.risen[rows]]
        self.risen[new], self.ended[new], self.raised[new], self.important[new] = True, False, day, False
        self.last_alert[rows], self.began[rows], self.quiet[rows] = day, self.since[rows], 0
        self.length[rows], level = self.counted[rows], self.level[rows]
        self.then[rows] = level
        self.mean[rows] = self.points[rows] / self.counted[rows]
        rise = self.excess[rows] / self.counted[rows]
        self.rise[rows] = rise
        far, share, high = (
            rise - (DEFAULTS.important_rise - TOLERANCE),
            rise - (0.3 * level - TOLERANCE),
            level - (2 - TOLERANCE),
        )
        self.important[rows] |= (far >= 0) | ((high >= 0) & (share >= 0))
        self.unsure[rows] |= (np.abs(far) < NEAR) | (np.abs(share) < NEAR) | (np.abs(high) < NEAR)

    def _keep_episodes(self, rows: Ints) -> None:
        """The latest episodes of these series, as they stand now; when they end is seen from outside."""
        nothing = np.full(len(rows), NO_DAY)
        self.found.append(
            Episodes(
                rows, self.began[rows], self.raised[rows], self.last_alert[rows], self.then[rows], self.mean[rows],
                self.rise[rows], self.length[rows], self.quiet[rows], self.important[rows], nothing, nothing,
            )
        )  # fmt: skip

    def _episodes(self, firsts: Ints) -> Episodes:
        every = Episodes._make(np.concatenate(parts) for parts in zip(*self.found, strict=True))
        first = firsts[every.series]
        return every._replace(
            since=every.since + first, raised=every.raised + first, last_alert=every.last_alert + first
        )

    def _add(self, day: int, x: Floats, logged: Bools, closed: Bools) -> None:
        np.copyto(self.first, day, where=logged & (self.logged == 0))
        np.copyto(self.closed, closed, where=logged)
        self.logged += logged
        learning = logged & ~closed
        if learning.any():
            self._learn(x, learning)
        later = logged & closed
        if later.any():
            self._add_to_blocks(day, x, later)

    def _learn(self, x: Floats, rows: Bools) -> None:
        self.base += rows
        np.add(self.base_sum, x, out=self.base_sum, where=rows)
        np.add(self.base_squares, x * x, out=self.base_squares, where=rows)
        centre = self.base_sum / self.base
        squares = np.maximum(self.base_squares - self.base_sum * centre, 0)
        weight = np.maximum(0, self.base - 1) + usual.PRIOR_WEIGHT
        spread = np.sqrt((squares + usual.PRIOR_WEIGHT * usual.PRIOR_VARIANCE) / weight)
        np.copyto(self.level, centre, where=rows)
        spread = np.minimum(np.maximum(spread, usual.SPREAD_LOWEST), usual.SPREAD_HIGHEST)
        np.copyto(self.spread, spread, where=rows)

    def _add_to_blocks(self, day: int, x: Floats, rows: Bools) -> None:
        begins = rows & ((self.block == 0) | (day - self.block_start >= usual.BLOCK_DAYS))
        ended = begins & (self.block >= usual.BLOCK_MINIMUM)
        if ended.any():
            average = self.block_sum / self.block
            drop = self.level - average - (usual.RATCHET_DROP - TOLERANCE)
            self.unsure |= ended & (np.abs(drop) < NEAR)
            np.copyto(self.level, average, where=ended & (drop >= 0))
        self.block[begins], self.block_sum[begins], self.block_start[begins] = 0, 0.0, day
        self.block += rows
        np.add(self.block_sum, x, out=self.block_sum, where=rows)

    def _running(self) -> tuple[Floats, Floats, Floats, Ints, Ints]:
        return self.total, self.excess, self.points, self.counted, self.since

    def _clear(self, rows: Bools) -> None:
        for sums in self._running():
            np.copyto(sums, 0, where=rows)

    def _begin_baseline(self, rows: Bools) -> None:
        self._clear(rows)
        self.level[rows] = np.nan
        self.spread[rows] = usual.spread_of([])
        self.closed[rows] = False
        for sums in (self.logged, self.base, self.base_sum, self.base_squares, self.block, self.block_sum):
            sums[rows] = 0
