"""A hundred pairs of clinicians change the same draft at the same instant: each time exactly one wins."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from itertools import product
from threading import Barrier

from django.db import connection, connections

from accounts.models import Clinic, User
from exercises.models import Exercise, ExerciseVersion
from plans.actions import drafts, plans, quotas, swaps
from plans.actions.refusals import DraftChanged
from plans.models import PlanVersion, Prescription
from tests.cast import NOON, TODAY, make_member, make_patient

Change = Callable[[Prescription, int, User], object]


def library(slug: str) -> ExerciseVersion:
    return Exercise.objects.select_related("current_version").get(clinic=None, slug=slug).current_version


def all_of(row: Prescription) -> list[Prescription]:
    """The exercises of its draft, this very one among them, as the builder has them when a dose is changed."""
    others = Prescription.objects.filter(version=row.version).exclude(pk=row.pk).select_related("quota")
    return [row, *others]


CHANGES: dict[str, Change] = {
    "add": lambda row, lock, by: plans.add_exercise(
        version=row.version, exercise_version=library("bird-dog"), section="main", lock=lock, by=by, at=NOON
    ),
    "dose": lambda row, lock, by: plans.change_dose(
        prescription=row, changes={"sets": 3, "note": by.full_name}, lock=lock, by=by, at=NOON, known=all_of(row)
    ),
    "days": lambda row, lock, by: plans.set_weekdays(version=row.version, weekdays=[2, 6], lock=lock, by=by, at=NOON),
    "move": lambda row, lock, by: plans.move(prescription=row, steps=1, lock=lock, by=by, at=NOON),
    "place": lambda row, lock, by: plans.place(
        prescription=row, section="cool-down", position=0, lock=lock, by=by, at=NOON
    ),
    "remove": lambda row, lock, by: plans.remove(prescription=row, lock=lock, by=by, at=NOON),
    "swap": lambda row, lock, by: swaps.swap(
        prescription=row, to=library("small-bed-bridge"), lock=lock, by=by, at=NOON
    ),
    "grow": lambda row, lock, by: quotas.set_quota(
        prescription=row, step_percent=10, ceiling=Decimal(50), approved_ahead=False, lock=lock, by=by, at=NOON
    ),
    "test": lambda row, lock, by: quotas.test_and_start(
        prescription=row, measure="duration_minutes", value=Decimal(5), on=TODAY, lock=lock, by=by, at=NOON
    ),
    "undo": lambda row, lock, by: drafts.undo(version=row.version, lock=lock, by=by, at=NOON),
}


def lay_out(version: PlanVersion, by: User) -> int:
    """The same three exercises before every pair, with one change behind them; returns the lock."""
    version.prescriptions.all().delete()
    for position, slug in enumerate(["bridge", "sit-to-stand", "wall-push-up"]):
        Prescription.objects.create(
            version=version, exercise_version=library(slug), section="main", position=position,
            weekdays=[1, 3], sets=1, repetitions=6,
        )  # fmt: skip
    lock = PlanVersion.objects.get(pk=version.pk).lock
    plans.set_weekdays(version=version, weekdays=[1, 4], lock=lock, by=by, at=NOON)
    return lock + 1


def test_a_hundred_pairs_at_the_same_instant(committed_db):
    clinic = Clinic.objects.create(name="Race", slug="race", emergency_text="Call.")
    people = [make_member("Rita Race", clinic), make_member("Rob Race", clinic)]
    patient = make_patient("Pat Race", clinic, people[0])
    version = plans.start(patient=patient, title="Race", by=people[0], at=NOON)
    ready = Barrier(2)

    def attempt(change: Change, lock: int, by: User) -> str:
        row = Prescription.objects.select_related("version__plan__patient", "exercise_version").get(
            version=version, exercise_version__exercise__slug="bridge"
        )
        ready.wait(timeout=120)
        try:
            change(row, lock, by)
        except DraftChanged:
            return "lost"
        return "won"

    results = {}
    with ThreadPoolExecutor(2) as pool:
        for first, second in product(CHANGES, CHANGES):
            lock = lay_out(version, people[0])
            before = drafts.snapshot(version)
            tries = [
                pool.submit(attempt, CHANGES[name], lock, by) for name, by in zip((first, second), people, strict=True)
            ]
            said = sorted(each.result(timeout=120) for each in tries)
            now = PlanVersion.objects.get(pk=version.pk)
            results[first, second] = (said, now.lock - lock, drafts.snapshot(version) != before)
            if "undo" not in (first, second):
                drafts.undo(version=version, lock=now.lock, by=people[1], at=NOON)
                assert drafts.snapshot(version) == before, f"{first} and {second}: more than one change was made"
        list(pool.map(lambda _: (ready.wait(timeout=120), connections.close_all()), range(2)))
    connection.close()
    assert len(results) == 100
    wrong = {pair: found for pair, found in results.items() if found != (["lost", "won"], 1, True)}
    assert not wrong
