"""Messages: sent once, read by the other side when it was shown, never lost, never seen by a stranger."""

from datetime import timedelta

import pytest
import time_machine

from accounts.models import AccessLog, new_id
from plans.actions import messages, patients
from plans.actions.refusals import Refused
from plans.models import Message, PlanEvent
from tests.cast import NOON


@pytest.fixture(autouse=True)
def _at_noon():
    with time_machine.travel(NOON, tick=False):
        yield


def write(patient, by, text="May I walk further?", *, at=NOON, **more):
    return messages.write(patient=patient, message_id=new_id(), text=text, by=by, at=at, **more)


def test_a_question_and_its_answer(anna, alice):
    question = write(anna, anna.user)
    assert (question.from_patient, question.author, question.read_at) == (True, anna.user, None)
    answer = write(anna, alice, "Yes, two minutes more.", answers=[question.pk])
    question.refresh_from_db()
    assert (answer.from_patient, answer.read_at) == (False, None)
    assert (question.read_by, question.read_at) == (alice, NOON)
    written = PlanEvent.objects.filter(patient=anna, verb="message written")
    assert [event.by for event in written.order_by("id")] == [anna.user, alice]
    assert "further" not in str([event.detail for event in written])


def test_only_what_was_shown_counts_as_read(anna, alice):
    shown, later = write(anna, anna.user), write(anna, anna.user, "One more thing")
    write(anna, alice, "Yes", answers=[shown.pk])
    assert list(Message.objects.of(anna).unread_by_clinic()) == [later]
    assert messages.mark_read(patient=anna, shown=[shown.pk, later.pk], by=alice, at=NOON) == 1
    assert messages.mark_read(patient=anna, shown=[later.pk], by=alice, at=NOON) == 0
    assert not Message.objects.of(anna).unread_by_clinic().exists()


def test_nobody_reads_their_own_words_or_those_of_others(anna, ben, alice):
    own, other = write(anna, anna.user), write(ben, ben.user)
    assert messages.mark_read(patient=anna, shown=[own.pk, other.pk], by=anna.user, at=NOON) == 0
    assert messages.mark_read(patient=anna, shown=[other.pk], by=alice, at=NOON) == 0
    assert Message.objects.unread_by_clinic().count() == 2


def test_sent_twice_is_stored_once(anna, ben):
    key = new_id()
    first = messages.write(patient=anna, message_id=key, text="Hello", by=anna.user, at=NOON)
    again = messages.write(patient=anna, message_id=key, text=" Hello ", by=anna.user, at=NOON + timedelta(minutes=1))
    assert again == first
    assert Message.objects.get().at == NOON
    with pytest.raises(Refused, match="already"):
        messages.write(patient=anna, message_id=key, text="Other words", by=anna.user, at=NOON)
    with pytest.raises(Refused, match="already"):
        messages.write(patient=ben, message_id=key, text="Hello", by=ben.user, at=NOON)


def test_twenty_in_24_hours(anna, alice):
    for n in range(20):
        write(anna, anna.user, f"Number {n}", at=NOON + timedelta(hours=n))
    with pytest.raises(Refused, match="20 messages in 24 hours"):
        write(anna, anna.user, at=NOON + timedelta(hours=23, minutes=59))
    write(anna, alice, "The clinic can still write", at=NOON + timedelta(hours=23))
    write(anna, anna.user, at=NOON + timedelta(hours=24))
    assert Message.objects.filter(from_patient=True).count() == 21


@pytest.mark.parametrize("text", ["", "  \n "])
def test_nothing_is_not_a_message(anna, text):
    with pytest.raises(Refused, match="Write your message"):
        write(anna, anna.user, text)


def test_after_the_care_nothing_can_be_sent(client, anna, alice):
    patients.discharge(patient=anna, note="Done", by=alice, at=NOON)
    for by in (anna.user, alice):
        with pytest.raises(Refused, match="care has ended"):
            write(anna, by)
    client.force_login(alice)
    assert "nothing can be sent" in client.get(f"/patients/{anna.pk}/messages/").content.decode()


