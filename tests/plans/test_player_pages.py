"""The pages of the player without JavaScript: safety, before, one exercise at a time, after; left and continued."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from plans.actions import plans
from plans.models import ExerciseLog, PlanRead, Report, Session
from tests.cast import NOON, make_active_plan
from tests.plans.test_patient_logging import hidden, open_form, send
from tests.plans.test_patient_pages import page


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def phone(client, anna):
    client.force_login(anna.user)
    return client


def start(phone, at=NOON) -> Session:
    send(phone, "play_start", open_form(phone, "play_start", at=at) | {"answer": "none"}, at=at)
    return Session.objects.get()


def step(phone, url, data, at=NOON):
    """Open a page of the session and send it with these answers."""
    with time_machine.travel(at, tick=False):
        given = hidden(phone.get(url).content.decode())
        return phone.post(url, given | data)


def follow(phone, url, at=NOON) -> str:
    with time_machine.travel(at, tick=False):
        return phone.get(url, follow=True).redirect_chain[-1][0]


def test_safety_comes_first_and_begins_nothing_by_itself(phone, annas_plan):
    text = page(phone, "play_start")
    assert "None of these" in text and "One of these happened" in text and "Call 999." in text
    assert f'formaction="{reverse("safety")}"' in text
    with time_machine.travel(NOON, tick=False):
        phone.post(reverse("play_start"), {})
    assert not Session.objects.exists()


def test_a_yes_in_the_player_begins_no_session(phone, annas_plan):
    data = open_form(phone, "play_start") | {"happened": ["fall-injury"]}
    answer = send(phone, "safety", data)
    assert answer.url == reverse("safety_told", args=[Report.objects.get().pk])
    assert not Session.objects.exists()
    text = page(phone, "today")
    assert "Something new happened, and it has to be looked at first." in text
    assert reverse("play_start") not in text and reverse("quick_log") not in text
    assert reverse("play_start") not in page(phone, "play_start")


def test_a_whole_session(phone, anna, annas_plan):
    site = anna.sites.first().pk.hex
    session = start(phone)
    url = follow(phone, reverse("play_next", args=[session.pk]))
    assert url == reverse("play_before", args=[session.pk])
    text = phone.get(url).content.decode()
    assert "checked" not in text and "usual" not in text.lower()
    url = step(phone, url, {f"before_{site}": "4"}).url
    assert "Done, next exercise" in phone.get(url).content.decode()
    url = step(phone, url, {"state": "done", "pain": "2", "sets_done": "2", "repetitions_done": "6"}).url
    assert "Done, next exercise" not in phone.get(url).content.decode()
    url = step(phone, url, {"reason": "afraid"}).url
    assert url == reverse("play_after", args=[session.pk])
    answer = step(phone, url, {f"after_{site}": "5", "effort": "3", "note": "Good"}, at=NOON + timedelta(minutes=9))
    assert answer.url == reverse("session_done", args=[session.pk])
    session.refresh_from_db()
    assert (session.state, session.effort, session.note) == ("done", 3, "Good")
    assert sorted(session.scores.values_list("moment", "value")) == [("after", 5), ("before", 4)]
    assert set(session.logs.values_list("state", "skip_reason", "sets_done")) == {
        ("done", "", 2), ("skipped", "afraid", None),
    }  # fmt: skip
    assert "Alice can read your word" in page(phone, "session_done", session.pk)


@pytest.mark.parametrize("each_side", [True, False])
def test_an_exercise_for_each_side_shows_both(phone, anna, alice, each_side):
    slug = "seated-knee-extension" if each_side else "bridge"
    make_active_plan(anna, alice, exercises=(slug,))
    session = start(phone)
    step(phone, reverse("play_before", args=[session.pk]), {"skip": "rest"})
    text = phone.get(follow(phone, reverse("play_next", args=[session.pk]))).content.decode()
    shown = [text.find(f"The {side} side is shown.") for side in ("right", "left")]
    assert (0 < shown[0] < shown[1]) if each_side else (shown == [-1, -1])
    assert ("data-figure-sides" in text) is each_side
    assert ("data-per-side" in text) is each_side


def test_closing_the_browser_loses_nothing(phone, anna, annas_plan):
    site = anna.sites.first().pk.hex
    session = start(phone)
    step(phone, reverse("play_before", args=[session.pk]), {f"before_{site}": "7"})
    text = page(phone, "today")
    assert "Your session waits for you" in text and reverse("play_next", args=[session.pk]) in text
    assert reverse("play_start") not in text
    assert "/exercise/" in follow(phone, reverse("play_next", args=[session.pk]))
    assert follow(phone, reverse("play_start")).startswith(f"/session/{session.pk}/exercise/")
    late = NOON + timedelta(hours=20)
    with time_machine.travel(late, tick=False):
        phone.force_login(anna.user)
    assert "Your session of Thursday waits for you" in page(phone, "today", at=late)
    step(phone, reverse("play_after", args=[session.pk]), {"skip": "rest"}, at=late)
    session.refresh_from_db()
    assert session.local_date == NOON.date()
    assert session.scores.get(moment="before").value == 7
    assert session.scores.get(moment="after").value is None


def test_an_untouched_scale_is_asked_again_and_not_now_is_an_answer(phone, anna, annas_plan):
    session = start(phone)
    url = reverse("play_before", args=[session.pk])
    assert "Choose a number, or" in step(phone, url, {}).content.decode()
    assert "/exercise/" in step(phone, url, {"answer": "not-now"}).url
    assert session.steps.get(step="before").content["scores"] == {str(anna.sites.first().pk): None}


def test_an_exercise_without_an_answer_is_asked_again(phone, annas_plan):
    session = start(phone)
    url = reverse("play_exercise", args=[session.pk, annas_plan.prescriptions.in_order()[0].pk])
    assert "Say how it went" in step(phone, url, {}).content.decode()
    assert "Say how it went" in step(phone, url, {"state": "done", "reason": "pain"}).content.decode()
    assert step(phone, url, {"state": "partly", "sets_done": "many", "minutes_done": "-4"}).status_code == 302
    assert not ExerciseLog.objects.exists()
    assert "You said: partly" in phone.get(url).content.decode()


def test_pages_of_a_session_that_is_over_lead_to_its_end(phone, annas_plan):
    session = start(phone)
    step(phone, reverse("play_after", args=[session.pk]), {"skip": "rest"})
    for name in ("play_next", "play_before", "play_after"):
        assert phone.get(reverse(name, args=[session.pk])).url == reverse("session_done", args=[session.pk])


def test_nobody_else_sees_the_session(client, anna, ben, annas_plan):
    client.force_login(anna.user)
    session = start(client)
    client.force_login(ben.user)
    for name in ("play_next", "play_before", "play_after"):
        assert client.get(reverse(name, args=[session.pk])).status_code == 404
        if name != "play_next":
            assert client.post(reverse(name, args=[session.pk])).status_code == 404


def test_the_changed_plan_is_read_and_confirmed(phone, anna, annas_plan, alice):
    assert reverse("plan_changed") not in page(phone, "today")
    draft = plans.revise(plan=annas_plan.plan, by=alice, at=NOON - timedelta(days=1))
    row = draft.prescriptions.in_order()[0]
    plans.remove(prescription=row, lock=draft.lock, by=alice, at=NOON - timedelta(days=1))
    version = plans.activate(
        version=draft, lock=draft.lock, why="Your knee needs less.", by=alice, at=NOON - timedelta(days=1)
    )
    assert reverse("plan_changed") in page(phone, "today")
    text = page(phone, "plan_changed")
    assert "Your knee needs less." in text and f"Took out {row.exercise_version.name}." in text
    with time_machine.travel(NOON, tick=False):
        phone.post(reverse("plan_changed"), {"version": str(annas_plan.pk)})
        assert not PlanRead.objects.exists()
        phone.post(reverse("plan_changed"), {"version": re.search(r'name="version" value="([^"]+)"', text)[1]})
    assert PlanRead.objects.get().version == version
    assert reverse("plan_changed") not in page(phone, "today")
