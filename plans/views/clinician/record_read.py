"""What the record asks for in its one long question (record_asked.py). The patient came through a door before."""

from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import OuterRef, QuerySet, Subquery

from accounts.models import User
from accounts.together import one_of_many
from plans.models import Flag, Note, PainScore

SHOWN_OF_FLAGS = (
    "patient", "rule", "severity", "state", "since_on", "first_alert_on", "last_alert_on", "evidence", "raised_at",
    "acknowledged_at", "resolved_at", "action_taken", "note", "useful", "ended_at", "site__name", "site__is_main",
    "acknowledged_by__full_name", "resolved_by__full_name",
)  # fmt: skip


class NoteRead(NamedTuple):
    """Fields of a Note that was not taken back, by their names; `author` is a name."""

    text: str
    is_shared: bool
    at: datetime
    author: str

    @property
    def withdrawn_at(self) -> None:
        return None


@one_of_many
def flags(*, patient: UUID) -> QuerySet[Flag, Flag]:
    """All flags of the patient, the gravest first."""
    rows = Flag.objects.filter(patient=patient).select_related("site", "acknowledged_by", "resolved_by")
    return rows.only(*SHOWN_OF_FLAGS).gravest_first()


@one_of_many
def notes(most: int, *, user: User, at: datetime, patient: UUID) -> QuerySet[Note, tuple[Any, ...]]:
    """The team's notes that this person may read, the newest first: rows of `NoteRead`."""
    rows = Note.objects.visible_to(user, at).filter(patient=patient).standing()
    return rows.values_list("text", "is_shared", "at", "author__full_name")[:most]


@one_of_many
def said(most: int, *, patient: UUID, first: date) -> QuerySet[Any, Any]:
    """Scores with words since a day: day, words, value, and who logged it."""
    rows = PainScore.objects.filter(patient=patient).current().exclude(note="").filter(local_date__gte=first)
    return rows.values_list("local_date", "note", "value", "recorded_by", name_of("recorded_by"))[:most]


def name_of(person: str) -> Subquery:
    """The name of whom a row says. Looked up for each row that is told: joined, PostgreSQL reads all people there are
    as soon as it expects a dozen rows.
    """
    return Subquery(User.objects.filter(pk=OuterRef(person)).order_by().values("full_name")[:1])
