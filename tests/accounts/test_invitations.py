"""A patient comes in by a letter: a key that works once and for 72 hours, and no word about health."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth import get_user
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend

from accounts.models import Invitation, Patient, User
from accounts.tokens import hash_of
from plans.actions import invitations, patients
from plans.actions.refusals import Refused
from plans.models import PlanEvent, ReminderSettings
from tests.cast import NOON, PASSWORD, make_member, make_patient

GOOD = {
    "password": "seven green herons walk", "time_zone": "Europe/Berlin", "language": "en-gb", "consent": "on",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _at_noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def dora(harbour, alice) -> Patient:
    patient = make_patient("Dora Dean", harbour, alice)
    patient.user = None
    patient.email = "dora.new@example.org"
    patient.save()
    return patient


def key() -> str:
    return re.search(r"/join/([^/]+)/", mail.outbox[-1].body)[1]


def test_the_letter_holds_a_key_and_nothing_about_anybody(client, alice, dora):
    client.force_login(alice)
    client.post(f"/patients/{dora.pk}/invite/")
    letter = mail.outbox[0]
    assert letter.to == ["dora.new@example.org"]
    for text in (letter.subject, letter.body, letter.alternatives[0][0]):
        for secret in ("Dora", "Harbour", "pain.", "Pain ", "exercise", "Alice", str(dora.pk)):
            assert secret not in text
    row = Invitation.objects.get()
    assert (row.token_hash, row.expires_at) == (hash_of(key()), NOON + timedelta(hours=72))
    assert len(key()) == 43
    assert key() not in str(list(PlanEvent.objects.values_list("detail", flat=True)))


def test_the_letter_speaks_the_language_that_the_sender_chose(client, alice, dora):
    """Theirs when they chose none; one that Painplan does not speak is said, and no letter goes out."""
    client.force_login(alice)
    url = f"/patients/{dora.pk}/invite/"
    assert 'name="language"' in client.get(f"/patients/{dora.pk}/").content.decode()
    client.post(url, {"language": "es"})
    client.post(url, {"language": "en-gb"})
    client.post(url)
    User.objects.filter(pk=alice.pk).update(language="es")
    client.post(url)
    assert [letter.subject for letter in mail.outbox] == [
        "Tu invitación a Painplan", "Your invitation to Painplan", "Your invitation to Painplan",
        "Tu invitación a Painplan",
    ]  # fmt: skip
    client.post(url, {"language": "xx"})
    assert len(mail.outbox) == 4


def test_looking_uses_nothing_up_and_joining_signs_in(client, alice, dora):
    invitations.invite(patient=dora, by=alice, at=NOON)
    url = f"/join/{key()}/"
    for _ in range(2):
        page = client.get(url)
        assert page.status_code == 200 and page.headers["Cache-Control"].startswith("max-age=0")
    text = page.content.decode()
    assert "Nobody watches live." in text and "Call 999." in text and "Harbour Clinic" in text
    response = client.post(url, GOOD)
    assert response.headers["Location"] == "/today/"
    dora.refresh_from_db()
    user = User.objects.get(email="dora.new@example.org")
    assert get_user(client) == user == dora.user
    assert user.check_password(GOOD["password"])
    assert (dora.consented_at, dora.time_zone, user.time_zone) == (NOON, "Europe/Berlin", "Europe/Berlin")
    assert client.get("/today/").status_code == 200
    assert PlanEvent.objects.get(verb="joined").by == user


@pytest.mark.parametrize(
    ("wish", "kept"),
    [("no", None), ("", None), ("morning", (True, False)), ("evening", (True, True))],
)
def test_reminders_are_offered_and_off_until_wanted(client, alice, dora, wish, kept):
    invitations.invite(patient=dora, by=alice, at=NOON)
    assert 'value="no" id="id_reminders_0" checked' in client.get(f"/join/{key()}/").content.decode()
    assert client.post(f"/join/{key()}/", GOOD | {"reminders": wish}).headers["Location"] == "/today/"
    row = ReminderSettings.objects.filter(patient=dora).first()
    assert (row and (row.is_on, row.evening)) == kept


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"password": "short"}, "too short"),
        ({"password": "dora.new@example.org"}, "too similar"),
        ({"consent": ""}, "Tick this if you agree"),
        ({"time_zone": "Mars/Base"}, "Mars/Base"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_made(client, alice, dora, given, said):
    invitations.invite(patient=dora, by=alice, at=NOON)
    response = client.post(f"/join/{key()}/", GOOD | given)
    assert response.status_code == 422 and said in response.content.decode()
    assert not User.objects.filter(email="dora.new@example.org").exists()


def test_used_old_unknown_and_revoked_keys_meet_the_same_page(client, alice, dora):
    invitations.invite(patient=dora, by=alice, at=NOON)
    old = key()
    invitations.invite(patient=dora, by=alice, at=NOON)  # sent again: the first opens nothing any more
    newer = key()
    answers = [client.get("/join/" + "x" * 43 + "/"), client.get(f"/join/{old}/"), client.post(f"/join/{old}/", GOOD)]
    with time_machine.travel(NOON + timedelta(hours=72), tick=False):
        answers.append(client.get(f"/join/{newer}/"))
    assert client.get(f"/join/{newer}/").status_code == 200
    invitations.take_back(patient=dora, by=alice, at=NOON)
    answers.append(client.get(f"/join/{newer}/"))
    invitations.invite(patient=dora, by=alice, at=NOON)
    used = key()
    assert client.post(f"/join/{used}/", GOOD).status_code == 302
    client.logout()
    answers += [client.get(f"/join/{used}/"), client.post(f"/join/{used}/", GOOD)]
    assert {answer.status_code for answer in answers} == {404}
    # The form of the languages says where it stands, and each form has a fresh token.
    own = re.compile(rb'name="(csrfmiddlewaretoken|next)" value="[^"]*"')
    assert len({own.sub(b"", answer.content) for answer in answers}) == 1
    assert b"Dora" not in answers[0].content and b"Harbour" not in answers[0].content


def test_a_key_is_used_once_even_by_two_at_a_time(alice, dora):
    invitations.invite(patient=dora, by=alice, at=NOON)
    given = {"password": PASSWORD, "language": "en-gb", "time_zone": "Europe/London", "at": NOON}
    invitations.accept(token=key(), **given)
    with pytest.raises(Refused):
        invitations.accept(token=key(), **given)


def test_an_address_with_a_login_needs_that_login_s_password(client, alice, dora, hill):
    theirs = User.objects.create_user("Dora.New@example.org", PASSWORD, full_name="Dora Dean")
    invitations.invite(patient=dora, by=alice, at=NOON)
    assert client.post(f"/join/{key()}/", GOOD).status_code == 422
    theirs.refresh_from_db()
    assert theirs.check_password(PASSWORD)
    assert client.post(f"/join/{key()}/", GOOD | {"password": PASSWORD}).status_code == 302
    dora.refresh_from_db()
    assert dora.user == theirs


def test_who_cannot_be_invited(client, alice, anna, dora):
    with pytest.raises(Refused):
        invitations.invite(patient=anna, by=alice, at=NOON)  # signs in already
    patients.discharge(patient=dora, note="Moved", by=alice, at=NOON)
    with pytest.raises(Refused):
        invitations.invite(patient=dora, by=alice, at=NOON)
    assert mail.outbox == []


def test_a_discharged_patient_s_key_opens_nothing(client, alice, dora):
    invitations.invite(patient=dora, by=alice, at=NOON)
    patients.discharge(patient=dora, note="Moved", by=alice, at=NOON)
    assert client.get(f"/join/{key()}/").status_code == 404


def test_a_letter_that_could_not_be_sent_is_said(client, alice, dora, monkeypatch):
    def refuse(self, messages):
        raise OSError("no server")

    monkeypatch.setattr(EmailBackend, "send_messages", refuse)
    client.force_login(alice)
    page = client.post(f"/patients/{dora.pk}/invite/", follow=True).content.decode()
    assert "could not be sent" in page and "Send again" in page


def test_the_record_offers_it_and_a_stranger_cannot(client, alice, dora, hill):
    client.force_login(alice)
    assert "Invite by e-mail" in client.get(f"/patients/{dora.pk}/").content.decode()
    client.force_login(make_member("Sam Stranger", hill))
    assert client.post(f"/patients/{dora.pk}/invite/").status_code == 404
    assert mail.outbox == []
