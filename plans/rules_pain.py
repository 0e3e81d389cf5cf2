"""R1 session ceiling, R2 next morning, R4 severe: single scores of one body site against its usual level.

Pure. Pain in points, 0 to 10. Sources: docs/clinical-rules.md, section 3; Thomeé 1997, Phys Ther 77:1690 and
Silbernagel 2007, Am J Sports Med 35:897 (pain during exercise, settled by the next morning).
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple

from plans.evidence import Ending, Episode, Grade, Resolution, Verdict, gather
from plans.thresholds import Thresholds
from plans.usual import TOLERANCE

EXERCISE_MOMENTS = ("during", "after")
VERSION = 1


class SiteScore(NamedTuple):
    """One current score of one site. `value` is None when it was asked and not answered.

    `session` is empty for a daily score; `session_on` is the session's local date, `order` sorts sessions.
    """

    on: date
    moment: str
    value: float | None
    session: str = ""
    session_on: date | None = None
    order: str = ""


@dataclass(frozen=True, slots=True)
class Level:
    """What a site is compared with: `on` gives U as of a local date, None until it is ready; `intake` the usual pain
    recorded at intake, None when there is none."""

    on: Callable[[date], float | None]
    intake: float | None = None

    def basis(self, day: date) -> tuple[str, float | None]:
        """Which number counts on that day, and the number: usual, intake, or unknown."""
        usual = self.on(day)
        if usual is not None:
            return "usual", usual
        return ("unknown", None) if self.intake is None else ("intake", self.intake)


def ceiling_for(level: Level, day: date, thresholds: Thresholds) -> tuple[float, str, float | None]:
    """The session ceiling of a day in points, what it rests on (usual, intake, unknown), and that number.

    min(9, max(5, U + 2)); until U is ready the usual pain at intake stands for U, and without one it is 7.
    """
    numbers = thresholds.of("R1", day)
    basis, usual = level.basis(day)
    if usual is None:
        return numbers["ceiling_unknown"], basis, None
    ceiling = min(numbers["ceiling_highest"], max(numbers["ceiling_lowest"], usual + numbers["above_usual"]))
    return ceiling, basis, usual


def session_ceiling(
    scores: Iterable[SiteScore],
    level: Level,
    *,
    until: date,
    thresholds: Thresholds,
    resolutions: Iterable[Resolution] = (),
) -> tuple[Episode, ...]:
    """R1: the highest of during and after lies above the ceiling. Watch; important when twice in 7 days."""
    verdicts = []
    for several in _by_session(scores, EXERCISE_MOMENTS):
        highest = max(several, key=lambda s: (s.value or 0, s.moment))
        day, value = _session_day(highest), highest.value or 0.0
        if not thresholds.is_on("R1", day):
            continue
        ceiling, basis, usual = ceiling_for(level, day, thresholds)
        numbers = {
            "value": value, "moment": highest.moment, "ceiling": ceiling, "basis": basis, "usual": usual,
            "session": highest.session,
        }  # fmt: skip
        verdicts.append(Verdict(day, value > ceiling + TOLERANCE, numbers, highest.order))

    def grade(judged: Sequence[Verdict]) -> Grade:
        latest = judged[-1].on
        window = timedelta(days=thresholds.value("R1", "window_days", latest))
        twice = any(v.hit and latest - v.on < window for v in judged[:-1])
        return Grade("important" if twice else "watch", latest)

    return gather("R1", VERSION, verdicts, grade=grade, ending=Ending.QUIET, until=until, resolutions=resolutions)


def next_morning(
    scores: Iterable[SiteScore],
    level: Level,
    *,
    until: date,
    thresholds: Thresholds,
    resolutions: Iterable[Resolution] = (),
) -> tuple[Episode, ...]:
    """R2: the morning after lies 2 points or more above the score before the session.

    Without a score before, it is compared with U once that is ready, else not judged. Unanswered mornings neither
    count nor break a run. Watch; important when two judged sessions running exceed it.
    """
    known = list(scores)
    before = {s.session: s.value for s in known if s.moment == "before" and s.value is not None}
    verdicts = []
    for morning in known:
        if morning.moment != "next morning" or morning.value is None:
            continue
        session_day = _session_day(morning)
        # Asked on the next local date only: another day says nothing about how the session settled.
        if morning.on != session_day + timedelta(days=1) or not thresholds.is_on("R2", morning.on):
            continue
        compared, basis = before.get(morning.session), "before"
        if compared is None:
            compared, basis = level.on(session_day), "usual"
        if compared is None:
            continue
        rise = morning.value - compared
        numbers = {
            "value": morning.value, "compared": compared, "basis": basis, "rise": rise,
            "session_on": session_day.isoformat(), "session": morning.session,
        }  # fmt: skip
        hit = rise >= thresholds.value("R2", "rise", morning.on) - TOLERANCE
        verdicts.append(Verdict(morning.on, hit, numbers, morning.order))

    def grade(judged: Sequence[Verdict]) -> Grade:
        running = len(judged) > 1 and judged[-2].hit
        return Grade("important" if running else "watch", judged[-1].on)

    return gather("R2", VERSION, verdicts, grade=grade, ending=Ending.QUIET, until=until, resolutions=resolutions)


def severe(
    scores: Iterable[SiteScore],
    level: Level,
    *,
    until: date,
    thresholds: Thresholds,
    resolutions: Iterable[Resolution] = (),
) -> tuple[Episode, ...]:
    """R4: any score of 9 or 10 while U is 7 or lower; until U is ready, intake 7 or lower or none recorded."""
    known = [score for score in scores if score.value is not None]
    least = thresholds.least("R4", "severe") - TOLERANCE
    first = min((score.on for score in known if (score.value or 0) >= least), default=None)
    verdicts = []
    for score in known if first is not None else ():
        # What lies before the first score that can be severe is neither an alert nor quiet after one.
        if score.value is None or score.on < (first or score.on) or not thresholds.is_on("R4", score.on):
            continue
        wanted = thresholds.of("R4", score.on)
        basis, usual = level.basis(score.on)
        hit = score.value >= wanted["severe"] - TOLERANCE and (
            usual is None or usual <= wanted["usual_highest"] + TOLERANCE
        )
        numbers: dict[str, Any] = {"value": score.value, "moment": score.moment, "basis": basis, "usual": usual}
        verdicts.append(Verdict(score.on, hit, numbers, f"{score.value:04.1f} {score.moment} {score.order}"))

    def grade(judged: Sequence[Verdict]) -> Grade:
        return Grade("important", judged[-1].on)

    return gather("R4", VERSION, verdicts, grade=grade, ending=Ending.QUIET, until=until, resolutions=resolutions)


def _session_day(score: SiteScore) -> date:
    return score.session_on or score.on


def _by_session(scores: Iterable[SiteScore], moments: Sequence[str]) -> list[list[SiteScore]]:
    """The answered scores of these moments, session by session."""
    sessions: dict[str, list[SiteScore]] = {}
    for score in scores:
        if score.session and score.moment in moments and score.value is not None:
            sessions.setdefault(score.session, []).append(score)
    return list(sessions.values())
