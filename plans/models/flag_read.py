"""A flag as lists read it: what its sentence says and its state, of dozens of flags, without dozens of models."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import F, QuerySet, TextField
from django.db.models.functions import Cast

from plans.models.flag import Flag, sleeps

SITE, PEOPLE = ("site__name", "site__is_main"), ("acknowledged_by__full_name", "assigned_to__full_name")
FIELDS = (
    "id",
    "patient_id",
    "rule",
    "severity",
    "state",
    "since_on",
    "first_alert_on",
    "last_alert_on",
    "raised_at",
    "snoozed_until",
    "escalated_at",
    "acknowledged_at",
)


class SiteRead(NamedTuple):
    """The place of a flag, by its fields' names in BodySite."""

    name: str
    is_main: bool


@dataclass
class FlagRead:
    """Fields of a Flag by their names, of a person the name. `written` is the evidence, not yet read: most flags of a
    list are only named.
    """

    pk: UUID
    patient_id: UUID
    rule: str
    severity: str
    state: str
    since_on: date
    first_alert_on: date
    last_alert_on: date
    raised_at: datetime
    snoozed_until: date | None
    escalated_at: datetime | None
    acknowledged_at: datetime | None
    acknowledged_by: str | None
    assigned_to: str | None
    written: str
    site: SiteRead | None

    @cached_property
    def evidence(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.written)
        return found

    def is_asleep(self, today: date) -> bool:
        """As Flag has it."""
        return sleeps(self.state, self.snoozed_until, today)


AnyFlag = Flag | FlagRead
"""What a flag's sentence can be made of."""


def columns(flags: QuerySet[Flag]) -> QuerySet[Flag, tuple[Any, ...]]:
    """What `read` makes FlagReads of."""
    rows = flags.annotate(written=Cast(F("evidence"), TextField()))
    return rows.values_list(*FIELDS, *PEOPLE, "written", *SITE)


def read(row: tuple[Any, ...]) -> FlagRead:
    """A row of `columns`."""
    *fields, site, is_main = row
    place = None if site is None else SiteRead(site, is_main)
    return FlagRead(*fields, place)  # type: ignore[call-arg]  # the fields of the class, in their order
