"""The password once more, before something that leaves Painplan."""

from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.urls import get_resolver, reverse

from accounts import reauth
from accounts.models import LegalHold
from painplan.checks import routes
from tests.cast import NOON, confirm

SECRET = "three quiet grey boats"


@pytest.fixture
def signed_in(client, anna, time_machine):
    time_machine.move_to(NOON, tick=False)
    anna.user.set_password(SECRET)
    anna.user.save()
    client.force_login(anna.user)
    return client


def test_a_copy_is_given_only_after_the_password_and_for_ten_minutes(signed_in, time_machine):
    asked = signed_in.get(reverse("my_data_json"))
    assert asked.url.startswith(reverse("account_reauthenticate"))
    after = signed_in.post(asked.url, {"password": SECRET, "next": reverse("my_data_json")})
    assert after.url == reverse("my_data_json")
    assert signed_in.get(after.url).headers["Content-Type"] == "application/json"
    time_machine.move_to(NOON + timedelta(minutes=10, seconds=1), tick=False)
    assert signed_in.get(after.url).status_code == 302


def test_a_wrong_password_opens_nothing_and_after_five_even_the_right_one_waits(signed_in, time_machine):
    asked = signed_in.get(reverse("my_data_json")).url
    for _ in range(5):
        answer = signed_in.post(asked, {"password": "not it"})
        assert "That is not your password" in answer.content.decode()
    assert signed_in.get(reverse("my_data_json")).status_code == 302
    assert "tried too often" in signed_in.post(asked, {"password": SECRET}).content.decode()
    time_machine.move_to(NOON + timedelta(minutes=5, seconds=1), tick=False)
    assert signed_in.post(asked, {"password": SECRET}).url == reverse("my_data_json")


def test_it_leads_nowhere_else(signed_in):
    after = signed_in.post(
        reverse("account_reauthenticate"), {"password": SECRET, "next": "https://elsewhere.example/"}
    )
    assert after.url == reverse("home")


def test_it_ends_with_the_session(signed_in, anna):
    signed_in.post(reverse("account_reauthenticate"), {"password": SECRET})
    signed_in.logout()
    signed_in.force_login(anna.user)
    assert signed_in.get(reverse("my_data_pdf")).url.startswith(reverse("account_reauthenticate"))


# What is asked about again: an export, a password and the second step before anything happens; what moves, ends or
# erases something when it is sent.
ALWAYS = {
    "account_change_password", "admin_password", "mfa_deactivate_totp", "passkey_remove", "my_data_json",
    "my_data_pdf", "my_data_scores", "my_data_sessions", "leave", "clinic_looks_csv",
}  # fmt: skip
TO_SEND = {
    "patient_erase", "patient_hold", "hold_release", "clinic_records_save", "my_move", "clinic_staff", "staff_member",
    "staff_end",
}  # fmt: skip


def test_all_that_asks_again_is_named_here():
    """Pages of the library (an app, a passkey, recovery codes) ask by `is_reauthentication_required`."""
    found = {"always": set(), "to send": set()}
    for route in routes(get_resolver()):
        if hasattr(route.view, "confirmed"):
            found[route.view.confirmed].add(route.name)
    assert found == {"always": ALWAYS, "to send": TO_SEND}


@pytest.mark.parametrize("name", ["mfa_add_webauthn", "mfa_activate_totp"])
def test_a_second_step_is_added_after_showing_who_it_is(signed_in, name):
    assert signed_in.get(reverse(name)).url.startswith(reverse("account_reauthenticate"))
    assert confirm(signed_in).get(reverse(name)).status_code == 200


@pytest.fixture
def lead(client, lena, time_machine):
    time_machine.move_to(NOON, tick=False)
    lena.set_password(SECRET)
    lena.save()
    client.force_login(lena)
    return client


REASON = "Case 12/2026 <b>& more</b>"


def test_a_form_that_was_filled_in_waits_and_is_sent_as_it_was(lead, anna, time_machine):
    url = reverse("patient_hold", args=[anna.pk])
    confirm(lead)
    assert lead.get(url).status_code == 200
    time_machine.move_to(NOON + timedelta(minutes=11), tick=False)
    asked = lead.post(url, {"reason": REASON}, headers={"Referer": f"http://testserver{url}"})
    assert asked.url.startswith(reverse("account_reauthenticate")) and not LegalHold.objects.exists()
    after = lead.post(asked.url, {"password": SECRET})
    page = lead.get(after.url)
    assert after.url == reverse("account_go_on") and page.context["held"].back == url
    waiting = dict(page.context["held"].fields)
    assert waiting == {"reason": REASON} and "&lt;b&gt;" in page.content.decode()
    assert lead.post(page.context["held"].path, waiting).status_code == 302
    assert LegalHold.objects.get().reason == REASON
    assert lead.get(reverse("account_go_on")).url == reverse("home")  # sent once


def test_what_waits_is_sealed_ends_and_is_nobody_elses(lead, anna, lena, time_machine):
    url = reverse("patient_hold", args=[anna.pk])
    lead.post(url, {"reason": REASON})
    kept = lead.session[reauth.HELD]
    assert "Case" not in kept and str(anna.pk) not in kept
    assert lead.get(reverse("account_go_on")).status_code == 200
    other = type(lead)()
    other.force_login(lena)
    assert other.get(reverse("account_go_on")).url == reverse("home")
    time_machine.move_to(NOON + timedelta(minutes=10, seconds=1), tick=False)
    assert lead.get(reverse("account_go_on")).url == reverse("home")


def test_a_form_too_long_to_wait_leads_back_to_its_page(lead, anna):
    url = reverse("patient_hold", args=[anna.pk])
    asked = lead.post(url, {"reason": "x" * reauth.LONGEST_HELD}, headers={"Referer": f"http://testserver{url}"})
    assert reauth.HELD not in lead.session and asked.url.endswith(urlencode({"next": url}))
