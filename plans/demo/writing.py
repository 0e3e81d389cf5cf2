"""Stores stories: identity, profile, plan versions in bulk. The diary is in diary_rows.py."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db.models import Model
from django.utils.text import slugify

from accounts.models import CareAssignment, Patient, User
from accounts.names import folded
from plans.demo import joan, routines
from plans.demo.clinics import House
from plans.demo.rows import born, made_id, moment
from plans.demo.stories import Story, Version
from plans.models import (
    BodySite,
    ClinicalProfile,
    PainWatch,
    Plan,
    PlanEvent,
    PlanVersion,
    Prescription,
    Screening,
)

# A first visit: added, screened, planned, activated.
ADDED_MINUTE, SCREENED_MINUTE, PLANNED_MINUTE, ACTIVATED_MINUTE = 9 * 60, 9 * 60 + 10, 9 * 60 + 20, 9 * 60 + 30
SCREENING_TOOL = "Clinic readiness check"
SCREENED_EVERY_DAYS = 350
SHARE_OF_SECOND_CLINICIAN = 0.3


@dataclass(slots=True)
class Stored:
    """A story with the rows that its diary hangs on. `versions` and `prescriptions` are in version order."""

    story: Story
    patient: Patient
    user: User
    by: User
    sites: list[BodySite]
    plan: Plan | None
    versions: list[PlanVersion]
    prescriptions: list[list[Prescription]]


class Batch:
    """Rows by model, written together: in the order of the models' first mention, history last."""

    def __init__(self) -> None:
        self._rows: dict[type[Model], list[Model]] = {}

    def add(self, *rows: Model) -> None:
        for row in rows:
            self._rows.setdefault(type(row), []).append(row)

    def write(self) -> None:
        for model, rows in sorted(self._rows.items(), key=lambda known: known[0] is PlanEvent):
            model._default_manager.bulk_create(rows, batch_size=500)
        self._rows.clear()


def store_people(house: House, stories: Iterable[Story], at: datetime) -> list[Stored]:
    """Patients with everything that is written down about them, and their activated plans."""
    batch, found = Batch(), []
    zone = ZoneInfo(house.clinic.time_zone)
    for story in stories:
        found.append(_person(house, story, at, zone, batch))
    batch.write()
    conditions = ClinicalProfile.conditions.through
    conditions.objects.bulk_create(
        conditions(clinicalprofile_id=stored.patient.profile.pk, condition_id=slug)
        for stored in found
        for slug in stored.story.person.complaint.conditions
    )
    for number in range(1, routines.MOST_VERSIONS + 1):
        _store_versions(house, [one for one in found if len(one.story.versions) >= number], number, at, zone)
    _start_plans(found)
    return found


def _person(house: House, story: Story, at: datetime, zone: ZoneInfo, batch: Batch) -> Stored:
    person, rng = story.person, story.rng
    added_at = min(moment(story.added_on, ADDED_MINUTE, zone), at)
    is_joan = person is joan.PERSON
    second = len(house.clinicians) > 1 and not is_joan and rng.random() < SHARE_OF_SECOND_CLINICIAN
    by = house.clinicians[1 if second else 0]
    user = house.patient_login if is_joan and house.patient_login else _user(house, story, added_at)
    patient = Patient(
        id=made_id(added_at, rng),
        clinic=house.clinic,
        user=None if person.kind == "invited" else user,
        full_name=person.name,
        name_key=folded(person.name),
        birth_on=born(person.age, at.astimezone(zone).date(), rng),
        clinic_number=f"{house.clinic.slug[0].upper()}-{story.number + 1:04d}",
        email=user.email,
        time_zone=house.clinic.time_zone,
        status=Patient.Status.INVITED if person.kind == "invited" else Patient.Status.ACTIVE,
        consented_at=None if person.kind == "invited" else added_at,
        created_at=added_at,
    )
    sites = [
        BodySite(id=made_id(added_at, rng), patient=patient, name=name, is_main=place == 1, position=place)
        for place, name in enumerate(person.complaint.sites, start=1)
    ]
    if person.kind != "invited" and user is not house.patient_login:
        batch.add(user)
    batch.add(
        patient,
        ClinicalProfile(
            id=made_id(added_at, rng),
            patient=patient,
            usual_pain_at_intake=Decimal(round(person.usual)),
            goal=person.complaint.goal,
            what_helps=joan.WHAT_HELPS if is_joan else "",
            flare_plan=joan.FLARE_PLAN if is_joan else "",
        ),
        *sites,
        PainWatch(patient=patient),
        CareAssignment(id=made_id(added_at, rng), patient=patient, clinician=by, valid_from=added_at),
        event(patient, None, "patient added", added_at, by, story),
    )
    stored = Stored(story, patient, user, by, sites, None, [], [])
    if story.versions:
        _screenings(stored, house, at, zone, batch)
        stored.plan = Plan(
            id=made_id(added_at, rng),
            patient=patient,
            title=f"{person.complaint.sites[0]}: first steps",
            owner=by,
            created_at=min(moment(story.versions[0].on, PLANNED_MINUTE, zone), at),
        )
        batch.add(stored.plan, event(patient, stored.plan, "plan started", stored.plan.created_at, by, story))
    return stored


