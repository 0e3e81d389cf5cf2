"""A safety question answered yes: stored at once, the plan rests, the clinic's words are there before any network."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from accounts.models import new_id
from plans.actions import flags, player
from plans.models import Flag, Pause, PlanEvent, Report, Session
from plans.rules import SAFETY_QUESTIONS
from plans.wording_red_flags import question
from tests.cast import NOON, TODAY
from tests.plans.test_patient_logging import hidden, open_form, send
from tests.plans.test_patient_pages import page


@pytest.fixture
def phone(client, anna):
    client.force_login(anna.user)
    return client


def begin(anna, version, at=NOON) -> Session:
    ids = list(version.prescriptions.in_order().values_list("pk", flat=True))
    return player.begin(
        patient=anna, session_id=new_id(), plan_version=version, exercises=ids, time_zone="Europe/London",
        by=anna.user, at=at,
    )  # fmt: skip


def test_the_words_are_on_the_page_before_anything_is_sent(phone, annas_plan):
    text = page(phone, "safety")
    assert "Call 999." in text and "pp-emerg-now" in text
    assert all(question(slug).replace("'", "&#x27;") in text for slug in SAFETY_QUESTIONS)
    assert "checked" not in text
    assert reverse("safety") in page(phone, "help")


def test_a_yes_is_stored_and_pauses_the_plan(phone, anna, annas_plan):
    data = open_form(phone, "safety") | {"happened": ["leg-weakness"]}
    answer = send(phone, "safety", data)
    report = Report.objects.get()
    assert answer.url == reverse("safety_told", args=[report.pk])
    assert (report.kind, report.answers, report.local_date) == ("safety", ["leg-weakness"], TODAY)
    annas_plan.plan.refresh_from_db()
    assert annas_plan.plan.status == "paused"
    assert Pause.objects.get().why == "safety"
    flags.evaluate(patient_id=anna.pk, at=NOON)
    assert Flag.objects.get(rule="R0").severity == "urgent"
    told = page(phone, "safety_told", report.pk)
    assert "Call 999." in told and "new or worsening leg weakness" in told and "01632 960100" in told
    assert "Your plan is paused" in told


def test_sent_twice_is_one_report_and_another_sign_is_another(phone, annas_plan):
    data = open_form(phone, "safety") | {"happened": ["leg-weakness"]}
    assert send(phone, "safety", data | {"sent": "background"}).status_code == 204
    send(phone, "safety", data, at=NOON + timedelta(minutes=1))
    assert Report.objects.count() == 1
    send(phone, "safety", data | {"happened": ["leg-weakness", "fall-injury"]}, at=NOON + timedelta(minutes=2))
    assert sorted(len(report.answers) for report in Report.objects.all()) == [1, 2]
    assert Pause.objects.count() == 1


def test_nothing_chosen_says_what_to_do_and_stores_nothing(phone, annas_plan):
    answer = send(phone, "safety", open_form(phone, "safety"))
    assert "Choose what happened." in answer.content.decode()
    assert send(phone, "safety", {"sent": "background"}).status_code == 422
    assert send(phone, "safety", {"happened": ["something-else"]}).status_code == 200
    assert not Report.objects.exists()


def test_a_yes_ends_the_session_and_keeps_what_was_said(phone, anna, annas_plan):
    session = begin(anna, annas_plan)
    site = anna.sites.first()
    player.save_step(
        session=session, step="before", sequence=1, content={"scores": {str(site.pk): "6"}}, by=anna.user, at=NOON
    )
    send(phone, "safety", open_form(phone, "safety") | {"happened": ["chest-faint"]}, at=NOON + timedelta(minutes=5))
    session.refresh_from_db()
    assert session.state == "left"
    assert session.scores.get().value == 6
    assert Report.objects.get().session == session
    assert "What you did of today’s session is kept." in page(phone, "safety_told", Report.objects.get().pk)


def test_the_same_form_of_two_people_is_two_reports_or_none(client, anna, ben, annas_plan):
    client.force_login(anna.user)
    data = open_form(client, "safety") | {"happened": ["fall-injury"]}
    send(client, "safety", data)
    client.force_login(ben.user)
    text = send(client, "safety", data).content.decode()
    assert "already sent for somebody else" in text and "Call 999." in text
    assert Report.objects.get().patient == anna


def test_a_stranger_sees_no_report(client, anna, ben, annas_plan):
    client.force_login(anna.user)
    send(client, "safety", open_form(client, "safety") | {"happened": ["fall-injury"]})
    client.force_login(ben.user)
    with time_machine.travel(NOON, tick=False):
        assert client.get(reverse("safety_told", args=[Report.objects.get().pk])).status_code == 404


def test_one_event_tells_of_the_report(phone, annas_plan):
    send(phone, "safety", open_form(phone, "safety") | {"happened": ["fall-injury"]})
    assert PlanEvent.objects.filter(verb="red flag reported").count() == 1


def test_the_form_carries_an_id_of_its_own(phone, annas_plan):
    first, second = open_form(phone, "safety"), open_form(phone, "safety")
    assert first["entry"] != second["entry"]
    assert set(hidden(page(phone, "safety"))) == {"entry", "time_zone"}
