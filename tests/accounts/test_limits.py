"""Guessing is stopped: by account, by place, with Redis down, whatever a header claims. Nobody is led elsewhere."""

import pytest
import time_machine
from django.conf import settings as django_settings
from django.core.cache import cache
from django.db import connection
from django.test import Client

from tests.accounts.signing import give_password, is_in, with_password
from tests.cast import NOON, PASSWORD


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def wrong(n: int, email: str, **headers):
    return Client().post("/sign-in/", {"login": email, "password": f"wrong-wrong-wrong-{n}"}, **headers)


def test_counts_are_kept_in_the_database_and_nowhere_else(db):
    """No Redis runs beside the tests: whatever is counted here is counted without it."""
    assert ":9/" in django_settings.REDIS_URL
    wrong(0, "nobody@example.org")
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM accounts_attempts")
        assert cursor.fetchone()[0] > 0


def test_counts_outlive_a_flood_of_other_rows(db):
    cache.set("kept", 1, 600)
    for number in range(400):  # the cache's own default keeps 300
        cache.set(f"flood.{number}", 1, 600)
    assert cache.get("kept") == 1


def test_five_wrong_passwords_close_an_account_for_five_minutes_wherever_they_come_from(client, alice, bob, clock):
    with_password(alice)
    for n in range(5):
        assert b"do not go together" in wrong(n, alice.email, REMOTE_ADDR=f"192.0.2.{n}").content
    page = give_password(client, alice, REMOTE_ADDR="192.0.2.77")
    assert b"tried too often" in page.content and not is_in(client)
    assert b"do not go together" in wrong(0, bob.email, REMOTE_ADDR="192.0.2.88").content
    clock.shift(301)
    give_password(client, alice)
    assert is_in(client)


def test_unknown_accounts_are_closed_alike(db):
    """Otherwise the answer would say which addresses have a login."""
    for n in range(5):
        wrong(n, "nobody@example.org", REMOTE_ADDR=f"192.0.2.{n}")
    assert b"tried too often" in wrong(9, "nobody@example.org", REMOTE_ADDR="192.0.2.9").content


def test_another_name_of_the_host_does_not_start_the_count_again(alice, settings):
    settings.ALLOWED_HOSTS = ["one.example", "two.example"]
    for n in range(5):
        wrong(n, alice.email, REMOTE_ADDR=f"192.0.2.{n}", HTTP_HOST="one.example")
    assert b"tried too often" in wrong(9, alice.email, REMOTE_ADDR="192.0.2.9", HTTP_HOST="two.example").content


def test_one_place_may_not_try_many_accounts_whatever_a_header_claims(db):
    said = [
        wrong(n, f"somebody{n}@example.org", HTTP_X_FORWARDED_FOR=f"203.0.113.{n}", HTTP_X_REAL_IP=f"203.0.113.{n}")
        for n in range(11)
    ]
    assert all(b"do not go together" in page.content for page in said[:10])
    assert b"tried too often" in said[10].content


def test_behind_a_proxy_of_our_own_only_what_it_wrote_counts(db, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    for n in range(10):
        wrong(n, f"a{n}@example.org", HTTP_X_FORWARDED_FOR=f"203.0.113.{n}, 198.51.100.1")
    page = wrong(0, "a@example.org", HTTP_X_FORWARDED_FOR="203.0.113.99, 198.51.100.1")
    assert b"tried too often" in page.content
    page = wrong(0, "b@example.org", HTTP_X_FORWARDED_FOR="203.0.113.99, 198.51.100.2")
    assert b"do not go together" in page.content


def test_too_many_sign_ins_from_one_place_meet_a_page_that_says_when_to_come_back(client, alice, settings):
    settings.ACCOUNT_RATE_LIMITS = {"login": "2/m/ip"}
    with_password(alice)
    answers = [give_password(Client(), alice) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [302, 302, 429]
    assert "Try again in a few minutes" in answers[2].content.decode()


def test_a_person_who_signs_in_rightly_is_never_closed_out(alice):
    with_password(alice)
    for _ in range(8):
        client = Client()
        give_password(client, alice)
        assert is_in(client)


@pytest.mark.parametrize(
    "where",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "javascript:alert(1)",
        "http:///evil.example",
        "\x08//evil.example",
    ],
)
def test_nobody_is_led_elsewhere(client, alice, settings, where):
    settings.ALLOWED_HOSTS = ["testserver", "evil.example"]
    settings.CSRF_TRUSTED_ORIGINS = ["https://evil.example"]
    with_password(alice)
    for _ in range(2):
        answer = client.post("/sign-in/", {"login": alice.email, "password": PASSWORD, "next": where})
        assert answer.headers["Location"] in ("/", "/inbox/")  # the second time they are in already
    assert client.post("/account/confirm/", {"password": PASSWORD, "next": where}).headers["Location"] == "/"
    assert client.post("/sign-out/", {"next": where}).headers["Location"] == "/sign-in/"


def test_after_signing_in_one_is_where_one_wanted_to_be(client, alice):
    with_password(alice)
    answer = client.get("/patients/?sort=name")
    assert answer.headers["Location"] == "/sign-in/?next=%2Fpatients%2F%3Fsort%3Dname"
    answer = client.post(answer.headers["Location"], {"login": alice.email, "password": PASSWORD})
    assert answer.headers["Location"] == "/patients/?sort=name"


def test_a_fragment_asked_by_one_who_is_signed_out_brings_the_whole_page_to_sign_in(client, db):
    here = {"HTTP_HX_REQUEST": "true", "HTTP_HX_CURRENT_URL": "http://testserver/patients/?sort=name"}
    answer = client.get("/inbox/", **here)
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (204, "/sign-in/?next=%2Fpatients%2F%3Fsort%3Dname")
    here["HTTP_HX_CURRENT_URL"] = "https://evil.example/patients/"
    assert client.get("/inbox/", **here).headers["HX-Redirect"] == "/sign-in/?next=%2F"


def test_a_host_that_is_not_ours_is_refused(client, db):
    assert client.get("/sign-in/", HTTP_HOST="evil.example").status_code == 400


def test_pages_of_the_library_that_nobody_needs_are_not_there(client, alice):
    client.force_login(alice)
    for path in ("accounts/login/", "accounts/signup/", "signup/", "accounts/email/", "accounts/", "mfa/", "email/"):
        assert client.get(f"/{path}").status_code == 404
