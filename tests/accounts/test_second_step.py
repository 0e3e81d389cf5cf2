"""The second step: an app or a passkey, and recovery codes. Staff must have one; its secrets are stored sealed."""

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command
from django.db import connection

from accounts import sealing
from plans.models import Notification
from tests.accounts.signing import (
    code_of,
    give_code,
    give_password,
    is_in,
    recovery_codes_of,
    with_app,
    with_password,
)
from tests.cast import NOON

SECOND_STEP = "/sign-in/second-step/"


@pytest.fixture(autouse=True)
def _required(settings):
    settings.REQUIRE_MFA = True


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def test_staff_without_one_reach_the_pages_that_set_it_up_and_nothing_else(client, alice, anna):
    client.force_login(alice)
    for path in ("/", "/inbox/", "/patients/", f"/patients/{anna.pk}/", "/library/", "/admin/"):
        answer = client.get(path)
        assert (answer.status_code, answer.headers["Location"]) == (302, "/security/"), path
    assert client.post("/clinic/choose/", {"clinic": "harbour"}).headers["Location"] == "/security/"
    page = client.get("/security/").content.decode()
    assert "Set up a second step first." in page and "Back to Painplan" not in page
    assert client.get("/health/live").status_code == 200
    assert client.post("/sign-out/").status_code == 302


def test_a_fragment_is_not_replaced_by_another_page(client, alice):
    client.force_login(alice)
    answer = client.get("/inbox/", HTTP_HX_REQUEST="true")
    assert (answer.status_code, answer.headers["HX-Redirect"], answer.content) == (204, "/security/", b"")


def test_patients_may_do_without(client, anna):
    client.force_login(anna.user)
    assert client.get("/today/").status_code == 200
    page = client.get("/security/").content.decode()
    assert "Set up a second step first." not in page and "Add a passkey" in page


@pytest.mark.parametrize("who", ["lena", "cora"])
def test_every_kind_of_staff_needs_one(client, request, who):
    client.force_login(request.getfixturevalue(who))
    assert client.get("/library/").headers["Location"] == "/security/"


def test_setting_up_an_app_opens_painplan_and_shows_the_codes_once(client, alice, django_capture_on_commit_callbacks):
    give_password(client, with_password(alice))
    page = client.get("/security/app/")
    secret = client.session["mfa.totp.secret"]
    assert "data:image/svg+xml;base64," in page.content.decode() and secret in page.content.decode()
    assert client.post("/security/app/", {"code": "000000"}).status_code == 200
    assert client.get("/inbox/").headers["Location"] == "/security/"
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post("/security/app/", {"code": code_of(client.session["mfa.totp.secret"])})
    assert answer.headers["Location"] == "/security/codes/"
    shown = client.get("/security/codes/").content.decode()
    codes = recovery_codes_of(alice)
    assert len(codes) == 10 and all(code in shown for code in codes)
    again = client.get("/security/codes/").content.decode()
    assert not any(code in again for code in codes) and "10 codes left" in again
    assert client.get("/inbox/").status_code == 200
    assert Notification.objects.get(recipient=alice, kind="second step changed").send_after == NOON


def test_the_password_alone_no_longer_opens_anything(client, alice):
    secret = with_app(with_password(alice))
    assert give_password(client, alice).headers["Location"] == SECOND_STEP
    assert not is_in(client)
    assert client.get("/inbox/").headers["Location"].startswith("/sign-in/")
    assert client.get("/sign-in/").headers["Location"] == SECOND_STEP
    page = give_code(client, "000000")
    assert page.status_code == 200 and b"That did not work" in page.content and not is_in(client)
    assert give_code(client, code_of(secret)).headers["Location"] == "/"
    assert is_in(client) and client.get("/inbox/").status_code == 200


def test_one_who_stands_before_the_second_step_can_start_again(client, alice):
    with_app(with_password(alice))
    give_password(client, alice)
    client.post("/sign-out/")
    assert client.get("/sign-in/").status_code == 200
    assert client.get(SECOND_STEP).headers["Location"] == "/sign-in/"


