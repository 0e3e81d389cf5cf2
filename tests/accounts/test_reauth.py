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
    assert asked.url.startswith(reverse("confirm"))
    after = signed_in.post(asked.url, {"password": SECRET, "next": reverse("my_data_json")})
    assert after.url == reverse("my_data_json")
    assert signed_in.get(after.url).headers["Content-Type"] == "application/json"
    time_machine.move_to(NOON + timedelta(minutes=10, seconds=1), tick=False)
    assert signed_in.get(after.url).status_code == 302


def test_a_wrong_password_opens_nothing_and_the_fifth_signs_out(signed_in):
    for _ in range(4):
        answer = signed_in.post(reverse("confirm"), {"password": "not it", "next": "/my-data/"})
        assert answer.status_code == 422
        assert "That is not your password" in answer.content.decode()
    assert signed_in.get(reverse("my_data_json")).status_code == 302
    assert signed_in.post(reverse("confirm"), {"password": "not it"}).url == reverse("login")
    assert signed_in.get("/today/").url.startswith(reverse("login"))


def test_it_leads_nowhere_else(signed_in):
    after = signed_in.post(reverse("confirm"), {"password": SECRET, "next": "https://elsewhere.example/"})
    assert after.url == reverse("home")


def test_a_new_sign_in_asks_again(signed_in, anna):
    signed_in.post(reverse("confirm"), {"password": SECRET})
    signed_in.logout()
    signed_in.force_login(anna.user)
    assert signed_in.get(reverse("my_data_pdf")).url.startswith(reverse("confirm"))
