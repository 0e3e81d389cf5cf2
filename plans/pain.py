"""Rule R3, the sustained increase: a capped CUSUM of daily pain against the patient's own usual level.

Pure and replayable: the answer depends on the day values, the dated decisions and the asked-for day alone, so
late, edited, repeated and shuffled scores can do no harm. Nothing here reads a clock or a database. Source:
docs/clinical-rules.md, section 2. The parts: scores.py (day values), usual.py (U, s), cusum.py (S, c, E).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Generic, Literal, NamedTuple

from plans.cusum import DEFAULTS, Numbers, RunningSum, limit_for
from plans.scores import (
    Calendar,
    Day,
    DayRefused,
    PainRefused,
    Score,
    ScoreRefused,
    checked_score,
    day_means,
    day_values,
)
from plans.usual import LEARNING_DAYS, TOLERANCE, UsualLevel, mean

__all__ = [
    "RULE_ID",
    "RULE_VERSION",
    "Accept",
    "DayRefused",
    "DayState",
    "Decision",
    "DecisionRefused",
    "Episode",
    "NewBaseline",
    "Numbers",
    "PainRefused",
    "Replay",
    "Resolve",
    "ScoreRefused",
    "Severity",
    "checked_score",
    "day_means",
    "day_values",
    "episodes",
    "replay",
]

RULE_ID = "R3"
RULE_VERSION = 1

NEW_BASELINE_DAYS = 180
EPISODE_GAP_DAYS = 14
NEARLY_FULL = 9.0  # from here on the scale has hardly room to show a rise

Severity = Literal["watch", "important"]


class DecisionRefused(PainRefused):
    """A decision whose dates contradict each other."""


@dataclass(frozen=True, slots=True)
class Resolve(Generic[Day]):
    """A clinician resolved the flag: the episode ends after this local date's value."""

    on: Day


@dataclass(frozen=True, slots=True)
class Accept(Generic[Day]):
    """A clinician accepted the mean of the logged days `since`..`until` as the new usual. Resolves, too."""

    on: Day
    since: Day
    until: Day


@dataclass(frozen=True, slots=True)
class NewBaseline(Generic[Day]):
    """The patient was readmitted: this local date is the first that can belong to a new baseline."""

    on: Day


Decision = Resolve[Day] | Accept[Day] | NewBaseline[Day]


class DayState(NamedTuple, Generic[Day]):
    """One logged day as R3 judged it.

    `usual` (U), `spread` (s) and `limit` (h) are those the day was judged against, in points; `usual` is None
    on the first day of a baseline. `total` (S), `run` (c, in logged days) and `excess` (E) are those after
    the day.
    """

    day: Day
    value: float
    usual: float | None
    spread: float
    limit: float
    ready: bool
    total: float
    run: int
    excess: float
    alert: bool


@dataclass(frozen=True, slots=True)
class Episode(Generic[Day]):
    """Alert days that belong together. The numbers are those of its last alert day, unrounded, in points.

    `since_on` is the first of the `logged_days` that carry the rise, `raised_on` the first alert day.
    `closed_on` is the 15th day after the last alert day, or the day of the decision that ended it earlier;
    None while the series has not reached it. `settled_on` is the first resolution on or after the last alert
    day: evidence up to it raises nothing again. `quiet_logged_days` counts the logged days after the last
    alert day, up to the next episode.
    """

    since_on: Day
    raised_on: Day
    last_alert_on: Day
    closed_on: Day | None
    settled_on: Day | None
    usual: float
    mean: float
    rise: float
    logged_days: int
    quiet_logged_days: int
    severity: Severity
    severity_highest: Severity


@dataclass(frozen=True, slots=True)
class Replay(Generic[Day]):
    """What R3 says of a whole series as of `until`.

    `usual` and `spread` are what the next logged day is compared with. Until `ready`, show "learning your
    usual level (`learned` of 7)". `alerting`: the last logged day is an alert day and nothing was decided
    about it since. `asked` holds U before each asked-for day, None while it is not ready.
    """

    until: Day | None
    days: tuple[DayState[Day], ...]
    episodes: tuple[Episode[Day], ...]
    usual: float | None
    spread: float
    ready: bool
    learned: int
    alerting: bool
    asked: Mapping[Day, float | None] = field(default_factory=dict)

    @property
    def current(self) -> Episode[Day] | None:
        """The episode that is still open, if there is one."""
        return self.episodes[-1] if self.episodes and self.episodes[-1].closed_on is None else None

    @property
    def nearly_full_scale(self) -> bool:
        """The usual level leaves so little room on the scale that a rise can hardly show."""
        return self.ready and self.usual is not None and self.usual >= NEARLY_FULL - TOLERANCE


