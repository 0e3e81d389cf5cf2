"""The rows of the inbox: who, what is gravest, and how much else; a page of them in a fixed number of queries."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import OuterRef, Subquery
from django.urls import reverse
from django.utils.translation import ngettext

from accounts.models import CareAssignment, Patient
from plans import wording_flags
from plans.models import Flag
from plans.schedule import local_date
from plans.views.clinician import items
from plans.views.clinician.items import LEVELS, Found, Item, Level, View
from plans.views.clinician.items_all import KINDS
from plans.views.clinician.people import about, age_of, with_places
from plans.wording import in_sentence


@dataclass(frozen=True)
class Row:
    """A line of the inbox: a patient, the gravest item, and the others."""

    patient: Patient
    about: str
    first: Item
    others: Sequence[Item]
    url: str
    current: bool
    whose: str = ""

    @property
    def id(self) -> str:
        return str(self.patient.pk)

    @property
    def record(self) -> str:
        """The address of the patient's record."""
        return reverse("patient", args=[self.patient.pk])

    @property
    def note(self) -> str:
        """What a re-evaluation's row says."""
        return " ".join(said for said in (self.first.sentence, self.more) if said)

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
        flags = [item for item in (self.first, *self.others) if item.found.kind == "flag" and item.unseen]
        return ",".join(str(item.found.key) for item in flags)

    @property
    def keys(self) -> dict[str, str]:
        """Where the keys a, s and r lead for the gravest item."""
        if self.first.found.kind != "flag":
            return {}
        flag: Flag = self.first.row
        led = {"resolve": reverse("flag_resolve", args=[flag.pk])}
        if flag.state == Flag.State.OPEN:
            led["acknowledge"] = reverse("flag_acknowledge", args=[flag.pk])
        if flag.severity != Flag.Severity.URGENT:
            led["snooze"] = reverse("flag_snooze", args=[flag.pk])
        return led


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
    entries: Sequence[tuple[UUID, Sequence[Found]]], view: View, opened: UUID | None, *, named: bool = False
) -> list[Group]:
    """The rows of a page by level; `opened` is the patient in the panel, `named` says whose patients they are."""
    found = [one for _patient, those in entries for one in those]
    shown = items.show(KINDS, found, view)
    people = with_places(Patient.objects.filter(pk__in=[patient for patient, _those in entries]))
    patients = {patient.pk: patient for patient in people.annotate(whose=_responsible(view))}
    made: dict[Level, list[Row]] = {level: [] for level in Level}
    for patient_id, those in entries:
        mine = [shown[one.kind, one.key] for one in those if (one.kind, one.key) in shown]
        if mine:
            row = _row(patients[patient_id], mine, view, opened, named=named)
            made[Level(row.first.found.level)].append(row)
    filled = [(level, *words) for level, words in LEVELS.items() if made[level]]
    return [Group(name, str(title), str(word), made[level]) for level, name, title, word in filled]


def _responsible(view: View) -> Subquery:
    """The name of a patient's responsible clinician."""
    rows = CareAssignment.objects.open(view.at).filter(patient=OuterRef("pk"), kind=CareAssignment.Kind.RESPONSIBLE)
    return Subquery(rows.values("clinician__full_name")[:1])


def _row(patient: Patient, mine: Sequence[Item], view: View, opened: UUID | None, *, named: bool) -> Row:
    first, *others = mine
    if first.found.kind == "flag":
        url = f"{view.here}&flag={first.found.key}"
    elif first.url and not others:
        url = first.url
    else:
        url = f"{view.here}&patient={patient.pk}"
    whose: str | None = patient.whose if named else None  # type: ignore[attr-defined]
    words = about(patient, local_date(view.at, patient.time_zone))
    return Row(patient, words, first, others, url, patient.pk == opened, whose or "")


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
