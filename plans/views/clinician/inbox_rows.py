"""The rows of the inbox: who, what is gravest, and how much else; a page of them in a fixed number of queries."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple, NewType
from uuid import UUID

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.translation import ngettext

from accounts.models import CareAssignment, Patient
from accounts.models.patient import age_on
from accounts.routes import addresses_of
from accounts.together import Added, Part, one_of_many, together
from plans import wording_flags
from plans.models import BodySite, Flag, FlagRead
from plans.schedule import local_date
from plans.views.clinician import items
from plans.views.clinician.items import LEVELS, Found, Item, Level, View
from plans.views.clinician.items_all import KINDS
from plans.views.clinician.items_flags import OPEN
from plans.views.clinician.people import about, about_in_words, age_of
from plans.wording import in_sentence


class Person(NamedTuple):
    """What a line names of a patient; `place` is where it hurts most, `whose` the responsible clinician."""

    pk: UUID
    full_name: str
    birth_on: date
    time_zone: str
    clinic_number: str | None
    place: str | None
    whose: str | None


Shape = NewType("Shape", str)
"""A word that decides how a line is drawn, and says nothing of a person."""


class Line(NamedTuple):
    """A line as it is drawn (see painplan.templatetags.lines): words, and what decides on its shape."""

    id: str
    name: str
    about: str
    whose: str
    url: str
    record: str
    said: str
    more: str
    note: str
    when: str
    seen: str
    ticks: str
    acknowledge: str
    snooze: str
    resolve: str
    is_due: bool
    late: bool
    current: bool
    badge: Shape
    word: Shape

    @property
    def keys(self) -> dict[str, str]:
        """Where the keys a, s and r lead for the gravest item."""
        led = {"resolve": self.resolve, "acknowledge": self.acknowledge, "snooze": self.snooze}
        return {name: url for name, url in led.items() if url}


URGENT = Flag.Severity.URGENT.value


class Ways(NamedTuple):
    """What says the addresses of a page's rows."""

    patient: Callable[[str], str]
    acknowledge: Callable[[str], str]
    snooze: Callable[[str], str]
    resolve: Callable[[str], str]


@dataclass
class Row:
    """A line of the inbox: a patient, the gravest item, and the others."""

    patient: Person
    about: str
    first: Item
    others: Sequence[Item]
    url: str
    current: bool
    ways: Ways
    whose: str = ""

    @property
    def more(self) -> str:
        """ "And 2 more: next morning, re-evaluation, tomorrow." """
        if not self.others:
            return ""
        n = len(self.others)
        titles = ", ".join(in_sentence(item.title) for item in self.others)
        return ngettext("And %(n)d more: %(what)s.", "And %(n)d more: %(what)s.", n) % {"n": n, "what": titles}

    @property
    def ticks(self) -> str:
        """The unseen flags that one tick acknowledges; none where something graver has to be opened first."""
        if self.first.found.level != Level.WATCH:
            return ""
        flags = [item for item in (self.first, *self.others) if item.unseen and item.found.kind == "flag"]
        return ",".join(str(item.found.key) for item in flags)

    @property
    def line(self) -> Line:
        first, more, ways = self.first, self.more, self.ways
        sentence = first.sentence
        flag: FlagRead | None = first.row if first.found.kind == "flag" else None
        patient, key = str(self.patient.pk), str(flag.pk) if flag else ""
        return Line(
            id=patient,
            name=self.patient.full_name,
            about=self.about,
            whose=self.whose,
            url=self.url,
            record=ways.patient(patient),
            said=sentence,
            more=more,
            note=f"{sentence} {more}" if sentence and more else sentence or more,
            when=first.when,
            seen=first.seen,
            ticks=self.ticks,
            acknowledge=ways.acknowledge(key) if flag and flag.state == OPEN else "",
            snooze=ways.snooze(key) if flag and flag.severity != URGENT else "",
            resolve=ways.resolve(key) if flag else "",
            is_due=first.found.kind == "reevaluation",
            late=first.late,
            current=self.current,
            badge=Shape(first.badge),
            word=Shape(first.badge_word),
        )


