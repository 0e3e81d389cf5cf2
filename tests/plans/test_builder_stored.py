"""A changed dose is stored with one statement: the same rows, the same history, the same refusals as step by step."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from plans.actions import drafts, plans, quotas
from plans.actions.refusals import DraftChanged
from plans.models import DraftStep, PlanVersion, Prescription, Quota
from tests.cast import NOON
from tests.plans.test_builder import builder, built, exercise, fresh

__all__ = ["builder", "built"]  # the fixtures

DOSES = {
    "a number": {"sets": 7},
    "nothing in place of a number": {"effort": None, "rest_seconds": None},
    "minutes": {"duration_minutes": Decimal("2.5")},
    "days": {"weekdays": [2, 6]},
    "times a week": {"weekdays": None, "times_a_week": 3},
    "sides and words": {"per_side": True, "note": "“Slowly”, 100 %s\n\\x", "override_reason": "It's asked for"},
}


def read(version: PlanVersion) -> list[Prescription]:
    return list(version.prescriptions.select_related("exercise_version__exercise", "quota"))


def change(version: PlanVersion, changes: dict, by, *, known: bool, slug: str = "bridge", lock: int | None = None):
    version = fresh(version)
    rows = read(version)
    for each in rows:
        each.version = version
    row = next(each for each in rows if each.exercise_version.exercise.slug == slug)
    given = {"lock": version.lock if lock is None else lock, "by": by, "at": NOON, "known": rows if known else None}
    plans.change_dose(prescription=row, changes=changes, **given)
    return row


def stored(version: PlanVersion) -> tuple:
    steps = DraftStep.objects.filter(version=version).order_by("lock").values("lock", "what", "before", "at", "by")
    return drafts.snapshot(version), list(steps), fresh(version).lock


@pytest.mark.parametrize("name", DOSES)
def test_one_statement_stores_what_single_ones_do(built, alice, name):
    found = []
    for known in (False, True):
        with transaction.atomic():
            change(built.version, DOSES[name], alice, known=known)
            found.append(stored(built.version))
            transaction.set_rollback(True)
    assert found[0] == found[1]
    assert found[0][0] != drafts.snapshot(built.version)


def test_it_is_one_statement_however_many_steps_are_kept(built, alice):
    DraftStep.objects.all().delete()
    for sets in [2, 3, 4, 5, 6, 7, 8, 9, 10, 1, 2, 3]:
        with CaptureQueriesContext(connection) as asked:
            row = change(built.version, {"sets": sets}, alice, known=True)
        assert len(asked) == 3, "the version, its exercises, the change"
        assert (built.row("bridge").sets, row.sets, fresh(built.version).lock) == (sets, sets, row.version.lock)
    steps = list(DraftStep.objects.order_by("lock"))
    assert [step.lock for step in steps] == [*range(row.version.lock - 9, row.version.lock + 1)]
    assert drafts.undo(version=fresh(built.version), lock=row.version.lock, by=alice, at=NOON) == "Bridge changed"
    assert built.row("bridge").sets == 2


def test_history_says_who_and_on_which_page(built, alice):
    was = built.row("bridge")
    built.dose("bridge", sets=9)
    row = Prescription.pgh_event_model.objects.filter(pgh_obj=was.pk).latest("pgh_id")
    assert (row.pgh_label, row.sets) == ("changed", was.sets)
    assert (row.pgh_context["user"], row.pgh_context["route"]) == (str(alice.pk), "builder_dose")
    assert set(row.pgh_context) == {"user", "request", "route"} and row.pgh_context_id


def test_one_row_of_history_for_a_dose_and_none_for_the_lock_alone(built, alice):
    def kept():
        return [model.pgh_event_model.objects.count() for model in (Prescription, PlanVersion)]

    doses, versions = kept()
    change(built.version, {"sets": 9}, alice, known=True)
    assert kept() == [doses + 1, versions]
    PlanVersion.objects.filter(pk=built.version.pk).update(why="Stairs")
    assert kept() == [doses + 1, versions + 1]


def test_somebody_else_was_first(built, alice, bob):
    lock = fresh(built.version).lock
    change(built.version, {"sets": 9}, bob, known=True)
    before = stored(built.version)
    stale = fresh(built.version)
    stale.lock = lock  # read before Bob's change
    rows = read(stale)
    for each in rows:
        each.version = stale
    was = [each.sets for each in rows]
    with pytest.raises(DraftChanged):
        plans.change_dose(prescription=rows[0], changes={"sets": 4}, lock=lock, by=alice, at=NOON, known=rows)
    assert stored(built.version) == before
    assert [each.sets for each in rows] == was, "what is shown beside the conflict is not half changed"


def test_the_database_refuses_as_ever_and_keeps_nothing(built, alice):
    before = stored(built.version)
    with pytest.raises(IntegrityError, match="sane_amounts"), transaction.atomic():
        change(built.version, {"sets": 99}, alice, known=True)
    assert stored(built.version) == before


def test_a_quota_follows_its_dose(built, alice):
    row = built.row("bridge")
    given = {"step_percent": 10, "ceiling": Decimal(60), "approved_ahead": False, "by": alice, "at": NOON}
    quotas.set_quota(prescription=row, lock=fresh(built.version).lock, **given)
    measure = Quota.objects.get().measure
    change(built.version, {"sets": 2}, alice, known=True)
    change(built.version, {measure: 9}, alice, known=True)
    assert Quota.objects.get().start == 9
    other = "repetitions" if measure == "duration_minutes" else "duration_minutes"
    change(built.version, {measure: None, other: 5}, alice, known=True)
    assert not Quota.objects.exists()


def test_another_section_takes_the_place_after_its_last(built, alice):
    change(built.version, {"section": "cool-down"}, alice, known=True)
    assert (built.row("bridge").section, built.row("bridge").position) == ("cool-down", 0)
    assert exercise("bridge").pk == built.row("bridge").exercise_version.exercise_id
