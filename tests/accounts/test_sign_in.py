"""Signing in and out, landing where the work is, and working in one clinic at a time."""

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from accounts.models import Membership, User
from tests.cast import LONG_AGO

PASSWORD = "a-long-test-password"


@pytest.fixture
def with_password(alice: User) -> User:
    alice.set_password(PASSWORD)
    alice.save()
    return alice


def test_the_address_signs_in_in_any_case(client, with_password):
    response = client.post(reverse("account_login"), {"login": "Alice.ARCHER@example.org", "password": PASSWORD})
    assert response.status_code == 302
    assert client.get(reverse("home")).headers["Location"] == reverse("inbox")


@pytest.mark.parametrize(("who", "word"), [("alice.archer@example.org", "wrong"), ("nobody@example.org", PASSWORD)])
def test_a_wrong_address_and_a_wrong_password_sound_the_same(client, with_password, who, word):
    response = client.post(reverse("account_login"), {"login": who, "password": word})
    assert response.status_code == 200
    assert b"do not go together" in response.content
    assert who.encode() in response.content
    assert word.encode() not in response.content.replace(who.encode(), b"")


def test_a_deactivated_person_stays_outside(client, with_password):
    User.objects.filter(pk=with_password.pk).update(is_active=False)
    client.post(reverse("account_login"), {"login": with_password.email, "password": PASSWORD})
    assert "_auth_user_id" not in client.session


def test_a_session_is_new_at_every_sign_in_and_nobody_chooses_its_key(client, with_password):
    """A key that somebody planted before opens nothing afterwards; keys are long and live in the database alone."""
    name, planted = settings.SESSION_COOKIE_NAME, "k" * 32
    client.cookies[name] = planted
    client.post(reverse("account_login"), {"login": with_password.email, "password": PASSWORD})
    first = client.cookies[name].value
    assert first != planted and len(first) >= 32 and "_auth_user_id" in client.session
    client.post(reverse("account_logout"))
    client.post(reverse("account_login"), {"login": with_password.email, "password": PASSWORD})
    second = client.cookies[name].value
    assert second != first
    assert set(Session.objects.values_list("session_key", flat=True)) == {second}
    for key in (planted, first):
        stranger = Client()
        stranger.cookies[name] = key
        assert "/sign-in/" in stranger.get("/").headers["Location"]


@pytest.mark.parametrize(
    ("who", "place"), [("alice", "inbox"), ("lena", "inbox"), ("cora", "library"), ("anna", "today")]
)
def test_everybody_lands_where_their_work_is(client, request, who, place):
    person = request.getfixturevalue(who)
    client.force_login(getattr(person, "user", person))
    assert client.get(reverse("home")).headers["Location"] == reverse(place)


def test_a_person_without_a_place_is_told_so(client, db):
    stray = User.objects.create(email="stray@example.org", full_name="Stray")
    client.force_login(stray)
    response = client.get(reverse("home"))
    assert response.status_code == 403
    assert b"nothing here for you" in response.content


def test_signing_out_needs_a_post(client, alice):
    client.force_login(alice)
    assert client.get(reverse("account_logout")).status_code == 405
    assert client.post(reverse("account_logout")).status_code == 302
    assert client.get(reverse("home")).headers["Location"].startswith(reverse("account_login"))


def test_a_clinician_of_two_clinics_works_in_one_at_a_time(client, alice, harbour, hill, anna, zoe):
    Membership.objects.create(user=alice, clinic=hill, role="clinician", valid_from=LONG_AGO)
    client.force_login(alice)
    assert b"Zoe Zimmer" not in client.get(reverse("caseload")).content
    assert client.get(reverse("patient", args=[zoe.pk])).status_code == 404
    client.post(reverse("choose_clinic"), {"clinic": "hill"})
    page = client.get(reverse("caseload")).content
    assert b"Zoe Zimmer" in page
    assert b"Anna Anders" not in page
    assert client.get(reverse("patient", args=[anna.pk])).status_code == 404


def test_nobody_chooses_a_clinic_that_is_not_theirs(client, alice, hill):
    client.force_login(alice)
    assert client.post(reverse("choose_clinic"), {"clinic": "hill"}).status_code == 404
    assert client.session.get("clinic") is None
