"""The caseload: everybody in one table, found by name, filtered, sorted, in a fixed number of queries."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import AccessLog, Patient
from plans.actions import flags, patients
from plans.models import Flag, Reevaluation
from tests.cast import NOON, TODAY, log_days, make_active_plan, make_patient
from tests.plans.inbox_rows import away

WORSE = [4, 4, 5, 4, 4, 5, 4] * 5 + [7] * 7


@pytest.fixture(autouse=True)
def _at_noon():
    with time_machine.travel(NOON, tick=False):
        yield


def rows(client, query="") -> dict[str, str]:
    """The lines of the table by name, in order, without tags."""
    response = client.get(f"/patients/{query}")
    assert response.status_code == 200
    lines = re.findall(
        r"<tr[^>]*>\s*<th scope=\"row\" class=\"at-name\">.*?</tr>", response.content.decode(), re.DOTALL
    )
    plain = [" ".join(re.sub(r"<[^>]+>", " ", line).split()) for line in lines]
    return {" ".join(line.split()[:2]): line for line in plain}


def watch_flag(patient, severity="watch"):
    return Flag.objects.create(
        patient=patient, rule="R5", rule_version=1, severity=severity, since_on=TODAY, first_alert_on=TODAY,
        last_alert_on=TODAY, raised_at=NOON,
    )  # fmt: skip


def test_a_line_has_the_numbers(client, alice, anna, annas_plan):
    log_days(anna, WORSE)
    flags.evaluate(patient_id=anna.pk, at=NOON)
    client.force_login(alice)
    line = rows(client)["Anna Anders"]
    assert "61, lower back" in line
    assert "4.3 7.0" in line
    assert "2.7 up" in line
    assert "0 of 11" in line
    assert "Today" in line
    assert "Important" in line
    html = client.get("/patients/").content.decode()
    assert "c-line-alert" in html
    assert "Pain of Anna Anders, 28 days, usual 4.3, last 7.0" in html


def test_before_there_is_a_usual_level_it_is_learning(client, alice, anna):
    log_days(anna, [4, 5, 4])
    flags.evaluate(patient_id=anna.pk, at=NOON)
    client.force_login(alice)
    assert "learning 3 of 7 days 4.3" in rows(client)["Anna Anders"]


def test_no_log_is_not_zero(client, alice, anna):
    client.force_login(alice)
    line = rows(client)["Anna Anders"]
    assert "no log" in line
    assert "never" in line
    log_days(anna, [0, 0])
    assert "0.0" in rows(client)["Anna Anders"]


def test_only_the_patients_of_the_clinic_worked_in(client, alice, charlie, anna, ben, zoe):
    client.force_login(alice)
    assert list(rows(client)) == ["Anna Anders", "Ben Bauer"]
    client.force_login(charlie)
    assert list(rows(client)) == ["Zoe Zimmer"]


@pytest.mark.parametrize("who", ["cora", "anna_herself"])
def test_who_has_no_patients_has_no_caseload(client, who, request):
    user = request.getfixturevalue("anna").user if who == "anna_herself" else request.getfixturevalue(who)
    client.force_login(user)
    assert client.get("/patients/").status_code == 404


@pytest.mark.parametrize(
    ("words", "found"),
    [("ANNA", ["Anna Anders"]), ("anders an", ["Anna Anders"]), ("jose", ["José Núñez"]), ("nunez", ["José Núñez"]),
     ("nobody", []), ("\x00", ["Anna Anders", "José Núñez"]), ("%", []), ("a" * 5000, [])],
)  # fmt: skip
def test_names_are_found_whatever_the_case_and_accents(client, alice, harbour, anna, words, found):
    make_patient("José Núñez", harbour, alice)
    client.force_login(alice)
    response = client.get("/patients/", {"q": words})
    assert response.status_code == 200
    html = response.content.decode()
    assert [name for name in ("Anna Anders", "José Núñez") if f">{name}</a>" in html] == found


def test_filters_and_their_counts(client, alice, anna, ben, annas_plan):
    watch_flag(ben)
    Reevaluation.objects.filter(plan=annas_plan.plan).update(due_on=TODAY + timedelta(days=7))
    client.force_login(alice)
    assert list(rows(client, "?show=mine")) == ["Anna Anders"]
    assert list(rows(client, "?show=flag")) == ["Ben Bauer"]
    assert list(rows(client, "?show=due")) == ["Anna Anders"]
    assert list(rows(client, "?show=no-plan")) == ["Ben Bauer"]
    assert list(rows(client, "?show=discharged")) == []
    html = client.get("/patients/").content.decode()
    for chip in (
        "Everybody, 2",
        "Mine, 1",
        "Open flag, 1",
        "Due this week, 1",
        "No plan, 1",
        "Discharged, 0",
        "New, 0",
    ):
        assert chip in html
    assert list(rows(client, "?show=nonsense")) == ["Ben Bauer", "Anna Anders"]


def test_filters_hold_together(client, alice, bob, harbour, anna, ben):
    cy = make_patient("Cy Cedar", harbour, bob)
    watch_flag(ben)
    watch_flag(cy)
    make_active_plan(cy, bob)
    client.force_login(bob)
    assert list(rows(client, "?show=mine&show=flag")) == ["Ben Bauer", "Cy Cedar"]
    assert list(rows(client, "?show=mine&show=flag&show=no-plan")) == ["Ben Bauer"]
    page = client.get("/patients/?show=mine&show=flag&sort=name")
    assert "2 patients fit all of these filters." in page.content.decode()
    chips = {chip["label"].split(",")[0]: (chip["url"], chip["on"]) for chip in page.context["chips"]}
    assert chips["Mine"] == ("?show=flag&sort=name", True)
    assert chips["No plan"] == ("?show=mine&show=flag&show=no-plan&sort=name", False)
    assert chips["Discharged"] == ("?show=discharged&sort=name", False)
    assert chips["Everybody"] == ("?sort=name", False)


def test_the_silent_have_a_plan_and_said_nothing_for_a_week(client, alice, harbour, anna, ben):
    cy = make_patient("Cy Cedar", harbour, alice)
    for person in (anna, ben, cy):
        make_active_plan(person, alice)
    log_days(anna, [4] + [None] * 7)
    log_days(ben, [4] + [None] * 6)
    client.force_login(alice)
    assert list(rows(client, "?show=silent")) == ["Anna Anders", "Cy Cedar"]
    make_patient("Di Dent", harbour, alice)
    assert "Di Dent" not in rows(client, "?show=silent")


def test_the_new_were_added_in_the_last_two_weeks(client, alice, anna, ben):
    Patient.objects.filter(pk=anna.pk).update(created_at=NOON - timedelta(days=13))
    Patient.objects.filter(pk=ben.pk).update(created_at=NOON - timedelta(days=14))
    client.force_login(alice)
    assert list(rows(client, "?show=new")) == ["Anna Anders"]


def test_where_it_hurts_is_found_as_well(client, alice, harbour, anna, ben):
    make_patient("Cy Cedar", harbour, alice, sites=("Left wrist", "Neck"))
    client.force_login(alice)
    assert list(rows(client, "?q=WRIST")) == ["Cy Cedar"]
    assert list(rows(client, "?q=neck+cy")) == ["Cy Cedar"]
    assert list(rows(client, "?q=neck+anna")) == []


def test_a_row_opens_the_gist_beside_the_list(client, alice, charlie, anna, annas_plan):
    flag = watch_flag(anna)
    log_days(anna, WORSE)
    client.force_login(alice)
    row = client.get("/patients/?show=mine&sort=name").context["rows"][0]
    assert row.url == f"/patients/?show=mine&sort=name&patient={anna.pk}"
    looks = AccessLog.objects.count()
    page = client.get(row.url)
    assert AccessLog.objects.count() == looks + 1
    html = page.content.decode()
    panel = html[html.index("data-panel=") :]
    for words in ("Usual level", "Last session", "None yet", "Re-evaluation", "Open the record", "Plan v1 since"):
        assert words in panel, words
    assert f'href="/inbox/?tab=clinic&amp;flag={flag.pk}"' in panel
    assert f'href="/patients/{anna.pk}/"' in panel
    assert page.context["close_url"] == "/patients/?show=mine&sort=name"
    assert [one.current for one in page.context["rows"]] == [True]
    client.force_login(charlie)
    assert client.get(row.url).status_code == 404
    assert client.get("/patients/?patient=nonsense").context["panel"] is None


def test_a_reevaluation_that_waits_is_said_once(client, alice, anna, annas_plan):
    Reevaluation.objects.open().filter(plan=annas_plan.plan).update(due_on=TODAY + timedelta(days=1))
    client.force_login(alice)
    panel = client.get(f"/patients/?patient={anna.pk}").context["panel"]
    assert [item.title for item in panel["also"]] == ["Re-evaluation, tomorrow"]
    assert "Re-evaluation" not in dict(panel["facts"])


def test_the_discharged_are_apart_but_can_be_found(client, alice, anna, ben):
    patients.discharge(patient=ben, note="Well", by=alice, at=NOON)
    client.force_login(alice)
    assert list(rows(client)) == ["Anna Anders"]
    assert list(rows(client, "?show=discharged")) == ["Ben Bauer"]
    assert list(rows(client, "?q=bauer")) == ["Ben Bauer"]


def test_sorting(client, alice, harbour, anna, ben):
    cy = make_patient("Cy Cedar", harbour, alice)
    for person, severity, values in ((anna, "watch", [6]), (ben, "urgent", [3, None]), (cy, None, [8, None, None])):
        log_days(person, values)
        if severity:
            watch_flag(person, severity)
    plans = {person: make_active_plan(person, alice) for person in (anna, ben)}
    for days, person in ((9, anna), (3, ben)):
        Reevaluation.objects.filter(plan=plans[person].plan).update(due_on=TODAY + timedelta(days=days))
    client.force_login(alice)
    assert list(rows(client)) == ["Ben Bauer", "Anna Anders", "Cy Cedar"]
    assert list(rows(client, "?sort=name")) == ["Anna Anders", "Ben Bauer", "Cy Cedar"]
    assert list(rows(client, "?sort=week")) == ["Cy Cedar", "Anna Anders", "Ben Bauer"]
    assert list(rows(client, "?sort=due")) == ["Ben Bauer", "Anna Anders", "Cy Cedar"]
    assert list(rows(client, "?sort=log")) == ["Cy Cedar", "Ben Bauer", "Anna Anders"]
    assert list(rows(client, "?sort=-name")) == ["Cy Cedar", "Ben Bauer", "Anna Anders"]
    assert list(rows(client, "?sort=-week")) == ["Ben Bauer", "Anna Anders", "Cy Cedar"]
    assert list(rows(client, "?sort=-due")) == ["Anna Anders", "Ben Bauer", "Cy Cedar"]
    assert list(rows(client, "?sort=-log")) == ["Anna Anders", "Ben Bauer", "Cy Cedar"]
    assert list(rows(client, "?sort=-flag")) == ["Cy Cedar", "Anna Anders", "Ben Bauer"]
    html = client.get("/patients/?sort=week").content.decode()
    assert html.count("aria-sort=") == 1
    assert 'aria-sort="descending"' in html
    assert 'href="?sort=-week"' in html
    assert 'aria-sort="ascending"' in client.get("/patients/?sort=-week").content.decode()


def test_an_empty_clinic_offers_the_first_step(client, alice):
    client.force_login(alice)
    html = client.get("/patients/").content.decode()
    assert "No patients yet" in html
    assert html.count("/patients/add/") == 2
    assert "Your first plan in five steps" in html


@pytest.mark.parametrize("access", ["open", "assigned"])
def test_mine_are_also_those_of_a_colleague_on_leave(client, alice, bob, anna, ben, harbour, access):
    harbour.record_access = access
    harbour.save()
    client.force_login(bob)
    assert list(rows(client, "?show=mine")) == ["Ben Bauer"]
    away(alice, bob, harbour, days=3)
    assert list(rows(client, "?show=mine")) == ["Anna Anders", "Ben Bauer"]
    assert client.get(f"/patients/{anna.pk}/").status_code == 200
    client.force_login(alice)
    assert list(rows(client, "?show=mine")) == ["Anna Anders"]
    with time_machine.travel(NOON + timedelta(days=4), tick=False):
        client.force_login(bob)
        assert list(rows(client, "?show=mine")) == ["Ben Bauer"]
        assert client.get(f"/patients/{anna.pk}/").status_code == (200 if access == "open" else 404)


def test_the_number_of_queries_does_not_grow(client, alice, harbour):
    """Three patients or thirty with plans, scores and flags: the same number of queries."""

    def fill(first, last):
        for number in range(first, last):
            patient = make_patient(f"Pat {number:02}", harbour, alice)
            make_active_plan(patient, alice)
            log_days(patient, [4, 5, 6])
            watch_flag(patient)

    client.force_login(alice)
    fill(0, 3)
    client.get("/patients/")
    with CaptureQueriesContext(connection) as few:
        client.get("/patients/")
    fill(3, 30)
    with CaptureQueriesContext(connection) as many:
        html = client.get("/patients/").content.decode()
    assert html.count('class="at-name"') == 25
    assert "1 to 25 of 30" in html
    assert len(many) == len(few)
    assert len(many) <= 14  # one of them writes down who stood in it, one asks for the filters that were kept
    for query in ("?q=pat", "?show=mine&show=flag&sort=-week", "?show=silent"):
        with CaptureQueriesContext(connection) as other:
            assert client.get(f"/patients/{query}").status_code == 200
        assert len(other) <= len(many) + 2  # to count what several filters leave; the keys that a search finds
    assert client.get("/patients/?page=2").content.decode().count('class="at-name"') == 5
