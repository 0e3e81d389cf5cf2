"""Everything that waits in a clinic, asked for once: the lists, their counts, and whether they have changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from hashlib import blake2b
from uuid import UUID

from accounts.models import Role
from accounts.policy import Actor
from plans.schedule import local_date
from plans.views.clinician import evaluated, items
from plans.views.clinician.care import ROWS, Care, care_of, rows_of, with_the_forgotten
from plans.views.clinician.evaluated import Evaluated
from plans.views.clinician.items import Found, Level
from plans.views.clinician.items_all import KINDS
from plans.views.clinician.people import seen

LISTS = ("mine", "clinic", "asleep")


@dataclass(frozen=True)
class Waiting:
    """Light rows of all that waits, the gravest first, with whose they are; `judged` tells how far the rules looked."""

    found: Sequence[Found]
    known: Care
    judged: Sequence[Found]
    me: Actor
    at: datetime
    today: date

    @cached_property
    def care(self) -> Care:
        """What is one's own; for a lead that takes a query, made when somebody asks for "mine"."""
        if Role.LEAD in self.me.roles:
            return with_the_forgotten(self.known, self.me, self.at, self.found)
        return self.known

    @cached_property
    def watch(self) -> Evaluated | None:
        """How far the rules have looked; None for who works in no clinic."""
        if self.me.clinic is None:
            return None
        return evaluated.evaluated(self.judged, clinic=self.me.clinic, user=self.me.user, at=self.at)

    @cached_property
    def _awake(self) -> list[Found]:
        return [one for one in self.found if not one.asleep]

    @cached_property
    def _mine(self) -> list[Found]:
        return [one for one in self._awake if self.care.holds(one)]

    def of(self, tab: str) -> list[Found]:
        """The rows of one list: "mine", "clinic" (both without what sleeps) or "asleep"."""
        if tab == "asleep":
            return [one for one in self.found if one.asleep]
        return self._mine if tab == "mine" else self._awake

    def by_patient(self, tab: str) -> list[tuple[UUID, list[Found]]]:
        """One entry a patient, in the order of the gravest and oldest item of each."""
        found: dict[UUID, list[Found]] = {}
        for one in self.of(tab):
            found.setdefault(one.patient_id, []).append(one)
        return list(found.items())

    def count(self, tab: str) -> int:
        """How many patients a list has."""
        return len({one.patient_id for one in self.of(tab)})

    def counts(self) -> dict[str, int]:
        """How many patients each list has."""
        return {tab: self.count(tab) for tab in LISTS}

    def mark(self, tab: str) -> str:
        """A short word that changes when the list does: somebody new, somebody gone, something graver."""
        lines = sorted(one.key.bytes + bytes([one.level]) for one in self.of(tab))
        return blake2b(b"".join(lines), digest_size=8).hexdigest()

    def arrived_after(self, tab: str, moment: datetime) -> int:
        """How many patients of a list have something that was not there at that moment."""
        return len({one.patient_id for one in self.of(tab) if one.arrived > moment})

    def patients_at(self, tab: str, level: Level) -> int:
        """How many patients of a list have an item of this level."""
        return len({one.patient_id for one in self.of(tab) if one.level == level})


def waiting(me: Actor, at: datetime) -> Waiting:
    """What waits in the clinic worked in, as far as this person may see it. One query."""
    today = local_date(at, me.clinic.time_zone) if me.clinic else at.date()
    looked = evaluated.rows_of(me.clinic, at) if me.clinic else []
    visible = seen(user=me.user, at=at, clinic=me.clinic.pk) if me.clinic else None
    rows = items.find(KINDS, visible, today, beside=[*rows_of(me, at), *looked])
    whose, judged = ([one for one in rows if one.kind in kinds] for kinds in (ROWS, evaluated.ROWS))
    found = [one for one in rows if one.kind not in ROWS and one.kind not in evaluated.ROWS]
    return Waiting(found, care_of(me, whose), judged, me, at, today)


def first_tab(me: Actor) -> str:
    """The list that a person sees first, and whose count stands beside "Inbox"."""
    return "clinic" if me.role == "lead" else "mine"
