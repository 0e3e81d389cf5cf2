"""A lost password and a new one: the same answer for every address, a link that works once, the second step stays."""

import re

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from celery.exceptions import OperationalError
from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.core import mail
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from accounts.password_reset import reset_key, user_of
from plans.actions import notifications
from plans.models import Notification
from tests.accounts.signing import code_of, give_code, give_password, is_in, with_app, with_password
from tests.cast import NOON, PASSWORD
from tests.plans.mail_sink import mail_sink

NEW = "seven green herons walk"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def link() -> str:
    notifications.send_due(at=NOON)
    return re.search(r"https?://[^/]+(/password/new/\S+/)", mail.outbox[-1].body)[1]


def ask(client, email: str, **headers):
    return client.post("/password/lost/", {"email": email}, **headers)


def test_a_lost_password_is_replaced_by_mail(client, alice):
    with_password(alice)
    assert ask(client, "ALICE.archer@example.org").headers["Location"] == "/password/sent/"
    path = link()
    assert str(alice.pk) not in path and alice.pk.hex not in path and "alice" not in path
    for _ in range(2):  # a mail scanner that opens links uses nothing up
        assert client.get(path).headers["Location"] == "/password/new/"
    assert client.get("/password/new/").status_code == 200
    assert client.post("/password/new/", {"password": NEW}).headers["Location"] == "/sign-in/"
    alice.refresh_from_db()
    assert alice.check_password(NEW) and alice.password.startswith("argon2") and not is_in(client)
    assert Notification.objects.filter(recipient=alice, kind="password changed").exists()
    assert client.get(path).status_code == 404
    assert client.get("/password/new/").headers["Location"] == "/password/lost/"


def test_the_mail_says_nothing_about_anybody_s_health(alice):
    ask(Client(), alice.email)
    link()
    letter = mail.outbox[-1]
    for text in (letter.subject, letter.body, letter.alternatives[0][0]):
        for word in ("pain.", "clinic", "Harbour", "exercise", str(alice.pk)):
            assert word not in text


def test_it_travels_through_a_real_mail_server_under_its_own_name(client, alice, settings):
    with mail_sink(settings) as sink:
        ask(client, alice.email)
        ask(client, alice.email)  # within the same minute it is one letter
        assert notifications.send_due(at=NOON)["sent"] == 1
    [letter] = sink.mails
    assert letter["To"] == alice.email and letter["Auto-Submitted"] == "auto-generated"
    text = letter.get_body(("plain",)).get_content()
    path = re.search(r"/password/new/\S+/", text)[0]
    assert client.get(path).headers["Location"] == "/password/new/"


def test_every_address_gets_the_same_answer(client, alice, bob):
    bob.is_active = False
    bob.save()
    answers = [ask(Client(), email) for email in (alice.email, bob.email, "nobody@example.org")]
    assert {(answer.status_code, answer.headers["Location"], answer.content) for answer in answers} == {
        (302, "/password/sent/", b"")
    }
    assert list(Notification.objects.values_list("recipient__email", flat=True)) == [alice.email]


def test_an_unknown_address_costs_a_sign_in_as_much_work_as_a_known_one(client, alice, monkeypatch):
    """Hashing is what takes the time: once for an address with a wrong password, once for an address nobody has."""
    with_password(alice)
    hashed = []
    for name in ("encode", "verify"):
        plain = getattr(Argon2PasswordHasher, name)
        monkeypatch.setattr(
            Argon2PasswordHasher, name, lambda self, *given, plain=plain: hashed.append(1) or plain(self, *given)
        )
    for email in (alice.email, "nobody@example.org"):
        hashed.clear()
        page = client.post("/sign-in/", {"login": email, "password": "wrong-wrong-wrong"})
        assert page.status_code == 200 and hashed == [1], email


@pytest.mark.parametrize(("word", "said"), [("short", "too short"), ("password1234", "too common"), ("", "required")])
def test_weak_passwords_are_refused_with_a_reason(client, alice, word, said):
    client.get(f"/password/new/{reset_key(alice)}/")
    page = client.post("/password/new/", {"password": word})
    assert page.status_code == 422 and said in page.content.decode()


