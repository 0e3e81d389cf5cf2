"""Warnings while a plan is built, as section 4 of docs/clinical-rules.md says. Pure: plain values in and out.

A concern names the rule, how grave it is and the numbers; the words are made by plans/wording_safety.py in the
reader's language. What was checked and is fine is said too: silence is not safety.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Literal

from plans.minutes import longest_session, minutes_of, work_minutes_of
from plans.schedule import Planned, sessions_a_week

MANY_EXERCISES = 4
LONG_SESSION_MINUTES = 30
WEEKLY_JUMP = 0.20
HIGH_EFFORT = 6
ROUNDING = 1e-9
MOST_PERCENT = WEEKLY_JUMP * 100 + ROUNDING
# WHO guidelines on physical activity and sedentary behaviour (2020), adults: 150 to 300 minutes of moderate-intensity
# aerobic activity a week; moderate is 3 to under 6 MET. Shown beside the totals as information, never as a limit.
WHO_MODERATE_MINUTES = (150, 300)
MODERATE_MET = 3.0

Grade = Literal["stop", "warning", "info", "fine"]
GRADES: tuple[Grade, ...] = ("stop", "warning", "info", "fine")


@dataclass(frozen=True)
class Line:
    """One exercise of the plan, in plain values. `contraindicated` and `cautioned` are condition names -> reason."""

    key: str
    name: str
    sets: int
    repetitions: int | None
    hold_seconds: int | None
    duration_minutes: float | None
    distance_metres: int | None
    per_side: bool
    rest_seconds: int | None
    effort: int | None
    impact: str
    planned: Planned
    contraindicated: dict[str, str] = field(default_factory=dict)
    cautioned: dict[str, str] = field(default_factory=dict)
    override_reason: str = ""
    position: str = ""
    met: float | None = None

    @cached_property
    def work_minutes(self) -> float:
        """Minutes of the exercise itself, without getting ready and resting."""
        return work_minutes_of(self)

    @cached_property
    def minutes(self) -> float:
        """Estimated minutes a session, with getting ready and the rests between sets."""
        return minutes_of(self)

    @cached_property
    def days_a_week(self) -> int:
        return sessions_a_week([self.planned])


@dataclass(frozen=True)
class Concern:
    """`rule` is what was looked at, `line` the key of the exercise it is about (empty: the whole plan)."""

    rule: str
    grade: Grade
    line: str = ""
    numbers: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Totals:
    """Minutes of the longest session, sessions and minutes a week, rest days, highest effort (0-10).

    `met_minutes`: minutes of exercise a week times their metabolic equivalent; `moderate_minutes`: those of at least 3
    MET; `without_met`: exercises that could not be counted, because the library knows no value for them.
    """

    session_minutes: float
    sessions_a_week: int
    week_minutes: float
    rest_days: int
    highest_effort: int | None
    met_minutes: float = 0.0
    moderate_minutes: float = 0.0
    without_met: int = 0


@dataclass(frozen=True)
class Cut:
    """The smallest step down that keeps the week within the limit: one field of one exercise, and the rise left."""

    line: str
    field: str
    value: float
    percent: float


def totals(lines: Sequence[Line]) -> Totals:
    """Sums over the plan."""
    sessions = sessions_a_week(line.planned for line in lines)
    efforts = [line.effort for line in lines if line.effort is not None]
    return Totals(
        session_minutes=longest_session([(line.planned, line.minutes) for line in lines]),
        sessions_a_week=sessions,
        week_minutes=sum(line.minutes * line.days_a_week for line in lines),
        rest_days=7 - sessions,
        highest_effort=max(efforts, default=None),
        met_minutes=sum(line.met * line.work_minutes * line.days_a_week for line in lines if line.met is not None),
        moderate_minutes=sum(
            line.work_minutes * line.days_a_week
            for line in lines
            if line.met is not None and line.met >= MODERATE_MET - ROUNDING
        ),
        without_met=sum(line.met is None for line in lines),
    )


def weekly_change(week_minutes: float, last_week_minutes: float | None) -> float | None:
    """How much the week grows over the version before, in percent; None where there is nothing to compare with."""
    if not last_week_minutes:
        return None
    return (week_minutes / last_week_minutes - 1) * 100


def checks(
    lines: Sequence[Line],
    last_week_minutes: float | None,
    conditions: Sequence[str],
    avoided_positions: Sequence[str] = (),
    *,
    total: Totals | None = None,
) -> list[Concern]:
    """Everything worth saying about the plan: hard stops first, what is fine last.

    `last_week_minutes` is the weekly total of the version before, None for a first plan. `conditions` are the
    names of the patient's recorded conditions, `avoided_positions` the body positions they cannot be in. A
    contraindicated exercise is a stop that only a written reason lifts; then it stays a warning. `total` are the sums
    of the lines, where they are known.
    """
    if not lines:
        return []
    found = [concern for line in lines for concern in _about_line(line)]
    found += [
        Concern("avoided position", "warning", line.key, {"position": line.position})
        for line in lines
        if line.position in avoided_positions
    ]
    total = total or totals(lines)
    found += _conflicts(lines, conditions)
    found.append(Concern("exercises", _limit(len(lines) > MANY_EXERCISES), numbers={"count": len(lines)}))
    # Judged as it is shown, in whole minutes: "30 minutes" is never called too long.
    minutes = round(total.session_minutes)
    found.append(Concern("session", _limit(minutes > LONG_SESSION_MINUTES), numbers={"minutes": minutes}))
    found.append(Concern("rest days", _limit(total.rest_days == 0), numbers={"days": total.rest_days}))
    if total.highest_effort is not None and total.highest_effort <= HIGH_EFFORT:
        found.append(Concern("effort", "fine", numbers={"effort": total.highest_effort}))
    percent = weekly_change(total.week_minutes, last_week_minutes)
    if percent is not None:
        grade = _limit(percent > MOST_PERCENT)
        found.append(Concern("weekly change", grade, numbers={"percent": percent}))
    return sorted(found, key=lambda concern: GRADES.index(concern.grade))


def smallest_cut(lines: Sequence[Line], last_week_minutes: float | None, *, total: Totals | None = None) -> Cut | None:
    """For a week that jumps too much: the change of one dose that takes away least and keeps the limit."""
    week = (total or totals(lines)).week_minutes
    change = weekly_change(week, last_week_minutes)
    if last_week_minutes is None or change is None or change <= MOST_PERCENT:
        return None
    best: tuple[float, Cut] | None = None
    for line in lines:
        for name in ("sets", "repetitions", "duration_minutes"):
            # From the most down: what is smaller still takes away more. If not even 1 is little enough, nothing is.
            smaller = _smaller(line, name)
            if smaller and _percent(week, last_week_minutes, line, name, 1) > MOST_PERCENT:
                continue
            for n in smaller:
                percent = _percent(week, last_week_minutes, line, name, n)
                if percent > MOST_PERCENT:
                    continue
                left = _week(week, line, name, n)
                if best is None or left > best[0] + ROUNDING:
                    best = (left, Cut(line.key, name, n, percent))
                break
    return best[1] if best else None


def _smaller(line: Line, name: str) -> range:
    """Every smaller whole value of a measure, from the largest down to 1."""
    now: float | None = getattr(line, name)
    return range(0) if now is None else range(int(-(-now // 1)) - 1, 0, -1)


def _week(week: float, line: Line, name: str, n: int) -> float:
    """The minutes of the week with that value of a measure."""
    changed: dict[str, Any] = {name: n}
    return week + (replace(line, **changed).minutes - line.minutes) * line.days_a_week


def _percent(week: float, last_week: float, line: Line, name: str, n: int) -> float:
    return weekly_change(_week(week, line, name, n), last_week) or 0.0


def _limit(beyond: bool) -> Grade:
    return "warning" if beyond else "fine"


def _about_line(line: Line) -> list[Concern]:
    found = []
    for condition, reason in line.contraindicated.items():
        grade: Grade = "warning" if line.override_reason.strip() else "stop"
        numbers: dict[str, object] = {"condition": condition, "reason": reason, "override": line.override_reason}
        found.append(Concern("contraindicated", grade, line.key, numbers))
    for condition, reason in line.cautioned.items():
        found.append(Concern("caution", "warning", line.key, {"condition": condition, "reason": reason}))
    if line.impact == "high":
        found.append(Concern("high impact", "warning", line.key))
    if line.effort is not None and line.effort > HIGH_EFFORT:
        found.append(Concern("effort", "warning", line.key, {"effort": line.effort}))
    return found


def _conflicts(lines: Sequence[Line], conditions: Sequence[str]) -> list[Concern]:
    if not conditions:
        return [Concern("conflicts", "info")]
    if any(line.contraindicated or line.cautioned for line in lines):
        return []  # each conflict is said by itself
    return [Concern("conflicts", "fine", numbers={"conditions": list(conditions)})]
