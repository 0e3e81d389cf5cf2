"""Rule R3 a second time, straight from the text, to hold against `plans.pain`.

Built in passes over the whole series instead of a running state, and in exact fractions: only the square root
in `s` is rounded, at 60 digits. Days are whole numbers. Decisions are tuples: ("resolve", on),
("accept", on, since, until), ("baseline", on).
"""

from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction
from itertools import groupby, pairwise

TIE = Fraction(1, 10**9)


@dataclass
class Judged:
    day: int
    value: Fraction
    usual: Fraction | None
    spread: Fraction
    ready: bool
    total: Fraction = Fraction(0)
    run: int = 0
    excess: Fraction = Fraction(0)
    points: Fraction = Fraction(0)
    since: int | None = None
    alert: bool = False


def average(values):
    return sum(values, Fraction(0)) / len(values)


def root(value):
    with localcontext() as context:
        context.prec = 60
        return Fraction((Decimal(value.numerator) / Decimal(value.denominator)).sqrt())


def spread(baseline):
    n = len(baseline)
    ss = sum(((x - average(baseline)) ** 2 for x in baseline), Fraction(0))
    s = root((ss + 5 * Fraction(121, 100)) / (max(0, n - 1) + 5))
    return max(Fraction(7, 10), min(Fraction(22, 10), s))


def merge(scores):
    """(day, score) pairs in any order to one exact value a day."""
    ordered = sorted((day, Fraction(str(score))) for day, score in scores if score is not None)
    by_day = groupby(ordered, key=lambda pair: pair[0])
    return [(day, average([x for _, x in group])) for day, group in by_day]


def eras(days, decisions):
    """Stretches with one baseline each, as (first date that belongs to it, days)."""
    starts = [on for kind, on, *_ in decisions if kind == "baseline"]
    found = []
    for index, (day, x) in enumerate(days):
        before = days[index - 1][0] if index else None
        dated = [on for on in starts if on <= day and (before is None or on > before)]
        if before is not None and day - before > 180:
            found.append((day, [(day, x)]))
        elif dated or before is None:
            found.append((max(dated, default=day), [(day, x)]))
        else:
            found[-1][1].append((day, x))
    return found


def ratchet(level, days):
    """[(number of days of `days` after which it holds, level)], for the level before and after each block."""
    blocks = []
    for index, (day, _) in enumerate(days):
        if not blocks or day - days[blocks[-1]][0] >= 28:
            blocks.append(index)
    levels = [(0, level)]
    for start, following in pairwise(blocks):
        block = [x for _, x in days[start:following]]
        if len(block) >= 5 and level - average(block) >= 1 - TIE:
            level = average(block)
        # The day that closes the block is judged first.
        levels.append((following + 1, level))
    return levels


def levels(start, era, accepted):
    """For each day of the era: (U, baseline days that s is made of, ready)."""
    accepted = sorted((on, level) for on, level in accepted if on >= start)
    first = era[0][0]

    def in_baseline(index):
        day = era[index][0]
        return (day - first < 28 or index < 5) and not any(on < day for on, _ in accepted)

    baseline = [x for index, (_, x) in enumerate(era) if in_baseline(index)]
    regimes = [(None, average(baseline)), *accepted] if baseline else accepted
    schedules = {}
    for on, level in regimes:
        rest = [index for index, (day, _) in enumerate(era) if (not in_baseline(index) if on is None else day > on)]
        schedules[on] = (rest[:1], ratchet(level, [era[index] for index in rest]))
    for index, (day, _) in enumerate(era):
        if in_baseline(index):
            seen = [x for _, x in era[:index]]
            yield (average(seen) if seen else None), seen, index >= 7
            continue
        on = max((on for on, _ in accepted if on < day), default=None)
        rest, steps = schedules[on]
        usual = [level for after, level in steps if index - rest[0] >= after][-1]
        yield usual, baseline, index >= 5


def judge(days, decisions=()):
    """One Judged for each (day, exact value), in day order."""
    decisions = list(decisions)
    accepted = {}
    for kind, on, *span in sorted(decisions, key=lambda decision: decision[1:]):
        inside = [x for day, x in days if kind == "accept" and span[0] <= day <= span[1]]
        if inside:
            accepted[on] = average(inside)
    clearing = [on for kind, on, *_ in decisions if kind != "baseline"]
    judged, before = [], None
    for start, era in eras(days, decisions):
        last = None
        for (day, x), (usual, basis, ready) in zip(era, levels(start, era, accepted.items()), strict=True):
            now = Judged(day, x, usual, spread(basis), ready)
            cleared = before is not None and any(before <= on < day for on in clearing)
            if last is not None and last.run and not cleared:
                now.total, now.run, now.excess = last.total, last.run, last.excess
                now.points, now.since = last.points, last.since
            if ready:
                add(now, gap=before is not None and day - before > 21)
            judged.append(now)
            last, before = now, day
    return judged


def add(now, gap):
    usual, x = now.usual, now.value
    k = min(Fraction(1), max(Fraction(2, 5), (10 - usual) / 2))
    h = max(Fraction(4), Fraction(9, 2) * now.spread)
    if gap:
        now.total, now.run, now.excess, now.points, now.since = Fraction(0), 0, Fraction(0), Fraction(0), None
    e = x - usual
    now.total += min(Fraction(3, 2), e - k)
    if now.total <= TIE:
        now.total, now.run, now.excess, now.points, now.since = Fraction(0), 0, Fraction(0), Fraction(0), None
        return
    now.run, now.excess, now.points = now.run + 1, now.excess + e, now.points + x
    now.since = now.day if now.since is None else now.since
    now.total = min(now.total, 2 * h)
    needed = min(Fraction(3, 2), Fraction(3, 5) * (10 - usual))
    now.alert = now.total >= h - TIE and now.excess / now.run >= needed - TIE


def episodes(judged, decisions=(), until=None):
    """The alert days, gathered: dictionaries with the fields of a report, dates as day numbers."""
    until = judged[-1].day if until is None and judged else until
    groups = []
    for now in judged:
        if not now.alert:
            continue
        ended = groups and any(separates(decision, groups[-1][-1].day, now.day) for decision in decisions)
        if not groups or ended or now.day - groups[-1][-1].day > 14:
            groups.append([])
        groups[-1].append(now)
    return [report(group, decisions, until) for group in groups]


def separates(decision, alert, later):
    kind, on, *_ = decision
    return alert < on <= later if kind == "baseline" else alert <= on < later


def report(group, decisions, until):
    last = group[-1]
    ends = [last.day + 15]
    ends += [on for kind, on, *_ in decisions if on > last.day or (kind != "baseline" and on == last.day)]
    grave = [
        now.excess / now.run >= 2 - TIE
        or (now.usual >= 2 - TIE and now.excess / now.run >= Fraction(3, 10) * now.usual - TIE)
        for now in group
    ]
    return {
        "raised_on": group[0].day,
        "since_on": last.since,
        "closed_on": min(ends) if min(ends) <= until else None,
        "usual": last.usual,
        "mean": last.points / last.run,
        "rise": last.excess / last.run,
        "logged_days": last.run,
        "severity": "important" if any(grave) else "watch",
    }
