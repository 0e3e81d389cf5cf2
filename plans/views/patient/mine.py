"""What the patient's pages read: their own plan, exercises, sessions, and where they are now."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.compiled import compiled
from accounts.models import CareAssignment, Clinic, Patient
from accounts.together import one_of_many
from exercises.models import Equipment, ExerciseVersion
from plans.lines import line_of
from plans.models import Message, Note, Plan, PlanRead, PlanVersion, Prescription
from plans.models.quota import grown, with_steps
from plans.schedule import Planned, is_due, local_date
from plans.wording import days_in_words, dose_in_words, in_a_row

ZONE_KEY = "time_zone"
NOTES_SHOWN = 5


@dataclass(frozen=True)
class Item:
    """An exercise of the plan as the pages show it; `minutes` are an estimate."""

    prescription: Prescription
    name: str
    dose: str
    days: str
    position: str
    minutes: float


@dataclass(frozen=True)
class Section:
    """A part of the session with its exercises."""

    name: str
    items: list[Item]


def zone_here(request: HttpRequest, me: Patient) -> str:
    """The time zone the person last logged from in this sign-in, else the one the clinic knows."""
    return str(request.session.get(ZONE_KEY) or me.time_zone)


def remember_zone(request: HttpRequest, me: Patient, zone: str) -> None:
    """Somebody who logs abroad sees the date of the place where they are."""
    if zone_here(request, me) != zone:
        request.session[ZONE_KEY] = zone


def today_here(request: HttpRequest, me: Patient, at: datetime) -> date:
    return local_date(at, zone_here(request, me))


def current_plan(me: Patient) -> Plan | None:
    """The active or paused plan with its version and the profile, or nothing.

    `new_messages` counts those of the clinic, `version_read` tells whether the patient has confirmed the version.
    """
    return next(iter(_current_plans(patient=me.pk)), None)


@compiled
def _current_plans(*, patient: UUID) -> QuerySet[Plan, Plan]:
    new = Message.objects.unread_by_patient().filter(patient=OuterRef("patient")).order_by()
    counted = new.values("patient").annotate(n=Count("pk")).values("n")
    read = PlanRead.objects.filter(version=OuterRef("active_version"))
    plans = Plan.objects.filter(patient=patient).current()
    plans = plans.annotate(new_messages=Coalesce(Subquery(counted), 0), version_read=Exists(read))
    return plans.select_related("active_version", "owner", "patient__profile")[:1]


def exercises(version: PlanVersion, day: date) -> list[Prescription]:
    """The exercises of a version in order, with the dose of that local date."""
    return of_version(version, _exercises_alone(version=version.pk, day=day))


def of_version(version: PlanVersion, rows: Iterable[Prescription]) -> list[Prescription]:
    """The rows of this version that were asked for with others, as `exercises` gives them."""
    found = grown(rows)
    for row in found:
        row.version = version
    return found


def _exercises(*only: str, version: UUID, day: date) -> QuerySet[Prescription, Prescription]:
    """`only` names the fields that are read, where not all of them are."""
    rows = Prescription.objects.filter(version=version).in_order().select_related("exercise_version")
    return with_steps(rows.only(*only) if only else rows, day)


_exercises_alone, exercise_rows = compiled(_exercises), one_of_many(_exercises)


def items(prescriptions: Iterable[Prescription]) -> list[Item]:
    return [
        Item(
            prescription=p,
            name=p.exercise_version.said.name,
            dose=dose_in_words(p),
            days=days_in_words(p.weekdays, p.times_a_week),
            position=p.exercise_version.position,
            minutes=line_of(p).minutes,
        )
        for p in prescriptions
    ]


def names_of_equipment() -> dict[str, str]:
    """Every thing that an exercise can need, by its short name."""
    return Equipment.objects.names()


def needs_in_words(exercise: ExerciseVersion, names: Mapping[str, str]) -> str:
    """ "You need: Firm chair"; empty when it needs nothing."""
    things = [names.get(slug, slug) for slug in exercise.equipment]
    return _("You need: %(things)s") % {"things": in_a_row(things)} if things else ""


def sections(shown: Sequence[Item]) -> list[Section]:
    """The exercises under the words a patient reads, in the order of the session; empty parts are left out."""
    names = {"warm-up": _("Warm up"), "main": _("Main part"), "cool-down": _("Wind down")}
    parts = [Section(name, [i for i in shown if i.prescription.section == key]) for key, name in names.items()]
    return [part for part in parts if part.items]


def about_in_words(shown: Sequence[Item], *, gentle: bool = False) -> str:
    """ "4 exercises, about 18 minutes"."""
    count = len(shown)
    minutes = max(1, round(sum(item.minutes for item in shown)))
    if gentle:
        said = ngettext("%(n)d gentle exercise", "%(n)d gentle exercises", count) % {"n": count}
    else:
        said = ngettext("%(n)d exercise", "%(n)d exercises", count) % {"n": count}
    about = ngettext("about %(n)d minute", "about %(n)d minutes", minutes) % {"n": minutes}
    return f"{said}, {about}"


def planned(prescriptions: Iterable[Prescription]) -> list[Planned]:
    return [
        Planned(weekdays=None if p.weekdays is None else frozenset(p.weekdays), times_a_week=p.times_a_week)
        for p in prescriptions
    ]


def due_on(prescriptions: Sequence[Prescription], day: date, sessions_this_week: int) -> list[Prescription]:
    """The exercises that belong to that day."""
    pairs = zip(prescriptions, planned(prescriptions), strict=True)
    return [p for p, plan in pairs if is_due(plan, day, sessions_this_week)]


def clinician_name(me: Patient, at: datetime) -> str:
    """The first name of the responsible clinician, or "your clinic" when nobody is named."""
    open_now = CareAssignment.objects.open(at).filter(patient=me, kind=CareAssignment.Kind.RESPONSIBLE)
    assignment = open_now.select_related("clinician").first()
    return assignment.clinician.get_short_name() if assignment else _("your clinic")


def shared_notes(me: Patient) -> list[Note]:
    """The last five notes that clinicians shared with the patient, the newest first."""
    return list(Note.objects.of(me).shared().select_related("author")[:NOTES_SHOWN])


def telephone(clinic: Clinic) -> str:
    """The clinic's number as a telephone link wants it: digits, and a plus at the start."""
    digits = "".join(letter for letter in clinic.phone if letter.isdigit())
    return f"+{digits}" if clinic.phone.strip().startswith("+") else digits