def test_the_patients_page(client, anna, alice):
    client.force_login(anna.user)
    html = client.get("/messages/").content.decode()
    assert "answers within 2 working days" in html
    assert "Call 999." in html
    assert 'href="tel:01632960100"' in html
    key = new_id()
    response = client.post("/messages/", {"entry": str(key), "text": "Is <b>this</b> right?\r\nYours"})
    assert (response.status_code, response.headers["Location"]) == (302, "/messages/")
    assert Message.objects.get(pk=key).text == "Is <b>this</b> right?\nYours"
    html = client.get("/messages/").content.decode()
    assert "Is &lt;b&gt;this&lt;/b&gt; right?<br>Yours" in html
    assert "Not read yet" in html
    assert 'href="/messages/"' in client.get("/help/").content.decode()


def test_an_answer_is_new_until_it_was_on_the_screen(client, anna, alice):
    answer = write(anna, alice, "Two minutes more.")
    client.force_login(anna.user)
    assert "1 new message" in client.get("/help/").content.decode()
    assert '1<span class="pp-vh"> new message' in client.get("/today/").content.decode()
    html = client.get("/messages/").content.decode()
    assert "Two minutes more." in html
    assert f'name="shown" value="{answer.pk}"' in html
    assert Message.objects.of(anna).unread_by_patient().exists()  # looking alone writes nothing
    client.post("/messages/read/", {"shown": [str(answer.pk), "nonsense"]})
    assert Message.objects.get().read_by == anna.user
    assert "new message" not in client.get("/help/").content.decode()


def test_the_clinicians_page(client, anna, alice, bob):
    question = write(anna, anna.user)
    client.force_login(bob)
    url = f"/patients/{anna.pk}/messages/"
    html = client.get(url).content.decode()
    assert "May I walk further?" in html
    assert "Send answer" in html
    assert AccessLog.objects.filter(patient=anna, user=bob, route="patient_messages").exists()
    client.post(url, {"entry": str(new_id()), "text": "Yes.", "shown": [str(question.pk)]})
    question.refresh_from_db()
    assert question.read_by == bob
    html = client.get(url).content.decode()
    assert "Read by Bob Brook" in html
    assert "Send message" in html


def test_no_answer_needed(client, anna, alice):
    question = write(anna, anna.user, "Thank you")
    client.force_login(alice)
    assert '1 new<span class="pp-vh"> message' in client.get(f"/patients/{anna.pk}/").content.decode()
    response = client.post(f"/patients/{anna.pk}/messages/read/", {"shown": [str(question.pk)]}, follow=True)
    assert "1 message marked as read." in response.content.decode()
    assert "pp-count-hot" not in client.get(f"/patients/{anna.pk}/").content.decode()


@pytest.mark.parametrize(
    ("text", "said"), [("", "Write your message first."), ("x" * 2001, "at most 2000 characters (it has 2001)")]
)
def test_an_error_keeps_the_words(client, anna, text, said):
    client.force_login(anna.user)
    response = client.post("/messages/", {"entry": str(new_id()), "text": text})
    html = response.content.decode()
    assert response.status_code == 200
    assert said in html
    assert text in html
    assert not Message.objects.exists()


def test_a_refusal_keeps_the_words_and_gives_a_new_id(client, anna):
    key = str(new_id())
    client.force_login(anna.user)
    client.post("/messages/", {"entry": key, "text": "First"})
    html = client.post("/messages/", {"entry": key, "text": "Second thoughts"}).content.decode()
    assert "already" in html
    assert "Second thoughts</textarea>" in html
    assert f'value="{key}"' not in html


def test_line_breaks_count_as_one_letter(client, anna):
    client.force_login(anna.user)
    client.post("/messages/", {"entry": str(new_id()), "text": "ab\r\n" * 660})
    assert len(Message.objects.get().text) == 660 * 3 - 1


def test_a_long_conversation_has_pages(client, anna, alice):
    Message.objects.bulk_create(
        Message(patient=anna, author=alice, from_patient=False, text=f"Number {n}.", at=NOON - timedelta(hours=n))
        for n in range(41)
    )
    client.force_login(alice)
    first = client.get(f"/patients/{anna.pk}/messages/").content.decode()
    assert first.index("Number 39.") < first.index("Number 0.")
    assert "Number 40." not in first
    assert "Number 40." in client.get(f"/patients/{anna.pk}/messages/?page=2").content.decode()
