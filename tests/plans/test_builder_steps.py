"""Steps to approve: in the inbox, on the record; approved or not this week; what the patient sees."""

import pytest
import time_machine
from django.urls import reverse

from plans.actions import quota_steps
from plans.models import Plan, QuotaStep
from tests.cast import NOON
from tests.plans.test_quotas import busy, with_quota


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def step(anna, alice) -> QuotaStep:
    """Anna's walk of 10 minutes: a step to 11 waits."""
    busy(anna, with_quota(anna, alice))
    quota_steps.propose(at=NOON)
    return QuotaStep.objects.get()


def text_of(client, user, address: str) -> str:
    client.force_login(user)
    return client.get(address).content.decode()


def decide(client, user, step, what: str, **data):
    client.force_login(user)
    return client.post(reverse(f"step_{what}", args=[step.pk]), data, follow=True)


def test_a_proposed_step_waits_in_the_inbox_and_on_the_record(client, alice, bob, step, anna):
    inbox = text_of(client, alice, reverse("inbox") + f"?tab=clinic&patient={anna.pk}")
    assert "From 10 minutes to 11 minutes." in inbox and "Anna Anders" in inbox
    assert reverse("step_approve", args=[step.pk]) in inbox and "Not this week" in inbox
    back = decide(client, alice, step, "decline", next=f"{reverse('inbox')}?tab=clinic")
    assert back.redirect_chain[-1][0] == f"{reverse('inbox')}?tab=clinic"


def test_it_waits_on_the_record_with_the_numbers(client, bob, step, anna):
    record = text_of(client, bob, reverse("patient", args=[anna.pk]))
    assert "From 10 minutes to 11 minutes. The ceiling is 20 minutes." in record
    assert reverse("step_approve", args=[step.pk]) in record


def test_approved_the_patient_sees_the_new_dose_today(client, alice, anna, step):
    page = decide(client, alice, step, "approve")
    assert "11 minutes from today." in page.content.decode()
    assert reverse("step_approve", args=[step.pk]) not in page.content.decode()
    assert "11 minutes" in text_of(client, anna.user, reverse("plan"))


def test_not_this_week_keeps_the_dose_and_the_reason(client, alice, anna, step):
    page = decide(client, alice, step, "decline", why="Travelling.\x00" + "x" * 300)
    assert "stays as it is" in page.content.decode()
    step.refresh_from_db()
    assert (step.state, step.why[:11], len(step.why)) == ("declined", "Travelling.", 200)
    assert "10 minutes" in text_of(client, anna.user, reverse("plan"))


def test_a_second_decision_is_refused_in_words(client, alice, step):
    decide(client, alice, step, "approve")
    page = decide(client, alice, step, "decline")
    assert "This step was decided already" in page.content.decode()
    step.refresh_from_db()
    assert step.state == "approved"


def test_a_paused_plan_asks_for_no_step(client, alice, anna, step):
    Plan.objects.update(status="paused")
    assert reverse("step_approve", args=[step.pk]) not in text_of(client, alice, reverse("patient", args=[anna.pk]))
    assert "Look at the flag first" in decide(client, alice, step, "approve").content.decode()


@pytest.mark.parametrize("who", ["charlie", "cora", "anna", "ben"])
def test_nobody_else_decides(client, request, step, who):
    person = request.getfixturevalue(who)
    assert decide(client, getattr(person, "user", person), step, "approve").status_code == 404
    step.refresh_from_db()
    assert step.state == "proposed"