@pytest.mark.parametrize(("steps", "right"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_clock_may_be_half_a_minute_off(client, alice, steps, right):
    secret = with_app(with_password(alice))
    give_password(client, alice)
    give_code(client, code_of(secret, steps=steps))
    assert is_in(client) is right


def test_a_code_works_once_for_as_long_as_it_would_be_right(client, alice, clock):
    secret = with_app(with_password(alice))
    code = code_of(secret, steps=1)  # the app is half a minute ahead: right for a minute and a half
    give_password(client, alice)
    give_code(client, code)
    assert is_in(client)
    client.logout()
    for spelled in (code, f"{code[:3]} {code[3:]}"):
        clock.shift(29)
        give_password(client, alice)
        give_code(client, spelled)
        assert not is_in(client), spelled
        client.logout()


def test_a_recovery_code_works_once(client, alice):
    with_app(with_password(alice))
    first = recovery_codes_of(alice)[0]
    for expected in (True, False):
        give_password(client, alice)
        give_code(client, first)
        assert is_in(client) is expected
        client.logout()
    assert len(recovery_codes_of(alice)) == 9


def test_guessing_codes_is_stopped_for_the_account_wherever_it_comes_from(client, alice):
    secret = with_app(with_password(alice))
    for guess in range(5):
        client.cookies.clear()
        give_password(client, alice, REMOTE_ADDR=f"192.0.2.{guess}")
        give_code(client, f"00000{guess}")
    give_password(client, alice, REMOTE_ADDR="192.0.2.99")
    page = give_code(client, code_of(secret))
    assert b"tried too often" in page.content and not is_in(client)


def test_secrets_are_stored_sealed(alice):
    secret = with_app(alice)
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(data::text, ' ') FROM mfa_authenticator")
        stored = cursor.fetchone()[0]
    assert secret not in stored and all(code not in stored for code in recovery_codes_of(alice))
    assert sealing.unseal(Authenticator.objects.get(user=alice, type="totp").data["secret"]) == secret


def test_keys_are_changed_without_losing_a_secret(client, alice, settings):
    settings.SECRETS_KEYS = ["the first long key"]
    secret = with_app(with_password(alice))
    settings.SECRETS_KEYS = ["the second long key", "the first long key"]
    call_command("reseal_secrets", verbosity=0)
    settings.SECRETS_KEYS = ["the second long key"]
    give_password(client, alice)
    give_code(client, code_of(secret))
    assert is_in(client)


def test_a_lost_key_is_said_and_changes_nothing(client, alice, settings, caplog):
    secret = with_app(with_password(alice))
    settings.SECRETS_KEYS = ["another key altogether"]
    with pytest.raises(CommandError, match="Nothing was changed"):
        call_command("reseal_secrets")
    give_password(client, alice)
    page = give_code(client, code_of(secret))
    assert page.status_code == 200 and b"cannot read your second step" in page.content and not is_in(client)
    assert "PAINPLAN_SECRETS_KEYS" in caplog.text


def test_staff_keep_their_last_second_step(client, alice):
    secret = with_app(with_password(alice))
    give_password(client, alice)
    give_code(client, code_of(secret))
    assert b"Turn off" not in client.get("/security/").content
    page = client.post("/security/app/remove/", follow=True).content
    assert b"your only second step" in page
    assert Authenticator.objects.filter(user=alice, type="totp").exists()


def test_a_patient_may_turn_it_off_and_hears_of_it(client, anna):
    secret = with_app(with_password(anna.user))
    give_password(client, anna.user)
    give_code(client, code_of(secret))
    assert client.post("/security/app/remove/").headers["Location"] == "/security/"
    assert not Authenticator.objects.filter(user=anna.user).exists()
    assert Notification.objects.filter(recipient=anna.user, kind="second step changed").count() == 1


def test_one_cannot_remove_what_is_somebody_else_s(client, anna, ben):
    Authenticator.objects.create(user=ben.user, type="webauthn", data={"name": "Ben's", "credential": {}})
    with_password(anna.user)
    give_password(client, anna.user)
    for chosen in (str(Authenticator.objects.get().pk), "0", "x", ""):
        assert client.post("/security/passkey/remove/", {"passkey": chosen}).status_code == 404
    assert Authenticator.objects.count() == 1


def test_the_operator_removes_the_second_step_of_one_who_lost_everything(client, alice, capsys):
    with_app(with_password(alice))
    call_command("remove_second_step", "Alice.Archer@example.org")
    assert not Authenticator.objects.exists()
    assert Notification.objects.filter(recipient=alice, kind="second step changed").exists()
    give_password(client, alice)
    assert client.get("/inbox/").headers["Location"] == "/security/"
    with pytest.raises(CommandError):
        call_command("remove_second_step", "nobody@example.org")


def test_the_admin_has_no_way_in_of_its_own(client, django_user_model):
    root = django_user_model.objects.create_superuser("root@example.org", "a-long-test-password", full_name="Root")
    with_app(root)
    answer = client.post("/admin/login/", {"username": root.email, "password": "a-long-test-password"})
    assert answer.headers["Location"].startswith("/sign-in/") and not is_in(client)


@pytest.mark.parametrize(
    ("demo", "required", "said"), [(True, True, ""), (False, False, "PAINPLAN_REQUIRE_MFA is off")]
)
def test_every_page_says_when_it_is_off(client, settings, db, demo, required, said):
    settings.DEMO, settings.REQUIRE_MFA = demo, required
    page = client.get("/sign-in/").content.decode()
    assert said in page and ("second sign-in step is off" in page) is False
    settings.DEMO, settings.REQUIRE_MFA = True, False
    assert "second sign-in step is off" in client.get("/sign-in/").content.decode()
