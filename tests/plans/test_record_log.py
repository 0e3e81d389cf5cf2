"""A clinician logs for a patient without a phone: marked as such, in the patient’s days, evaluated like any other."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine

from accounts.models import AccessLog, new_id
from plans.actions import flags, plans
from plans.models import Flag, PainScore, PainWatch, PlanEvent, Session
from tests.cast import NOON, TODAY, log_days, make_active_plan


@pytest.fixture(autouse=True)
def _at_noon():
    with time_machine.travel(NOON, tick=False):
        yield


def session_form(patient, version, **changes):
    main, other = patient.sites.all()
    first, second = version.prescriptions.in_order()
    given = {
        "entry": str(new_id()),
        "opened": NOON.isoformat(),
        "on": "2026-11-16",
        "told_by": "Anna, by telephone",
        "about_time": "16:30",
        "version": str(version.pk),
        "what": "some",
        f"before_{main.pk.hex}": "4",
        f"after_{main.pk.hex}": "6",
        f"after_{other.pk.hex}": "2",
        f"state_{first.pk.hex}": "done",
        f"pain_{first.pk.hex}": "5",
        f"state_{second.pk.hex}": "skipped",
        f"reason_{second.pk.hex}": "tired",
        "effort": "3",
        "note": "It went well",
    }
    return given | changes


def pain_form(patient, **changes):
    main, other = patient.sites.all()
    given = {
        "entry": str(new_id()), "opened": NOON.isoformat(), "on": "2026-11-17", "told_by": "her daughter",
        "about_time": "", f"pain_{main.pk.hex}": "7", f"pain_{other.pk.hex}": "", "note": "Bad night",
    }  # fmt: skip
    return given | changes


def test_a_session_of_an_earlier_day(client, alice, anna, annas_plan):
    client.force_login(alice)
    url = f"/patients/{anna.pk}/log-session/"
    assert "Who told you?" in client.get(url).content.decode()
    response = client.post(url, session_form(anna, annas_plan))
    assert response.headers["Location"] == f"/patients/{anna.pk}/"
    session = Session.objects.get()
    assert (session.source, session.recorded_by, session.local_date) == ("clinician", alice, date(2026, 11, 16))
    assert (session.time_zone, session.started_at) == ("Europe/London", datetime(2026, 11, 16, 16, 30, tzinfo=UTC))
    assert session.note == "Anna, by telephone: It went well"
    assert session.effort == 3
    scores = {(s.moment, s.site.position): s.value for s in session.scores.all()}
    assert scores == {("before", 1): 4, ("after", 1): 6, ("after", 2): 2}
    assert {(log.state, log.skip_reason, log.pain) for log in session.logs.all()} == {
        ("done", "", 5),
        ("skipped", "tired", None),
    }
    assert PainWatch.objects.get(pk=anna.pk).dirty_since is not None
    html = client.get(f"/patients/{anna.pk}/").content.decode()
    assert "Session of 16 Nov logged for the patient." in html
    assert "Logged by Alice Archer." in html
    assert AccessLog.objects.filter(user=alice, patient=anna, route="patient_log_session").count() == 2


def test_days_are_those_of_the_patient(client, alice, anna, annas_plan):
    """At noon in London it is the 20th already in Auckland; the clinician's browser has no say."""
    anna.time_zone = "Pacific/Auckland"
    anna.save()
    client.force_login(alice)
    given = session_form(anna, annas_plan, on="today", about_time="", time_zone="America/New_York")
    client.post(f"/patients/{anna.pk}/log-session/", given)
    session = Session.objects.get()
    assert (session.local_date, session.time_zone) == (date(2026, 11, 20), "Pacific/Auckland")


def test_sent_twice_is_one_session(client, alice, anna, annas_plan):
    client.force_login(alice)
    given = session_form(anna, annas_plan)
    for _time in range(2):
        assert client.post(f"/patients/{anna.pk}/log-session/", given).status_code == 302
    assert Session.objects.count() == 1


def test_a_day_of_an_earlier_version_gets_its_exercises(client, alice, anna, annas_plan):
    draft = plans.revise(plan=annas_plan.plan, by=alice, at=NOON)
    newer = plans.activate(version=draft, lock=draft.lock, why="More", by=alice, at=NOON - timedelta(days=1))
    client.force_login(alice)
    url = f"/patients/{anna.pk}/log-session/"
    response = client.post(url, session_form(anna, newer))
    assert "On 16 November the plan was another one" in response.content.decode()
    assert not Session.objects.exists()
    client.post(url, session_form(anna, annas_plan))
    assert Session.objects.get().plan_version == annas_plan


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"told_by": ""}, "Say who told you"),
        ({"on": "2026-11-20"}, "still to come"),
        ({"on": "2026-11-04"}, "more than 14 days ago"),
        ({"on": "today", "about_time": "12:30"}, "That time is still to come"),
        ({"about_time": "noon"}, "hours and minutes"),
        ({"what": "all"}, "Which one is right?"),
    ],
)
def test_what_cannot_be_keeps_every_word(client, alice, anna, annas_plan, change, said):
    client.force_login(alice)
    response = client.post(f"/patients/{anna.pk}/log-session/", session_form(anna, annas_plan, **change))
    html = response.content.decode()
    assert response.status_code == 200
    assert said in html
    assert "It went well" in html
    assert not Session.objects.exists()