def _user(house: House, story: Story, at: datetime) -> User:
    """A login that nobody can use, for the patient to have logged with."""
    address = slugify(story.person.name).replace("-", ".")
    return User(
        id=made_id(at, story.rng),
        email=f"{address}.{story.number}@{house.clinic.slug}.example",
        full_name=story.person.name,
        password=f"!{story.rng.getrandbits(160):040x}",
    )


def _screenings(stored: Stored, house: House, at: datetime, zone: ZoneInfo, batch: Batch) -> None:
    story, on = stored.story, stored.story.versions[0].on
    while on <= at.astimezone(zone).date():
        done_at = min(moment(on, SCREENED_MINUTE, zone), at)
        screening = Screening(
            id=made_id(done_at, story.rng),
            patient=stored.patient,
            tool=SCREENING_TOOL,
            done_on=on,
            done_by=house.clinicians[-1],
            expires_on=on + timedelta(days=365),
        )
        until = str(screening.expires_on)
        batch.add(
            screening,
            event(stored.patient, None, "screening recorded", done_at, screening.done_by, story, until=until),
        )
        on += timedelta(days=SCREENED_EVERY_DAYS)


def _store_versions(house: House, several: Sequence[Stored], number: int, at: datetime, zone: ZoneInfo) -> None:
    """The versions with this number: drafts first, then their exercises, then activated, as the triggers want it."""
    batch, made = Batch(), []
    for stored in several:
        if stored.plan is None:
            continue
        told = stored.story.versions[number - 1]
        activated_at = min(moment(told.on, ACTIVATED_MINUTE, zone), at)
        version = PlanVersion(
            id=made_id(activated_at, stored.story.rng),
            plan=stored.plan,
            number=number,
            based_on=stored.versions[-1] if stored.versions else None,
            saved_at=activated_at,
        )
        prescriptions = _prescriptions(house, stored, told, version, activated_at)
        batch.add(version, *prescriptions)
        stored.versions.append(version)
        stored.prescriptions.append(prescriptions)
        made.append(version)
        version.why, version.activated_at, version.activated_by = told.why, None, None
        batch.add(
            event(
                stored.patient,
                stored.plan,
                "plan activated",
                activated_at,
                stored.by,
                stored.story,
                version=number,
                why=told.why,
            )
        )
    batch.write()
    for stored in several:
        version, is_last = stored.versions[-1], len(stored.story.versions) == number
        version.state = PlanVersion.State.ACTIVE if is_last else PlanVersion.State.SUPERSEDED
        version.activated_at, version.activated_by = version.saved_at, stored.by
    PlanVersion.objects.bulk_update(made, ["state", "activated_at", "activated_by"], batch_size=200)


def _prescriptions(
    house: House, stored: Stored, told: Version, version: PlanVersion, at: datetime
) -> list[Prescription]:
    positions: dict[str, int] = {}
    found = []
    for item in told.items:
        exercise = house.library[item.slug]
        position = positions[item.section] = positions.get(item.section, -1) + 1
        found.append(
            Prescription(
                id=made_id(at, stored.story.rng),
                version=version,
                exercise_version=exercise,
                section=item.section,
                position=position,
                weekdays=list(told.weekdays),
                **routines.dose(exercise, item, told.number),
            )
        )
    return found


def _start_plans(several: Sequence[Stored]) -> None:
    plans = []
    for stored in several:
        if stored.plan:
            stored.plan.active_version, stored.plan.status = stored.versions[-1], Plan.Status.ACTIVE
            plans.append(stored.plan)
    Plan.objects.bulk_update(plans, ["active_version", "status"], batch_size=200)


def event(
    patient: Patient, plan: Plan | None, verb: str, at: datetime, by: User, story: Story, **detail: object
) -> PlanEvent:
    """The line of history that an action would have written."""
    return PlanEvent(id=made_id(at, story.rng), patient=patient, plan=plan, at=at, by=by, verb=verb, detail=detail)
