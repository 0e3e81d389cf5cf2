"""The patient page: what is flagged, how the pain went, the plan, the history, and who looked."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import AccessLog, new_id
from plans.actions import flags, plans, sessions
from plans.models import Flag, Reevaluation, Screening
from tests.cast import NOON, TODAY, log_days, make_patient

WORSE = [4, 4, 5, 4, 4, 5, 4] * 5 + [7] * 7


@pytest.fixture(autouse=True)
def _at_noon():
    with time_machine.travel(NOON, tick=False):
        yield


def evaluated(patient, values, site=0):
    log_days(patient, values, site=site)
    flags.evaluate(patient_id=patient.pk, at=NOON)


def do_session(patient, version, day, *, pains=(3, 7), skipped="", note=""):
    """A session at 10:00 on that day, with the pain on each exercise; `skipped` is the reason for the first."""
    start = datetime(day.year, day.month, day.day, 10, 0, tzinfo=UTC)
    prescriptions = list(version.prescriptions.in_order())
    logs = [
        sessions.LogInput(
            prescription_id=p.pk,
            state="skipped" if skipped and n == 0 else "done",
            skip_reason=skipped if n == 0 else "",
            pain=None if skipped and n == 0 else pain,
        )
        for n, (p, pain) in enumerate(zip(prescriptions, pains, strict=True))
    ]
    site = patient.sites.all()[0].pk
    given = sessions.SessionInput(
        id=new_id(),
        started_at=start,
        finished_at=start + timedelta(minutes=20),
        time_zone=patient.time_zone,
        source="quick",
        scores=[sessions.ScoreInput("before", site, Decimal(4)), sessions.ScoreInput("after", site, Decimal(6))],
        logs=logs,
        note=note,
    )
    return sessions.record_session(
        patient=patient, plan_version=version, given=given, by=patient.user, at=start + timedelta(minutes=21)
    ).session


def page(client, user, patient, query=""):
    client.force_login(user)
    response = client.get(f"/patients/{patient.pk}/{query}")
    assert response.status_code == 200
    return response.content.decode()


def test_a_flag_stands_at_the_top_with_its_actions(client, alice, anna, annas_plan):
    Reevaluation.objects.filter(plan=annas_plan.plan).update(due_on=TODAY + timedelta(days=20))
    evaluated(anna, WORSE)
    html = page(client, alice, anna)
    flag = Flag.objects.get(patient=anna)
    assert "Pain has been above usual since 13 Nov" in html
    assert '<b class="is-alert">2.7 points</b> above the usual <b>4.3</b>' in html
    assert f"/flags/{flag.pk}/acknowledge/" in html
    assert f"/flags/{flag.pk}/resolve/?next=/patients/{anna.pk}/" in html
    assert "Start re-evaluation" in html
    assert "brought forward" in html
    assert "With you since" in html
    assert html.count("c-dot-alert") == 21  # seven days, drawn for three widths


def test_learning_is_said(client, alice, anna):
    evaluated(anna, [4, 5, 4, 4, 5])
    html = page(client, alice, anna)
    assert "Learning the usual level (5 of 7 days)" in html
    assert "c-band" not in html


def test_nothing_logged_is_said(client, alice, anna):
    html = page(client, alice, anna)
    assert "No pain logged in this time" in html
    assert "No plan yet" in html
    assert "Start a plan" in html


def test_a_scale_that_is_nearly_full_is_said(client, alice, anna):
    evaluated(anna, [9.5] * 10)
    assert "leaves almost no room on the scale" in page(client, alice, anna)
    evaluated(anna, [8] * 10, site=1)
    assert "leaves almost no room" not in page(client, alice, anna, f"?site={anna.sites.get(position=2).pk}")


def test_each_place_has_its_own_chart(client, alice, anna, ben):
    evaluated(anna, [4] * 10)
    log_days(anna, [2] * 9, site=1)
    knee = anna.sites.get(position=2)
    html = page(client, alice, anna, f"?site={knee.pk}")
    assert f'href="?site={knee.pk}&amp;period=3m" aria-current="page"' in html
    assert html.count('<td class="n">2</td>') == 9
    assert client.get(f"/patients/{anna.pk}/?site={ben.sites.get().pk}").status_code == 404
    assert client.get(f"/patients/{anna.pk}/?site=nonsense").status_code == 404


@pytest.mark.parametrize(
    ("period", "rows"), [("", 91), ("4w", 28), ("3m", 91), ("1y", 120), ("all", 120), ("nonsense", 91)]
)
def test_how_far_back(client, alice, anna, period, rows):
    log_days(anna, [4] * 120)
    html = page(client, alice, anna, f"?period={period}")
    assert html.count('<td class="n">4</td>') == rows


def test_sessions_and_pain_on_each_exercise(client, alice, anna, annas_plan):
    days = [TODAY - timedelta(days=back) for back in (14, 8, 7, 1)]
    for day in days[:3]:
        do_session(anna, annas_plan, day)
    do_session(anna, annas_plan, days[3], skipped="pain", note="It <hurt> on the stairs")
    html = page(client, alice, anna)
    assert "<title>18 Nov: session partly done</title>" in html
    assert "<title>12 Nov: session done</title>" in html
    assert "<title>16 Nov: session missed</title>" in html
    assert "4 of 11" in html
    assert "pain 7" in html
    assert "pain 3" in html
    assert "It &lt;hurt&gt; on the stairs" in html
    assert "3 times a week, about" in html


def test_versions_are_marked(client, alice, anna, annas_plan):
    draft = plans.revise(plan=annas_plan.plan, by=alice, at=NOON)
    assert "Continue draft v2" in page(client, alice, anna)
    plans.activate(version=draft, lock=draft.lock, why="less walking", by=alice, at=NOON)
    html = page(client, alice, anna)
    assert "<title>19 Nov: v2 less walking</title>" in html
    assert "Plan v2" in html
    assert "Plan v2 activated. less walking" in html


def test_a_screening_is_recorded(client, alice, anna):
    client.force_login(alice)
    given = {"screening-tool": "Clinic form", "screening-done_on": "2026-11-18", "screening-expires_on": "2027-11-17"}
    response = client.post(f"/patients/{anna.pk}/screening/", given, follow=True)
    html = response.content.decode()
    assert "Valid until 17 Nov 2027." in html
    assert "Readiness screening recorded." in html
    assert Screening.objects.get(patient=anna).done_by == alice


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"screening-done_on": "2026-11-20"}, "still to come"),
        ({"screening-done_on": "2025-01-01"}, "more than a year ago"),
        ({"screening-expires_on": "2028-01-01"}, "a year later at most"),
        ({"screening-expires_on": "2026-11-18"}, "a year later at most"),
        ({"screening-tool": ""}, "This field is required."),
    ],
)
def test_a_screening_that_cannot_be(client, alice, anna, change, said):
    client.force_login(alice)
    given = {"screening-tool": "Our form", "screening-done_on": "2026-11-18", "screening-expires_on": "2027-11-17"}
    response = client.post(f"/patients/{anna.pk}/screening/", given | change)
    html = response.content.decode()
    assert response.status_code == 200
    assert said in html
    assert "Our form" in html or "screening-tool" in change
    assert not Screening.objects.exists()


def test_who_looked_is_written_and_shown(client, alice, bob, anna):
    page(client, bob, anna)
    html = page(client, alice, anna)
    assert AccessLog.objects.filter(patient=anna, route="patient").count() == 2
    part = html[html.index("Who looked at this record") :]
    assert "Bob Brook" in part
    assert "Alice Archer" in part


def test_the_history_is_in_words(client, alice, anna, annas_plan):
    html = page(client, alice, anna)
    assert "Added to the clinic." in html
    assert "Plan v1 activated. A start" in html
    assert "Readiness screening recorded, valid until" in html


def test_the_number_of_queries_does_not_grow(client, alice, harbour, anna, annas_plan):
    client.force_login(alice)

    def ask():
        with CaptureQueriesContext(connection) as found:
            client.get(f"/patients/{anna.pk}/?period=1y")
        return len(found)

    AccessLog.objects.create(at=NOON - timedelta(days=2), user=alice, patient=anna, route="patient")
    do_session(anna, annas_plan, TODAY - timedelta(days=1))
    evaluated(anna, WORSE)
    ask()
    few = ask()
    make_patient("Nora Nagel", harbour, alice)
    for back in range(2, 30):
        do_session(anna, annas_plan, TODAY - timedelta(days=back), note="Fine")
    evaluated(anna, WORSE * 3, site=1)
    assert Flag.objects.filter(patient=anna).count() > 1
    assert ask() == few
    assert few <= 35
