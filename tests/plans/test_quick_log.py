""" "I did it": a number and Save. Today's pain apart from the exercise is what R3 reads."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from plans.models import PainScore, Report, Session, SessionConflict
from tests.cast import NOON, TODAY
from tests.plans.test_patient_logging import open_form, send
from tests.plans.test_patient_pages import page


@pytest.fixture
def phone(client, anna):
    client.force_login(anna.user)
    return client


def quick(phone, anna, at=NOON, **changes) -> dict:
    data = open_form(phone, "quick_log", at=at)
    return data | {f"before_{anna.sites.first().pk.hex}": "4"} | changes


def test_three_taps(phone, anna, annas_plan):
    assert reverse("quick_log") in page(phone, "today")
    answer = send(phone, "quick_log", quick(phone, anna), at=NOON + timedelta(minutes=1))
    session = Session.objects.get()
    assert answer.url == reverse("session_done", args=[session.pk])
    assert (session.state, session.source, session.local_date) == ("done", "quick", TODAY)
    assert set(session.logs.values_list("state", flat=True)) == {"done"}
    score = PainScore.objects.get()
    assert (score.moment, score.value, score.session, score.local_date) == ("daily", Decimal(4), None, TODAY)


def test_it_asks_once_for_what_it_reads_and_once_to_write(phone, anna, annas_plan):
    """Who it is (3), what the form needs, the plan, its exercises; the session with all of it; the mark, whether the
    pain of that day is there already, the pain, and its line in the history.
    """
    send(phone, "quick_log", quick(phone, anna))
    later = NOON + timedelta(days=1)
    data = quick(phone, anna, at=later)
    with CaptureQueriesContext(connection) as asked:
        send(phone, "quick_log", data, at=later + timedelta(minutes=1))
    assert Session.objects.count() == 2
    assert len([q for q in asked.captured_queries if "SAVEPOINT" not in q["sql"]]) <= 11


def test_nothing_is_chosen_and_an_untouched_scale_is_refused(phone, anna, annas_plan):
    text = page(phone, "quick_log")
    assert "checked" not in text and "Something new happened" in text
    data = quick(phone, anna) | {f"before_{anna.sites.first().pk.hex}": ""}
    assert "Choose a number, or" in send(phone, "quick_log", data).content.decode()
    assert not Session.objects.exists()


def test_the_after_score_is_offered(phone, anna, annas_plan):
    site = anna.sites.first().pk.hex
    send(phone, "quick_log", quick(phone, anna, **{f"after_{site}": "6", f"before_{site}": "not-now"}))
    assert sorted(PainScore.objects.values_list("moment", "value")) == [("after", 6), ("daily", None)]


def test_sent_twice_is_stored_once_and_another_number_corrects(phone, anna, annas_plan):
    data = quick(phone, anna)
    send(phone, "quick_log", data)
    send(phone, "quick_log", data, at=NOON + timedelta(minutes=1))
    assert (Session.objects.count(), PainScore.objects.count(), SessionConflict.objects.count()) == (1, 1, 0)
    send(phone, "quick_log", data | {f"before_{anna.sites.first().pk.hex}": "6"})
    assert PainScore.objects.current().get().value == 6


def test_going_back_and_sending_a_new_form_is_not_a_second_session(phone, anna, annas_plan):
    send(phone, "quick_log", quick(phone, anna))
    text = send(phone, "quick_log", quick(phone, anna, at=NOON + timedelta(minutes=2))).content.decode()
    assert "in your diary already" in text
    assert Session.objects.count() == 1


def test_one_of_these_happened_is_stored_first_even_without_a_number(phone, anna, annas_plan):
    data = quick(phone, anna, happened=["swollen-calf"]) | {f"before_{anna.sites.first().pk.hex}": ""}
    answer = send(phone, "quick_log", data)
    assert answer.url == reverse("safety_told", args=[Report.objects.get().pk])
    assert not Session.objects.exists()
    annas_plan.plan.refresh_from_db()
    assert annas_plan.plan.status == "paused"


def test_one_of_these_happened_with_a_whole_log_keeps_both(phone, anna, annas_plan):
    send(phone, "quick_log", quick(phone, anna, happened=["swollen-calf"]))
    assert Session.objects.get().state == "done"
    assert PainScore.objects.get().value == 4
    assert Report.objects.get().answers == ["swollen-calf"]


def test_a_page_opened_before_midnight_asks_for_the_day(phone, anna, annas_plan):
    late = NOON.replace(hour=23, minute=58)
    data = quick(phone, anna, at=late)
    text = send(phone, "quick_log", data, at=late + timedelta(minutes=5)).content.decode()
    assert "A new day has begun" in text
    send(phone, "quick_log", data | {"on": TODAY.isoformat()}, at=late + timedelta(minutes=6))
    assert Session.objects.get().local_date == TODAY
    assert PainScore.objects.get().local_date == TODAY


def test_a_paused_plan_has_no_quick_log(phone, anna, annas_plan, alice):
    from plans.actions import pausing

    pausing.pause(plan=annas_plan.plan, reason="Rest", by=alice, at=NOON)
    assert "pp-nrs" not in page(phone, "quick_log")
