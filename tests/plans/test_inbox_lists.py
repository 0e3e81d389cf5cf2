"""What the inbox lists, of every kind, in which order, and for whom."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import CareAssignment
from plans.models import Flag, Reevaluation
from tests.cast import NOON, TODAY, make_active_plan, make_member, make_patient
from tests.plans.inbox_rows import away, flag_of, listed, write

pytestmark = pytest.mark.usefixtures("at_noon")


@pytest.fixture
def at_noon():
    with time_machine.travel(NOON, tick=False):
        yield


def html_of(client, user, address="/inbox/"):
    client.force_login(user)
    return client.get(address).content.decode()


def test_urgent_then_important_then_messages_watch_and_what_is_due(client, alice, harbour):
    people = [make_patient(name, harbour, alice) for name in ("Ada", "Bea", "Cy", "Di", "Eve", "Flo")]
    plan = make_active_plan(people[0], alice).plan
    Reevaluation.objects.filter(plan=plan).update(due_on=TODAY + timedelta(days=2))
    flag_of(people[1], "watch", hours=90)
    write(people[2])
    flag_of(people[3], "important", hours=1)
    flag_of(people[4], "urgent", hours=1)
    flag_of(people[5], "important", hours=9)
    assert listed(client, alice) == ["Eve", "Flo", "Di", "Cy", "Bea", "Ada"]


def test_a_patient_is_one_row_with_all_that_waits_behind_it(client, alice, anna, annas_plan):
    Reevaluation.objects.filter(plan=annas_plan.plan).update(due_on=TODAY)
    flag = flag_of(anna, "important")
    flag_of(anna, "watch")
    write(anna, "Is it normal that the knee clicks?")
    html = html_of(client, alice, f"/inbox/?flag={flag.pk}")
    assert html.count("data-row") == 1
    assert "And 3 more: 1 unread message, flare, re-evaluation, today." in html
    panel = html[html.index("data-panel") :]
    assert "Also waiting" in panel
    assert "Is it normal that the knee clicks?" in panel
    assert panel.index("unread message") < panel.index("Flare") < panel.index("Re-evaluation, today")


def test_several_messages_are_one_item_as_old_as_the_first(client, alice, anna):
    write(anna, "First", hours=50)
    write(anna, "Second", hours=1)
    client.force_login(alice)
    (group,) = client.get("/inbox/").context["groups"]
    (row,) = group.rows
    assert (row.first.title, row.first.sentence, row.first.when) == ("2 unread messages", "“Second”", "2 days")
    assert (group.level, row.others) == ("message", [])


def test_a_patient_without_a_flag_has_a_panel_too(client, alice, anna, charlie, annas_plan):
    message = write(anna)
    html = html_of(client, alice, f"/inbox/?patient={anna.pk}")
    panel = html[html.index("data-panel") :]
    assert message.text in panel
    assert "Usual level" in panel
    client.force_login(charlie)
    assert client.get(f"/inbox/?patient={anna.pk}").status_code == 404


def test_a_reevaluation_alone_leads_straight_to_its_page(client, alice, anna, annas_plan):
    due = Reevaluation.objects.get(plan=annas_plan.plan)
    Reevaluation.objects.update(due_on=TODAY)
    client.force_login(alice)
    (group,) = client.get("/inbox/").context["groups"]
    assert group.rows[0].url == f"/reevaluations/{due.pk}/"


def test_who_stands_in_has_the_work_of_those_away(client, alice, bob, anna, ben, harbour, hill, charlie):
    flag_of(anna)
    assert listed(client, bob) == []
    leave = away(alice, bob, harbour)
    assert listed(client, bob) == ["Anna Anders"]
    assert listed(client, alice) == ["Anna Anders"]
    leave.cancelled_at = NOON
    leave.save()
    assert listed(client, bob) == []


def test_a_stand_in_who_is_away_hands_it_on_and_two_who_name_each_other_lose_nothing(client, alice, bob, anna, harbour):
    carol = make_member("Carol Crane", harbour)
    flag_of(anna)
    away(alice, bob, harbour)
    away(bob, carol, harbour)
    assert listed(client, carol) == ["Anna Anders"]
    assert listed(client, bob) == []
    away(carol, alice, harbour)
    assert listed(client, alice) == ["Anna Anders"]
    assert listed(client, alice, "clinic") == ["Anna Anders"]


def test_what_is_handed_to_me_is_mine_and_no_longer_the_others(client, alice, bob, anna):
    flag_of(anna, assigned_to=bob)
    assert listed(client, bob) == ["Anna Anders"]
    assert listed(client, alice) == []
    assert listed(client, alice, "clinic") == ["Anna Anders"]


@pytest.mark.parametrize("gone", ["inactive", "no member"])
def test_what_was_handed_to_somebody_who_left_is_back_with_the_patients_clinician(client, alice, bob, anna, gone):
    flag_of(anna, assigned_to=bob)
    if gone == "inactive":
        bob.is_active = False
        bob.save()
    else:
        bob.memberships.update(valid_until=NOON - timedelta(hours=1))
    assert listed(client, alice) == ["Anna Anders"]


def test_the_lead_has_those_whom_nobody_looks_after(client, alice, lena, anna, ben):
    flag_of(anna)
    flag_of(ben)
    assert listed(client, lena) == []
    alice.is_active = False
    alice.save()
    assert listed(client, lena) == ["Anna Anders"]
    CareAssignment.objects.filter(patient=ben).update(valid_until=NOON)
    assert sorted(listed(client, lena)) == ["Anna Anders", "Ben Bauer"]


@pytest.mark.parametrize("tab", ["mine", "clinic", "asleep"])
def test_nobody_sees_another_clinic(client, charlie, alice, anna, tab):
    flag_of(anna, assigned_to=charlie)
    write(anna)
    client.force_login(charlie)
    assert "Anna" not in client.get(f"/inbox/?tab={tab}").content.decode()
    assert "Anna" not in client.get(f"/inbox/print/?tab={tab}").content.decode()


def test_the_counts_stand_beside_the_lists_and_in_the_rail(client, alice, lena, anna, ben):
    flag_of(anna)
    flag_of(ben, "important")
    write(ben)
    client.force_login(alice)
    page = client.get("/inbox/")
    assert {tab["id"]: tab["count"] for tab in page.context["tabs"]} == {
        "tab-mine": 1, "tab-clinic": 2, "tab-asleep": 0, "tab-resolved": None,
    }  # fmt: skip
    assert 'id="inbox-count">1<' in client.get("/patients/").content.decode()
    client.force_login(lena)
    assert 'id="inbox-count">2<' in client.get("/patients/").content.decode()


def test_the_clinics_list_says_whose_patients_they_are(client, alice, anna, ben, annas_plan):
    Reevaluation.objects.update(due_on=TODAY)
    flag_of(ben)
    html = html_of(client, alice, "/inbox/?tab=clinic")
    assert "61, lower back, Bob Brook" in html
    assert '<span class="pp-meta">Alice Archer</span>' in html
    assert "Bob Brook" not in html_of(client, alice, "/inbox/?tab=mine")


def test_the_urgent_say_until_when_and_who_is_told_then(client, alice, lena, anna, ben):
    flag = flag_of(anna, "urgent", hours=0)
    flag_of(ben, "urgent", hours=-1)
    # Noon in London; four working hours.
    assert "Acknowledge by 16:00, or Lena Lead is told" in html_of(client, alice, "/inbox/?tab=clinic")
    assert "is told" not in html_of(client, lena, "/inbox/?tab=clinic")
    Flag.objects.filter(pk=flag.pk).update(raised_at=NOON + timedelta(hours=2))
    Flag.objects.exclude(pk=flag.pk).update(escalated_at=NOON)
    assert "Acknowledge by Fri 20 Nov, 10:00, or Lena Lead" in html_of(client, alice, "/inbox/?tab=clinic")
    Flag.objects.update(state="acknowledged", acknowledged_at=NOON, acknowledged_by=alice)
    assert "is told" not in html_of(client, alice, "/inbox/?tab=clinic")


def test_an_empty_list_says_what_comes_next(client, alice, anna, annas_plan):
    Reevaluation.objects.update(due_on=TODAY + timedelta(days=20))
    html = html_of(client, alice)
    assert "Nothing needs you right now" in html
    assert "The next re-evaluation is due 9 Dec: Anna Anders." in html
    assert "Nothing is asleep" in html_of(client, alice, "/inbox/?tab=asleep")


def test_the_paper_names_everything_of_everybody(client, alice, harbour):
    for number in range(60):
        patient = make_patient(f"Pat {number:02}", harbour, alice)
        flag_of(patient, "watch", hours=number + 1)
    write(patient, "Words on paper")
    html = html_of(client, alice, "/inbox/print/?tab=mine")
    assert html.count('<th scope="row">') == 60
    assert "Words on paper" in html
    assert "Inbox: Mine" in html


@pytest.mark.parametrize("address", ["/inbox/?tab=mine", "/inbox/?tab=clinic", "/inbox/live/?tab=clinic&evaluated=1"])
def test_ten_rows_or_two_hundred_take_the_same_number_of_queries(client, alice, harbour, address):
    def fill(first, last):
        for number in range(first, last):
            patient = make_patient(f"Pat {number:03}", harbour, alice)
            flag_of(patient, "important" if number % 2 else "watch", assigned_to=alice if number % 3 else None)
            if number % 4 == 0:
                write(patient)
            if number % 5 == 0 and number < 40:
                make_active_plan(patient, alice, at=NOON - timedelta(days=13))

    client.force_login(alice)
    fill(0, 10)
    client.get(address)
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    fill(10, 200)
    with CaptureQueriesContext(connection) as many:
        response = client.get(address)
    assert response.status_code == 200
    assert Flag.objects.count() == 200
    assert len(many) <= len(few) <= 14  # fewer when a kind is not on the first page
