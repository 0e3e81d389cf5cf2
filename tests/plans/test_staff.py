"""Who works in a clinic: invited, in by a letter, given another role, ended. Read at each click, kept as events."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth import get_user
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.core.management import CommandError, call_command
from django.urls import reverse

from accounts import reauth
from accounts.models import Clinic, ClinicEvent, Invitation, Membership, User
from plans.actions import staff
from plans.actions.refusals import Refused
from tests.cast import NOON, confirm, make_member, make_user

GOOD = {"password": "seven green herons walk", "time_zone": "Europe/Berlin", "language": "en-gb"}
INES = {"full_name": "Ines Ferro", "email": "Ines.Ferro@example.org", "role": "clinician"}


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def lead(client, lena):
    client.force_login(lena)
    return confirm(client)


def key() -> str:
    return re.search(r"/join/([^/]+)/", mail.outbox[-1].body)[1]


def roles(user: User, clinic: Clinic) -> set[str]:
    return set(Membership.objects.open(NOON).filter(user=user, clinic=clinic).values_list("role", flat=True))


def told(client) -> str:
    return client.get(reverse("clinic_history")).content.decode()


def test_somebody_is_invited_comes_in_and_works(lead, harbour, client, settings):
    page = lead.get(reverse("clinic_staff")).content.decode()
    assert "Lena Lead" in page and "lena.lead@example.org" in page
    assert lead.post(reverse("clinic_staff"), INES).status_code == 302
    assert mail.outbox[0].to == ["ines.ferro@example.org"]
    for secret in ("Harbour", "Ines", "clinician", "Lena"):
        assert secret not in mail.outbox[0].body
    assert "Ines Ferro" in lead.get(reverse("clinic_staff")).content.decode()
    visitor = type(client)()
    welcome = visitor.get(f"/join/{key()}/").content.decode()
    assert "Welcome, Ines Ferro" in welcome and "Harbour Clinic" in welcome and "consent" not in welcome
    assert visitor.post(f"/join/{key()}/", GOOD).headers["Location"] == reverse("home")
    ines = get_user(visitor)
    assert (ines.email, ines.time_zone, roles(ines, harbour)) == (
        "ines.ferro@example.org",
        "Europe/Berlin",
        {"clinician"},
    )
    assert visitor.get(reverse("inbox")).status_code == 200
    history = told(lead)
    assert "Ines Ferro was invited: Clinician." in history and "Ines Ferro works here from now on" in history
    settings.REQUIRE_MFA = True
    assert visitor.get(reverse("inbox")).headers["Location"] == reverse("mfa_index")


def test_the_letter_to_a_colleague_speaks_the_language_chosen(lead):
    page = lead.get(reverse("clinic_staff")).content.decode()
    assert '<option value="en-gb" selected>' in page
    assert lead.post(reverse("clinic_staff"), INES | {"language": "es"}).status_code == 302
    assert mail.outbox[0].subject == "Tu invitación a Painplan"
    assert lead.post(reverse("clinic_staff"), INES | {"language": "xx"}).status_code == 422


def test_a_key_is_used_once_and_an_old_or_taken_back_one_never(lead, client, clock):
    lead.post(reverse("clinic_staff"), INES)
    first = key()
    lead.post(reverse("clinic_staff"), INES)  # sent again: the first opens nothing any more
    assert client.get(f"/join/{first}/").status_code == 404
    lead.post(reverse("staff_invite_take_back", args=[Invitation.objects.get(revoked_at=None).pk]))
    assert client.get(f"/join/{key()}/").status_code == 404
    assert "Invitation taken back: Ines Ferro" in told(lead)
    lead.post(reverse("clinic_staff"), INES)
    visitor = type(client)()
    assert visitor.post(f"/join/{key()}/", GOOD).status_code == 302
    assert type(client)().post(f"/join/{key()}/", GOOD).status_code == 404
    lead.post(reverse("clinic_staff"), INES | {"email": "other@example.org"})
    clock.move_to(NOON + timedelta(hours=72), tick=False)
    assert client.get(f"/join/{key()}/").status_code == 404


def test_a_login_that_is_there_joins_with_its_own_password(lead, harbour, charlie, client):
    charlie.set_password(GOOD["password"])
    charlie.save()
    lead.post(reverse("clinic_staff"), INES | {"email": charlie.email})
    visitor = type(client)()
    assert visitor.post(f"/join/{key()}/", GOOD | {"password": "not it at all"}).status_code == 422
    assert roles(charlie, harbour) == set()
    assert visitor.post(f"/join/{key()}/", GOOD).status_code == 302
    assert roles(charlie, harbour) == {"clinician"} and User.objects.filter(email=charlie.email).count() == 1


def test_another_role_holds_at_the_next_click(lead, harbour, alice, anna):
    theirs = type(lead)()
    theirs.force_login(alice)
    row = Membership.objects.get(user=alice)
    page = lead.get(reverse("staff_member", args=[row.pk])).content.decode()
    assert "1 patient is in their care." in page
    assert lead.post(reverse("staff_member", args=[row.pk]), {"role": "curator"}).status_code == 302
    assert roles(alice, harbour) == {"curator"}
    assert theirs.get(reverse("patient", args=[anna.pk])).status_code == 404
    row.refresh_from_db()
    assert row.valid_until == NOON  # the one before stays in the history
    assert "Alice Archer: Clinician, now Library curator." in told(lead)
    again = Membership.objects.open(NOON).get(user=alice)
    assert lead.post(reverse("staff_member", args=[again.pk]), {"role": "curator"}).status_code == 302
    assert Membership.objects.filter(user=alice).count() == 2  # nothing was different
    assert lead.post(reverse("staff_member", args=[again.pk]), {"role": "owner"}).status_code == 422


def test_whoever_leaves_is_out_at_the_next_click(lead, harbour, bob):
    theirs = type(lead)()
    theirs.force_login(bob)
    assert theirs.get(reverse("inbox")).status_code == 200
    url = reverse("staff_end", args=[Membership.objects.get(user=bob).pk])
    assert "Bob Brook is out from now on." in lead.post(url, follow=True).content.decode()
    assert theirs.get(reverse("inbox")).status_code == 404 and roles(bob, harbour) == set()
    assert lead.post(url).status_code == 404  # it is over
    assert "Bob Brook does not work here any more" in told(lead)


@pytest.mark.parametrize("way", ["role", "end"])
def test_a_clinic_keeps_a_lead(lead, harbour, lena, way):
    row = Membership.objects.get(user=lena)
    url = reverse("staff_end" if way == "end" else "staff_member", args=[row.pk])
    answer = lead.post(url, {"role": "clinician"}, follow=True)
    assert "Somebody has to lead the clinic." in answer.content.decode() and roles(lena, harbour) == {"lead"}
    make_member("Second Lead", harbour, "lead")
    assert lead.post(url, {"role": "clinician"}).headers["Location"] == reverse("home")
    assert roles(lena, harbour) == ({"clinician"} if way == "role" else set())


def test_the_second_of_two_leads_cannot_go_when_the_first_was_deactivated(lead, harbour, lena):
    other = make_member("Second Lead", harbour, "lead")
    User.objects.filter(pk=other.pk).update(is_active=False)
    with pytest.raises(Refused, match="has to lead"):
        staff.end(membership=Membership.objects.get(user=lena), by=lena, at=NOON)


@pytest.mark.parametrize("what", ["invite", "role", "end"])
def test_it_is_asked_who_it_is_and_then_goes_on(client, lena, bob, what):
    lena.set_password(GOOD["password"])
    lena.save()
    client.force_login(lena)
    row = Membership.objects.get(user=bob)
    names = {"invite": "clinic_staff", "role": "staff_member", "end": "staff_end"}
    url = reverse(names[what], args=[] if what == "invite" else [row.pk])
    given = INES if what == "invite" else {"role": "curator"} if what == "role" else {}
    asked = client.post(url, given)
    row.refresh_from_db()
    assert asked.url.startswith(reverse("account_reauthenticate")) and row.valid_until is None and not mail.outbox
    after = client.post(asked.url, {"password": GOOD["password"]})
    held = client.get(after.url).context["held"]
    assert (held.path, dict(held.fields)) == (url, given)
    assert client.post(held.path, dict(held.fields)).status_code == 302
    row.refresh_from_db()
    assert (row.valid_until is None, len(mail.outbox)) == ((True, 1) if what == "invite" else (False, 0))
    assert reauth.HELD not in client.session


def test_a_letter_that_cannot_be_sent_says_so(lead, monkeypatch):
    def fail(*_args):
        raise OSError

    monkeypatch.setattr(EmailBackend, "send_messages", fail)
    assert "could not be sent" in lead.post(reverse("clinic_staff"), INES, follow=True).content.decode()


def test_what_is_missing_or_there_already_is_said(lead, alice):
    answer = lead.post(reverse("clinic_staff"), {"full_name": "", "email": "no address", "role": ""})
    assert answer.status_code == 422 and "Choose what they do here." in answer.content.decode()
    answer = lead.post(reverse("clinic_staff"), INES | {"email": alice.email.upper()})
    assert answer.status_code == 422 and "has that role here already" in answer.content.decode()
    assert not Invitation.objects.exists()


def test_only_a_lead_of_this_clinic_decides(harbour, alice, bob, charlie, hill):
    row = Membership.objects.get(user=bob)
    make_member("Hill Lead", hill, "lead")
    for stranger in (alice, charlie, User.objects.get(full_name="Hill Lead")):
        for act in (
            lambda by: staff.end(membership=row, by=by, at=NOON),
            lambda by: staff.change_role(membership=row, role="lead", by=by, at=NOON),
            lambda by: staff.invite(clinic=harbour, email="x@example.org", full_name="X", role="lead", by=by, at=NOON),
        ):
            with pytest.raises(Refused, match="Only a lead"):
                act(stranger)
    assert not ClinicEvent.objects.exists()


def test_the_operator_makes_a_clinic_and_its_lead_comes_in(client, db, capsys):
    make_user("Root Ruler", is_staff=True, is_superuser=True)
    given = ["quay", "--name=Quay Clinic", "--lead=mona@example.org", "--lead-name=Mona Moor"]
    with pytest.raises(CommandError, match="emergency"):
        call_command("add_clinic", *given)
    call_command("add_clinic", *given, "--emergency=Call 999.")
    call_command("add_clinic", *given)  # the letter once more
    assert len(mail.outbox) == 2 and "Quay Clinic" in capsys.readouterr().out
    assert client.post(f"/join/{key()}/", GOOD).status_code == 302
    assert client.get(reverse("clinic_staff")).status_code == 200
    assert roles(get_user(client), Clinic.objects.get(slug="quay")) == {"lead"}
    with pytest.raises(CommandError, match="has a lead"):
        call_command("add_clinic", *given)


def test_the_operator_has_to_be_named_when_there_are_several_or_none(db):
    given = ["quay", "--name=Quay", "--lead=a@example.org", "--lead-name=A", "--emergency=Call 999."]
    with pytest.raises(CommandError, match="createsuperuser"):
        call_command("add_clinic", *given)
    for name in ("Root Ruler", "Root Two"):
        make_user(name, is_staff=True, is_superuser=True)
    with pytest.raises(CommandError, match="--by"):
        call_command("add_clinic", *given)
    call_command("add_clinic", *given, "--by=root.two@example.org")
    with pytest.raises(CommandError, match="Enter a valid"):
        call_command("add_clinic", "Not A Slug", *given[1:], "--by=root.two@example.org")
