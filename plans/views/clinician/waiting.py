"""What waits in a clinic, asked for once: how many people have what in each list, and one page of one list."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import reduce
from itertools import groupby
from operator import attrgetter, xor
from typing import NamedTuple
from uuid import UUID

from accounts.compiled import ask
from accounts.models import Role
from accounts.policy import Actor
from plans.schedule import local_date
from plans.views.clinician import evaluated, waiting_sql
from plans.views.clinician.care import whose
from plans.views.clinician.evaluated import Evaluated
from plans.views.clinician.items import Found, Level
from plans.views.clinician.people import seen
from plans.views.clinician.waiting_sql import FLAG, LISTS, NEW

Entry = tuple[UUID, Sequence[Found]]
"""A patient with all that waits, the gravest and oldest first."""


class Alike(NamedTuple):
    """Patients who have the same in each list: a bit for each level, for a flag and for what is new."""

    mine: int
    clinic: int
    asleep: int
    patients: int
    mark: int


@dataclass(frozen=True)
class Cut:
    """The page of a list that is read, counted from 0 (beyond the last: the last), of patients with one of the levels
    `only` (of any when none is named), by their gravest item and then the oldest, or the `newest`, first.
    """

    page: int = 0
    size: int = 0
    only: Sequence[Level] = ()
    newest: bool = False


@dataclass(frozen=True)
class Waiting:
    """How many people wait, with what; `entries` are those of the page that was asked for, `watch` tells how far the
    rules have looked (None for who works in no clinic).
    """

    alike: Sequence[Alike]
    entries: Sequence[Entry]
    watch: Evaluated | None
    today: date

    def count(self, tab: str, *, of: int = -1) -> int:
        """How many patients a list has; with `of`, those with one of these bits."""
        return sum(one.patients for one in self.alike if getattr(one, tab) & of)

    def counts(self) -> dict[str, int]:
        """How many patients each list has."""
        return {tab: self.count(tab) for tab in LISTS}

    def chosen(self, tab: str, only: Sequence[Level]) -> int:
        """How many patients of a list have an item of one of these levels, or of any when none is named."""
        return self.count(tab, of=waiting_sql.bits_of(only))

    def by_level(self, tab: str) -> Mapping[Level, int]:
        """How many patients of a list have an item of each level."""
        return {level: self.chosen(tab, [level]) for level in Level}

    def flagged(self, tab: str) -> int:
        """How many patients of a list have a flag."""
        return self.count(tab, of=FLAG)

    def arrived(self, tab: str) -> int:
        """How many patients of a list have something that was not there at the moment that was asked about."""
        return self.count(tab, of=NEW)

    @property
    def mark(self) -> str:
        """A short word that changes when the list asked for does: somebody new, somebody gone, something graver."""
        return f"{reduce(xor, (one.mark for one in self.alike), 0) % 2**64:016x}"


def waiting(
    me: Actor, at: datetime, tab: str = "", cut: Cut | None = None, *, after: datetime | None = None
) -> Waiting:
    """What waits in the clinic worked in, as far as this person may see it: the counts, and of the list `tab` its mark
    and the page `cut` out of it. `after` is the moment that `arrived` means. One query.
    """
    if me.clinic is None:
        return Waiting([], [], None, at.date())
    today, lead = local_date(at, me.clinic.time_zone), Role.LEAD in me.roles
    begins, whose_values = whose(me, at, forgotten=lead)
    visible, visible_values = seen(user=me.user, at=at, clinic=me.clinic.pk) or ("SELECT NULL::uuid", [])
    looked, looked_values = evaluated.columns(me.clinic, at)
    newest = cut.newest if cut else None
    only = bool(cut and cut.only)
    text = waiting_sql.text(today, tab, begins=begins, seen=visible, looked=looked, lead=lead, newest=newest, only=only)
    page = waiting_sql.values_of_page(cut.page, cut.size, cut.only, newest=cut.newest) if cut else []
    [(alike, *answer)] = ask(text, [*whose_values, *visible_values, after or at, *page, *looked_values])
    watch = evaluated.told(answer[:3], clinic=me.clinic, user=me.user, at=at)
    found = map(Found._make, zip(*answer[3:], strict=True)) if cut and answer[3] else ()
    entries = [(patient, list(those)) for patient, those in groupby(found, attrgetter("patient_id"))]
    return Waiting([Alike(*one) for one in alike], entries, watch, today)


def first_tab(me: Actor) -> str:
    """The list that a person sees first, and whose count stands beside "Inbox"."""
    return "clinic" if me.role == "lead" else "mine"
