"""What changed between any two versions, read side by side; and that the library changes no activated plan."""

import json

import pytest
import time_machine
from django.core.serializers import serialize

from accounts.models import new_id
from exercises.models import ExerciseVersion
from plans.actions import plans
from plans.models import PlanVersion
from tests.cast import NOON, make_active_plan


@pytest.fixture(autouse=True)
def _at_noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def three(alice, annas_plan) -> list[PlanVersion]:
    """v1; v2 with a changed dose and a note; v3 without the first exercise."""
    made = [annas_plan]
    draft = plans.revise(plan=annas_plan.plan, by=alice, at=NOON)
    one = draft.prescriptions.in_order().first()
    changes = {"sets": one.sets + 1, "note": "Slowly"}
    plans.change_dose(prescription=one, changes=changes, lock=draft.lock, by=alice, at=NOON)
    made.append(plans.activate(version=draft, lock=draft.lock, why="More sets", by=alice, at=NOON))
    draft = plans.revise(plan=annas_plan.plan, by=alice, at=NOON)
    plans.remove(prescription=draft.prescriptions.in_order().first(), lock=draft.lock, by=alice, at=NOON)
    made.append(plans.activate(version=draft, lock=draft.lock, why="Less", by=alice, at=NOON))
    return made


def page(client, plan, **query) -> str:
    return client.get(f"/plans/{plan.pk}/compare/", query).content.decode()


def test_the_newest_is_shown_beside_the_one_before(client, alice, three):
    client.force_login(alice)
    text = page(client, three[0].plan)
    name = three[0].prescriptions.in_order().first().exercise_version.name
    assert "From v2 to v3" in text and f"Took out {name}." in text and "not in it" in text
    assert "More sets" in text  # why, in the list of all versions


def test_any_two_can_be_compared_either_way_round(client, alice, three):
    client.force_login(alice)
    name = three[0].prescriptions.in_order().first().exercise_version.name
    text = page(client, three[0].plan, **{"from": 1, "to": 2})
    assert "<mark>" in text and "Slowly" in text and "From v1 to v2" in text
    text = page(client, three[0].plan, **{"from": 3, "to": 1})
    assert f"Added {name}." in text
    assert "<mark>" not in page(client, three[0].plan, **{"from": 1, "to": 1})


def test_a_version_that_is_not_there_is_a_404(client, alice, bob, charlie, three, zoe):
    client.force_login(alice)
    assert client.get(f"/plans/{three[0].plan_id}/compare/", {"from": 9}).status_code == 404
    theirs = make_active_plan(zoe, charlie)
    assert client.get(f"/plans/{theirs.plan_id}/compare/").status_code == 404


def test_the_record_lists_the_versions(client, alice, anna, three):
    client.force_login(alice)
    text = client.get(f"/patients/{anna.pk}/").content.decode()
    assert all(f"/plans/{version.pk}/" in text for version in three)


def test_a_published_library_version_changes_no_byte_of_an_active_plan(client, alice, anna, annas_plan):
    before = _bytes(annas_plan)
    held = annas_plan.prescriptions.in_order().first().exercise_version
    newer = ExerciseVersion.objects.get(pk=held.pk)
    newer._state.adding = True
    newer.id, newer.number, newer.name = new_id(), held.number + 1, "Another name altogether"
    newer.save(force_insert=True)
    held.exercise.current_version = newer
    held.exercise.save()
    client.force_login(anna.user)
    assert _bytes(annas_plan) == before
    text = client.get("/plan/").content.decode()
    assert held.name in text and "Another name altogether" not in text


def _bytes(version: PlanVersion) -> str:
    rows = [version.plan.versions.get(pk=version.pk), *version.prescriptions.in_order()]
    shown = [p.exercise_version for p in version.prescriptions.in_order().select_related("exercise_version")]
    return json.dumps([serialize("json", rows), serialize("json", shown)])
