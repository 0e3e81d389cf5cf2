"""The cast. Alice is Anna's clinician, Bob helps in the same clinic, Charlie works elsewhere and is the stranger.

Anna and Ben are patients of the Harbour clinic, Zoe of the Hill clinic. Every reader knows who must fail.
"""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from accounts import reauth
from accounts.models import Clinic, Membership, Patient, User, new_id
from exercises.models import Exercise
from plans.actions import patients, plans, sessions
from plans.actions.bell import ring_after_commit
from plans.models import PainScore, PlanEvent, PlanVersion, Quota
from plans.schedule import local_date

NOON = datetime(2026, 11, 19, 12, 0, tzinfo=UTC)
TODAY = date(2026, 11, 19)
LONG_AGO = datetime(2026, 1, 1, 8, 0, tzinfo=UTC)
PASSWORD = "a-long-test-password"


def make_user(name: str, **fields: object) -> User:
    user = User(email=f"{name.lower().replace(' ', '.')}@example.org", full_name=name, **fields)
    user.password = "!"  # tests sign in with force_login; hashing costs time
    user.save()
    return user


def confirm(client: Client, at: datetime | None = None) -> Client:
    """Whoever is signed in has just shown that it is them."""
    session = client.session
    session[reauth.CONFIRMED] = (at or timezone.now()).timestamp()
    session.save()
    return client


def make_member(name: str, clinic: Clinic, role: str = "clinician") -> User:
    user = make_user(name)
    Membership.objects.create(user=user, clinic=clinic, role=role, valid_from=LONG_AGO)
    return user


@pytest.fixture
def harbour(db: None) -> Clinic:
    return Clinic.objects.create(
        name="Harbour Clinic", slug="harbour", emergency_text="Call 999.", phone="01632 960100"
    )


@pytest.fixture
def hill(db: None) -> Clinic:
    return Clinic.objects.create(name="Hill Clinic", slug="hill", emergency_text="Call 112.")


@pytest.fixture
def alice(harbour: Clinic) -> User:
    return make_member("Alice Archer", harbour)


@pytest.fixture
def bob(harbour: Clinic) -> User:
    return make_member("Bob Brook", harbour)


@pytest.fixture
def lena(harbour: Clinic) -> User:
    return make_member("Lena Lead", harbour, "lead")


@pytest.fixture
def cora(harbour: Clinic) -> User:
    return make_member("Cora Curator", harbour, "curator")


@pytest.fixture
def charlie(hill: Clinic) -> User:
    return make_member("Charlie Cliff", hill)


def make_patient(name: str, clinic: Clinic, by: User, *, sites: tuple[str, ...] = ("Lower back",)) -> Patient:
    given = patients.PatientInput(
        full_name=name, birth_on=date(1965, 5, 17), sites=sites, usual_pain_at_intake=Decimal("4")
    )
    return patients.register(clinic=clinic, given=given, by=by, at=NOON - timedelta(days=120), user=make_user(name))


@pytest.fixture
def anna(harbour: Clinic, alice: User) -> Patient:
    return make_patient("Anna Anders", harbour, alice, sites=("Lower back", "Right knee"))


@pytest.fixture
def ben(harbour: Clinic, bob: User) -> Patient:
    return make_patient("Ben Bauer", harbour, bob)


@pytest.fixture
def zoe(hill: Clinic, charlie: User) -> Patient:
    return make_patient("Zoe Zimmer", hill, charlie)


def make_active_plan(
    patient: Patient,
    by: User,
    *,
    exercises: tuple[str, ...] = (),
    weekdays: tuple[int, ...] = (1, 3, 4),
    growing: bool = False,
    at: datetime = NOON - timedelta(days=100),
) -> PlanVersion:
    """An activated plan of two exercises, or those with the given slugs; on Mondays, Wednesdays and Thursdays.

    `growing`: the first exercise has a quota, five more at most.
    """
    patients.record_screening(
        patient=patient, tool="Clinic form", done_on=at.date(), expires_on=at.date() + timedelta(days=365), by=by, at=at
    )
    draft = plans.start(patient=patient, title="First plan", by=by, at=at)
    library = Exercise.objects.prescribable().filter(clinic=None).order_by("slug")
    chosen = [library.get(slug=slug) for slug in exercises] if exercises else list(library[:2])
    for exercise in chosen:
        plans.add_exercise(
            version=draft,
            exercise_version=exercise.current_version,
            section="main",
            lock=PlanVersion.objects.get(pk=draft.pk).lock,
            by=by,
            at=at,
        )
    if growing:
        first = draft.prescriptions.first()
        amount = getattr(first, first.main_measure)
        Quota.objects.create(prescription=first, measure=first.main_measure, start=amount, ceiling=amount + 5)
    lock = PlanVersion.objects.get(pk=draft.pk).lock
    plans.set_weekdays(version=draft, weekdays=list(weekdays), lock=lock, by=by, at=at)
    return plans.activate(version=draft, lock=lock + 1, why="A start", by=by, at=at)


@pytest.fixture
def annas_plan(anna: Patient, alice: User) -> PlanVersion:
    return make_active_plan(anna, alice)


def log_days(patient: Patient, values: list[float | None], *, last: date = TODAY, site: int = 0) -> None:
    """Daily scores on consecutive local days that end with `last`; None leaves a day out.

    The rows that `sessions.record_daily` stores day by day (tests/plans/test_session_actions.py), written together.
    """
    row = list(patient.sites.all())[site]
    scores, events = [], []
    for back, value in enumerate(reversed(values)):
        if value is None:
            continue
        day = last - timedelta(days=back)
        at = datetime(day.year, day.month, day.day, 9, 0, tzinfo=UTC)
        score = PainScore(
            id=new_id(), patient=patient, site=row, moment=PainScore.Moment.DAILY, value=Decimal(str(value)),
            occurred_at=at, local_date=local_date(at, patient.time_zone), time_zone=patient.time_zone,
            received_at=at, source="quick", recorded_by=patient.user,
        )  # fmt: skip
        scores.append(score)
        detail = {"score": str(score.pk), "on": score.local_date.isoformat()}
        events.append(PlanEvent(patient=patient, verb="pain logged", at=at, by=patient.user, detail=detail))
    if not scores:
        return
    with transaction.atomic():
        sessions.mark_dirty(patient_id=patient.pk, at=scores[0].received_at)
        PainScore.objects.bulk_create(scores)
        PlanEvent.objects.bulk_create(events)
        ring_after_commit(patient.pk)
