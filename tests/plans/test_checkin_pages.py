"""Check-ins on the phone: one question a screen, nothing chosen beforehand, nothing lost, never a diagnosis."""

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse

from plans import measures
from plans.actions import checkins, patients
from plans.models import CheckIn
from tests.cast import NOON, TODAY
from tests.plans.test_checkin_actions import check_in

DAY = timedelta(days=1)
ORDER = ["pain", "enjoyment", "activity", "sleep", "confidence", "interest", "low", "nervous", "worry"]
CRISIS = "If it is too much right now"


@pytest.fixture
def phone(client, anna):
    client.force_login(anna.user)
    with time_machine.travel(NOON, tick=False):
        yield client


def question(item):
    return f"{reverse('checkin_question')}?about={item}"


def correction(item):
    return f"{reverse('checkin_correct')}?about={item}"


def give(phone, item, answer):
    return phone.post(question(item), {"answer": str(answer)})


def text_of(response):
    assert response.status_code == 200
    return response.content.decode()


def test_today_offers_what_is_due_and_the_questions_follow_each_other(phone, anna):
    assert "Your check-in: 9 short questions" in text_of(phone.get(reverse("today")))
    address = phone.get(reverse("checkin")).url
    asked = []
    while "question" in address:
        page = text_of(phone.get(address))
        asked.append(address.rpartition("=")[2])
        assert " checked" not in page
        assert "Skip this question" in page
        assert f"{len(asked)} of 9" in page
        assert (CRISIS in page and "Call 999." in page) == (len(asked) > 5)
        address = give(phone, asked[-1], 1).url
    assert asked == ORDER
    assert address == reverse("checkin_done")
    stored = {row.kind: (row.total, row.items) for row in CheckIn.objects.of(anna)}
    assert {kind: total for kind, (total, _items) in stored.items()} == {
        "PEG": 1, "sleep": 1, "confidence": 1, "PHQ-4": 4,
    }  # fmt: skip
    assert {kind: set(items) for kind, (_total, items) in stored.items()} == {
        kind: set(items) for kind, items in measures.ITEMS.items()
    }
    assert "How is life going?" not in text_of(phone.get(reverse("today")))


def test_zero_is_an_answer_skipping_is_none_and_an_empty_screen_is_neither(phone, anna):
    page = text_of(phone.post(question("pain"), {}))
    assert "Choose the answer that fits best, or skip this question." in page
    give(phone, "pain", 0)
    phone.post(question("enjoyment"), {"do": "skip", "answer": "7"})
    give(phone, "activity", 10)
    row = CheckIn.objects.get()
    assert (row.items, row.total) == ({"pain": 0, "enjoyment": None, "activity": 10}, None)
    assert "Daily life: left open in part. That is fine." in text_of(phone.get(reverse("checkin_done")))


@pytest.mark.parametrize("answer", ["11", "-1", "3.5", "four", "nan"])
def test_answers_off_the_scale_are_refused(phone, answer):
    assert "Choose the answer that fits best" in text_of(give(phone, "pain", answer))
    assert not CheckIn.objects.exists()


def test_the_scale_of_mood_ends_at_three(phone):
    assert "Choose the answer that fits best" in text_of(give(phone, "interest", 4))


def test_an_interrupted_check_in_goes_on_where_it_was(phone, anna):
    give(phone, "pain", 4)
    give(phone, "enjoyment", 5)
    assert not CheckIn.objects.exists()
    assert "Go on: 7 questions left" in text_of(phone.get(reverse("today")))
    assert phone.get(reverse("checkin")).url == question("activity")
    give(phone, "activity", 5)
    assert CheckIn.objects.get().total == Decimal("4.67")


def test_going_back_shows_the_own_answer_and_a_new_one_is_an_amendment(phone, anna):
    for item in ORDER[:3]:
        give(phone, item, 4)
    assert 'value="4" id="id_answer_4" checked' in text_of(phone.get(question("activity")))
    give(phone, "activity", 7)
    was, now = CheckIn.objects.order_by("received_at", "id")
    assert (was.superseded_by, now.items["activity"], was.items["activity"]) == (now, 7, 4)


def test_sent_twice_is_stored_once(phone):
    give(phone, "pain", 4), give(phone, "enjoyment", 4)
    give(phone, "activity", 4), give(phone, "activity", 4)
    assert CheckIn.objects.count() == 1


