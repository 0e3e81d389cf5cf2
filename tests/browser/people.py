"""People of the browser tests, made through the product's own actions in its own database (fixture `in_stack`)."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import chain, count
from zoneinfo import ZoneInfo

from django.contrib.auth.hashers import make_password
from django.core import mail
from django.utils import timezone
from django.utils.text import slugify

from accounts.models import Clinic, Membership, Patient, User
from plans.actions import invitations, patients
from tests.browser.conftest import PASSWORD
from tests.cast import log_days, make_active_plan

LONDON = ZoneInfo("Europe/London")
QUIET_WEEK = [4, 4, 5, 4, 4, 5, 4]


def today() -> date:
    return timezone.now().astimezone(LONDON).date()


def clinician() -> User:
    return User.objects.get(email="clinician@demo.example")


def who(role: str) -> User | None:
    """The login of a role of tests/browser/test_every_page.py; None for somebody who is signed out."""
    if role == "signed out":
        return None
    if role == "new patient":
        return User.objects.get(email=new_patient("Ines Calder"))
    if role == "operator":
        return User.objects.create_superuser("operator@example.org", PASSWORD, full_name="Asta Kirkwood")
    if role == "new clinician":
        return _new_clinician()
    return User.objects.get(email=f"{role}@demo.example")


def _new_clinician() -> User:
    at = timezone.now()
    clinic = Clinic.objects.create(name="Quay Clinic", slug="quay", emergency_text="Call 999.")
    name = "Owen Tarrant"
    user = User.objects.create(email=address_of(name), full_name=name, password=make_password(PASSWORD))
    Membership.objects.create(user=user, clinic=clinic, role="clinician", valid_from=at)
    return user


def address_of(name: str) -> str:
    """An e-mail address that nobody else has: all tests of a run share the product's database."""
    mailbox = slugify(name).replace("-", ".")
    taken = set(User.objects.filter(email__startswith=mailbox).values_list("email", flat=True))
    numbered = (f"{mailbox}{number}@example.org" for number in count(2))
    return next(address for address in chain([f"{mailbox}@example.org"], numbered) if address not in taken)


def give_login(patient: Patient) -> str:
    """Let a patient sign in with the password of the demo; returns the e-mail."""
    patient.user = User.objects.create(
        email=address_of(patient.full_name), full_name=patient.full_name, password=make_password(PASSWORD)
    )
    patient.status = Patient.Status.ACTIVE
    patient.save()
    return patient.user.email


def new_patient(
    name: str,
    *,
    sites: tuple[str, ...] = ("Lower back",),
    plan: bool = False,
    exercises: tuple[str, ...] = (),
) -> str:
    """Somebody in the care of the demo's clinician, perhaps with an active plan; returns the e-mail to sign in with.

    Tests find their people on the pages and in the database by name, so no two of them may share one.
    """
    assert not Patient.objects.filter(full_name=name).exists(), f"another test has made a {name}; choose another name"
    given = patients.PatientInput(
        full_name=name, birth_on=date(1961, 4, 9), sites=sites, usual_pain_at_intake=Decimal("4")
    )
    at = timezone.now() - timedelta(days=10)
    patient = patients.register(clinic=Clinic.objects.get(slug="demo"), given=given, by=clinician(), at=at)
    email = give_login(patient)
    if plan:
        make_active_plan(patient, clinician(), at=at, exercises=exercises)
    return email


def invited(name: str, *, birth_on: date, sites: tuple[str, ...]) -> tuple[Patient, str]:
    """A patient of the demo's clinic who has been sent an invitation, and the path that it leads to."""
    given = patients.PatientInput(full_name=name, birth_on=birth_on, sites=sites, email=address_of(name))
    at = timezone.now()
    patient = patients.register(clinic=Clinic.objects.get(slug="demo"), given=given, by=clinician(), at=at)
    invitations.invite(patient=patient, by=clinician(), at=at)
    return patient, "/join/" + mail.outbox[-1].body.split("/join/")[1].split()[0]


def log_until(patient: Patient, values: list[float | None], *, days_ago: int) -> None:
    """Daily scores on consecutive days, the last of them so many days ago."""
    log_days(patient, values, last=today() - timedelta(days=days_ago))
