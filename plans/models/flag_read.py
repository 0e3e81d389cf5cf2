"""A flag as lists read it: what its sentence says and its state, of dozens of flags, without dozens of models."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any, NamedTuple, Protocol
from uuid import UUID

from django.db.models import Case, F, Func, JSONField, Q, QuerySet, TextField, When
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


SAID_OF_EVIDENCE = Func(
    F("evidence"), template="(%(expressions)s - '{signs,reports}'::text[])", output_field=JSONField()
)
"""The evidence without what no sentence says: the days and answers that it was drawn from."""


class SiteLike(Protocol):
    """A place as sentences name it."""

    @property
    def name(self) -> str: ...
    @property
    def is_main(self) -> bool: ...


class FlagLike(Protocol):
    """What a flag's sentence can be made of: a Flag, or what a page has read of one; `acknowledged_by` is a person or
    the name of one.
    """

    @property
    def rule(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def since_on(self) -> date: ...
    @property
    def first_alert_on(self) -> date: ...
    @property
    def last_alert_on(self) -> date: ...
    @property
    def acknowledged_at(self) -> datetime | None: ...
    @property
    def acknowledged_by(self) -> Any: ...
    @property
    def evidence(self) -> dict[str, Any]: ...
    @property
    def site(self) -> SiteLike | None: ...


class SiteRead(NamedTuple):
    """The place of a flag, by its fields' names in BodySite."""

    name: str
    is_main: bool


def site_read(name: str | None, is_main: bool | None) -> SiteRead | None:
    """From the columns SITE, which are empty for a flag of no place."""
    return None if name is None else SiteRead(name, bool(is_main))


@dataclass
class FlagRead:
    """Fields of a Flag by their names, of a person the name. `written` is `SAID_OF_EVIDENCE`, not yet read; None for a
    flag that a list only names, which asks for it when it is told after all.
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
    written: str | None
    site: SiteRead | None

    @cached_property
    def evidence(self) -> dict[str, Any]:
        if self.written is None:
            found: dict[str, Any] = Flag.objects.values_list("evidence", flat=True).get(pk=self.pk)
        else:
            found = json.loads(self.written)
        return found

    def is_asleep(self, today: date) -> bool:
        """As Flag has it."""
        return sleeps(self.state, self.snoozed_until, today)


AnyFlag = Flag | FlagRead
"""A flag of the inbox, read for a list or whole."""


def columns(flags: QuerySet[Flag], told: Q) -> QuerySet[Flag, tuple[Any, ...]]:
    """What `read` makes FlagReads of; of those that are not `told` without the evidence."""
    evidence = Cast(SAID_OF_EVIDENCE, TextField())
    rows = flags.annotate(written=Case(When(told, then=evidence), output_field=TextField()))
    return rows.values_list(*FIELDS, *PEOPLE, "written", *SITE)


def read(row: tuple[Any, ...]) -> FlagRead:
    """A row of `columns`."""
    *fields, site, is_main = row
    return FlagRead(*fields, site_read(site, is_main))  # type: ignore[call-arg]  # the fields of the class, in their order
