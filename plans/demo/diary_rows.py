"""A diary as rows: sessions, their exercises, pain scores and the lines of history, ready for COPY."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from plans.demo.diary import LoggedDay, LoggedSession, Points
from plans.demo.rows import copy_rows, made_id, moment
from plans.demo.writing import Stored
from plans.models import ExerciseLog, PainScore, PlanEvent, Session

SESSION_COLUMNS = (
    "id", "patient_id", "plan_version_id", "state", "source", "started_at", "finished_at", "local_date", "time_zone",
    "received_at", "effort", "note", "doses", "recorded_by_id",
)  # fmt: skip
SCORE_COLUMNS = (
    "id", "patient_id", "session_id", "site_id", "moment", "value", "occurred_at", "local_date", "time_zone",
    "received_at", "note", "source", "recorded_by_id",
)  # fmt: skip
LOG_COLUMNS = ("id", "session_id", "prescription_id", "state", "skip_reason", "sets_done", "repetitions_done", "pain")
EVENT_COLUMNS = ("id", "patient_id", "plan_id", "at", "by_id", "verb", "detail")

ENTRY_MINUTES = (7 * 60 + 10, 6 * 60 + 40)
EVENING_ENTRY_MINUTE = 20 * 60 + 30
NEXT_MORNING_MINUTE = 7 * 60 + 30
SESSION_MINUTES = 18
SHARE_BY_QUICK_LOG = 0.3


@dataclass(slots=True)
class DiaryRows:
    """Rows by table, as tuples in the order of the columns above."""

    sessions: list[tuple[Any, ...]] = field(default_factory=list)
    scores: list[tuple[Any, ...]] = field(default_factory=list)
    logs: list[tuple[Any, ...]] = field(default_factory=list)
    events: list[tuple[Any, ...]] = field(default_factory=list)

    def extend(self, other: "DiaryRows") -> None:
        self.sessions += other.sessions
        self.scores += other.scores
        self.logs += other.logs
        self.events += other.events

    def write(self) -> None:
        """Store everything. The order is that of the keys which the triggers follow."""
        copy_rows(Session, SESSION_COLUMNS, self.sessions)
        copy_rows(ExerciseLog, LOG_COLUMNS, self.logs)
        write_scores(self.scores)
        copy_rows(PlanEvent, EVENT_COLUMNS, self.events)


def write_scores(scores: Sequence[tuple[Any, ...]]) -> None:
    if scores:
        copy_rows(PainScore, SCORE_COLUMNS, scores)


def day_of(score: tuple[Any, ...]) -> date:
    day: date = score[SCORE_COLUMNS.index("local_date")]
    return day


def of_site(site: UUID, scores: Iterable[tuple[Any, ...]]) -> list[tuple[date, str, int | None]]:
    """(local date, moment, score) of one site, as plans/pain.py reads them."""
    return [(row[7], row[4], row[5]) for row in scores if row[3] == site]


def diary_rows(stored: Stored, at: datetime) -> DiaryRows:
    """The rows of one diary. What would lie after `at` is left out."""
    writer = _Writer(stored, at)
    for day in stored.story.days:
        writer.day(day)
    return writer.rows


class _Writer:
    def __init__(self, stored: Stored, at: datetime) -> None:
        self.rows = DiaryRows()
        self._stored = stored
        self._at = at
        self._rng = stored.story.rng
        self._zone = ZoneInfo(stored.patient.time_zone)
        self._plan_id = stored.plan.pk if stored.plan else None
        self._doses = [json.dumps({str(p.pk): p.amounts() for p in several}) for several in stored.prescriptions]

    def day(self, day: LoggedDay) -> None:
        if day.session is not None:
            self._session(day, day.session)
        minutes = (EVENING_ENTRY_MINUTE,) * len(day.entries) if day.session else ENTRY_MINUTES
        for minute, points in zip(minutes, day.entries, strict=False):
            occurred_at = moment(day.on, minute, self._zone)
            if occurred_at <= self._at:
                note = "" if day.session else day.note
                first = self._scores(None, "daily", points, occurred_at, day.on, "quick", note)
                self._event("pain logged", occurred_at, None, score=first)

    def _session(self, day: LoggedDay, done: LoggedSession) -> None:
        rng, stored = self._rng, self._stored
        version = stored.story.version_on(day.on)
        started_at = moment(day.on, done.minute, self._zone)
        finished_at = started_at + timedelta(minutes=SESSION_MINUTES + rng.randint(-4, 6))
        if version is None or finished_at > self._at:
            return
        place = version.number - 1
        session_id = made_id(started_at, rng)
        source = "quick" if rng.random() < SHARE_BY_QUICK_LOG else "player"
        self.rows.sessions.append(
            (
                session_id, stored.patient.pk, stored.versions[place].pk, "left" if done.left_early else "done", source,
                started_at, finished_at, day.on, stored.patient.time_zone, finished_at, done.effort, done.note,
                self._doses[place], stored.user.pk,
            )
        )  # fmt: skip
        for prescription, how in zip(stored.prescriptions[place], done.exercises, strict=True):
            share = {"done": 1.0, "partly": 0.5, "skipped": 0.0}[how.state]
            sets = max(1, round(prescription.sets * share)) if share else None
            times = prescription.repetitions
            repetitions = max(1, round(times * share)) if share and times else None
            self.rows.logs.append(
                (
                    made_id(finished_at, rng), session_id, prescription.pk, how.state, how.skip_reason, sets,
                    repetitions, how.pain,
                )
            )  # fmt: skip
        self._scores(session_id, "before", done.before, started_at, day.on, source)
        self._scores(session_id, "after", done.after, finished_at, day.on, source)
        self._event("session logged", finished_at, self._plan_id, session=session_id)
        morning = day.on + timedelta(days=1)
        asked_at = moment(morning, NEXT_MORNING_MINUTE, self._zone)
        if done.next_morning is not None and asked_at <= self._at:
            first = self._scores(session_id, "next morning", (done.next_morning,), asked_at, morning, "quick")
            self._event("next morning logged", asked_at, None, score=first)

    def _scores(
        self, session_id: UUID | None, when: str, points: Points, occurred_at: datetime, on: date, source: str,
        note: str = "",
    ) -> UUID:  # fmt: skip
        stored = self._stored
        received_at = occurred_at if when != "before" else occurred_at + timedelta(minutes=SESSION_MINUTES)
        ids = [made_id(occurred_at, self._rng) for _ in points]
        for score_id, site, value in zip(ids, stored.sites, points, strict=False):
            self.rows.scores.append(
                (
                    score_id, stored.patient.pk, session_id, site.pk, when, value, occurred_at, on,
                    stored.patient.time_zone, received_at, note, source, stored.user.pk,
                )
            )  # fmt: skip
            note = ""
        return ids[0]

    def _event(self, verb: str, at: datetime, plan_id: UUID | None, **detail: UUID) -> None:
        told = json.dumps({name: str(value) for name, value in detail.items()})
        row = (made_id(at, self._rng), self._stored.patient.pk, plan_id, at, self._stored.user.pk, verb, told)
        self.rows.events.append(row)
