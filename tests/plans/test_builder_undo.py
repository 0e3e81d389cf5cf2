"""Undo, drop and swap in the builder, as plain POSTs."""

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine

from plans.actions import drafts, quotas, templates
from plans.actions.refusals import DraftChanged
from plans.models import BaselineTest, DraftStep, PlanTemplate, Quota
from tests.cast import NOON, TODAY
from tests.plans.test_builder import builder, built, exercise, fresh, order

__all__ = ["builder", "built"]  # the fixtures


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(NOON, tick=False):
        yield


def state(built) -> list[dict]:
    return drafts.snapshot(built.version)


def grow(built, slug: str, **data):
    return built.post("builder_grow", built.row(slug).pk, step_percent=10, ceiling=30, **data)


CHANGES = {
    "add": lambda b: b.add("cat-cow"),
    "dose": lambda b: b.dose("bridge", sets=3, note="Slowly."),
    "section": lambda b: b.dose("bridge", section="cool-down"),
    "days": lambda b: b.post("builder_days", weekdays=[2, 4]),
    "move": lambda b: b.move("bridge", -1),
    "out of its section": lambda b: b.move("pelvic-tilt", -1),
    "remove": lambda b: b.post("builder_remove", b.row("bridge").pk),
    "place": lambda b: b.post("builder_place", b.row("bridge").pk, section="warm-up", position=0),
    "grow": lambda b: grow(b, "bridge"),
    "test": lambda b: b.post(
        "builder_test", b.row("bridge").pk, value="10", measure="duration_minutes", on=TODAY.isoformat()
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_each_change_can_be_undone_to_the_last_byte(built, name):
    grow(built, "pelvic-tilt", approved_ahead="on")
    before = state(built)
    CHANGES[name](built)
    assert state(built) != before
    page = built.post("builder_undo")
    assert state(built) == before
    assert "Undone: " in page.content.decode()


def test_a_removed_exercise_comes_back_with_its_id_and_its_quota(built):
    grow(built, "bridge")
    row = built.row("bridge")
    built.post("builder_remove", row.pk)
    built.post("builder_undo")
    assert built.row("bridge").pk == row.pk
    assert Quota.objects.get(prescription=row).ceiling == 30


def test_ten_changes_back_and_no_further(built):
    DraftStep.objects.all().delete()
    for sets in [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 1, 2]:
        built.dose("bridge", sets=sets)
    assert built.version.steps.count() == 10
    seen = []
    for _ in range(11):
        seen.append(built.row("bridge").sets)
        page = built.post("builder_undo")
    assert seen[:4] == [2, 1, 10, 9]
    assert seen[-1] == built.row("bridge").sets
    assert "There is nothing to undo." in page.content.decode()


def test_what_changes_nothing_is_not_kept(built):
    DraftStep.objects.all().delete()
    row = built.row("bridge")
    built.dose("bridge")
    built.post("builder_place", row.pk, section=row.section, position=1)
    assert not DraftStep.objects.exists()
    assert "undo-button" not in built.page()


def test_what_a_template_put_in_can_be_undone_and_older_steps_stay_true(builder, alice):
    builder.add("bridge")
    builder.post("builder_remove", builder.row("bridge").pk)
    template = PlanTemplate.objects.filter(clinic=None).first()
    templates.fill_from_template(version=builder.version, template=template, by=alice, at=NOON)
    assert builder.version.prescriptions.count() == template.items.count()
    builder.post("builder_undo")
    assert not builder.version.prescriptions.exists()
    builder.post("builder_undo")
    assert [slug for _, slug in order(builder.version)] == ["bridge"]


def test_the_button_says_what_it_takes_back(built):
    built.move("bridge", -1)
    assert "Undo: Bridge moved up" in built.page()


def test_undo_of_somebody_who_saw_another_state_is_a_conflict(built, bob):
    lock = fresh(built.version).lock
    built.dose("bridge", sets=4)
    before = state(built)
    built.by = bob
    page = built.post("builder_undo", lock=lock)
    assert page.status_code == 409
    assert "Do it on the plan as it is now" not in page.content.decode()
    assert state(built) == before
    with pytest.raises(DraftChanged):
        drafts.undo(version=built.version, lock=lock, by=bob, at=NOON)


def test_dropped_between_within_and_from_the_library(built):
    place = "builder_place"
    built.post(place, built.row("sit-to-stand").pk, section="main", position=0)
    assert [slug for _, slug in order(built.version)] == ["sit-to-stand", "pelvic-tilt", "bridge"]
    built.post(place, built.row("pelvic-tilt").pk, section="cool-down", position=500)
    built.post(place, built.row("bridge").pk, section="cool-down", position=0)
    assert order(built.version) == [("main", "sit-to-stand"), ("cool-down", "bridge"), ("cool-down", "pelvic-tilt")]
    built.add("cat-cow", "cool-down", position=1)
    assert [slug for _, slug in order(built.version)] == ["sit-to-stand", "bridge", "cat-cow", "pelvic-tilt"]


@pytest.mark.parametrize("wrong", [{"section": "attic", "position": 0}, {"section": "main", "position": -1}, {}])
def test_a_drop_nowhere_changes_nothing(built, wrong):
    before = state(built)
    assert built.post("builder_place", built.row("bridge").pk, **wrong).status_code == 404
    assert state(built) == before


def test_a_late_drop_shows_both_sides(built, bob):
    lock = fresh(built.version).lock
    built.dose("bridge", sets=4)
    page = built.post("builder_place", built.row("bridge").pk, lock=lock, section="cool-down", position=0)
    assert page.status_code == 409 and "Move Bridge to Cool-down" in page.content.decode()


def swap(built, slug: str, to):
    return built.post("builder_swap", built.row(slug).pk, to=to.pk)


def test_an_easier_one_keeps_the_dose_that_fits(built):
    built.dose("bridge", sets=2, repetitions=8, hold_seconds=3, note="Breathe.")
    was = built.row("bridge")
    page = swap(built, "bridge", exercise("small-bed-bridge"))
    now = built.row("small-bed-bridge")
    assert (now.pk, now.sets, now.repetitions, now.note) == (was.pk, 2, 8, "Breathe.")
    text = page.content.decode()
    assert "The dose is the same: 2 sets of" in text and "check that they fit" in text
    built.post("builder_undo")
    assert built.row("bridge").sets == 2


def test_a_harder_one_begins_at_its_own_start_when_the_dose_does_not_fit(built):
    grow(built, "bridge")
    page = swap(built, "bridge", exercise("hip-hinge"))
    now, start = built.row("hip-hinge"), exercise("hip-hinge").current_version.dose()
    assert [now.sets, now.repetitions, now.hold_seconds] == [start["sets"], start["repetitions"], start["hold_seconds"]]
    assert "It begins with its own start" in page.content.decode()
    assert not Quota.objects.exists(), "the pace was set for the other exercise"


def test_cautions_are_checked_again_and_a_hard_stop_needs_the_library(built, anna):
    anna.profile.conditions.set(["osteoporotic-vertebral-fracture"])
    before = state(built)
    page = swap(built, "pelvic-tilt", exercise("cat-cow"))
    assert state(built) == before
    assert "Cat-cow is not for Anna" in page.content.decode()
    assert "Cat-cow. Not for Anna" in built.page()


def test_only_a_neighbour_that_is_not_there_yet_can_take_the_place(built):
    before = state(built)
    assert swap(built, "bridge", exercise("sit-to-stand")).status_code == 404
    page = swap(built, "pelvic-tilt", exercise("bridge"))
    assert "Bridge is in the plan already." in page.content.decode()
    assert state(built) == before


def test_a_test_sets_the_start_20_percent_below(built, anna):
    row = built.row("bridge")
    page = built.post("builder_test", row.pk, value="10", measure="duration_minutes", on=TODAY.isoformat())
    assert built.row("bridge").duration_minutes == 8
    assert BaselineTest.objects.get(patient=anna).value == 10
    text = page.content.decode()
    assert "starts with 8 minutes, 20 % below the test" in text
    assert "pain rose after 10 minutes" in text


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"value": "0"}, "Write a number above zero"),
        ({"value": "NaN"}, "Write a number above zero"),
        ({"value": "5", "on": (TODAY + timedelta(days=1)).isoformat()}, "today or earlier"),
        ({"value": "5000", "measure": "repetitions"}, "A dose can be 100 at most."),
    ],
)
def test_a_wrong_test_keeps_its_input(built, wrong, says):
    sent = {"measure": "duration_minutes", "on": TODAY.isoformat()} | wrong
    page = built.post("builder_test", built.row("bridge").pk, **sent)
    assert page.status_code == 422
    assert says in page.content.decode() and f'value="{wrong["value"]}"' in page.content.decode()
    assert not BaselineTest.objects.exists()


