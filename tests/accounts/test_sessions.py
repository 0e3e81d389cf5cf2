"""How long one stays signed in, where one is, and signing out everywhere."""

from datetime import timedelta

import pytest
import time_machine
from allauth.usersessions.models import UserSession
from django.conf import settings as django_settings
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import resolve

from plans.models import Notification
from tests.accounts.signing import give_password, is_in, with_password
from tests.cast import NOON

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Version/18.0 Mobile/15E148 Safari/604.1"
)
POLL = "/inbox/live/"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def in_the_inbox(client) -> bool:
    return client.get("/inbox/").status_code == 200


def test_staff_who_do_nothing_for_a_quarter_of_an_hour_are_signed_out(client, alice, clock):
    give_password(client, with_password(alice))
    clock.shift(14 * 60)
    assert in_the_inbox(client)
    clock.shift(14 * 60)
    assert in_the_inbox(client)
    clock.shift(15 * 60)
    answer = client.get("/inbox/?tab=clinic")
    assert answer.headers["Location"] == "/sign-in/?next=%2Finbox%2F%3Ftab%3Dclinic&away=1"
    assert not is_in(client)


def test_why_is_said_even_when_two_questions_of_a_page_cross(client, alice, clock):
    """The second answer comes for a session that is gone already: it takes the cookie away, and the first one's."""
    give_password(client, with_password(alice))
    ended = client.cookies[django_settings.SESSION_COOKIE_NAME].value
    clock.shift(15 * 60)
    where = client.get("/inbox/").headers["Location"]
    client.cookies[django_settings.SESSION_COOKIE_NAME] = ended
    assert client.get(POLL, HTTP_HX_REQUEST="true").status_code == 204
    assert not client.cookies[django_settings.SESSION_COOKIE_NAME].value
    assert "because nothing happened" in client.get(where).content.decode()
    assert "because nothing happened" not in client.get("/sign-in/").content.decode()


def test_staff_are_signed_out_after_twelve_hours_however_busy(client, alice, clock):
    give_password(client, with_password(alice))
    for _ in range(71):
        clock.shift(10 * 60)
        assert in_the_inbox(client)
    clock.shift(10 * 60)
    assert not in_the_inbox(client) and not is_in(client)


def test_what_a_page_asks_by_itself_keeps_nobody_signed_in(client, alice, clock):
    assert resolve(POLL).func.no_activity
    give_password(client, with_password(alice))
    for _ in range(14):
        clock.shift(60)
        assert client.get(POLL, HTTP_HX_REQUEST="true").status_code == 200
    clock.shift(60)
    answer = client.get(POLL, HTTP_HX_REQUEST="true", HTTP_HX_CURRENT_URL="http://testserver/inbox/")
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (204, "/sign-in/?next=%2Finbox%2F&away=1")
    assert not is_in(client)


def test_patients_stay_thirty_days(client, anna, clock):
    give_password(client, with_password(anna.user))
    clock.shift(timedelta(days=29, hours=23))
    assert client.get("/today/").status_code == 200
    clock.shift(timedelta(hours=1))
    assert client.get("/today/").headers["Location"].startswith("/sign-in/")


def test_a_session_that_ended_may_still_see_what_everybody_may(client, alice, clock):
    give_password(client, with_password(alice))
    clock.shift(16 * 60)
    assert client.get("/sign-in/").status_code == 200 and client.get("/health/live").status_code == 200


def test_where_one_is_signed_in_and_signing_one_out(client, alice):
    with_password(alice)
    give_password(client, alice, HTTP_USER_AGENT=FIREFOX)
    phone = Client()
    give_password(phone, alice, HTTP_USER_AGENT=IPHONE, REMOTE_ADDR="192.0.2.5")
    page = client.get("/security/").content.decode()
    assert "Firefox on Windows" in page and "Safari on iPhone" in page and "192.0.2.5" in page
    other = UserSession.objects.get(ip="192.0.2.5")
    assert client.post("/security/session/end/", {"session": other.pk}).headers["Location"] == "/security/"
    assert in_the_inbox(client) and not in_the_inbox(phone)


def test_nobody_signs_somebody_else_out(client, alice, bob):
    theirs = Client()
    give_password(theirs, with_password(bob))
    give_password(client, with_password(alice))
    for chosen in (UserSession.objects.get(user=bob).pk, 0, "x", ""):
        assert client.post("/security/session/end/", {"session": chosen}).status_code == 404
    client.post("/security/sessions/end/")
    assert in_the_inbox(theirs)