def episodes(scores: Iterable[tuple[Day, Score | None]], *, until: Day | None = None) -> tuple[Episode[Day], ...]:
    """The episodes of a diary: (local date, score) pairs in any order, several a day averaged.

    A score of None is not answered. `until` is the day as of which to answer, the last logged day unless
    given. Raises ScoreRefused and DayRefused.
    """
    return replay(day_means(scores), until=until).episodes


def replay(
    days: Iterable[tuple[Day, Score]],
    decisions: Iterable[Decision[Day]] = (),
    *,
    until: Day | None = None,
    numbers: Iterable[tuple[Day, Numbers]] = (),
    asked: Iterable[Day] = (),
) -> Replay[Day]:
    """Judge a series from its first day on.

    `days` holds one value per logged day in day order (see `day_values`); `decisions` are dated and in any
    order; what lies after `until` (the last day or decision unless given) is left out. `numbers` are those that
    hold from a day on, the defaults before the first. `asked` are days whose usual level is wanted, logged or not.
    Raises the subclasses of PainRefused.
    """
    number_of = Calendar()
    series = [(number_of(day), checked_score(value)) for day, value in days]
    if any(later <= earlier for (earlier, _), (later, _) in pairwise(series)):
        raise DayRefused("days must come in order and once each; `day_means` makes them so")
    dated = _in_order(decisions, number_of)
    wanted = sorted({number_of(day) for day in asked})
    changes = sorted(((number_of(day), changed) for day, changed in numbers), key=lambda entry: entry[0])
    if until is not None:
        last = number_of(until)
    elif series or dated:
        last = max(number for number, _ in [*series[-1:], *dated[-1:]])
    else:
        return Replay(
            None, (), (), None, UsualLevel().spread, False, 0, False, {number_of.name(d): None for d in wanted}
        )
    course = _Course([pair for pair in series if pair[0] <= last], number_of, changes)
    return course.run([pair for pair in dated if pair[0] <= last], last, wanted)


def _in_order(decisions: Iterable[Decision[Day]], number_of: Calendar) -> list[tuple[int, Decision[Day]]]:
    dated: list[tuple[int, bool, tuple[int, ...], Decision[Day]]] = []
    for decision in decisions:
        on = number_of(decision.on)
        span: tuple[int, ...] = ()
        if isinstance(decision, Accept):
            span = (number_of(decision.since), number_of(decision.until))
            if not span[0] <= span[1] <= on:
                raise DecisionRefused("accepting a new usual level needs since <= until <= on")
        # A readmission comes before its day's value, the other decisions after it.
        dated.append((on, not isinstance(decision, NewBaseline), span, decision))
    return [(on, decision) for on, _, _, decision in sorted(dated, key=lambda entry: entry[:3])]


def _severity(rise: float, usual: float, important_rise: float) -> Severity:
    # The 30 % cut words the flag and never raises it: near zero it would fire all the time.
    if rise >= important_rise - TOLERANCE or (usual >= 2 - TOLERANCE and rise >= 0.3 * usual - TOLERANCE):
        return "important"
    return "watch"


@dataclass(slots=True)
class _Alerts:
    """An episode while it is being gathered; days are numbers. What has no value here is set by each alert."""

    raised: int
    last: int = field(init=False)
    since: int = field(init=False)
    usual: float = field(init=False)
    mean: float = field(init=False)
    rise: float = field(init=False)
    run: int = field(init=False)
    quiet: int = field(init=False)
    severity: Severity = field(init=False)
    highest: Severity = "watch"
    ended: int | None = None
    settled: int | None = None


