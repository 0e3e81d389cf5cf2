"""Pausing, resuming, releasing and ending a plan from the patient page, and what the page then shows."""

from datetime import timedelta

import pytest
import time_machine

from plans.actions import patients, pausing
from plans.actions.ending import end_plan
from plans.actions.refusals import Refused
from plans.models import Pause, Plan, PlanEvent, PlanVersion, Reevaluation
from plans.spans import Span, with_pauses
from plans.views.clinician.adherence import missed_days
from plans.views.clinician.prepared import prepare
from tests.cast import NOON, TODAY, make_active_plan

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _at_noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def plan(annas_plan) -> Plan:
    return annas_plan.plan


def safety_pause(plan, at=NOON - timedelta(hours=4, minutes=18)) -> Pause:
    Plan.objects.filter(pk=plan.pk).update(status="paused")
    return Pause.objects.create(plan=plan, why="safety", from_on=at.date(), paused_at=at)


def record(client, patient) -> str:
    return client.get(f"/patients/{patient.pk}/").content.decode()


def test_a_pause_with_its_reason(client, alice, anna, plan):
    client.force_login(alice)
    assert f"/plans/{plan.pk}/pause/" in record(client, anna)
    url = f"/plans/{plan.pk}/pause/"
    assert "Say why" in client.post(url, {"reason": " "}).content.decode()
    assert client.post(url, {"reason": "Operation on her knee"}).headers["Location"] == f"/patients/{anna.pk}/"
    plan.refresh_from_db()
    assert (plan.status, Pause.objects.get().reason) == ("paused", "Operation on her knee")
    html = record(client, anna)
    assert "Plan paused by Alice Archer since 19 Nov." in html
    assert "Plan paused. Operation on her knee" in html
    assert "Plan paused since 19 Nov" in html  # in the chart
    assert f"/plans/{plan.pk}/pause/" not in html
    follow = client.get(url, follow=True).content.decode()
    assert "not active, so there is nothing to pause" in follow


def test_it_goes_on(client, alice, anna, plan):
    pausing.pause(plan=plan, reason="Holiday", by=alice, at=NOON - 7 * DAY)
    client.force_login(alice)
    html = client.get(f"/plans/{plan.pk}/resume/").content.decode()
    assert "“Holiday”" in html
    client.post(f"/plans/{plan.pk}/resume/", {"reason": ""})
    plan.refresh_from_db()
    row = Pause.objects.get()
    assert (plan.status, plan.resumed_at, row.until_on, row.ended_by) == ("active", NOON, TODAY, alice)
    html = record(client, anna)
    assert "Plan paused from 12 Nov to 19 Nov" in html
    assert "The plan goes on." in html


def test_a_red_flag_needs_a_release_with_a_note(client, alice, anna, plan):
    safety_pause(plan)
    client.force_login(alice)
    html = record(client, anna)
    assert "Plan paused since 07:42." in html
    assert "Only a clinician can release it." in html
    assert client.get(f"/plans/{plan.pk}/resume/").headers["Location"] == f"/plans/{plan.pk}/release/"
    with pytest.raises(Refused, match="Release it with a note"):
        pausing.resume(plan=plan, by=alice, at=NOON)
    url = f"/plans/{plan.pk}/release/"
    assert "without it the plan stays paused" in client.post(url, {"reason": ""}).content.decode()
    assert Plan.objects.get(pk=plan.pk).status == "paused"
    client.post(url, {"reason": "Seen at the clinic, no weakness"})
    assert Plan.objects.get(pk=plan.pk).status == "active"
    assert Pause.objects.get().end_note == "Seen at the clinic, no weakness"
    assert "Plan released after a warning sign. Seen at the clinic, no weakness" in record(client, anna)


def test_a_clinicians_pause_needs_no_release(client, alice, plan):
    pausing.pause(plan=plan, reason="Holiday", by=alice, at=NOON)
    client.force_login(alice)
    assert client.get(f"/plans/{plan.pk}/release/").headers["Location"] == f"/plans/{plan.pk}/resume/"
    with pytest.raises(Refused, match="No red flag has paused"):
        pausing.release(plan=plan, note="Fine", by=alice, at=NOON)


def test_the_plan_ends(client, alice, anna, plan):
    pausing.pause(plan=plan, reason="Holiday", by=alice, at=NOON - DAY)
    client.force_login(alice)
    url = f"/plans/{plan.pk}/end/"
    assert "Say why" in client.post(url, {"reason": ""}).content.decode()
    client.post(url, {"reason": "She moved away"})
    plan.refresh_from_db()
    assert plan.status == "ended"
    assert not Reevaluation.objects.open().filter(plan=plan).exists()
    assert not Pause.objects.open().exists()
    assert not PlanVersion.objects.filter(plan=plan, state="draft").exists()
    assert PlanEvent.objects.get(verb="plan ended").detail == {"reason": "She moved away"}
    html = record(client, anna)
    assert "Plan ended. She moved away" in html
    assert "No plan yet" in html
    with pytest.raises(Refused, match="ended already"):
        end_plan(plan=plan, reason="Again", by=alice, at=NOON)


