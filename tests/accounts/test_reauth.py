"""The password once more, before something that leaves Painplan."""

from datetime import timedelta

import pytest
from django.urls import reverse

from tests.cast import NOON

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