class _Course:
    """One pass over a series, day by day: the usual level, the running sum and the episodes."""

    def __init__(
        self, series: Sequence[tuple[int, float]], calendar: Calendar, numbers: Sequence[tuple[int, Numbers]]
    ) -> None:
        self._series = series
        self._calendar = calendar
        self._numbers = DEFAULTS
        self._changes = list(reversed(numbers))
        self._previous: int | None = None
        self._usual = UsualLevel()
        self._sum = RunningSum()
        self._found: list[_Alerts] = []

    def run(self, decisions: Sequence[tuple[int, Decision[Any]]], last: int, wanted: Sequence[int] = ()) -> Replay[Any]:
        states, waiting, questions = [], list(reversed(decisions)), list(reversed(wanted))
        answers: dict[Any, float | None] = {}
        for day, value in self._series:
            while questions and questions[-1] < day:
                self._answer(questions.pop(), waiting, answers)
            self._decide_before(day, waiting)
            state = self._log(day, value)
            states.append(state)
            if questions and questions[-1] == day:  # what the day was compared with
                questions.pop()
                answers[state.day] = state.usual if state.ready else None
        while questions and questions[-1] <= last:
            self._answer(questions.pop(), waiting, answers)
        while waiting:
            self._decide(*waiting.pop())
        self._forget_before(last)
        latest = self._found[-1] if self._found else None
        said = Replay(
            until=self._calendar.name(last),
            days=tuple(states),
            episodes=tuple(self._episode(alerts, last) for alerts in self._found),
            usual=self._usual.level,
            spread=self._usual.spread,
            # The next log can be today's, or tomorrow's once today is logged.
            ready=self._usual.ready_on(last + (last == self._previous)),
            learned=min(self._usual.logged, LEARNING_DAYS),
            alerting=latest is not None and latest.ended is None and latest.last == self._previous,
            asked=answers,
        )
        while questions:  # after what is said as of `last`: a long gap until then would begin a new baseline
            self._answer(questions.pop(), waiting, answers)
        return said

    def _answer(self, day: int, waiting: list[tuple[int, Decision[Any]]], answers: dict[Any, float | None]) -> None:
        """What a log on that day would be compared with."""
        self._decide_before(day, waiting)
        self._forget_before(day)
        answers[self._calendar.name(day)] = self._usual.level if self._usual.ready_on(day) else None

    def _decide_before(self, day: int, waiting: list[tuple[int, Decision[Any]]]) -> None:
        while waiting and waiting[-1][0] < day + isinstance(waiting[-1][1], NewBaseline):
            self._decide(*waiting.pop())

    def _log(self, day: int, value: float) -> DayState[Any]:
        self._forget_before(day)
        usual, spread = self._usual.level, self._usual.spread
        ready = self._usual.ready_on(day)
        alert = False
        while self._changes and self._changes[-1][0] <= day:
            self._numbers = self._changes.pop()[1]
        numbers = self._numbers
        limit = limit_for(spread, numbers)
        if not numbers.on:
            self._sum.clear()
        elif ready and usual is not None:
            alert = self._sum.judge(day, value, previous=self._previous, usual=usual, limit=limit, numbers=numbers)
        if alert and usual is not None:
            self._add_alert(day, usual)
        elif self._found:
            self._found[-1].quiet += 1
        self._usual.add(day, value)
        self._previous = day
        s = self._sum
        named = self._calendar.name(day)
        return DayState(named, value, usual, spread, limit, ready, s.total, s.run, s.excess, alert)

    def _add_alert(self, day: int, usual: float) -> None:
        latest = self._found[-1] if self._found else None
        if latest is None or latest.ended is not None or day - latest.last > EPISODE_GAP_DAYS:
            latest = _Alerts(raised=day)
            self._found.append(latest)
        s = self._sum
        latest.last, latest.since, latest.run, latest.quiet = day, s.since, s.run, 0
        latest.usual, latest.mean, latest.rise = (usual, s.points / s.run, s.excess / s.run)
        latest.severity = _severity(latest.rise, usual, self._numbers.important_rise)
        if latest.severity == "important":
            latest.highest = "important"

    def _forget_before(self, day: int) -> None:
        if self._previous is not None and day - self._previous > NEW_BASELINE_DAYS:
            self._begin_baseline()

    def _begin_baseline(self) -> None:
        self._usual = UsualLevel()
        self._sum.clear()

    def _decide(self, on: int, decision: Decision[Any]) -> None:
        if self._found and self._found[-1].ended is None:
            self._found[-1].ended = on
        if isinstance(decision, NewBaseline):
            self._begin_baseline()
            return
        self._sum.clear()
        for alerts in self._found:
            if alerts.settled is None:
                alerts.settled = on
        if isinstance(decision, Accept):
            since, until = (self._calendar(decision.since), self._calendar(decision.until))
            accepted = [value for day, value in self._series if since <= day <= until]
            if accepted:
                self._usual.accept(mean(accepted))

    def _episode(self, alerts: _Alerts, last: int) -> Episode[Any]:
        name = self._calendar.name
        closed = alerts.last + EPISODE_GAP_DAYS + 1
        if alerts.ended is not None:
            closed = min(closed, alerts.ended)
        return Episode(
            since_on=name(alerts.since),
            raised_on=name(alerts.raised),
            last_alert_on=name(alerts.last),
            closed_on=name(closed) if closed <= last else None,
            settled_on=None if alerts.settled is None else name(alerts.settled),
            usual=alerts.usual,
            mean=alerts.mean,
            rise=alerts.rise,
            logged_days=alerts.run,
            quiet_logged_days=alerts.quiet,
            severity=alerts.severity,
            severity_highest=alerts.highest,
        )
