"""The two demo clinics and the people who work there."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.hashers import make_password

from accounts.models import Clinic, Membership, Role, User
from exercises.models import Exercise, ExerciseVersion

PASSWORD = "painplan-demo"  # noqa: S105  # nosec B105  # of the demo only; it is printed
DEMO_SLUG = "demo"
HILL_SLUG = "hill"
OPEN_SINCE = timedelta(days=800)
EMERGENCY = (
    "New numbness around the groin, loss of bladder or bowel control, chest pain or sudden weakness in a leg: "
    "call 999 now. For anything else that worries you, ring us on {phone}, Monday to Friday 9 to 5."
)


@dataclass(frozen=True, slots=True)
class House:
    """A clinic, those who look after its patients, the login of its demo patient, and the exercises by short name."""

    clinic: Clinic
    clinicians: tuple[User, ...]
    patient_login: User | None
    library: dict[str, ExerciseVersion]


def open_clinics(*, at: datetime) -> tuple[House, House]:
    """Make both clinics with their staff. The password is hashed once: hashing is slow on purpose."""
    password = make_password(PASSWORD)
    since = at - OPEN_SINCE
    demo, hill = (_clinic(*known) for known in (
        ("Harbour Pain Clinic", DEMO_SLUG, "01632 960100"),
        ("Hill Street Pain Service", HILL_SLUG, "01632 960200"),
    ))  # fmt: skip

    def login(name: str, who: str, clinic: Clinic | None, role: Role | None = None, *, curates: bool = False) -> User:
        user = User.objects.create(
            email=f"{who}@demo.example", full_name=name, password=password, curates_shared_library=curates
        )
        if clinic and role:
            Membership.objects.create(user=user, clinic=clinic, role=role, valid_from=since)
        return user

    tom = login("Tom Brennan", "clinician", demo, Role.CLINICIAN)
    nell = login("Nell Okoye", "lead", demo, Role.LEAD)
    login("Maren Holt", "curator", demo, Role.CURATOR, curates=True)
    login("Ravi Sandhu", "curator2", demo, Role.CURATOR, curates=True)
    joan = login("Joan Whitfield", "patient", None)
    bronwen = login("Bronwen Ellis", "hill", hill, Role.CLINICIAN)
    library = {
        exercise.slug: exercise.current_version
        for exercise in Exercise.objects.prescribable().filter(clinic=None).select_related("current_version")
        if exercise.current_version
    }
    return House(demo, (tom, nell), joan, library), House(hill, (bronwen,), None, library)


def _clinic(name: str, slug: str, phone: str) -> Clinic:
    return Clinic.objects.create(
        name=name, slug=slug, time_zone="Europe/London", phone=phone, emergency_text=EMERGENCY.format(phone=phone)
    )
