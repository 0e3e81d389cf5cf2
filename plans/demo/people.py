"""Who comes to the demo clinic: named patients first, then as many made-up ones as wanted."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Literal

from plans.demo.courses import PATTERNS
from plans.demo.names import FAMILY, GIVEN

Kind = Literal["usual", "new", "invited", "discharged", "no plan"]


@dataclass(frozen=True, slots=True)
class Complaint:
    """Where it hurts, why, what the person wants to do again; `routine` names the exercises (routines.py)."""

    sites: tuple[str, ...]
    conditions: tuple[str, ...]
    routine: str
    goal: str


@dataclass(frozen=True, slots=True)
class Person:
    """`usual` is the level that the course of pain starts from, on the 0 to 10 scale."""

    name: str
    age: int
    complaint: Complaint
    pattern: str
    usual: float
    kind: Kind = "usual"


BACK = Complaint(("Low back",), ("chronic-low-back-pain",), "back", "Sit through a film without standing up.")
SCIATICA = Complaint(("Low back", "Left leg"), ("sciatica",), "back", "Drive to see the family again.")
NECK = Complaint(("Neck",), ("neck-pain",), "neck", "Work a morning at the desk without lying down.")
NECK_HEAD = Complaint(
    ("Neck", "Head"), ("neck-pain", "tension-type-headache"), "neck", "Read to the children at bedtime."
)
SHOULDER = Complaint(("Right shoulder",), ("rotator-cuff-shoulder-pain",), "shoulder", "Reach the top shelf.")
FROZEN = Complaint(("Left shoulder",), ("frozen-shoulder",), "shoulder", "Put on a coat without help.")
KNEES = Complaint(("Both knees",), ("knee-osteoarthritis",), "knee", "Walk to the market and back.")
KNEE = Complaint(("Left knee",), ("patellofemoral-pain",), "knee", "Cycle to work in spring.")
HIP = Complaint(("Right hip",), ("hip-osteoarthritis",), "hip", "Walk the dog round the park.")
HAND = Complaint(("Hands", "Right shoulder"), ("hand-osteoarthritis",), "gentle", "Open jars and play the piano.")
WIDESPREAD = Complaint(("Widespread",), ("fibromyalgia",), "gentle", "Have a day out without paying for it.")
FOOT = Complaint(("Right heel",), ("plantar-heel-pain",), "foot", "Get through a shift on my feet.")

COMPLAINTS = (BACK, NECK, KNEES, SHOULDER, HIP, WIDESPREAD, SCIATICA, FOOT, HAND, FROZEN, KNEE, NECK_HEAD)

NAMED = (
    Person("Peter Adeyemi", 48, BACK, "stable", 5.0),
    Person("Lucía Ferrer", 34, WIDESPREAD, "noisy", 5.8),
    Person("Owen Hughes", 66, HIP, "improving", 5.2),
    Person("Dev Raman", 55, SHOULDER, "drifting", 5.6),
    Person("Marcus Bell", 39, NECK, "stepping", 4.4),
    Person("Grace Mbeki", 45, BACK, "flaring", 4.2),
    Person("Noor Haddad", 43, NECK_HEAD, "spiking", 3.8),
    Person("Jack Tennant", 51, KNEE, "sparse", 2.8),
    Person("Ingrid Solheim", 70, KNEES, "silent", 3.8),
    Person("Beatriz Lima", 62, HAND, "stable", 3.9),
    Person("Samira Idrissi", 29, BACK, "stable", 5.3, "new"),
    Person("Tomasz Zielinski", 37, SCIATICA, "improving", 3.6),
    Person("Eleanor Voss", 58, WIDESPREAD, "stepping", 6.6),
    Person("Kenji Mori", 53, FOOT, "drifting", 4.6),
    Person("Ruta Petrauskas", 64, KNEES, "stepping", 3.4),
    Person("Sean Doherty", 47, BACK, "flaring", 3.6),
    Person("Fatima Rahmani", 31, NECK, "stable", 4.0, "new"),
    Person("Aroha Ngata", 57, FROZEN, "sparse", 4.9),
    Person("Walter Finch", 74, HIP, "spiking", 2.9),
    Person("Mihai Ionescu", 42, SCIATICA, "stable", 3.9),
    Person("Dorothy Marlowe", 69, KNEES, "improving", 5.0, "discharged"),
    Person("Yusuf Demir", 36, BACK, "stable", 5.0, "invited"),
    Person("Chloé Renard", 50, SHOULDER, "stable", 4.4, "no plan"),
    Person("Ibrahim Sow", 60, KNEES, "noisy", 5.1, "no plan"),
)

HILL = (
    Person("Agnes Pryce", 63, KNEES, "stable", 4.1),
    Person("Luca Moretti", 44, BACK, "improving", 5.4),
)


def roster(count: int, rng: Random) -> Iterator[Person]:
    """The named people, then made-up ones who come with every pattern and every kind as often as the named ones."""
    yield from NAMED[:count]
    for number in range(len(NAMED), count):
        like = NAMED[number % len(NAMED)]
        pattern = PATTERNS[number % len(PATTERNS)] if like.kind == "usual" else like.pattern
        yield Person(
            f"{rng.choice(GIVEN)} {rng.choice(FAMILY)}",
            rng.randint(22, 84),
            rng.choice(COMPLAINTS),
            pattern,
            round(rng.uniform(2.5, 6.0), 1),
            like.kind,
        )
