"""What the record asks for in its one long question (record_asked.py). The patient came through a door before."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import OuterRef, QuerySet, Subquery

from accounts.models import User
from accounts.together import one_of_many
from plans.models import Flag, Note, PainScore
from plans.models.flag_read import SAID_OF_EVIDENCE, SiteRead, site_read

RULES, SEVERITIES, ACTIONS = dict(Flag.Rule.choices), dict(Flag.Severity.choices), dict(Flag.Action.choices)
SHOWN_OF_FLAGS = (
    "pk", "rule", "severity", "state", "since_on", "first_alert_on", "last_alert_on", SAID_OF_EVIDENCE, "raised_at",
    "acknowledged_at", "acknowledged_by__full_name", "resolved_at", "resolved_by__full_name", "action_taken", "note",
    "useful", "ended_at", "site_id", "site__name", "site__is_main",
)  # fmt: skip


class FlagOfRecord(NamedTuple):
    """Fields of a Flag by their names, of a person the name; the evidence as sentences need it."""

    pk: UUID
    rule: str
    severity: str
    state: str
    since_on: date
    first_alert_on: date
    last_alert_on: date
    evidence: dict[str, Any]
    raised_at: datetime
    acknowledged_at: datetime | None
    acknowledged_by: str | None
    resolved_at: datetime | None
    resolved_by: str | None
    action_taken: str
    note: str
    useful: bool | None
    ended_at: datetime | None
    site_id: UUID | None
    site: SiteRead | None

    @property
    def is_open(self) -> bool:
        return self.state in (Flag.State.OPEN, Flag.State.ACKNOWLEDGED)

    def get_rule_display(self) -> str:
        return str(RULES.get(self.rule, self.rule))

    def get_severity_display(self) -> str:
        return str(SEVERITIES.get(self.severity, self.severity))

    def get_action_taken_display(self) -> str:
        return str(ACTIONS.get(self.action_taken, self.action_taken))


def flagged(found: Iterable[Any]) -> list[FlagOfRecord]:
    """From the rows of `flags`."""
    made = []
    for row in found:
        *fields, place, is_main = row
        made.append(FlagOfRecord._make((*fields, site_read(place, is_main))))
    return made


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
def flags(*, patient: UUID) -> QuerySet[Flag, tuple[Any, ...]]:
    """All flags of the patient, the gravest first."""
    return Flag.objects.filter(patient=patient).gravest_first().values_list(*SHOWN_OF_FLAGS)


@one_of_many
def notes(most: int, *, user: User, at: datetime, patient: UUID) -> QuerySet[Note, tuple[Any, ...]]:
    """The team's notes that this person may read, the newest first: rows of `NoteRead`."""
    rows = Note.objects.visible_to(user, at).filter(patient=patient).standing()
    return rows.values_list("text", "is_shared", "at", "author__full_name")[:most]


@one_of_many
def said(most: int, *, patient: UUID, first: date) -> QuerySet[Any, Any]:
    """Scores with words since a day, the newest first: day, words, value, and who logged it. Of words that were logged
    for several places at once those of the main one come first.
    """
    rows = PainScore.objects.filter(patient=patient).current().exclude(note="").filter(local_date__gte=first)
    return rows.order_by("-occurred_at", "site__position").values_list(
        "local_date", "note", "value", "recorded_by", name_of("recorded_by")
    )[:most]


def name_of(person: str) -> Subquery:
    """The name of whom a row says. Looked up for each row that is told: joined, PostgreSQL reads all people there are
    as soon as it expects a dozen rows.
    """
    return Subquery(User.objects.filter(pk=OuterRef(person)).order_by().values("full_name")[:1])