def test_strangers_pause_nothing(client, charlie, anna, plan):
    for who in (charlie, anna.user):
        client.force_login(who)
        for what in ("pause", "resume", "release", "end"):
            assert client.post(f"/plans/{plan.pk}/{what}/", {"reason": "x"}).status_code == 404
    assert Plan.objects.get(pk=plan.pk).status == "active"


def test_nothing_is_planned_or_missed_in_a_pause():
    daily = [type("P", (), {"weekdays": frozenset(range(1, 8)), "times_a_week": None})()]
    first, today = TODAY - 9 * DAY, TODAY
    spans = [Span(first, daily)]

    def missed(*rests):
        return [day.day for day in missed_days(with_pauses(spans, rests), set(), first, today)]

    assert missed() == [10, 11, 12, 13, 14, 15, 16, 17, 18]
    assert missed((first + 2 * DAY, first + 5 * DAY)) == [10, 11, 15, 16, 17, 18]
    assert missed((first + 2 * DAY, None)) == [10, 11]
    assert missed((first, first + DAY), (first + 3 * DAY, first + 4 * DAY)) == [11, 12, 14, 15, 16, 17, 18]


def test_a_version_activated_in_a_pause_counts_from_its_end():
    one, two = ([type("P", (), {"weekdays": frozenset({day}), "times_a_week": None})()] for day in (1, 2))
    first = TODAY - 30 * DAY
    spans = with_pauses([Span(first, one), Span(first + 10 * DAY, two)], [(first + 5 * DAY, first + 15 * DAY)])
    assert [(span.first, list(span.plan)) for span in spans] == [
        (first, one),
        (first + 5 * DAY, []),
        (first + 15 * DAY, two),
    ]


def rested(plan, by, first=NOON - 14 * DAY, until=NOON - 7 * DAY) -> None:
    """The plan (Monday, Wednesday, Thursday) rested from Thursday to Thursday: one week of three sessions."""
    pausing.pause(plan=plan, reason="Holiday", by=by, at=first)
    if until is not None:
        pausing.resume(plan=plan, by=by, at=until)


@pytest.mark.parametrize(("until", "planned"), [(NOON - 7 * DAY, 8), (None, 5)])
def test_a_pause_does_not_count_against_the_patient_in_the_caseload(client, alice, anna, plan, until, planned):
    client.force_login(alice)
    before = client.get("/patients/").context["rows"][0].planned
    rested(plan, alice, until=until)
    after = client.get("/patients/").context["rows"][0].planned
    assert (before, after) == ("11", str(planned))
    panel = client.get(f"/inbox/?patient={anna.pk}").content.decode()
    assert f"0 of {planned} in 4 weeks" in panel


def test_a_pause_does_not_count_against_the_patient_in_the_re_evaluation(plan, alice):
    row = Reevaluation.objects.open().get(plan=plan)
    before = prepare(row, NOON).sessions
    rested(plan, alice)
    assert before.planned - prepare(row, NOON).sessions.planned == 3


def test_the_pause_of_a_plan_is_nobody_elses(client, alice, anna, ben, bob, plan):
    make_active_plan(ben, bob)
    rested(plan, alice)
    client.force_login(alice)
    assert {row.name: row.planned for row in client.get("/patients/").context["rows"]} == {
        anna.full_name: "8",
        ben.full_name: "11",
    }


def test_the_patient_sees_no_session_missed_in_a_pause(client, alice, anna, plan):
    client.force_login(anna.user)
    dots = [len(column.dots) for column in client.get("/progress/").context["weeks"].columns]
    rested(plan, alice, until=NOON)
    rested_dots = [len(column.dots) for column in client.get("/progress/").context["weeks"].columns]
    assert (dots, rested_dots) == ([3, 3, 3, 3], [3, 2, 0, 1])
    week = client.get("/today/").context["week"]
    assert [day["state"] for day in week.days] == ["rest", "rest", "rest", "today", "rest", "rest", "rest"]


def test_a_discharge_ends_the_pause_too(client, alice, anna, plan):
    safety_pause(plan)
    patients.discharge(patient=anna, note="Well again", by=alice, at=NOON)
    row = Pause.objects.get()
    assert (row.ended_at, row.ended_by, row.until_on, row.end_note) == (NOON, alice, TODAY, "Well again")
    patients.readmit(patient=anna, by=alice, at=NOON)
    make_active_plan(anna, alice, at=NOON)
    client.force_login(anna.user)
    this_week = client.get("/progress/").context["weeks"].columns[-1]
    assert this_week.week.to_come == 1, "the new plan asks for its sessions"