def test_a_late_test_records_nothing(built):
    lock = fresh(built.version).lock
    built.dose("bridge", sets=4)
    sent = {"measure": "duration_minutes", "on": TODAY.isoformat(), "value": "10"}
    assert built.post("builder_test", built.row("bridge").pk, lock=lock, **sent).status_code == 409
    assert not BaselineTest.objects.exists()


def test_growth_is_set_shown_and_taken_away(built):
    built.dose("bridge", repetitions="", hold_seconds="", duration_minutes="10", sets=1)
    page = built.post("builder_grow", built.row("bridge").pk, step_percent=10, ceiling=20, approved_ahead="on")
    text = page.content.decode()
    assert "Grows by 10 %, at most once a week, up to 20 minutes. Every step is approved in advance." in text
    assert "10 minutes in week 1, 20 minutes by week 10" in text
    assert text.count('class="c-bar"') == 9
    built.post("builder_grow", built.row("bridge").pk, remove="1")
    assert not Quota.objects.exists()


@pytest.mark.parametrize("wrong", [{"step_percent": 25}, {"ceiling": 1}, {"ceiling": 5000}, {"ceiling": ""}])
def test_a_pace_that_cannot_be_is_refused_with_its_input(built, wrong):
    sent = {"step_percent": 10, "ceiling": 20} | wrong
    page = built.post("builder_grow", built.row("bridge").pk, **sent)
    assert page.status_code == 422
    assert not Quota.objects.exists()


def test_start_from_test_keeps_the_pace_true(built, alice, anna):
    built.dose("bridge", repetitions="", hold_seconds="", duration_minutes="10", sets=1)
    grow(built, "bridge")
    row = built.row("bridge")
    quotas.test_and_start(
        prescription=row, measure="duration_minutes", value=Decimal(5), on=TODAY,
        lock=fresh(built.version).lock, by=alice, at=NOON,
    )  # fmt: skip
    assert Quota.objects.get(prescription=row).start == 4
