"""Everything that waits in a clinic, asked for once: the lists, their counts, and whether they have changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import blake2b
from uuid import UUID

from accounts.policy import Actor
from plans.schedule import local_date
from plans.views.clinician import items
from plans.views.clinician.care import Care, care_of
from plans.views.clinician.items import Found, Level
from plans.views.clinician.items_all import KINDS
from plans.views.clinician.people import patients_of

LISTS = ("mine", "clinic", "asleep")


@dataclass(frozen=True)
class Waiting:
    """Light rows of all that waits, the gravest first, with whose they are."""

    found: Sequence[Found]
    care: Care
    today: date

    def of(self, tab: str) -> list[Found]:
        """The rows of one list: "mine", "clinic" (both without what sleeps) or "asleep"."""
        if tab == "asleep":
            return [one for one in self.found if one.asleep]
        awake = [one for one in self.found if not one.asleep]
        return [one for one in awake if self.care.holds(one)] if tab == "mine" else awake

    def by_patient(self, tab: str) -> list[tuple[UUID, list[Found]]]:
        """One entry a patient, in the order of the gravest and oldest item of each."""
        found: dict[UUID, list[Found]] = {}
        for one in self.of(tab):
            found.setdefault(one.patient_id, []).append(one)
        return list(found.items())

    def counts(self) -> dict[str, int]:
        """How many patients each list has."""
        return {tab: len({one.patient_id for one in self.of(tab)}) for tab in LISTS}

    def mark(self, tab: str) -> str:
        """A short word that changes when the list does: somebody new, somebody gone, something graver."""
        lines = sorted(f"{one.key}{one.level}" for one in self.of(tab))
        return blake2b("".join(lines).encode(), digest_size=8).hexdigest()

    def arrived_after(self, tab: str, moment: datetime) -> int:
        """How many patients of a list have something that was not there at that moment."""
        return len({one.patient_id for one in self.of(tab) if one.arrived > moment})

    def patients_at(self, tab: str, level: Level) -> int:
        """How many patients of a list have an item of this level."""
        return len({one.patient_id for one in self.of(tab) if one.level == level})


def waiting(me: Actor, at: datetime) -> Waiting:
    """What waits in the clinic worked in, as far as this person may see it. Four queries, one more for a lead."""
    today = local_date(at, me.clinic.time_zone) if me.clinic else at.date()
    found = items.find(KINDS, patients_of(me, at, mine=False), today)
    return Waiting(found, care_of(me, at, found=found), today)


def first_tab(me: Actor) -> str:
    """The list that a person sees first, and whose count stands beside "Inbox"."""
    return "clinic" if me.role == "lead" else "mine"
