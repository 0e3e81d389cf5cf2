"""The private calendar address: shown once, kept as a hash, dates only, and off when it is taken back."""

from datetime import timedelta

import pytest
import time_machine
from icalendar import Calendar

from plans.actions import calendars
from plans.models import CalendarFeed, Plan
from tests.cast import NOON, TODAY


@pytest.fixture(autouse=True)
def _at_noon():
    with time_machine.travel(NOON, tick=False):
        yield


def feed(client, token):
    return client.get(f"/calendar/{token}.ics")


def days(response) -> list:
    return [event.decoded("dtstart") for event in Calendar.from_ical(response.content).walk("VEVENT")]


def test_the_patient_makes_an_address_that_is_shown_once(client, anna, annas_plan):
    client.force_login(anna.user)
    page = client.post("/plan/calendar/").content.decode()
    address = page.split('value="http')[1].split('"')[0]
    row = CalendarFeed.objects.get(patient=anna)
    token = address.rsplit("/", 1)[1].removesuffix(".ics")
    assert len(token) == 43 and token not in row.token_hash
    assert token not in client.get("/plan/calendar/").content.decode()
    client.logout()
    assert feed(client, token).status_code == 200


def test_it_holds_the_planned_days_and_not_a_word_more(client, anna, annas_plan):
    response = feed(client, calendars.make(patient=anna, by=anna.user, at=NOON))
    got = days(response)
    assert got[0] >= TODAY - timedelta(days=7) and got[-1] <= TODAY + timedelta(days=56)
    assert {day.isoweekday() for day in got} == {1, 3, 4}
    assert len(got) == len(set(got)) > 24
    text = response.content.decode()
    assert {str(event["summary"]) for event in Calendar.from_ical(text).walk("VEVENT")} == {"Your exercises"}
    names = [p.exercise_version.name for p in annas_plan.prescriptions.select_related("exercise_version")]
    for secret in (*names, "Anna", str(anna.pk), "Harbour", "pain."):
        assert secret not in text
    assert response.headers["Cache-Control"].startswith("private")


def test_the_same_day_keeps_its_name_so_that_it_is_not_doubled(client, anna, annas_plan):
    token = calendars.make(patient=anna, by=anna.user, at=NOON)
    first = [str(e["uid"]) for e in Calendar.from_ical(feed(client, token).content).walk("VEVENT")]
    again = calendars.make(patient=anna, by=anna.user, at=NOON)
    assert [str(e["uid"]) for e in Calendar.from_ical(feed(client, again).content).walk("VEVENT")] == first


def test_a_new_or_revoked_address_ends_the_old_one(client, anna, annas_plan):
    first = calendars.make(patient=anna, by=anna.user, at=NOON)
    second = calendars.make(patient=anna, by=anna.user, at=NOON)
    assert [feed(client, token).status_code for token in (first, second)] == [404, 200]
    client.force_login(anna.user)
    client.post("/plan/calendar/revoke/")
    assert feed(client, second).status_code == 404
    assert feed(client, "x" * 43).status_code == 404


def test_a_resting_plan_has_no_days_and_a_discharged_patient_no_calendar(client, anna, annas_plan):
    token = calendars.make(patient=anna, by=anna.user, at=NOON)
    Plan.objects.filter(pk=annas_plan.plan_id).update(status="paused")
    assert days(feed(client, token)) == []
    anna.user.is_active = False
    anna.user.save()
    assert feed(client, token).status_code == 404