def test_signing_out_everywhere(client, alice):
    with_password(alice)
    others = [Client(), Client()]
    for each in (client, *others):
        give_password(each, alice)
    assert client.post("/security/sessions/end/").headers["Location"] == "/sign-in/"
    assert not any(in_the_inbox(each) for each in (client, *others))
    assert "signed out everywhere" in client.get("/sign-in/").content.decode()


def test_the_operator_signs_one_person_out_or_everybody(client, alice, bob, capsys):
    desk, phone, other = client, Client(), Client()
    for browser, who in ((desk, alice), (phone, alice), (other, bob)):
        browser.force_login(who)
    call_command("sign_out", "Alice.Archer@example.org")
    assert "2 sessions ended." in capsys.readouterr().out
    assert [browser.get("/inbox/").status_code for browser in (desk, phone, other)] == [302, 302, 200]
    call_command("sign_out", "--everybody")
    assert other.get("/inbox/").status_code == 302 and not UserSession.objects.exists()
    for wrong in ([], ["nobody@example.org"], ["bob.brook@example.org", "--everybody"]):
        with pytest.raises(CommandError):
            call_command("sign_out", *wrong)


def test_a_browser_that_is_new_is_worth_a_mail_and_a_known_one_is_not(client, alice, bob):
    with_password(alice), with_password(bob)
    told = Notification.objects.filter(kind="new device")
    give_password(client, alice)
    assert told.filter(recipient=alice).count() == 1
    for person in (bob, alice, bob):
        client.post("/sign-out/")
        give_password(client, person)
    assert (told.filter(recipient=alice).count(), told.filter(recipient=bob).count()) == (1, 1)
    client.cookies[django_settings.DEVICE_COOKIE_NAME] = "forged:1:x"
    client.post("/sign-out/")
    give_password(client, alice)
    assert told.filter(recipient=alice).count() == 2


def test_cookies_in_production_belong_to_this_host_alone(client, alice, settings):
    settings.SESSION_COOKIE_SECURE, settings.DEVICE_COOKIE_NAME = True, "__Host-devices"
    answer = give_password(client, with_password(alice))
    device = answer.cookies["__Host-devices"]
    assert device["secure"] and device["httponly"] and device["path"] == "/" and not device["domain"]
    assert answer.cookies[django_settings.SESSION_COOKIE_NAME]["httponly"]


def left_of(client) -> dict:
    return client.get("/account/session/").json()


def test_a_page_says_how_long_and_asking_keeps_nobody_signed_in(client, alice, clock):
    give_password(client, with_password(alice))
    page = client.get("/inbox/").content.decode()
    assert 'data-seconds="900"' in page and 'data-warn="180"' in page and "Are you still there?" in page
    for minutes in range(1, 15):
        clock.shift(60)
        told = left_of(client)
        assert (told["seconds"], told["may_stay"], told["who"]) == (900 - 60 * minutes, True, str(alice.pk))
    clock.shift(60)
    assert client.get("/account/session/").status_code == 302 and not is_in(client)


def test_staying_puts_the_end_off_until_twelve_hours_are_over(client, alice, clock):
    give_password(client, with_password(alice))
    for _ in range(12 * 4):
        clock.shift(14 * 60)
        assert client.post("/account/session/stay/").json()["seconds"] == 900
    clock.shift(10 * 60)  # 11 hours and 22 minutes
    assert client.post("/account/session/stay/").json()["may_stay"]
    clock.shift(14 * 60)
    client.post("/account/session/stay/")
    clock.shift(10 * 60)
    told = client.post("/account/session/stay/").json()
    assert (told["seconds"], told["may_stay"]) == (14 * 60, False)
    clock.shift(14 * 60)
    assert client.post("/account/session/stay/").status_code == 302 and not is_in(client)


def test_staying_needs_its_token_and_somebody_who_is_signed_in(alice, clock):
    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/account/session/stay/").status_code == 403
    strict.force_login(alice)
    strict.get("/inbox/")
    clock.shift(14 * 60)
    assert strict.post("/account/session/stay/").status_code == 403
    given = left_of(strict)["token"]
    assert strict.post("/account/session/stay/", headers={"X-CSRFToken": given}).json()["seconds"] == 900


def test_the_warning_is_for_staff_and_fits_a_short_limit(client, alice, anna, settings):
    settings.STAFF_IDLE_SECONDS = 5 * 60
    client.force_login(alice)
    assert 'data-warn="100"' in client.get("/inbox/").content.decode()
    client.force_login(anna.user)
    assert "data-idle" not in client.get("/today/").content.decode()
