"""What a plan should know before it begins: goals, what is at home, positions to avoid, a valid screening."""

import pytest
import time_machine

from exercises.models import Equipment
from plans import safety
from plans.actions import goals
from plans.actions.refusals import Refused
from plans.models import Goal, PlanEvent
from plans.schedule import Planned
from tests.cast import NOON


@pytest.fixture(autouse=True)
def _at_noon():
    with time_machine.travel(NOON, tick=False):
        yield


def line(position: str) -> safety.Line:
    return safety.Line(
        key="1", name="Bridge", sets=1, repetitions=5, hold_seconds=None, duration_minutes=None, distance_metres=None,
        per_side=False, rest_seconds=None, effort=2, impact="low", planned=Planned(frozenset({1}), None),
        position=position,
    )  # fmt: skip


def test_an_avoided_position_is_a_warning_and_no_stop():
    found = safety.checks([line("kneeling")], None, ["Gout"], ["kneeling"])
    concern = next(c for c in found if c.rule == "avoided position")
    assert (concern.grade, concern.line, concern.numbers) == ("warning", "1", {"position": "kneeling"})
    assert not [c for c in safety.checks([line("sitting")], None, [], ["kneeling"]) if c.rule == "avoided position"]


def test_the_builder_says_it_beside_the_exercise(client, alice, anna, annas_plan):
    version = annas_plan.prescriptions.first().exercise_version
    anna.profile.avoided_positions = [version.position]
    anna.profile.save()
    client.force_login(alice)
    page = client.get(f"/plans/{annas_plan.pk}/").content.decode()
    assert "Anna cannot be in this position" in page


def test_a_goal_is_written_reached_and_stays(client, alice, anna):
    client.force_login(alice)
    url = f"/patients/{anna.pk}/goals/"
    assert client.post(url, {"text": ""}).status_code == 422
    client.post(url, {"text": "Walk to the market"})
    goal = Goal.objects.get(patient=anna)
    assert "Walk to the market" in client.get(f"/patients/{anna.pk}/").content.decode()
    client.post(f"{url}{goal.pk}/end/", {"end": "reached"})
    goal.refresh_from_db()
    assert (goal.end, goal.ended_at) == ("reached", NOON)
    assert PlanEvent.objects.filter(patient=anna, verb="goal reached").count() == 1
    with pytest.raises(Refused):
        goals.end(goal=goal, how="dropped", by=alice, at=NOON)


def test_five_goals_at_a_time_and_none_twice(alice, anna):
    for number in range(5):
        goals.add(patient=anna, text=f"Goal {number}", by=alice, at=NOON)
    with pytest.raises(Refused):
        goals.add(patient=anna, text="A sixth", by=alice, at=NOON)
    with pytest.raises(Refused):
        goals.add(patient=anna, text="goal 1", by=alice, at=NOON)


def test_a_goal_of_somebody_else_is_not_there(client, bob, anna, ben):
    goal = goals.add(patient=anna, text="Mine", by=bob, at=NOON)
    client.force_login(bob)
    assert client.post(f"/patients/{ben.pk}/goals/{goal.pk}/end/", {"end": "reached"}).status_code == 404


def test_equipment_and_positions_are_kept_by_the_record_s_form(client, alice, anna):
    client.force_login(alice)
    url, owned = f"/patients/{anna.pk}/edit/", Equipment.objects.order_by("slug").first().slug
    given = {
        "full_name": anna.full_name, "birth_on": "1965-05-17", "time_zone": anna.time_zone, "site_1": "Lower back",
        "site_2": "Right knee", "avoided_positions": ["kneeling"], "equipment": [owned],
    }  # fmt: skip
    assert client.post(url, given).status_code == 302
    anna.profile.refresh_from_db()
    assert (anna.profile.avoided_positions, anna.profile.equipment) == (["kneeling"], [owned])
    assert "kneeling" in client.get(f"/patients/{anna.pk}/").content.decode()
    assert client.post(url, given | {"avoided_positions": ["flying"]}).status_code == 200


def test_activation_without_a_screening_says_where_to_record_one(client, alice, anna):
    from plans.actions import plans

    draft = plans.start(patient=anna, title="x", by=alice, at=NOON)
    client.force_login(alice)
    page = client.post(f"/plans/{draft.pk}/activate/", {"lock": draft.lock, "why": "Start"})
    assert page.status_code == 422
    assert f"/patients/{anna.pk}/#screening" in page.content.decode()
