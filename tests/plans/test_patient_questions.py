"""Single questions: the quick log, the morning after, corrections."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from plans.models import PainScore
from tests.cast import NOON, TODAY, log_days
from tests.plans.test_patient_logging import open_form, send
from tests.plans.test_patient_pages import do_session, page

MORNING = datetime(2026, 11, 20, 7, 30, tzinfo=UTC)


@pytest.fixture
def phone(client, anna):
    client.force_login(anna.user)
    return client


def quick(client, **changes) -> dict[str, str]:
    return open_form(client, "log_pain") | {"pain": "4", "on": "today", "note": ""} | changes


def test_the_quick_log_stores_a_daily_score_of_the_main_site(phone, anna):
    response = send(phone, "log_pain", quick(phone, note="After gardening"))
    assert response.url == reverse("today")
    score = PainScore.objects.get()
    assert (score.moment, score.value, score.local_date) == ("daily", Decimal(4), TODAY)
    assert (score.site, score.note, score.source) == (anna.sites.first(), "After gardening", "quick")
    assert "Saved: 4 for your lower back today" in page(phone, "today")


def test_the_quick_log_of_the_other_site_and_zero(phone, anna):
    knee = anna.sites.all()[1]
    send(phone, "log_pain", quick(phone, pain="0", site=str(knee.pk)))
    assert (PainScore.objects.get().site, PainScore.objects.get().value) == (knee, Decimal(0))


def test_somebody_elses_site_is_refused(phone, ben):
    response = send(phone, "log_pain", quick(phone, site=str(ben.sites.first().pk)))
    assert "Choose where it hurts." in response.content.decode()
    assert PainScore.objects.count() == 0


def test_an_untouched_scale_is_refused_and_the_note_kept(phone, anna):
    response = send(phone, "log_pain", quick(phone, pain="", note="Kept"))
    assert "Choose a number." in response.content.decode()
    assert "Kept</textarea>" in response.content.decode()
    assert PainScore.objects.count() == 0


def test_sent_twice_it_is_one_entry(phone, anna):
    data = quick(phone)
    for minute in range(2):
        send(phone, "log_pain", data, at=NOON + timedelta(minutes=minute))
    assert PainScore.objects.count() == 1


def test_going_back_and_choosing_another_number_corrects_it(phone, anna):
    data = quick(phone)
    send(phone, "log_pain", data)
    send(phone, "log_pain", data | {"pain": "6"})
    assert PainScore.objects.current().get().value == Decimal(6)
    assert PainScore.objects.count() == 2


def test_going_back_and_choosing_another_place_or_day_is_another_entry(phone, anna):
    data = quick(phone)
    send(phone, "log_pain", data)
    send(phone, "log_pain", data | {"site": str(anna.sites.all()[1].pk)})
    send(phone, "log_pain", data | {"on": (TODAY - timedelta(days=1)).isoformat()})
    rows = PainScore.objects.current().order_by("local_date", "site__position").values_list("site__name", "local_date")
    assert list(rows) == [
        ("Lower back", TODAY - timedelta(days=1)), ("Lower back", TODAY), ("Right knee", TODAY),
    ]  # fmt: skip


def test_several_entries_a_day(phone, anna):
    for value in ("3", "6"):
        send(phone, "log_pain", quick(phone, pain=value))
    assert sorted(PainScore.objects.current().values_list("value", flat=True)) == [3, 6]


def test_two_patients_who_send_the_same_id_do_not_meet(client, anna, ben):
    client.force_login(anna.user)
    data = quick(client)
    send(client, "log_pain", data)
    client.force_login(ben.user)
    send(client, "log_pain", {key: data[key] for key in data if key != "site"})
    assert PainScore.objects.of(anna).count() == PainScore.objects.of(ben).count() == 1


@pytest.mark.parametrize(("back", "stored"), [(14, 1), (15, 0), (-1, 0)])
def test_how_far_back_the_quick_log_goes(phone, anna, back, stored):
    send(phone, "log_pain", quick(phone, on=(TODAY - timedelta(days=back)).isoformat()))
    assert PainScore.objects.count() == stored


def test_the_quick_log_freezes_the_browsers_day(phone, anna):
    late = datetime(2026, 11, 19, 22, 30, tzinfo=UTC)
    data = open_form(phone, "log_pain", at=late) | {"pain": "4", "on": "today", "time_zone": "Asia/Tokyo"}
    send(phone, "log_pain", data, at=late)
    assert PainScore.objects.get().local_date == TODAY + timedelta(days=1)
    assert "Friday 20 November" in page(phone, "today", at=late)


@pytest.mark.parametrize(
    ("answer", "value"), [({"pain": "6"}, Decimal(6)), ({"pain": "0"}, Decimal(0)), ({"answer": "not-now"}, None)]
)
def test_the_morning_after(phone, anna, annas_plan, answer, value):
    session = do_session(anna, annas_plan)
    assert "this morning?" in page(phone, "next_morning", session.pk, at=MORNING)
    response = send(phone, "next_morning", answer, session.pk, at=MORNING)
    assert response.url == reverse("today")
    score = PainScore.objects.get(moment="next morning")
    assert (score.session, score.value, score.local_date) == (session, value, TODAY + timedelta(days=1))


def test_the_morning_after_untouched_is_refused(phone, anna, annas_plan):
    session = do_session(anna, annas_plan)
    response = send(phone, "next_morning", {"pain": ""}, session.pk, at=MORNING)
    assert "Choose a number, or “Not now”." in response.content.decode()
    assert not PainScore.objects.filter(moment="next morning").exists()


@pytest.mark.parametrize(
    ("days", "words"), [(0, "We ask this tomorrow morning"), (2, "It is closed now, and nothing is lost.")]
)
def test_only_on_the_next_local_date(phone, anna, annas_plan, days, words):
    session = do_session(anna, annas_plan)
    at = NOON + timedelta(days=days)
    assert words in page(phone, "next_morning", session.pk, at=at)
    assert words in send(phone, "next_morning", {"pain": "3"}, session.pk, at=at).content.decode()
    assert not PainScore.objects.filter(moment="next morning").exists()


def test_the_next_local_date_is_that_of_the_browsers_zone(phone, anna, annas_plan):
    session = do_session(anna, annas_plan)
    early = datetime(2026, 11, 19, 21, 0, tzinfo=UTC)
    answer = {"pain": "3", "time_zone": "Australia/Sydney"}
    send(phone, "next_morning", answer, session.pk, at=early)
    assert PainScore.objects.get(moment="next morning").local_date == TODAY + timedelta(days=1)


def test_a_correction_keeps_the_earlier_number(phone, anna):
    log_days(anna, [7])
    first = PainScore.objects.get()
    assert reverse("correct_score", args=[first.pk]) in page(phone, "progress")
    assert "You logged 7 on 19 November" in page(phone, "correct_score", first.pk)
    response = send(phone, "correct_score", {"pain": "2"}, first.pk)
    assert response.url == reverse("progress")
    now = PainScore.objects.current().get()
    assert (now.value, now.recorded_by) == (Decimal(2), anna.user)
    assert PainScore.objects.get(pk=first.pk).value == Decimal(7)
    assert "Corrected, was 7" in page(phone, "progress")


def test_an_old_link_corrects_the_number_of_now(phone, anna):
    log_days(anna, [7])
    first = PainScore.objects.get()
    send(phone, "correct_score", {"pain": "2"}, first.pk)
    assert "You logged 2" in page(phone, "correct_score", first.pk)
    send(phone, "correct_score", {"pain": "3"}, first.pk)
    assert PainScore.objects.current().get().value == Decimal(3)
    assert PainScore.objects.count() == 3


def test_a_number_can_be_taken_back(phone, anna):
    log_days(anna, [7])
    send(phone, "correct_score", {"answer": "not-now"}, PainScore.objects.get().pk)
    assert PainScore.objects.current().get().value is None
    text = page(phone, "progress")
    assert "No number" in text and "Corrected, was 7" in text


def test_a_correction_needs_a_number(phone, anna):
    log_days(anna, [7])
    response = send(phone, "correct_score", {}, PainScore.objects.get().pk)
    assert "Choose the right number, or take the old one back." in response.content.decode()
    assert PainScore.objects.count() == 1
