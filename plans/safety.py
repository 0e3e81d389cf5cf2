"""Warnings while a plan is built, as section 4 of docs/clinical-rules.md says. Pure: plain values in and out.

A warning names the rule, how grave it is and the numbers; the words are made by the page in the reader's language.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

MANY_EXERCISES = 4
LONG_SESSION_MINUTES = 30
WEEKLY_JUMP = 0.20
HIGH_EFFORT = 6
SECONDS_A_REPETITION = 4
SECONDS_BETWEEN = 15

Grade = Literal["stop", "warning", "fine"]


@dataclass(frozen=True)
class Line:
    """One exercise of the plan, in plain values. `contraindicated` and `cautioned` are condition names -> reason."""

    key: str
    name: str
    sets: int
    repetitions: int | None
    hold_seconds: int | None
    duration_minutes: float | None
    per_side: bool
    effort: int | None
    impact: str
    days_a_week: int
    contraindicated: dict[str, str] = field(default_factory=dict)
    cautioned: dict[str, str] = field(default_factory=dict)
    override_reason: str = ""

    @property
    def minutes(self) -> float:
        """Estimated minutes a session: the minutes given, or 4 s a repetition and the holds, with short breaks."""
        sides = 2 if self.per_side else 1
        if self.duration_minutes is not None:
            return self.duration_minutes * self.sets * sides
        times = self.repetitions or 1
        each = self.hold_seconds if self.hold_seconds is not None else SECONDS_A_REPETITION
        return self.sets * (times * sides * (each + (2 if self.hold_seconds else 0)) + SECONDS_BETWEEN) / 60


@dataclass(frozen=True)
class Concern:
    """`rule` is what is wrong, `line` the key of the exercise it is about (empty: the whole plan)."""

    rule: str
    grade: Grade
    line: str = ""
    numbers: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Totals:
    """Minutes a session (all exercises on one day), sessions and minutes a week, rest days, highest effort."""

    session_minutes: float
    sessions_a_week: int
    week_minutes: float
    rest_days: int
    highest_effort: int | None


def totals(lines: Sequence[Line], sessions_a_week: int) -> Totals:
    """Sums over the plan. `sessions_a_week` comes from plans/schedule.py."""
    efforts = [line.effort for line in lines if line.effort is not None]
    return Totals(
        session_minutes=sum(line.minutes for line in lines),
        sessions_a_week=sessions_a_week,
        week_minutes=sum(line.minutes * line.days_a_week for line in lines),
        rest_days=max(0, 7 - sessions_a_week),
        highest_effort=max(efforts, default=None),
    )


def warnings(lines: Sequence[Line], sessions_a_week: int, last_week_minutes: float | None) -> list[Concern]:
    """Everything worth saying about the plan, hard stops first.

    `last_week_minutes` is the weekly total of the version before, None for a first plan.
    A contraindicated exercise is a stop that only a written reason lifts; then it stays a warning.
    """
    found: list[Concern] = []
    for line in lines:
        for condition, reason in line.contraindicated.items():
            grade: Grade = "warning" if line.override_reason.strip() else "stop"
            found.append(Concern("contraindicated", grade, line.key, {"condition": condition, "reason": reason}))
        for condition, reason in line.cautioned.items():
            found.append(Concern("caution", "warning", line.key, {"condition": condition, "reason": reason}))
        if line.impact == "high":
            found.append(Concern("high impact", "warning", line.key))
        if line.effort is not None and line.effort > HIGH_EFFORT:
            found.append(Concern("effort", "warning", line.key, {"effort": line.effort}))
    total = totals(lines, sessions_a_week)
    if len(lines) > MANY_EXERCISES:
        found.append(Concern("many exercises", "warning", numbers={"count": len(lines)}))
    if total.session_minutes > LONG_SESSION_MINUTES:
        found.append(Concern("long session", "warning", numbers={"minutes": round(total.session_minutes)}))
    if lines and total.rest_days == 0:
        found.append(Concern("no rest day", "warning"))
    if last_week_minutes and total.week_minutes > last_week_minutes * (1 + WEEKLY_JUMP):
        percent = round((total.week_minutes / last_week_minutes - 1) * 100)
        found.append(Concern("weekly jump", "warning", numbers={"percent": percent}))
    return sorted(found, key=lambda warning: warning.grade != "stop")
