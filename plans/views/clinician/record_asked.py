"""What the patient page asks for about one patient: two dozen small questions, asked as one."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any
from uuid import UUID

from accounts.models import Patient, User
from accounts.together import together
from plans.views.clinician import (
    history,
    pain_days,
    record_beside,
    record_changes,
    record_checkins,
    record_read,
    record_rows,
    record_top,
)

NOTES_READ = 200
SAID_READ = 15
WEEKS_SHOWN = timedelta(days=34)


@dataclass(frozen=True)
class Asked:
    """`summary` are the rows of the parts of `record_top.plan_summary`; the other rows are those of the question that
    each is named after.
    """

    facts: record_beside.Beside
    rows: record_rows.PlanRows
    summary: list[list[Any]]
    flags: list[record_read.FlagOfRecord]
    notes: list[record_read.NoteRead]
    days: pain_days.Days
    sessions: list[record_rows.Logged]
    answers: list[Any]
    said: list[Any]
    own_looks: list[Any]
    events: list[Any]
    opened: list[Any]


def asked(*, patient: Patient, user: User, at: datetime, site: UUID | None, first: date, today: date) -> Asked:
    """One query. The patient came through a door before; `site` is the place that was chosen, else the first counts."""
    key = patient.pk
    scores = (
        pain_days.answers_at(patient=key, site=site, first=first, last=today)
        if site
        else pain_days.answers_at_first(patient=key, first=first, last=today)
    )
    beside, of_plan = record_beside.parts(key, at), record_rows.plan_parts(key)
    summary = record_top.plan_parts(key, today)
    rows = iter(
        together(
            *beside,
            *of_plan,
            *summary,
            record_read.flags(patient=key),
            record_read.notes(NOTES_READ, user=user, at=at, patient=key),
            scores,
            record_rows.sessions(patient=key, own=patient.user_id or key, first=min(first, today - WEEKS_SHOWN)),
            record_checkins.answers(patient=key, first=first, last=today),
            record_read.said(SAID_READ, patient=key, first=first),
            record_changes.own_looks(patient, user, at),
            history.events(patient),
            history.opened(patient),
        )
    )
    return Asked(
        record_beside.beside(_next(rows, len(beside))),
        record_rows.plan_rows(patient, _next(rows, len(of_plan))),
        _next(rows, len(summary)),
        record_read.flagged(next(rows)),
        [record_read.NoteRead(*row) for row in next(rows)],
        pain_days.means(next(rows)),
        record_rows.logged(next(rows)),
        *rows,
    )


def _next(rows: Iterator[list[Any]], number: int) -> list[list[Any]]:
    return list(islice(rows, number))
