"""Progress: daily life, sleep, confidence, goals and decisions; each a sentence first, then a picture, then a table."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from plans.actions import goals as goal_actions
from plans.actions import reevaluations
from plans.actions.refusals import Refused
from plans.models import Goal, GoalRating, PlanEvent
from plans.views.patient.life import life
from tests.cast import NOON, TODAY
from tests.plans.test_checkin_actions import check_in

DAY = timedelta(days=1)


@pytest.fixture
def phone(client, anna):
    client.force_login(anna.user)
    with time_machine.travel(NOON, tick=False):
        yield client


def progress(phone):
    response = phone.get(reverse("progress"))
    assert response.status_code == 200
    return response.content.decode()


def write(patient, text="Stairs at my daughter's", at=NOON):
    return goal_actions.add(patient=patient, text=text, by=patient.user, at=at)


def rate(goal, closeness, at=NOON):
    by = goal.patient.user
    return goal_actions.rate(goal=goal, closeness=closeness, time_zone="Europe/London", by=by, at=at)


def answer(patient, kind, value, weeks_ago):
    items = {"PEG": ("pain", "enjoyment", "activity")}.get(kind, (kind,))
    return check_in(patient, kind, dict.fromkeys(items, value), at=NOON - weeks_ago * 7 * DAY)


@pytest.mark.parametrize(
    ("kind", "start", "last", "headline"),
    [
        ("PEG", 5, 4, "Doing things is easier."),
        ("PEG", 4, 4, "Doing things is about the same."),
        ("PEG", 4, 5, "Doing things is harder."),
        ("sleep", 3, 4, "Sleep is about the same."),
        ("sleep", 3, 5, "Sleep is harder."),
        ("sleep", 5, 3, "Sleep is easier."),
        ("confidence", 4, 7, "You feel surer about your plan."),
        ("confidence", 7, 5, "You feel less sure about your plan."),
        ("confidence", 7, 8, "You feel about as sure of your plan."),
    ],
)
def test_the_sentence_follows_the_change(anna, kind, start, last, headline):
    answer(anna, kind, start, 8), answer(anna, kind, last, 0)
    (told,) = life(anna, TODAY)
    assert told.headline == headline
    assert told.text.endswith("As on 24 September." if start == last else f"It was {told.rows[-1][1]} on 24 September.")
    assert [day for day, _words in told.rows] == [TODAY, TODAY - 56 * DAY]
    assert len(told.chart.answers) == 2


def test_sentence_then_picture_then_table(phone, anna):
    answer(anna, "sleep", 3, 3), answer(anna, "sleep", 5, 0)
    page = progress(phone)
    places = [page.index(words) for words in ("Sleep is harder.", "pp-chart-answers", "Answer (0-10)")]
    assert places == sorted(places)


def test_one_answer_is_no_trend_and_old_ones_are_no_reproach(anna):
    answer(anna, "sleep", 5, 1)
    (told,) = life(anna, TODAY)
    assert (told.headline, told.text, told.chart) == ("Sleep:", "Pain disturbed it 5 out of 10.", None)
    (told,) = life(anna, TODAY + 30 * DAY)
    assert told.headline == "Sleep: last answered on 12 November."
    assert "Any week is a good week to begin again." in told.text


def test_mood_is_not_drawn_for_the_patient(phone, anna):
    check_in(anna, "PHQ-4", {"interest": 3, "low": 3, "nervous": 3, "worry": 3})
    assert life(anna, TODAY) == []


def test_an_incomplete_answer_is_a_gap_and_no_zero(anna):
    check_in(anna, "PEG", {"pain": 3, "enjoyment": None, "activity": 3})
    assert life(anna, TODAY) == []


def test_weeks_without_sessions_are_shown_without_blame(phone, annas_plan):
    page = progress(phone)
    assert "You did 0 of" in page
    assert "Weeks like this happen." in page
    assert "Sessions by week" in page


def test_a_goal_is_written_rated_and_seen(phone, anna):
    answer_ = phone.post(reverse("new_goal"), {"text": "  Stairs at \n my daughter's "})
    goal = Goal.objects.get()
    assert (goal.text, goal.made_by, answer_.url) == (
        "Stairs at my daughter's", anna.user, reverse("my_goal", args=[goal.pk]),
    )  # fmt: skip
    assert "Say how close you feel" in progress(phone)
    rate(goal, 3, at=NOON - 28 * DAY)
    page = phone.get(reverse("my_goal", args=[goal.pk])).content.decode()
    assert "On 22 October you said 3." in page
    assert " checked" not in page
    phone.post(reverse("my_goal", args=[goal.pk]), {"closeness": "6"})
    assert "You feel 6 of 10 close. It was 3 on 22 October." in progress(phone)


def test_zero_is_an_answer_and_an_empty_scale_is_none(phone, anna):
    goal = write(anna)
    page = phone.post(reverse("my_goal", args=[goal.pk]), {}).content.decode()
    assert "Choose a number." in page
    phone.post(reverse("my_goal", args=[goal.pk]), {"closeness": "not-now"})
    phone.post(reverse("my_goal", args=[goal.pk]), {"closeness": "11"})
    assert not GoalRating.objects.exists()
    phone.post(reverse("my_goal", args=[goal.pk]), {"closeness": "0"})
    assert GoalRating.objects.get().closeness == 0


def test_sent_twice_is_stored_once(anna):
    goal = write(anna)
    with pytest.raises(Refused, match="already"):
        write(anna, "stairs at MY daughter's")
    assert rate(goal, 4) == rate(goal, 4)
    assert rate(goal, 5) != rate(goal, 4, at=NOON + DAY)
    assert PlanEvent.objects.filter(verb="goal written").count() == 1


def test_a_reached_goal_stays_in_sight_and_a_dropped_one_goes_quietly(phone, anna):
    first, second = write(anna), write(anna, "The garden")
    phone.post(reverse("my_goal", args=[first.pk]), {"end": "reached"})
    phone.post(reverse("my_goal", args=[second.pk]), {"end": "dropped"})
    page = progress(phone)
    assert "Reached on 19 November: Stairs at my daughter" in page
    assert "The garden" not in page
    assert phone.get(reverse("my_goal", args=[first.pk])).status_code == 302
    with pytest.raises(Refused, match="ended"):
        rate(first, 4)


def test_five_goals_are_enough(phone, anna):
    for n in range(5):
        write(anna, f"Goal {n}")
    page = phone.post(reverse("new_goal"), {"text": "One more"}).content.decode()
    assert "Five goals are enough at a time." in page
    assert "One more" in page
    assert Goal.objects.count() == 5


def test_nobody_rates_the_goal_of_another(phone, ben):
    goal = write(ben)
    assert phone.get(reverse("my_goal", args=[goal.pk])).status_code == 404
    assert phone.post(reverse("my_goal", args=[goal.pk]), {"closeness": "3"}).status_code == 404
    assert not GoalRating.objects.exists()


def test_what_the_clinic_decided_is_said(phone, annas_plan, alice):
    reevaluations.complete(
        reevaluation=annas_plan.plan.reevaluations.get(state="open"), decision="progress", note="Team only",
        next_due_on=None, by=alice, at=NOON - DAY,
    )  # fmt: skip
    page = progress(phone)
    assert "Alice Archer prepares a next step with a little more." in page
    assert "Team only" not in page
