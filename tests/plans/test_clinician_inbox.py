"""The inbox: one row per patient, the gravest first, and nobody else's patients."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import CareAssignment, Patient
from plans.actions import flags
from plans.models import Flag, Reevaluation
from tests.cast import NOON, TODAY, log_days, make_active_plan, make_patient

pytestmark = pytest.mark.usefixtures("at_noon")

WORSE = [4, 4, 5, 4, 4, 5, 4] * 5 + [7] * 7
A_LITTLE_WORSE = [8] * 35 + [9.9] * 8


@pytest.fixture
def at_noon():
    with time_machine.travel(NOON, tick=False):
        yield


def raise_flag(patient, values=WORSE, site=0):
    log_days(patient, values, site=site)
    flags.evaluate(patient_id=patient.pk, at=NOON)
    return Flag.objects.open().filter(patient=patient, site=patient.sites.all()[site]).get()


def other_flag(patient, severity, *, hours=5):
    """A flag of a rule that is judged elsewhere."""
    return Flag.objects.create(
        patient=patient,
        rule="R0" if severity == "urgent" else "R5",
        rule_version=1,
        severity=severity,
        since_on=TODAY,
        first_alert_on=TODAY,
        last_alert_on=TODAY,
        raised_at=NOON - timedelta(hours=hours),
    )


def names(html: str, *people) -> list[str]:
    """The people in the order in which the page names them in its rows."""
    places = {person.full_name: html.find(f'pp-flag-who">{person.full_name}') for person in people}
    return [name for name, place in sorted(places.items(), key=lambda item: item[1]) if place >= 0]


def page(client, user, address="/inbox/"):
    client.force_login(user)
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def test_a_flag_is_a_row_with_its_numbers(client, alice, anna):
    raise_flag(anna)
    html = page(client, alice)
    assert "Since 13 Nov (7 logged days) pain has averaged 7.0, which is 2.7 points above the usual 4.3." in html
    assert "61, lower back" in html
    assert "1 person has an open flag." in html


def test_one_row_per_patient_shows_the_gravest(client, alice, anna):
    raise_flag(anna)
    raise_flag(anna, site=1)
    other_flag(anna, "urgent")
    html = page(client, alice)
    assert html.count('class="pp-flag-who"') == 1
    assert "And 2 more: sustained increase, sustained increase." in html
    assert "pp-flag-urgent" in html
    assert "1 person needs you now." in html


def test_the_gravest_come_first_and_in_each_the_oldest(client, alice, harbour):
    people = [make_patient(name, harbour, alice) for name in ("Ada Ash", "Bea Birch", "Cy Cedar", "Di Deal")]
    other_flag(people[0], "watch", hours=50)
    other_flag(people[1], "important", hours=2)
    other_flag(people[2], "important", hours=30)
    other_flag(people[3], "urgent", hours=1)
    html = page(client, alice)
    assert names(html, *people) == ["Di Deal", "Cy Cedar", "Bea Birch", "Ada Ash"]
    assert html.index(">Now<") < html.index(">This week<") < html.index(">Keep an eye on<")


def test_mine_are_those_in_my_care_and_the_clinic_is_all(client, alice, lena, anna, ben):
    other_flag(anna, "watch")
    other_flag(ben, "watch")
    assert names(page(client, alice), anna, ben) == ["Anna Anders"]
    assert len(names(page(client, alice, "/inbox/?tab=clinic"), anna, ben)) == 2
    # A lead has no patients of their own: their inbox begins with the whole clinic.
    assert len(names(page(client, lena), anna, ben)) == 2


def test_cover_is_care_too(client, alice, ben):
    other_flag(ben, "watch")
    CareAssignment.objects.create(patient=ben, clinician=alice, kind="cover", valid_from=NOON - timedelta(days=1))
    assert names(page(client, alice), ben) == ["Ben Bauer"]


@pytest.mark.parametrize("address", ["/inbox/", "/inbox/?tab=clinic", "/inbox/?tab=resolved"])
def test_another_clinic_sees_nothing(client, charlie, anna, address):
    raise_flag(anna)
    assert "Anna" not in page(client, charlie, address)


def test_strangers_cannot_open_the_panel(client, charlie, anna, ben, cora):
    flag = raise_flag(anna)
    for stranger in (charlie, cora, anna.user, ben.user):
        client.force_login(stranger)
        assert client.get(f"/inbox/?tab=clinic&flag={flag.pk}").status_code == 404


def test_the_panel_explains_the_flag(client, alice, anna, annas_plan):
    flag = raise_flag(anna)
    html = page(client, alice, f"/inbox/?flag={flag.pk}")
    assert '<b class="is-alert">2.7 points</b>' in html
    assert "Single bad days cannot raise this flag." in html
    assert "4.3, range 3.6 to 5.0" in html
    assert "Start re-evaluation" in html
    assert 'aria-current="true"' in html
    assert html.count("c-dot-alert") == 7


@pytest.mark.parametrize("flag", ["nonsense", "", "01a20305-0000-7000-8000-000000000000"])
def test_a_flag_that_is_none_is_no_error(client, alice, anna, flag):
    client.force_login(alice)
    assert client.get("/inbox/", {"flag": flag}).status_code == (404 if len(flag) == 36 else 200)


def test_nothing_to_do_says_so(client, alice, annas_plan):
    Reevaluation.objects.filter(plan=annas_plan.plan).update(due_on=TODAY + timedelta(days=30))
    html = page(client, alice)
    assert "Nothing needs you right now" in html
    assert "Nothing has been evaluated yet." in html


def test_reevaluations_due_within_a_week(client, alice, anna, annas_plan):
    row = Reevaluation.objects.filter(plan=annas_plan.plan)
    row.update(due_on=TODAY + timedelta(days=1))
    html = page(client, alice)
    assert "Tomorrow" in html
    assert "1 re-evaluation is due within a week." in html
    row.update(due_on=TODAY - timedelta(days=3))
    assert 'class="pp-late">Mon 16 Nov<' in page(client, alice)
    row.update(due_on=TODAY + timedelta(days=8))
    assert "Re-evaluations due" not in page(client, alice)


def test_resolved_flags_are_kept_with_what_was_done(client, alice, anna):
    flag = raise_flag(anna)
    flags.resolve(flag=flag, action_taken="talked", note="A fall in the garden", useful=True, by=alice, at=NOON)
    html = page(client, alice, "/inbox/?tab=resolved")
    assert "Resolved by Alice Archer on 19 Nov: Talked with the patient" in html
    assert "A fall in the garden" in html
    panel = page(client, alice, f"/inbox/?tab=resolved&flag={flag.pk}")
    assert "Useful: yes." in panel
    assert "Start re-evaluation" not in panel


def test_twenty_five_rows_a_page(client, alice, harbour):
    for number in range(27):
        other_flag(make_patient(f"Pat {number:02}", harbour, alice), "watch", hours=number + 1)
    html = page(client, alice)
    assert html.count('class="pp-flag-who"') == 25
    assert "1 to 25 of 27" in html
    second = page(client, alice, "/inbox/?page=2")
    assert names(second, *[numbered(number) for number in (0, 1, 2)]) == ["Pat 01", "Pat 00"]


def numbered(number):
    return Patient.objects.get(full_name=f"Pat {number:02}")


@pytest.mark.parametrize("tab", ["mine", "clinic", "resolved"])
def test_the_number_of_queries_does_not_grow(client, alice, harbour, tab):
    """Three patients or thirty: the same number of queries."""

    def fill(first, last):
        for number in range(first, last):
            patient = make_patient(f"Pat {number:02}", harbour, alice)
            make_active_plan(patient, alice, at=NOON - timedelta(days=13))
            for severity in ("watch", "urgent"):
                flag = other_flag(patient, severity)
                if tab == "resolved":
                    flags.resolve(flag=flag, action_taken="talked", note="", useful=None, by=alice, at=NOON)

    client.force_login(alice)
    fill(0, 3)
    client.get(f"/inbox/?tab={tab}")
    with CaptureQueriesContext(connection) as few:
        client.get(f"/inbox/?tab={tab}")
    fill(3, 30)
    with CaptureQueriesContext(connection) as many:
        client.get(f"/inbox/?tab={tab}")
    assert len(many) == len(few)
    assert len(many) <= 17  # one of them writes down who stood in it, one asks for the filters that were kept
