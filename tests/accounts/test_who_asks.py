"""The session's row says whom to read with it; the signed data of the session say whose it is."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.contrib.auth import SESSION_KEY, get_user
from django.contrib.sessions.models import Session
from django.db import connection
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from accounts.backend import Backend, standing_of
from accounts.middleware import user_of
from accounts.models import Membership, Patient, SignIn, Transfer, User, Withdrawal
from accounts.models.membership import Role
from accounts.session_store import SessionStore, whose
from tests.accounts.signing import give_password, is_in, with_password
from tests.cast import NOON, make_member, make_patient, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(NOON, tick=False)
    return time_machine


def named_in_the_row() -> UUID | None:
    return SignIn.objects.get().user_id


def who_is_asking(client: Client, path: str) -> tuple[User, Patient | None, frozenset[str]]:
    actor = client.get(path).wsgi_request.actor
    return actor.user, actor.patient, actor.roles


def about_people(asked: CaptureQueriesContext) -> list[str]:
    tables = ('FROM "django_session"', 'FROM "accounts_user"', 'FROM "accounts_membership"')
    return [query["sql"] for query in asked.captured_queries if any(table in query["sql"] for table in tables)]


def request_with(session: SessionStore) -> HttpRequest:
    request = RequestFactory().get("/")
    request.session = session
    return request


def test_signing_in_names_the_user_in_the_row_and_a_session_of_nobody_has_no_name(client, alice):
    stranger = SessionStore()
    stranger["language"] = "es"
    stranger.save()
    assert named_in_the_row() is None
    stranger.delete()
    give_password(client, with_password(alice))
    assert named_in_the_row() == alice.pk


@pytest.mark.parametrize("path", ["/today/", "/inbox/"])
def test_one_question_reads_session_user_and_standing(client, anna, alice, path):
    client.force_login(anna.user if path == "/today/" else alice)
    client.get(path)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(path).status_code == 200
    first, *others = about_people(asked)
    assert 'FROM "django_session"' in first and first == asked.captured_queries[0]["sql"]
    assert not any('FROM "django_session"' in sql or sql.startswith('SELECT "accounts_user"') for sql in others)


def test_who_has_neither_a_clinic_nor_a_record_is_read_with_the_same_question(client):
    client.force_login(make_user("Nobody Yet"))
    client.get("/account/")
    with CaptureQueriesContext(connection) as asked:
        assert client.get("/security/").wsgi_request.user.full_name == "Nobody Yet"
    assert 'FROM "accounts_membership"' in about_people(asked)[0]
    assert not any('FROM "accounts_patient"' in sql for sql in about_people(asked)[1:])


def test_a_row_without_a_name_is_asked_about_as_ever_and_gets_it_when_it_is_written(client, anna, clock):
    give_password(client, with_password(anna.user))
    SignIn.objects.update(user_id=None)
    assert who_is_asking(client, "/today/") == (anna.user, anna, frozenset())
    assert named_in_the_row() is None
    clock.shift(timedelta(hours=2))
    assert client.get("/today/").status_code == 200
    assert named_in_the_row() == anna.user.pk


def test_code_that_does_not_know_the_name_reads_and_writes_the_same_sessions(client, alice):
    client.force_login(alice)
    row = Session.objects.get()
    key = row.session_key
    assert row.get_decoded()[SESSION_KEY] == SignIn.objects.get().get_decoded()[SESSION_KEY] == str(alice.pk)
    row.delete()
    Session.objects.create(session_key=key, session_data=row.session_data, expire_date=row.expire_date)
    assert named_in_the_row() is None
    assert client.get("/inbox/").status_code == 200


@pytest.mark.parametrize("somebody", ["alice", "ben", "nobody"])
def test_a_row_that_names_somebody_else_gives_nobodys_standing_but_that_of_the_signed_data(
    client, anna, ben, alice, somebody
):
    other = {"alice": alice.pk, "ben": ben.user.pk, "nobody": uuid4()}[somebody]
    client.force_login(anna.user)
    SignIn.objects.update(user_id=other)
    assert who_is_asking(client, "/today/") == (anna.user, anna, frozenset())
    assert client.get("/inbox/").status_code == 404


def test_a_row_that_names_a_patient_leaves_staff_what_they_are(client, anna, alice):
    client.force_login(alice)
    SignIn.objects.update(user_id=anna.user.pk)
    assert who_is_asking(client, "/inbox/") == (alice, None, frozenset({Role.CLINICIAN}))


def test_a_row_with_a_name_and_no_true_data_signs_nobody_in(client, alice):
    client.force_login(alice)
    SignIn.objects.update(session_data="forged:1x:y")
    assert client.get("/inbox/").headers["Location"].startswith("/sign-in/")


def test_a_session_that_has_ended_or_never_was_costs_one_question(client, alice, clock):
    client.force_login(alice)
    SignIn.objects.update(expire_date=NOON)
    with CaptureQueriesContext(connection) as asked:
        assert client.get("/inbox/").status_code == 302
    assert len(about_people(asked)) == 1
    assert get_user(request_with(SessionStore("k" * 32))).is_anonymous


def test_a_membership_that_ended_is_out_at_the_next_request(client, alice):
    client.force_login(alice)
    assert client.get("/inbox/").status_code == 200
    Membership.objects.filter(user=alice).update(valid_until=NOON)
    assert client.get("/inbox/").status_code == 404


def test_a_login_that_was_closed_and_a_password_that_was_changed_sign_out(client, alice, anna):
    client.force_login(alice)
    User.objects.filter(pk=alice.pk).update(is_active=False)
    assert client.get("/inbox/").status_code == 302
    client.force_login(anna.user)
    with_password(anna.user)
    assert client.get("/today/").status_code == 302 and not is_in(client)


def test_a_session_signed_with_the_key_before_is_signed_anew(client, alice, settings):
    client.force_login(alice)
    before = client.session.session_key
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another" * 9, [settings.SECRET_KEY]
    assert client.get("/inbox/").status_code == 200
    assert client.session.session_key != before and named_in_the_row() == alice.pk
    settings.SECRET_KEY_FALLBACKS = []
    assert client.get("/inbox/").status_code == 200


def test_signing_out_deletes_the_row(client, alice):
    client.force_login(alice)
    assert SignIn.objects.exists()
    client.post("/sign-out/")
    assert not SignIn.objects.filter(user_id=alice.pk).exists()


def test_what_came_along_is_used_once_by_the_request_that_read_it_and_by_nobody_else(client, alice, bob):
    client.force_login(alice)
    session = SessionStore(client.session.session_key)
    with CaptureQueriesContext(connection) as asked:
        assert user_of(request_with(session)) == alice
    assert len(asked) == 1
    Membership.objects.filter(user=alice).update(valid_until=NOON)
    assert user_of(request_with(session)).standing.memberships == []
    again = SessionStore(client.session.session_key)
    assert again[SESSION_KEY] == str(alice.pk)
    with CaptureQueriesContext(connection) as asked, whose(again):
        assert Backend().get_user(bob.pk) == bob
    assert len(asked) == 1
    with CaptureQueriesContext(connection) as asked:
        assert Backend().get_user(alice.pk) == get_user(request_with(again)) == alice
    assert len(asked) == 2


def test_memberships_come_in_their_order_each_with_its_own_clinic(alice, harbour, hill):
    there = Membership.objects.create(user=alice, clinic=hill, role=Role.LEAD, valid_from=NOON - timedelta(days=900))
    Membership.objects.create(
        user=alice, clinic=hill, role=Role.CURATOR, valid_from=NOON - timedelta(days=9), valid_until=NOON
    )
    found = standing_of(alice.pk)
    here = Membership.objects.get(user=alice, clinic=harbour)
    assert [(one, one.clinic, one.user) for one in found.memberships] == [(there, hill, alice), (here, harbour, alice)]
    assert found.record is None


def test_ones_own_record_is_the_first_that_goes_on_with_what_is_asked_about_it(anna, zoe, alice, hill, harbour):
    Patient.objects.filter(pk=zoe.pk).update(user=anna.user)
    first, second = sorted([anna, zoe], key=lambda one: one.pk)
    asked = Transfer.objects.create(
        patient=first, from_clinic=first.clinic, to_clinic=second.clinic, why="Moved", asked_at=NOON, asked_by=alice
    )
    found = standing_of(str(anna.user.pk)).record
    assert (found, found.clinic, found.user, found.asked_transfer) == (first, first.clinic, anna.user, asked.pk)
    Withdrawal.objects.create(patient=first, at=NOON)
    found = standing_of(anna.user.pk).record
    assert (found, found.asked_transfer) == (second, None)
    Patient.objects.filter(pk=second.pk).update(
        status=Patient.Status.DISCHARGED, discharged_at=NOON, discharged_by=alice
    )
    assert standing_of(anna.user.pk).record is None
    assert standing_of(uuid4()).memberships == []


def test_who_works_in_a_clinic_is_not_asked_for_a_record(harbour, alice):
    carer = make_member("Carla Both", harbour)
    Patient.objects.filter(pk=make_patient("Carla Record", harbour, alice).pk).update(user=carer)
    assert standing_of(carer.pk).record is None
    Membership.objects.filter(user=carer).update(valid_until=NOON)
    assert standing_of(carer.pk).record.full_name == "Carla Record"
