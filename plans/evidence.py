"""From single verdicts to episodes: what every rule but R3 and R5 has in common.

Pure. A verdict is one thing that a rule has judged (a session, a score, a check-in, a report), dated with a local
date. An alert more than 14 days after the last one starts a new episode; a resolution ends it, and what is dated up
to it neither raises the rule again nor counts together with what comes later. Source: docs/clinical-rules.md, 2 and 3.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import Enum
from typing import Any, Literal

EPISODE_GAP_DAYS = 14
QUIET_DAYS_TO_CLOSE = 3
SIGNS_KEPT = 30

Severity = Literal["watch", "important", "urgent"]
RANK: Mapping[str, int] = {"watch": 0, "important": 1, "urgent": 2}


class Ending(Enum):
    """What ends an episode beside a resolution, and so lets a flag that was seen close by itself."""

    QUIET = "14 days without alert, and 3 judged days without one"
    CLEAR = "a later result that is clear"
    PERSON = "a person only"


@dataclass(frozen=True, slots=True)
class Verdict:
    """One judged thing: `hit` is whether it exceeds the rule's limit. `order` sorts those of one local date.

    `report` names the report it comes from, `at` its moment of arrival where the rule needs it.
    """

    on: date
    hit: bool
    numbers: Mapping[str, Any] = field(default_factory=dict)
    order: str = ""
    at: datetime | None = None
    report: str = ""


@dataclass(frozen=True, slots=True)
class Resolution:
    """A clinician ended an episode: the patient's local date, and the moment."""

    on: date
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Grade:
    """A hit that alerts: how grave, and the local date on which it began."""

    severity: Severity
    since_on: date


@dataclass(frozen=True, slots=True)
class Episode:
    """Alerts of one rule that belong together; the shape in which every rule answers.

    `raised_on` and `last_alert_on` are its first and last alert day, `since_on` when it began. `closed_on` is None
    while it goes on. `settled_on` is the first resolution after it: it raises nothing again. `over`: it no longer
    holds. `closable`: a flag about it that somebody has seen may close by itself. `is_news`: it raises a flag where
    there is none (a silence that has ended does not). `numbers` are plain JSON values.
    """

    rule: str
    version: int
    since_on: date
    raised_on: date
    last_alert_on: date
    closed_on: date | None
    settled_on: date | None
    severity: Severity
    severity_highest: Severity
    quiet_logged_days: int
    over: bool
    closable: bool
    numbers: Mapping[str, Any] = field(default_factory=dict)
    reports: tuple[str, ...] = ()
    is_news: bool = True


@dataclass(slots=True)
class _Gathered:
    since: date
    raised: date
    last: date
    severity: Severity
    highest: Severity
    signs: list[Verdict]
    quiet: set[date] = field(default_factory=set)
    cleared: bool = False
    ended: date | None = None
    settled: date | None = None


def gravest(first: Severity, second: Severity) -> Severity:
    """The graver of two severities."""
    return first if RANK[first] >= RANK[second] else second


def gather(
    rule: str,
    version: int,
    verdicts: Iterable[Verdict],
    *,
    grade: Callable[[Sequence[Verdict]], Grade | None],
    ending: Ending,
    until: date,
    resolutions: Iterable[Resolution] = (),
    by_moment: bool = False,
) -> tuple[Episode, ...]:
    """The episodes as of `until`, from verdicts in any order.

    `grade` is asked about each hit; it gets what was judged since the last resolution, the hit last, and answers
    None when that does not alert yet. `by_moment` compares evidence and resolutions by the moment, not the date.
    """
    judged = [verdict for verdict in verdicts if verdict.on <= until]
    if not any(verdict.hit for verdict in judged):
        return ()
    course = _Course(ending)
    waiting = sorted((r for r in resolutions if r.on <= until), key=lambda r: (r.on, str(r.at or "")), reverse=True)
    for verdict in sorted(judged, key=lambda v: (v.on, v.order)):
        while waiting and _precedes(waiting[-1], verdict, by_moment):
            course.resolve(waiting.pop().on)
        course.take(verdict, grade)
    while waiting:
        course.resolve(waiting.pop().on)
    return tuple(course.episode(gathered, rule, version, until) for gathered in course.found)


def _precedes(resolution: Resolution, verdict: Verdict, by_moment: bool) -> bool:
    if by_moment and resolution.at is not None and verdict.at is not None:
        return resolution.at < verdict.at
    return resolution.on < verdict.on


class _Course:
    """One pass over the verdicts, in order."""

    def __init__(self, ending: Ending) -> None:
        self.found: list[_Gathered] = []
        self._stretch: list[Verdict] = []
        self._hit_on: date | None = None
        self._ending = ending

    def resolve(self, on: date) -> None:
        self._stretch = []
        if self.found and self.found[-1].ended is None:
            self.found[-1].ended = on
        for gathered in self.found:
            gathered.settled = gathered.settled or on

    def take(self, verdict: Verdict, grade: Callable[[Sequence[Verdict]], Grade | None]) -> None:
        self._stretch.append(verdict)
        latest = self.found[-1] if self.found else None
        if not verdict.hit:
            if latest is not None:
                latest.cleared = True
                if verdict.on > latest.last and verdict.on != self._hit_on:
                    latest.quiet.add(verdict.on)
            return
        self._hit_on = verdict.on
        if latest is not None:
            latest.quiet.discard(verdict.on)
        given = grade(self._stretch)
        if given is None:
            return
        if latest is None or latest.ended is not None or verdict.on - latest.last > timedelta(days=EPISODE_GAP_DAYS):
            latest = _Gathered(given.since_on, verdict.on, verdict.on, given.severity, given.severity, [])
            self.found.append(latest)
        latest.last, latest.severity = verdict.on, given.severity
        latest.since = min(latest.since, given.since_on)
        latest.highest = gravest(latest.highest, given.severity)
        latest.signs.append(verdict)
        latest.quiet, latest.cleared = set(), False

    def episode(self, gathered: _Gathered, rule: str, version: int, until: date) -> Episode:
        closed_on: date | None = gathered.last + timedelta(days=EPISODE_GAP_DAYS + 1)
        if self._ending is not Ending.QUIET:
            closed_on = None
        if gathered.ended is not None:
            closed_on = min(closed_on or gathered.ended, gathered.ended)
        closed_on = closed_on if closed_on is not None and closed_on <= until else None
        over = closed_on is not None or (self._ending is Ending.CLEAR and gathered.cleared)
        enough = self._ending is Ending.CLEAR or len(gathered.quiet) >= QUIET_DAYS_TO_CLOSE
        last = gathered.signs[-1]
        return Episode(
            rule=rule,
            version=version,
            since_on=gathered.since,
            raised_on=gathered.raised,
            last_alert_on=gathered.last,
            closed_on=closed_on,
            settled_on=gathered.settled,
            severity=gathered.severity,
            severity_highest=gathered.highest,
            quiet_logged_days=len(gathered.quiet),
            over=over,
            closable=over and enough and self._ending is not Ending.PERSON,
            numbers={
                **last.numbers,
                "times": len(gathered.signs),
                "signs": [{"on": sign.on.isoformat(), **sign.numbers} for sign in gathered.signs[-SIGNS_KEPT:]],
            },
            reports=tuple(sign.report for sign in gathered.signs if sign.report),
        )