def test_made_up_old_and_used_keys_open_nothing(client, alice, clock):
    good = reset_key(alice)
    assert user_of(good) == alice
    for key in ("x", good[:-2], good.swapcase(), "%00", "é"):
        assert user_of(key) is None
    alice.is_active = False
    alice.save()
    assert user_of(good) is None
    alice.is_active = True
    alice.save()
    clock.shift(settings.PASSWORD_RESET_TIMEOUT + 1)
    assert user_of(good) is None


def test_a_page_that_was_open_when_the_key_ended_says_so(client, alice, clock):
    assert client.get(f"/password/new/{reset_key(alice)}/").headers["Location"] == "/password/new/"
    clock.shift(settings.PASSWORD_RESET_TIMEOUT + 1)
    page = client.post("/password/new/", {"password": NEW})
    assert page.status_code == 404 and b"no longer works" in page.content


def test_a_new_password_never_drops_the_second_step(client, alice, settings):
    settings.REQUIRE_MFA = True
    secret = with_app(with_password(alice))
    before = list(Authenticator.objects.values_list("pk", "data"))
    client.get(f"/password/new/{reset_key(alice)}/")
    client.post("/password/new/", {"password": NEW})
    assert list(Authenticator.objects.values_list("pk", "data")) == before
    assert give_password(client, alice, NEW).headers["Location"] == "/sign-in/second-step/"
    assert not is_in(client)
    give_code(client, code_of(secret))
    assert is_in(client)


def test_a_new_password_signs_out_everywhere_and_frees_a_login_that_was_tried_too_often(client, alice):
    with_password(alice)
    elsewhere = Client()
    give_password(elsewhere, alice)
    assert is_in(elsewhere) and elsewhere.get("/inbox/").status_code == 200
    for _ in range(6):
        page = give_password(client, alice, "wrong-wrong-wrong")
    assert b"tried too often" in page.content
    alice.refresh_from_db()
    client.get(f"/password/new/{reset_key(alice)}/")
    client.post("/password/new/", {"password": NEW})
    assert elsewhere.get("/inbox/").headers["Location"].startswith("/sign-in/")
    give_password(client, alice, NEW)
    assert is_in(client)


def test_a_link_that_could_not_be_sent_for_an_hour_is_not_sent_any_more(client, alice, clock):
    ask(client, alice.email)
    clock.shift(3601)
    assert notifications.send_due(at=timezone.now())["cancelled"] == 1 and mail.outbox == []


def test_asking_for_links_is_limited_by_address_and_by_place(client, alice):
    answers = [ask(Client(), alice.email, REMOTE_ADDR=f"192.0.2.{n}").status_code for n in range(4)]
    assert answers == [302, 302, 302, 429]
    answers = [ask(Client(), f"somebody{n}@example.org", REMOTE_ADDR="198.51.100.7").status_code for n in range(11)]
    assert answers == [302] * 10 + [429]


def test_changing_the_password_asks_who_is_there_unless_they_just_signed_in(client, alice, clock):
    give_password(client, with_password(alice))
    assert client.get("/security/password/").status_code == 200
    clock.shift(601)
    answer = client.get("/security/password/")
    assert answer.headers["Location"] == "/account/confirm/?next=%2Fsecurity%2Fpassword%2F"
    assert client.post("/security/password/", {"password": NEW}).headers["Location"].startswith("/account/confirm/")
    assert client.post(answer.headers["Location"], {"password": "wrong"}).status_code == 200
    assert client.post(answer.headers["Location"], {"password": PASSWORD}).headers["Location"] == "/security/password/"
    elsewhere = Client()
    give_password(elsewhere, alice)
    assert client.post("/security/password/", {"password": NEW}).headers["Location"] == "/security/"
    alice.refresh_from_db()
    assert alice.check_password(NEW)
    assert client.get("/security/").status_code == 200
    assert elsewhere.get("/security/").headers["Location"].startswith("/sign-in/")


def test_without_redis_the_letter_goes_out_with_the_sweep(client, alice, monkeypatch):
    """The letter is owed in PostgreSQL; the process that sweeps for safety sends what is owed and asks no broker."""

    def away(*_args, **_options):
        raise OperationalError("the broker is away")

    monkeypatch.setattr("celery.app.base.Celery.send_task", away)
    assert ask(client, alice.email).headers["Location"] == "/password/sent/"
    assert not mail.outbox
    call_command("safety_sweep", "--once")
    assert re.search(r"/password/new/\S+/", mail.outbox[-1].body) and mail.outbox[-1].to == [alice.email]
