"""What a rule with other numbers would have raised, beside what it raises with those of today: compared and counted.

Pure: episodes and plain values in, a result of plain JSON values out, small whatever the size of the clinic.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from plans.evidence import Episode
from plans.thresholds import ON, Setting, Thresholds, checked_value, numbers_of

ROWS_KEPT = 1000
"""So many flags are named; of the others only the counts are kept."""
COUNTS = (
    "now", "tried", "both", "new", "gone", "now_patients", "tried_patients", "now_days", "tried_days", "sooner_days",
    "now_alone", "tried_alone", "now_important", "tried_important", "useful_kept", "useless_kept", "useful_gone",
    "useless_gone",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Stored:
    """A flag that was really raised: its dates, how it ended and whether it was called useful (None: not answered)."""

    key: str
    first_alert_on: date
    last_alert_on: date
    ended: str
    useful: bool | None


def empty(now_values: Mapping[str, float]) -> dict[str, Any]:
    """A result before the first patient. `now_values` are the numbers of today that the others are compared with."""
    return {"now_values": dict(now_values), "counts": dict.fromkeys(COUNTS, 0), "weeks": {}, "rows": [], "last": None}


def all_values(rule: str, values: Mapping[str, Any]) -> dict[str, float]:
    """A whole set of numbers to try: those given, the defaults for the others, switched on. Raises ThresholdRefused."""
    known = {number.name: number.default for number in numbers_of(rule)}
    return known | {name: checked_value(rule, name, value) for name, value in values.items()} | {ON: 1.0}


def applied(settings: Iterable[Setting], rule: str, values: Mapping[str, float]) -> Thresholds:
    """Thresholds as they would be had the clinic always had these numbers; what a patient has apart stays."""
    kept = [s for s in settings if s.rule != rule or s.for_patient]
    return Thresholds([*(Setting(rule, name, value, date.min) for name, value in values.items()), *kept])


def compare(
    now: Sequence[Episode], tried: Sequence[Episode], stored: Sequence[Stored], *, first_on: date, last_on: date
) -> list[dict[str, Any]]:
    """One row for each episode raised from `first_on` to `last_on`: with both sets of numbers, or with one only.

    Two episodes are the same when their alert days overlap. `kind` is both, new (only with the numbers tried) or gone.
    """
    left = list(now)
    rows = []
    for episode in tried:
        twin = next((other for other in left if _overlap(episode, other)), None)
        if twin is not None:
            left.remove(twin)
        if any(first_on <= e.raised_on <= last_on for e in (episode, twin) if e is not None):
            rows.append(_row("new" if twin is None else "both", twin, episode, stored))
    rows += [_row("gone", episode, None, stored) for episode in left if first_on <= episode.raised_on <= last_on]
    return rows


def add(result: dict[str, Any], patient: str, rows: Sequence[tuple[str | None, Mapping[str, Any]]]) -> None:
    """Count the rows (site or None, row) of one patient into a result, and name them while there is room."""
    counts = result["counts"]
    for side in ("now", "tried"):
        counts[f"{side}_patients"] += any(row[f"{side}_on"] for _, row in rows)
    for site, row in rows:
        _count(counts, row)
        on = date.fromisoformat(row["tried_on"] or row["now_on"])
        week = (on - timedelta(days=on.weekday())).isoformat()
        weeks = result["weeks"].setdefault(week, {"both": 0, "new": 0, "gone": 0})
        weeks[row["kind"]] += 1
        if len(result["rows"]) < ROWS_KEPT:
            result["rows"].append({"patient": patient, "site": site, **row})


def _overlap(one: Episode, other: Episode | Stored) -> bool:
    first = other.raised_on if isinstance(other, Episode) else other.first_alert_on
    return first <= one.last_alert_on and other.last_alert_on >= one.raised_on


def _row(kind: str, now: Episode | None, tried: Episode | None, stored: Sequence[Stored]) -> dict[str, Any]:
    episode = tried or now
    assert episode is not None
    flag = next((s for s in stored if _overlap(episode, s) or (now is not None and _overlap(now, s))), None)
    row: dict[str, Any] = {"kind": kind, "flag": flag and flag.key, "ended": flag and flag.ended}
    row["useful"] = flag.useful if flag else None
    for side, found in (("now", now), ("tried", tried)):
        row[f"{side}_on"] = found and found.raised_on.isoformat()
        row[f"{side}_days"] = (found.raised_on - found.since_on).days if found else None
        row[f"{side}_severity"] = found and found.severity_highest
        # Over, and nobody had to decide anything about it.
        row[f"{side}_alone"] = bool(found and found.over and found.settled_on is None)
    return row


def _count(counts: dict[str, int], row: Mapping[str, Any]) -> None:
    counts[row["kind"]] += 1
    for side in ("now", "tried"):
        if row[f"{side}_on"]:
            counts[side] += 1
            counts[f"{side}_days"] += row[f"{side}_days"]
            counts[f"{side}_alone"] += row[f"{side}_alone"]
            counts[f"{side}_important"] += row[f"{side}_severity"] != "watch"
    if row["kind"] == "both":
        counts["sooner_days"] += (date.fromisoformat(row["now_on"]) - date.fromisoformat(row["tried_on"])).days
    if row["useful"] is not None:
        counts[("useful" if row["useful"] else "useless") + ("_gone" if row["kind"] == "gone" else "_kept")] += 1