def test_without_a_plan_the_pain_is_offered(client, alice, anna):
    client.force_login(alice)
    html = client.get(f"/patients/{anna.pk}/log-session/").content.decode()
    assert "No plan to log a session for" in html
    assert f"/patients/{anna.pk}/log-pain/" in html


def test_pain_at_several_places(client, alice, anna):
    client.force_login(alice)
    knee = anna.sites.get(position=2)
    given = pain_form(anna, **{f"pain_{knee.pk.hex}": "0"})
    for _time in range(2):
        assert client.post(f"/patients/{anna.pk}/log-pain/", given).status_code == 302
    scores = {score.site.position: score for score in PainScore.objects.all()}
    assert {position: score.value for position, score in scores.items()} == {1: 7, 2: 0}
    assert {score.source for score in scores.values()} == {"clinician"}
    assert {score.local_date for score in scores.values()} == {date(2026, 11, 17)}
    assert scores[1].note == "her daughter: Bad night"
    assert scores[1].recorded_by == alice
    html = client.get(f"/patients/{anna.pk}/").content.decode()
    assert html.count("her daughter: Bad night") == 1
    assert "Pain 7." in html and "Pain 0." not in html, "of several places the main one is told"
    assert "Pain of 17 Nov logged for the patient." in html


@pytest.mark.parametrize("number", ["", "11", "4.5"])
def test_pain_needs_a_number(client, alice, anna, number):
    client.force_login(alice)
    main = anna.sites.get(position=1)
    html = client.post(
        f"/patients/{anna.pk}/log-pain/", pain_form(anna, **{f"pain_{main.pk.hex}": number})
    ).content.decode()
    assert "Choose a number for one place" in html or "Choose a whole number" in html
    assert "Bad night" in html
    assert not PainScore.objects.exists()


def test_what_a_clinician_logs_raises_the_flag_too(client, alice, anna):
    log_days(anna, [4, 4, 5, 4, 4, 5, 4] * 5, last=TODAY - timedelta(days=7))
    client.force_login(alice)
    for back in range(7):
        on = (TODAY - timedelta(days=back)).isoformat()
        main = anna.sites.get(position=1)
        client.post(f"/patients/{anna.pk}/log-pain/", pain_form(anna, on=on, **{f"pain_{main.pk.hex}": "8"}))
    flags.evaluate(patient_id=anna.pk, at=NOON)
    assert Flag.objects.filter(patient=anna, rule="R3").exists()


def test_a_score_is_corrected_with_a_reason(client, alice, anna):
    log_days(anna, [4, 9])
    score = PainScore.objects.get(value=9)
    client.force_login(alice)
    listed = client.get(f"/patients/{anna.pk}/scores/").content.decode()
    url = f"/patients/{anna.pk}/scores/{score.pk}/"
    assert url in listed
    refused = client.post(url, {"pain": "", "reason": "She meant six"}).content.decode()
    assert "Choose the right number" in refused
    assert "She meant six" in refused
    assert "Say why" in client.post(url, {"pain": "6", "reason": ""}).content.decode()
    assert "not both" in client.post(url, {"pain": "6", "take_back": "on", "reason": "x"}).content.decode()
    assert client.post(url, {"pain": "6", "reason": "She meant six"}).status_code == 302
    score.refresh_from_db()
    assert (score.superseded_by.value, score.superseded_by.recorded_by) == (6, alice)
    event = PlanEvent.objects.get(verb="score corrected")
    assert (event.by, event.detail["reason"]) == (alice, "She meant six")
    html = client.get(f"/patients/{anna.pk}/scores/").content.decode()
    assert "was 9" in html
    assert "Logged by Alice Archer" in html
    assert "Score of 19 Nov corrected. She meant six" in client.get(f"/patients/{anna.pk}/").content.decode()


def test_a_score_is_taken_back(client, alice, anna):
    log_days(anna, [9])
    score = PainScore.objects.get()
    client.force_login(alice)
    client.post(f"/patients/{anna.pk}/scores/{score.pk}/", {"take_back": "on", "reason": "Another patient"})
    assert PainScore.objects.current().get().value is None
    assert "taken back" in client.get(f"/patients/{anna.pk}/scores/").content.decode()


def test_scores_of_others_are_not_there(client, alice, anna, ben, zoe):
    log_days(ben, [5])
    log_days(zoe, [5])
    client.force_login(alice)
    for stranger in (ben, zoe):
        score = PainScore.objects.get(patient=stranger)
        url = f"/patients/{anna.pk}/scores/{score.pk}/"
        assert client.post(url, {"pain": "1", "reason": "x"}).status_code == 404
    assert set(PainScore.objects.values_list("value", flat=True)) == {Decimal(5)}


def test_a_patient_without_a_login(client, alice, anna):
    """Nobody signed in for her, so that everything was logged by the clinic."""
    anna.user = None
    anna.save()
    make_active_plan(anna, alice)
    client.force_login(alice)
    client.post(f"/patients/{anna.pk}/log-pain/", pain_form(anna))
    assert "Logged by Alice Archer" in client.get(f"/patients/{anna.pk}/scores/").content.decode()
    assert client.get(f"/patients/{anna.pk}/").status_code == 200
