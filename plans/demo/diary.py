"""What one person logs, day by day: plain values, before anything is stored. Pure and repeatable."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil, floor
from random import Random

from plans.demo import joan
from plans.demo.courses import Course, point

SHARE_LEFT_EARLY = 0.06
SHARE_PARTLY = 0.08
SHARE_SKIPPED = 0.05
SHARE_NOT_ANSWERED = 0.04
SHARE_MORNINGS_ANSWERED = 0.7
SHARE_SECOND_ENTRY = 0.12
SKIP_REASONS = ("pain", "tired", "no time", "unsure", "afraid", "ill")
NOTES = (
    "Slept badly.", "Easier than last week.", "Did it in two halves.", "Long day at work.", "Enjoyed the walk today.",
    "Stiff at first, then fine.", "Grandchildren helped.", "Took it slowly.",
)  # fmt: skip

Points = tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class ExerciseDone:
    """How one exercise of a session went; `pain` (0-10) is None when it was skipped."""

    state: str
    skip_reason: str
    pain: int | None


@dataclass(frozen=True, slots=True)
class LoggedSession:
    """Scores are one per site, None where it was asked and not answered; `next_morning` is of the main site."""

    left_early: bool
    before: Points
    after: Points
    next_morning: int | None
    minute: int
    effort: int
    note: str
    exercises: tuple[ExerciseDone, ...]


@dataclass(frozen=True, slots=True)
class LoggedDay:
    """Everything of one local date: at most one session, and any number of daily scores (one per site each)."""

    on: date
    session: LoggedSession | None
    entries: tuple[Points, ...]
    note: str = ""


def logged_days(
    courses: Sequence[Course],
    first_on: date,
    session_size: Callable[[date], int],
    keenness: float,
    rng: Random,
) -> list[LoggedDay]:
    """The diary of a made-up person. `courses` has one course per site, the main one first.

    `session_size(day)` is the number of exercises planned on that day, 0 for a rest day; `keenness` is the share of
    planned sessions that are done.
    """
    main, found = courses[0], []
    for number in range(main.days_with_logs):
        on = first_on + timedelta(days=number)
        levels = [course.levels[number] for course in courses]
        size = session_size(on)
        session = _session(levels, size, rng) if size and rng.random() < keenness else None
        entries: list[Points] = []
        if session is None and rng.random() < main.share_logged:
            entries.append(_points(levels, 0.0, rng))
        if (session or entries) and rng.random() < SHARE_SECOND_ENTRY:
            entries.append(_points(levels, 0.6, rng))
        if session or entries:
            found.append(LoggedDay(on, session, tuple(entries)))
    return found


def joans_days(today: date, session_size: Callable[[date], int], rng: Random) -> list[LoggedDay]:
    """Joan's diary, as joan.py has it; her knee is steady."""
    found = []
    for number in range(joan.TODAY + 1):
        on = today - timedelta(days=joan.TODAY - number)
        value = joan.VALUES.get(number)
        has_session = number in joan.DONE or number in joan.PARTLY
        points = [] if value is None else [floor(value)] if value == floor(value) else [floor(value), ceil(value)]
        session = None
        if has_session:
            before = points.pop(0) if points else None
            session = _joans_session(number, before, session_size(on), rng)
        if session or points:
            entries = tuple((each, point(joan.KNEE_USUAL + rng.gauss(0, 0.8))) for each in points)
            found.append(LoggedDay(on, session, entries, joan.NOTES.get(number, "")))
    return found


def _points(levels: Sequence[float], jitter: float, rng: Random) -> Points:
    return tuple(point(level + rng.gauss(0, jitter)) for level in levels)


def _session(levels: Sequence[float], size: int, rng: Random) -> LoggedSession:
    before: Points = _points(levels, 0.0, rng)
    if rng.random() < SHARE_NOT_ANSWERED:
        before = (None,) * len(levels)
    answered = rng.random() < SHARE_MORNINGS_ANSWERED
    return LoggedSession(
        left_early=rng.random() < SHARE_LEFT_EARLY,
        before=before,
        after=_points([level + rng.uniform(-0.5, 1.2) for level in levels], 0.3, rng),
        next_morning=point(levels[0] + rng.gauss(0, 0.8)) if answered else None,
        minute=rng.randrange(10 * 60, 19 * 60),
        effort=rng.randint(1, 5),
        note=rng.choice(NOTES) if rng.random() < 0.06 else "",
        exercises=tuple(_exercise(levels[0], rng) for _ in range(size)),
    )


def _exercise(level: float, rng: Random) -> ExerciseDone:
    chance = rng.random()
    if chance < SHARE_SKIPPED:
        return ExerciseDone("skipped", rng.choice(SKIP_REASONS), None)
    state = "partly" if chance < SHARE_SKIPPED + SHARE_PARTLY else "done"
    return ExerciseDone(state, "", point(level - 0.4 + rng.gauss(0, 0.8)))


def _joans_session(number: int, before: int | None, size: int, rng: Random) -> LoggedSession:
    level = joan.VALUES.get(number, 7.0 if number >= joan.WORSE_FROM else joan.PERSON.usual)
    exercises = []
    for place in range(size):
        hardest = size > 3 and place == 1  # sit to stand is the second of four
        if number in joan.PARTLY and hardest:
            exercises.append(ExerciseDone("skipped", "pain", None))
        elif number in joan.PARTLY and number < joan.WORSE_FROM and place == size - 1:
            exercises.append(ExerciseDone("skipped", "tired", None))
        else:
            calm = 4.4 if number >= joan.WORSE_FROM else 3.6
            pain = calm + (2.5 if number >= joan.WORSE_FROM else 0.6) * hardest
            exercises.append(ExerciseDone("done", "", point(pain + rng.gauss(0, 0.4))))
    return LoggedSession(
        left_early=False,
        before=(before, point(joan.KNEE_USUAL + rng.gauss(0, 0.8))),
        after=(
            min(joan.AFTER_HIGHEST, point(level + rng.uniform(-0.3, 0.8))),
            min(joan.KNEE_AFTER_HIGHEST, point(joan.KNEE_USUAL + rng.gauss(0, 0.8))),
        ),
        next_morning=_joans_morning(before, level, rng) if number not in (2, 26, 79) else None,
        minute=rng.randrange(10 * 60, 12 * 60),
        effort=3,
        note=joan.NOTES.get(number, ""),
        exercises=tuple(exercises),
    )


def _joans_morning(before: int | None, level: float, rng: Random) -> int:
    settled = joan.AFTER_HIGHEST if before is None else before + 1
    return min(joan.MORNING_HIGHEST, settled, point(level + rng.gauss(0, 0.5)))