def test_a_check_in_begun_before_midnight_belongs_to_the_day_it_was_begun(phone, anna):
    sunday_night = NOON + timedelta(days=3, hours=11, minutes=50)
    with time_machine.travel(sunday_night, tick=False):
        give(phone, "pain", 4), give(phone, "enjoyment", 4)
    with time_machine.travel(sunday_night + timedelta(minutes=20), tick=False):
        give(phone, "activity", 4)
    row = CheckIn.objects.get()
    assert (row.local_date, row.period_on) == (TODAY + 3 * DAY, TODAY - 3 * DAY)


def test_a_forgotten_check_in_begins_anew_after_a_day(phone):
    for hours, item in ((0, "pain"), (11, "enjoyment"), (22, "pain")):  # each answer keeps the person signed in
        with time_machine.travel(NOON + timedelta(hours=hours), tick=False):
            give(phone, item, 4)
    with time_machine.travel(NOON + timedelta(hours=25), tick=False):
        assert phone.get(reverse("checkin")).url == question("pain")


def test_an_answer_can_be_corrected_and_the_earlier_one_stays(phone, anna):
    check_in(anna)
    page = text_of(phone.get(correction("enjoyment")))
    assert "You answered: 5 of 10." in page
    assert " checked" not in page
    assert phone.post(correction("enjoyment"), {"answer": "9"}).url == reverse("checkin_done")
    assert CheckIn.objects.of(anna).current().get().items["enjoyment"] == 9
    assert CheckIn.objects.of(anna).count() == 2
    phone.post(correction("enjoyment"), {"do": "skip"})
    assert CheckIn.objects.of(anna).current().get().total is None


def test_there_is_nothing_to_correct_before_an_answer_and_no_unknown_question(phone):
    for address in (correction("pain"), correction("nothing"), question("nothing"), reverse("checkin_correct")):
        assert phone.get(address).url == reverse("checkin_done")
    assert "No check-in is due" in text_of(phone.get(reverse("checkin_done")))


def test_the_result_is_kind_and_no_diagnosis(phone, anna):
    check_in(anna, at=NOON - 7 * DAY)
    check_in(anna, answers={"pain": 3, "enjoyment": 3, "activity": 3})
    check_in(anna, "PHQ-4", {"interest": 2, "low": 2, "nervous": 0, "worry": 0})
    page = text_of(phone.get(reverse("checkin_done")))
    assert "Pain got in the way of daily life: 3.0 out of 10. It was 4.7 on 12 November." in page
    assert "These have been hard weeks" in page
    assert "Alice sees your answers and can talk with you about it." in page
    assert CRISIS in page
    assert "Call 999." in page
    for word in ("depression", "anxiety disorder", "diagnos", "positive", "score"):
        assert word not in page.lower()


def test_the_crisis_text_is_there_after_good_answers_as_well(phone, anna):
    check_in(anna, "PHQ-4", dict.fromkeys(measures.ITEMS["PHQ-4"], 0))
    assert CRISIS in text_of(phone.get(reverse("checkin_done")))


def test_each_comes_once_in_its_time_and_not_on_the_next_day(anna):
    assert checkins.due_kinds(patient=anna, on=TODAY) == ["PEG", "sleep", "confidence", "PHQ-4"]
    for kind in measures.ITEMS:
        check_in(anna, kind, dict.fromkeys(measures.ITEMS[kind], 1))
    sunday, monday = TODAY + 3 * DAY, TODAY + 4 * DAY
    assert checkins.due_kinds(patient=anna, on=sunday) == []
    assert checkins.due_kinds(patient=anna, on=monday) == ["PEG", "sleep", "confidence"]
    check_in(anna, "sleep", {"sleep": 1}, at=NOON + 10 * DAY)
    assert "sleep" not in checkins.due_kinds(patient=anna, on=TODAY + 11 * DAY), "answered on Sunday, asked on Monday"
    assert "sleep" in checkins.due_kinds(patient=anna, on=TODAY + 14 * DAY)
    assert "PHQ-4" in checkins.due_kinds(patient=anna, on=TODAY + 32 * DAY)


def test_nobody_is_asked_after_the_care_has_ended(anna, alice):
    patients.discharge(patient=anna, note="Well", by=alice, at=NOON)
    anna.refresh_from_db()
    assert checkins.due_kinds(patient=anna, on=TODAY) == []


def test_the_answers_of_one_person_are_not_those_of_the_next_on_the_same_phone(phone, ben):
    give(phone, "pain", 4)
    phone.force_login(ben.user)
    assert phone.get(reverse("checkin")).url == question("pain")
