"""A record opened without being assigned: found by exact words, with a reason, for an hour, and a lead looks at it."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from accounts.models import AccessLog, BreakGlass, ClinicEvent
from plans.actions import break_glass
from plans.actions.notifications import send_due
from plans.actions.refusals import Refused
from plans.models import Notification, PlanEvent
from tests.cast import NOON, confirm, make_patient
from tests.plans.test_constraints import refused

REASON = "She rang: chest pain, Alice is away"
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _at_noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def closed(harbour):
    harbour.record_access = "assigned"
    harbour.save()
    return harbour


def test_exact_words_a_reason_sixty_minutes_and_the_reason_in_the_log(client, closed, anna, bob, lena):
    client.force_login(bob)
    record = reverse("patient", args=[anna.pk])
    assert client.get(record).status_code == 404
    found = client.post(reverse("record_find"), {"full_name": "anna anders", "birth_on": "1965-05-17"})
    said = found.content.decode()
    assert (
        "There is a record" in said and "Anna Anders" not in said
    )  # what was typed stays in the form, folded by nobody
    short = client.post(reverse("record_open", args=[anna.pk]), {"reason": "because"})
    assert short.status_code == 422 and client.get(record).status_code == 404
    assert client.post(reverse("record_open", args=[anna.pk]), {"reason": REASON}).headers["Location"] == record
    page = client.get(record)
    assert page.status_code == 200 and "Open to you for 60 minutes" in page.content.decode()
    look = AccessLog.objects.get()
    assert (look.user, look.patient, look.route, look.purpose) == (bob, anna, "patient", REASON)
    for minutes, status in ((59, 200), (60, 404)):
        with time_machine.travel(NOON + minutes * MINUTE, tick=False):
            client.logout()  # idle staff are signed out before
            client.force_login(bob)
            assert client.get(record).status_code == status
    assert set(AccessLog.objects.values_list("purpose", flat=True)) == {REASON}
    event = PlanEvent.objects.of(anna).first()
    assert (event.verb, event.by, event.detail) == ("record opened", bob, {"reason": REASON})


def test_the_lead_is_told_by_mail_and_in_the_inbox_and_reviews(client, closed, anna, bob, lena, mailoutbox):
    opened = break_glass.open_record(patient=anna, reason=REASON, by=bob, at=NOON)
    owed = Notification.objects.get(kind="record opened")
    assert (owed.recipient, owed.send_after) == (lena, NOON)
    send_due(at=NOON)
    assert REASON not in mailoutbox[0].body and "Anna" not in mailoutbox[0].body
    client.force_login(lena)
    inbox = client.get(reverse("inbox")).content.decode()
    assert "Bob Brook opened this record without being assigned" in inbox and REASON in inbox
    page = reverse("clinic_records")
    listed = client.get(page).content.decode()
    assert REASON in listed and "Not reviewed" not in listed
    assert client.post(reverse("opened_reviewed", args=[opened.pk])).status_code == 302
    opened.refresh_from_db()
    assert (opened.reviewed_at, opened.reviewed_by) == (NOON, lena)
    assert "Reviewed, Lena" in client.get(page).content.decode()
    assert "opened this record" not in client.get(reverse("inbox")).content.decode()


@pytest.mark.parametrize(
    "sought",
    [
        {"full_name": "Anna Ander", "birth_on": "1965-05-17"},
        {"full_name": "Anna Anders", "birth_on": "1965-05-18"},
        {"full_name": "Zoe Zimmer", "birth_on": "1965-05-17"},
        {"clinic_number": "1"},
    ],
)
def test_nearly_right_and_another_clinic_is_not_found(client, closed, anna, zoe, bob, sought):
    client.force_login(bob)
    answer = client.post(reverse("record_find"), sought)
    assert (answer.status_code, "There is a record" in answer.content.decode()) == (200, False)


@pytest.mark.parametrize("sought", [{}, {"full_name": "Anna Anders"}, {"birth_on": "1965-05-17"}])
def test_half_of_it_is_not_looked_for(client, closed, anna, bob, sought):
    client.force_login(bob)
    answer = client.post(reverse("record_find"), sought)
    assert answer.status_code == 422 and "There is a record" not in answer.content.decode()


def test_two_of_one_name_and_birthday_need_the_number(closed, anna, alice):
    make_patient("Ánna Anders", closed, alice)
    sought = break_glass.Sought(full_name="Anna Anders", birth_on=anna.birth_on)
    assert break_glass.find(clinic=closed, sought=sought) is None


def test_one_s_own_patient_is_simply_opened(client, closed, anna, alice):
    client.force_login(alice)
    found = client.post(reverse("record_find"), {"full_name": "Anna Anders", "birth_on": "1965-05-17"})
    assert found.headers["Location"] == reverse("patient", args=[anna.pk])
    assert client.post(reverse("record_open", args=[anna.pk]), {"reason": REASON}).status_code == 404


def test_strangers_open_nothing(client, closed, anna, charlie, cora, ben):
    for person in (charlie, cora, ben.user):
        client.force_login(person)
        assert client.post(reverse("record_open", args=[anna.pk]), {"reason": REASON}).status_code == 404
    assert not BreakGlass.objects.exists()


def test_where_records_are_open_there_is_nothing_to_break(client, harbour, anna, bob):
    with pytest.raises(Refused, match="no need"):
        break_glass.open_record(patient=anna, reason=REASON, by=bob, at=NOON)
    client.force_login(bob)
    assert client.get(reverse("record_find")).headers["Location"] == reverse("caseload")


def test_once_an_hour_is_enough_and_the_log_of_assigned_people_has_no_reason(client, closed, anna, alice, bob, lena):
    first = break_glass.open_record(patient=anna, reason=REASON, by=bob, at=NOON)
    assert break_glass.open_record(patient=anna, reason="Another reason", by=bob, at=NOON + MINUTE) == first
    assert Notification.objects.filter(kind="record opened").count() == 1
    client.force_login(alice)
    client.get(reverse("patient", args=[anna.pk]))
    assert AccessLog.objects.get().purpose == ""


def test_a_plan_of_an_opened_record_says_why_as_well(client, closed, anna, annas_plan, bob):
    client.force_login(bob)
    paper = reverse("plan_print", args=[annas_plan.pk])
    assert client.get(paper).status_code == 404 and not AccessLog.objects.exists()
    break_glass.open_record(patient=anna, reason=REASON, by=bob, at=NOON)
    assert client.get(paper).status_code == 200
    look = AccessLog.objects.get()
    assert (look.user, look.patient, look.route, look.purpose, look.at) == (bob, anna, "plan_print", REASON, NOON)


def test_a_membership_that_ended_ends_the_hour(client, closed, anna, bob):
    break_glass.open_record(patient=anna, reason=REASON, by=bob, at=NOON)
    bob.memberships.update(valid_until=NOON)
    client.force_login(bob)
    assert client.get(reverse("patient", args=[anna.pk])).status_code == 404


def test_nobody_reviews_their_own_and_only_leads_do(closed, anna, bob, lena):
    opened = break_glass.open_record(patient=anna, reason=REASON, by=bob, at=NOON)
    with pytest.raises(Refused, match="Only a lead"):
        break_glass.review(opened=opened, by=bob, at=NOON)
    bob.memberships.update(role="lead")
    with pytest.raises(Refused, match="Somebody else"):
        break_glass.review(opened=opened, by=bob, at=NOON)


def test_the_database_keeps_what_was_opened_as_it_was(closed, anna, bob, lena):
    opened = break_glass.open_record(patient=anna, reason=REASON, by=bob, at=NOON)
    rows = BreakGlass.objects.filter(pk=opened.pk)
    refused("breakglass_only_reviewed", lambda: rows.update(reason="Something nicer"))
    refused("breakglass_only_reviewed", lambda: rows.update(expires_at=NOON + timedelta(hours=9)))
    refused("breakglass_reviewed_by_another", lambda: rows.update(reviewed_at=NOON, reviewed_by=bob))
    refused("Cannot delete", rows.delete)
    for changes in ({"reason": ""}, {"expires_at": NOON + timedelta(minutes=61)}):
        given = {"patient": anna, "clinician": bob, "reason": REASON, "opened_at": NOON}
        given |= {"expires_at": NOON + timedelta(minutes=60)} | changes
        refused("breakglass_", lambda given=given: BreakGlass.objects.create(**given))


def test_a_lead_sets_who_may_open_records_and_others_read_it(client, harbour, lena, alice):
    client.force_login(alice)
    assert "Every clinician of the clinic" in client.get(reverse("clinic_records")).content.decode()
    assert client.post(reverse("clinic_records_save"), {"record_access": "assigned"}).status_code == 404
    client.force_login(lena)
    confirm(client).post(reverse("clinic_records_save"), {"record_access": "assigned"})
    harbour.refresh_from_db()
    assert harbour.record_access == "assigned"
    event = ClinicEvent.objects.get()
    assert (event.what, event.before, event.after) == (
        "record access",
        {"record_access": "open"},
        {"record_access": "assigned"},
    )
    told = client.get(reverse("clinic_history")).content.decode()
    assert "who may open records: Every clinician of the clinic, now Assigned clinicians only" in told