@dataclass(frozen=True)
class Group:
    """Rows of one level."""

    level: str
    title: str
    word: str
    rows: list[Row]

    @property
    def ticks(self) -> int:
        """How many rows can be ticked."""
        return sum(1 for row in self.rows if row.ticks)

    @property
    def lines(self) -> list[Line]:
        return [row.line for row in self.rows]


@dataclass(frozen=True)
class Past:
    """A flag that is dealt with."""

    flag: Flag
    about: str
    evidence: str
    age: str
    state: str
    url: str
    current: bool


def groups(
    entries: Sequence[tuple[UUID, Sequence[Found]]],
    view: View,
    opened: UUID | None,
    *others: Part,
    named: bool = False,
    added: Added | None = None,
) -> tuple[list[Group], list[list[Any]]]:
    """The rows of a page by level; `opened` is the patient in the panel, `named` says whose patients they are. And the
    rows of `others`, questions that the page has besides. `added` is written with all these.
    """
    if not entries:
        return [], together(*others, added=added)
    found = [one for _patient, those in entries for one in those]
    asked = _people(patients=[patient for patient, _those in entries], at=view.at)
    shown, (people, *beside) = items.show_beside(KINDS, found, view, asked, *others, added=added)
    patients = {row[0]: Person._make(row) for row in people}
    made: dict[int, list[Row]] = {level: [] for level in Level}
    ways = Ways(*map(addresses_of, ("patient", "flag_acknowledge", "flag_snooze", "flag_resolve")))
    for patient_id, those in entries:
        mine = [item for one in those if (item := shown.get((one.kind, one.key)))]
        if mine:
            row = _row(patients[patient_id], mine, view, ways, opened, named=named)
            made[row.first.found.level].append(row)
    filled = [(level, *words) for level, words in LEVELS.items() if made[level]]
    return [Group(name, str(title), str(word), made[level]) for level, name, title, word in filled], beside


@one_of_many
def _people(*, patients: Sequence[UUID], at: datetime) -> QuerySet[Any, Any]:
    responsible = CareAssignment.objects.open(at).filter(patient=OuterRef("pk"), kind=CareAssignment.Kind.RESPONSIBLE)
    sites = BodySite.objects.filter(patient=OuterRef("pk")).order_by("-is_main", "position")
    rows = Patient.objects.filter(pk__in=patients).order_by()
    rows = rows.annotate(
        place=Subquery(sites.values("name")[:1]), whose=Subquery(responsible.values("clinician__full_name")[:1])
    )
    return rows.values_list("pk", "full_name", "birth_on", "time_zone", "clinic_number", "place", "whose")


def _row(patient: Person, mine: Sequence[Item], view: View, ways: Ways, opened: UUID | None, *, named: bool) -> Row:
    first, *others = mine
    if first.found.kind == "flag":
        url = f"{view.here}&flag={first.found.key}"
    elif first.url and not others:
        url = first.url
    else:
        url = f"{view.here}&patient={patient.pk}"
    age = age_on(local_date(view.at, patient.time_zone), patient.birth_on)
    words = about_in_words(age, [] if patient.place is None else [patient.place])
    whose = (patient.whose or "") if named else ""
    return Row(patient, words, first, others, url, patient.pk == opened, ways, whose)


def past(flags: Iterable[Flag], view: View, opened: UUID | None) -> list[Past]:
    """Flags that are dealt with, as lines."""
    return [_past(flag, view.at, f"{view.here}&flag={flag.pk}", flag.pk == opened) for flag in flags]


def _past(flag: Flag, at: datetime, url: str, current: bool) -> Past:
    said = (wording_flags.sentence(flag), wording_flags.since_then(flag))
    return Past(
        flag=flag,
        about=about(flag.patient, local_date(at, flag.patient.time_zone)),
        evidence=" ".join(part for part in said if part),
        age=age_of(flag.raised_at, at),
        state=wording_flags.state_in_words(flag),
        url=url,
        current=current,
    )
