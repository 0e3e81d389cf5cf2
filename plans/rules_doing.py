"""R5 silence and R6 over-doing: what was done, or not heard of. Pure. Source: docs/clinical-rules.md, section 3."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from plans.evidence import Ending, Episode, Grade, Resolution, Verdict, gather
from plans.schedule import Planned, sessions_a_week
from plans.thresholds import Thresholds
from plans.usual import TOLERANCE

VERSION = 1
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class ActiveSpan:
    """The plan was active from `from_on` (activated or resumed) to `until_on` (paused or ended); None: it still is."""

    from_on: date
    until_on: date | None = None
    resumed: bool = False


@dataclass(frozen=True, slots=True)
class PlanFrom:
    """From this local date on the plan asked for this."""

    on: date
    planned: Sequence[Planned]


@dataclass(frozen=True, slots=True)
class Done:
    """One exercise of one session: `amounts` as done, `dose` as prescribed and frozen in the session.

    Both are plain values by name: sets, repetitions, hold_seconds, duration_minutes, distance_metres.
    """

    exercise: str
    amounts: Mapping[str, float | None]
    dose: Mapping[str, float | None]


@dataclass(frozen=True, slots=True)
class DoneSession:
    """One session on a local date; `order` sorts those of one day."""

    key: str
    on: date
    order: str
    exercises: Sequence[Done]


def silence(
    logged_on: Iterable[date],
    spans: Iterable[ActiveSpan],
    plans: Iterable[PlanFrom],
    *,
    until: date,
    thresholds: Thresholds,
    resolutions: Iterable[Resolution] = (),
) -> tuple[Episode, ...]:
    """R5: 7 days (important: 14) since the later of last log, activation and resume, with a planned session in between.

    Only while the plan is active. Days in between end yesterday, for today's session may still be done. A resolution
    starts the count again. A log, a pause or the end of the plan ends the episode.
    """
    logged = sorted(set(logged_on))
    resolved = sorted({r.on for r in resolutions if r.on <= until})
    asked = _Asked(plans)
    shortest = timedelta(days=min(thresholds.least("R5", name) for name in ("watch_days", "important_days")))
    found = []
    for span in sorted(spans, key=lambda s: s.from_on):
        end = min(span.until_on or until, until)
        inside = {day for day in [*logged, *resolved] if span.from_on <= day <= end}
        marks = sorted(inside | {span.from_on})
        for mark, following in zip(marks, [*marks[1:], None], strict=True):
            last = following or end
            if last - mark < shortest:
                continue
            days = _silent_days(mark, last, asked, thresholds)
            if days:
                found.append(_silent(days, mark, following, span, logged, resolved, until))
    return tuple(found)


def over_doing(
    sessions: Iterable[DoneSession],
    *,
    until: date,
    thresholds: Thresholds,
    resolutions: Iterable[Resolution] = (),
) -> tuple[Episode, ...]:
    """R6: more than 120 % of a prescribed dose in two sessions within 7 days. Sessions without amounts: not judged."""
    verdicts = []
    for session in sessions:
        if not thresholds.is_on("R6", session.on):
            continue
        limit = thresholds.value("R6", "percent", session.on)
        judged = [(done, share) for done in session.exercises if (share := share_done(done)) is not None]
        if not judged:
            continue
        over = sorted(
            ({"exercise": done.exercise, **share} for done, share in judged if share["percent"] > limit + TOLERANCE),
            key=lambda entry: (-entry["percent"], entry["exercise"]),
        )
        numbers = {"session": session.key, "exercises": over, "limit": limit}
        verdicts.append(Verdict(session.on, bool(over), numbers, session.order))

    def grade(judged: Sequence[Verdict]) -> Grade | None:
        latest = judged[-1].on
        window = timedelta(days=thresholds.value("R6", "window_days", latest))
        earlier = [v.on for v in judged[:-1] if v.hit and latest - v.on < window]
        return Grade("watch", earlier[0]) if earlier else None

    return gather("R6", VERSION, verdicts, grade=grade, ending=Ending.QUIET, until=until, resolutions=resolutions)


def share_done(done: Done) -> dict[str, Any] | None:
    """How much was done of the prescribed dose: measure, done, prescribed, percent; None without amounts.

    The main measure is minutes, else repetitions, else the sets of a hold or a distance. With a number of sets the
    amounts are those of one set, without it they are the whole.
    """
    dose, amounts = done.dose, done.amounts
    planned_sets = dose.get("sets") or 1
    sets = amounts.get("sets")
    for measure in ("duration_minutes", "repetitions"):
        prescribed = dose.get(measure)
        if prescribed:
            amount = amounts.get(measure)
            if amount is None:
                return None
            return _share(measure, amount * (sets if sets is not None else 1), prescribed * planned_sets)
    return None if sets is None else _share("sets", sets, planned_sets)


def _share(measure: str, done: float, prescribed: float) -> dict[str, Any]:
    return {"measure": measure, "done": done, "prescribed": prescribed, "percent": 100 * done / prescribed}


class _Asked:
    """What the plan asked for, by date."""

    def __init__(self, plans: Iterable[PlanFrom]) -> None:
        ordered = sorted(plans, key=lambda p: p.on)
        self._from = [p.on for p in ordered]
        self._named = [
            {n for exercise in p.planned if exercise.weekdays is not None for n in exercise.weekdays} for p in ordered
        ]
        self._beyond = [sessions_a_week(p.planned) - len(named) for p, named in zip(ordered, self._named, strict=True)]

    def sevenths(self, day: date) -> int:
        """Seven for a day with a named session; for sessions "times a week" as many a day as there are in a week.

        A session was planned for certain once the days in between add up to seven.
        """
        place = sum(1 for on in self._from if on <= day) - 1
        if place < 0:
            return 0
        return 7 if day.isoweekday() in self._named[place] else self._beyond[place]


def _silent_days(mark: date, last: date, asked: _Asked, thresholds: Thresholds) -> list[tuple[date, bool]]:
    """The days on which the silence since `mark` alerts, and whether it is important by then."""
    days = []
    planned = 0
    day = mark + DAY
    while day <= last:
        since = (day - mark).days
        if planned >= 7 and thresholds.is_on("R5", day):
            watch = thresholds.value("R5", "watch_days", day)
            important = thresholds.value("R5", "important_days", day)
            if since >= min(watch, important):
                days.append((day, since >= important))
        planned = min(7, planned + asked.sevenths(day))
        day += DAY
    return days


def _silent(
    days: Sequence[tuple[date, bool]],
    mark: date,
    following: date | None,
    span: ActiveSpan,
    logged: Sequence[date],
    resolved: Sequence[date],
    until: date,
) -> Episode:
    raised_on, last_alert_on = days[0][0], days[-1][0]
    highest = any(important for _, important in days)
    ended_by = ""
    if following is not None:
        ended_by = "log" if following in logged else "resolution"
    elif span.until_on is not None and span.until_on <= until:
        ended_by = "pause"
    since = (
        "log" if mark in logged else "resolution" if mark in resolved else "resume" if span.resumed else "activation"
    )
    ended_on = following or (span.until_on if ended_by else None)
    return Episode(
        rule="R5",
        version=VERSION,
        since_on=min(mark + DAY, raised_on),
        raised_on=raised_on,
        last_alert_on=last_alert_on,
        closed_on=ended_on,
        settled_on=next((on for on in resolved if on >= last_alert_on), None),
        severity="important" if days[-1][1] else "watch",
        severity_highest="important" if highest else "watch",
        quiet_logged_days=sum(1 for day in logged if day >= last_alert_on) if ended_by == "log" else 0,
        over=bool(ended_by),
        closable=bool(ended_by),
        is_news=not ended_by,
        numbers={
            "silent_days": (last_alert_on - mark).days,
            "counted_from": mark.isoformat(),
            "because": since,
            "last_log_on": next((day.isoformat() for day in reversed(logged) if day <= mark), None),
            "ended_by": ended_by,
            "ended_on": None if ended_on is None else ended_on.isoformat(),
        },
    )
