"""Many patients with a month behind them, written in bulk; and what they send."""

import random
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import transaction
from django.utils import timezone

from accounts.models import CareAssignment, Clinic, Membership, Patient, SignIn, User, new_id
from accounts.names import folded
from accounts.session_limits import begin
from accounts.session_store import SessionStore
from plans.actions.sessions import mark_dirty
from plans.models import BodySite, ClinicalProfile, PainScore, PainWatch, PlanEvent
from plans.schedule import local_date

DAY = timedelta(days=1)
ZONE = "UTC"
USUAL = 3
DAYS_BEFORE = 14


@dataclass(frozen=True)
class Person:
    """A patient, their login and main site, and the cookie of somebody who signed in as them."""

    patient: Patient
    user: User
    site: BodySite
    cookie: str


def make_clinic(name: str) -> tuple[Clinic, User, User]:
    """A clinic with a clinician and a lead."""
    tag = secrets.token_hex(4)
    clinic = Clinic.objects.create(name=f"{name} Clinic", slug=f"{name.lower()}-{tag}", emergency_text="Call 999.")
    people = []
    for role in ("clinician", "lead"):
        user = User(email=f"{role}-{tag}@example.org", full_name=f"{name} {role.title()}", password="!")
        user.save()
        Membership.objects.create(user=user, clinic=clinic, role=role, valid_from=timezone.now() - 300 * DAY)
        people.append(user)
    return clinic, people[0], people[1]


def make_people(count: int, *, clinic: Clinic, clinician: User) -> list[Person]:
    """So many patients of one site each, with logins and sessions in the web."""
    long_ago, tag = timezone.now() - 100 * DAY, secrets.token_hex(4)
    names = [f"Person {number:04} {tag}" for number in range(count)]
    users = [
        User(id=new_id(), email=f"p{number}-{tag}@example.org", full_name=name, time_zone=ZONE, password="!")
        for number, name in enumerate(names)
    ]
    patients = [
        Patient(
            id=new_id(), clinic=clinic, user=user, full_name=name, name_key=folded(name), birth_on=date(1970, 1, 1),
            time_zone=ZONE, created_at=long_ago,
        )
        for user, name in zip(users, names, strict=True)
    ]  # fmt: skip
    sites = [BodySite(id=new_id(), patient=patient, name="Lower back", is_main=True) for patient in patients]
    User.objects.bulk_create(users)
    Patient.objects.bulk_create(patients)
    ClinicalProfile.objects.bulk_create(
        ClinicalProfile(patient=patient, usual_pain_at_intake=Decimal(USUAL)) for patient in patients
    )
    PainWatch.objects.bulk_create(PainWatch(patient=patient) for patient in patients)
    BodySite.objects.bulk_create(sites)
    CareAssignment.objects.bulk_create(
        CareAssignment(patient=patient, clinician=clinician, valid_from=long_ago) for patient in patients
    )
    cookies = sign_in_many(users)
    return [Person(*four) for four in zip(patients, users, sites, cookies, strict=True)]


def sign_in_many(users: Iterable[User]) -> list[str]:
    """The session keys of people who are signed in, as the sign-in page would have left them."""
    rows = []
    for user in users:
        store = SessionStore()
        store[SESSION_KEY] = str(user.pk)
        store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        store[HASH_SESSION_KEY] = user.get_session_auth_hash()
        begin(store, at=timezone.now())
        key, data = secrets.token_hex(16), store.encode(dict(store.items()))
        expires = timezone.now() + DAY
        rows.append(SignIn(session_key=key, session_data=data, expire_date=expires, user_id=user.pk))
    SignIn.objects.bulk_create(rows)
    return [row.session_key for row in rows]


def write_history(people: Sequence[Person], days: Sequence[date], *, value: int = USUAL) -> None:
    """The same pain on each of these days, evaluated by nobody yet."""
    scores, events = [], []
    for person in people:
        for day in days:
            at = datetime(day.year, day.month, day.day, 0, 5, tzinfo=timezone.get_default_timezone())
            scores.append(
                PainScore(
                    id=new_id(), patient=person.patient, site=person.site, moment="daily", value=Decimal(value),
                    occurred_at=at, local_date=local_date(at, ZONE), time_zone=ZONE, received_at=at, source="quick",
                    recorded_by=person.user,
                )
            )  # fmt: skip
            events.append(
                PlanEvent(
                    patient=person.patient, verb="pain logged", at=at, by=person.user,
                    detail={"score": str(scores[-1].pk), "on": day.isoformat()},
                )
            )  # fmt: skip
    with transaction.atomic():
        PainScore.objects.bulk_create(scores, batch_size=2000)
        PlanEvent.objects.bulk_create(events, batch_size=2000)


def let_wait(people: Iterable[Person]) -> None:
    """Mark them as waiting for evaluation since now."""
    with transaction.atomic():
        for person in people:
            mark_dirty(patient_id=person.patient.pk, at=timezone.now())


@dataclass(frozen=True)
class Log:
    """One number for one day; `id` is made once, so that sending twice is storing once. `last`: it triggers."""

    person: Person
    id: UUID
    day: date
    value: int
    last: bool = False


def month_of(people: Sequence[Person], today: date) -> None:
    """The usual pain on every other day of the four weeks that end three days ago: what rule R3 measures by."""
    write_history(people, [today - (4 + 2 * number) * DAY for number in range(DAYS_BEFORE)])


def logs_of(person: Person, *, rising: bool, calm: bool, more: int, today: date) -> tuple[list[Log], list[Log]]:
    """(logs that may come in any order, the last log or none).

    A usual level of 3 makes k = 1 and h = 4 (docs/clinical-rules.md, R3): each day of 6 adds 1.5, so that the third is
    the first with S = 4.5 >= h. `rising`: 6 on the two days before today and today. Otherwise 10 today is severe
    (R4). `calm`: nothing but 3.
    """
    level = 6 if rising and not calm else USUAL
    early = [Log(person, new_id(), today - back * DAY, level) for back in (1, 2)]
    # Another number of a day that is known already says the same.
    early += [Log(person, new_id(), today - (3 + number) * DAY, USUAL) for number in range(more)]
    final = USUAL if calm else 6 if rising else 10
    return early, [Log(person, new_id(), today, final, last=not calm)]


def shuffled(early: Sequence[Log], last: Sequence[Log], *, seed: int, twice: float = 0.35) -> list[Log]:
    """In any order, some of them twice; each person's last log comes after all their others, once or twice."""
    lot = random.Random(seed)
    mixed = [log for log in early for _ in range(2 if lot.random() < twice else 1)]
    lot.shuffle(mixed)
    latest = {log.person.patient.pk: place for place, log in enumerate(mixed)}
    placed = [(float(place), log) for place, log in enumerate(mixed)]
    for log in last:
        # Spread over the rest of the run, not heaped up at its end.
        after = latest.get(log.person.patient.pk, -1)
        place = after + 0.5 + lot.random() * min(10, len(mixed) - after)
        placed += [(place, log), (place + 0.1, log)] if lot.random() < twice else [(place, log)]
    return [log for _place, log in sorted(placed, key=lambda pair: pair[0])]
