"""A re-evaluation on one page: the facts since the last one, a decision, and exactly one next."""

from datetime import timedelta

import pytest
import time_machine

from plans.actions import flags, reevaluations
from plans.models import Decision, Flag, Plan, PlanVersion, Reevaluation
from tests.cast import NOON, TODAY, log_days
from tests.plans.test_clinician_record import do_session

WORSE = [4, 4, 5, 4, 4, 5, 4] * 5 + [7] * 7
FILLED = {"decision": "continue", "note": "Keep going, slowly", "next_due_on": "2026-12-10"}


@pytest.fixture(autouse=True)
def _at_noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def due(annas_plan):
    return Reevaluation.objects.get(plan=annas_plan.plan, state="open")


def address(row):
    return f"/reevaluations/{row.pk}/"


def test_the_facts_are_prepared(client, alice, anna, annas_plan, due):
    for back, skipped in ((8, ""), (7, "pain"), (1, "pain")):
        session = do_session(anna, annas_plan, TODAY - timedelta(days=back), skipped=skipped, pains=(2, 7))
    assert session.local_date == TODAY - timedelta(days=1)
    log_days(anna, WORSE)
    flags.evaluate(patient_id=anna.pk, at=NOON)
    client.force_login(alice)
    html = client.get(address(due)).content.decode()
    hardest = annas_plan.prescriptions.in_order()[1].exercise_version.name
    assert "Anna did <b>3</b> of <b>43</b> planned sessions." in html
    assert '<b class="is-alert">2.5 points</b>' in html
    assert f"{hardest} is the exercise that hurts most." in html
    assert "1 of 3" in html
    assert "Pain (2)" in html
    assert "Before sessions" in html
    assert "not answered" in html  # the next mornings
    assert "Flags, and what was done" in html
    assert "Accept 6.8 as the new usual" in html


def test_the_time_covered_begins_with_the_last_one(client, alice, anna, annas_plan, due):
    done_at = NOON - timedelta(days=10)
    following = reevaluations.complete(
        reevaluation=due, decision="continue", note="Fine", next_due_on=TODAY, by=alice, at=done_at
    )
    do_session(anna, annas_plan, TODAY - timedelta(days=20))
    do_session(anna, annas_plan, TODAY - timedelta(days=3))
    client.force_login(alice)
    html = client.get(address(following)).content.decode()
    assert "Covers 9 Nov to 19 Nov." in html
    assert "Anna did <b>1</b> of" in html


def test_completing_makes_exactly_one_next(client, alice, anna, due):
    client.force_login(alice)
    response = client.post(address(due), FILLED, follow=True)
    assert response.redirect_chain == [(f"/patients/{anna.pk}/", 302)]
    assert "The next one is due 10 Dec." in response.content.decode()
    due.refresh_from_db()
    assert (due.state, due.decision, due.note, due.done_by) == ("done", "continue", "Keep going, slowly", alice)
    following = Reevaluation.objects.get(plan=due.plan, state="open")
    assert (following, following.due_on.isoformat()) == (due.next, "2026-12-10")
    # Sending it again changes nothing and says so.
    again = client.post(address(due), FILLED | {"note": "Twice"})
    assert again.status_code == 200
    html = again.content.decode()
    assert "finished already" in html
    assert "Twice" in html  # what came too late can still be copied
    assert Reevaluation.objects.filter(plan=due.plan).count() == 2


def test_a_done_one_shows_what_was_decided(client, alice, due):
    client.force_login(alice)
    client.post(address(due), FILLED)
    html = client.get(address(due)).content.decode()
    assert "What was decided" in html
    assert "Keep going, slowly" in html
    assert "Thu 10 Dec 2026" in html
    assert "Complete re-evaluation" not in html


@pytest.mark.parametrize("decision", ["progress", "regress", "change"])
def test_a_change_of_the_plan_leads_to_the_builder(client, alice, due, decision):
    client.force_login(alice)
    response = client.post(address(due), FILLED | {"decision": decision})
    draft = PlanVersion.objects.get(plan=due.plan, state="draft")
    assert response["Location"] == f"/plans/{draft.pk}/"
    assert draft.based_on == due.plan.active_version


def test_discharge_ends_the_plan_and_schedules_nothing(client, alice, anna, due):
    client.force_login(alice)
    response = client.post(address(due), FILLED | {"decision": "discharge", "next_due_on": ""}, follow=True)
    assert "The plan of Anna Anders has ended." in response.content.decode()
    assert Plan.objects.get(patient=anna).status == "ended"
    assert not Reevaluation.objects.filter(state="open").exists()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"decision": ""}, "Choose a decision."),
        ({"decision": "nonsense"}, "Select a valid choice."),
        ({"note": "  "}, "Write down what you decided and why."),
        ({"next_due_on": ""}, "Choose when you look at this plan again."),
        ({"next_due_on": "2026-11-19"}, "within the next 12 weeks"),
        ({"next_due_on": "2027-02-12"}, "within the next 12 weeks"),
        ({"next_due_on": "soon"}, "Give the date as day, month and year"),
    ],
)
def test_a_gap_is_said_and_everything_is_kept(client, alice, due, change, said):
    client.force_login(alice)
    response = client.post(address(due), FILLED | change)
    html = response.content.decode()
    assert response.status_code == 200
    assert said in html
    assert "Keep going, slowly" in html or "note" in change
    assert 'value="continue" checked' in html or "decision" in change
    due.refresh_from_db()
    assert due.state == "open"


def flagged(anna):
    log_days(anna, WORSE)
    flags.evaluate(patient_id=anna.pk, at=NOON)
    return Flag.objects.get(patient=anna)


def test_the_decision_can_settle_the_flag(client, alice, anna, due):
    flag = flagged(anna)
    client.force_login(alice)
    client.post(address(due), FILLED | {"decision": "refer", "resolve_flags": "on"})
    flag.refresh_from_db()
    assert (flag.state, flag.action_taken, flag.note) == ("resolved", "referred", "Keep going, slowly")


def test_unticked_the_flag_stays_open(client, alice, anna, due):
    flag = flagged(anna)
    client.force_login(alice)
    client.post(address(due), FILLED)
    flag.refresh_from_db()
    assert flag.state == "open"


def test_the_level_can_be_accepted_here(client, alice, anna, due):
    flag = flagged(anna)
    client.force_login(alice)
    client.post(address(due), FILLED | {"accept_usual": "on"})
    flag.refresh_from_db()
    assert (flag.state, flag.action_taken) == ("resolved", "new usual")
    assert Decision.objects.get(flag=flag).kind == "accepted"


def test_what_is_refused_changes_nothing_at_all(client, alice, anna, due):
    """The flag is settled and the re-evaluation done in one transaction: all or nothing."""
    flag = flagged(anna)
    client.force_login(alice)
    page = client.get(address(due))
    assert page.status_code == 200
    reevaluations.complete(reevaluation=due, decision="continue", note="By Bob", next_due_on=None, by=alice, at=NOON)
    response = client.post(address(due), FILLED | {"resolve_flags": "on"})
    assert response.status_code == 200
    flag.refresh_from_db()
    due.refresh_from_db()
    assert (flag.state, due.note) == ("open", "By Bob")


def test_strangers_find_nothing(client, charlie, cora, ben, anna, due):
    for stranger in (charlie, cora, ben.user, anna.user):
        client.force_login(stranger)
        assert client.get(address(due)).status_code == 404
        assert client.post(address(due), FILLED).status_code == 404
    due.refresh_from_db()
    assert due.state == "open"
