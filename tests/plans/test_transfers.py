"""A patient goes on in another clinic: asked, decided by the patient, and everything goes along. Nothing is shared."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from accounts.models import AccessLog, Patient, Transfer
from exercises.models import Exercise
from plans.actions import flags, plans, transfers
from plans.actions.recipients import of_patient
from plans.actions.refusals import Refused
from plans.models import Flag, Message, Note, Notification, PainScore, PainWatch, PlanEvent, PlanVersion, Reevaluation
from tests.access_rows import make_version
from tests.cast import NOON, confirm, log_days, make_member
from tests.plans.test_constraints import refused


@pytest.fixture(autouse=True)
def _at_noon():
    with time_machine.travel(NOON, tick=False):
        yield


def ask(anna, hill, alice) -> Transfer:
    return transfers.ask(patient=anna, to_clinic=hill, why="It is nearer to you.", by=alice, at=NOON)


def test_asked_by_the_clinic_accepted_by_the_patient_seen_by_the_new_one_alone(client, anna, alice, hill, charlie):
    client.force_login(alice)
    given = {"move-to_clinic": str(hill.pk), "move-why": "It is nearer to you."}
    assert client.post(reverse("patient_move", args=[anna.pk]), given).status_code == 302
    record = reverse("patient", args=[anna.pk])
    client.force_login(charlie)
    assert client.get(record).status_code == 404  # asked is not agreed
    assert "Anna Anders" not in client.get(reverse("caseload")).content.decode()
    client.force_login(anna.user)
    today = client.get(reverse("today")).content.decode()
    transfer = Transfer.objects.get()
    page = reverse("my_move", args=[transfer.pk])
    assert page in today
    said = client.get(page).content.decode()
    assert "Go on at Hill Clinic?" in said and "It is nearer to you." in said
    assert client.post(page, {"answer": "yes"}).headers["Location"].startswith(reverse("account_reauthenticate"))
    assert Transfer.objects.get().state == "asked"
    assert confirm(client).post(page, {"answer": "yes"}).headers["Location"] == reverse("today")
    assert page not in client.get(reverse("today")).content.decode()
    client.force_login(alice)
    assert client.get(record).status_code == 404
    client.force_login(charlie)
    assert client.get(record).status_code == 200
    assert "Anna Anders" in client.get(reverse("caseload")).content.decode()


def test_history_looks_flags_and_reevaluation_go_along(client, annas_plan, anna, alice, bob, hill, charlie):
    log_days(anna, [4, 4, 5, 4, 4, 5, 4] * 5 + [8] * 7)
    flags.evaluate(patient_id=anna.pk, at=NOON)
    Flag.objects.update(assigned_to=alice)
    Note.objects.create(patient=anna, author=alice, text="Afraid of stairs", at=NOON)
    Message.objects.create(patient=anna, author=anna.user, from_patient=True, text="Hello", at=NOON)
    client.force_login(bob)
    client.get(reverse("patient", args=[anna.pk]))
    before = (PainScore.objects.count(), PlanEvent.objects.count(), Note.objects.count(), AccessLog.objects.count())
    transfer = transfers.accept(transfer=ask(anna, hill, alice), by=anna.user, at=NOON)
    assert transfer.state == "accepted"
    after = (PainScore.objects.count(), PlanEvent.objects.count() - 2, Note.objects.count(), AccessLog.objects.count())
    assert after == before
    assert AccessLog.objects.get().user == bob
    flag = Flag.objects.get()
    assert (flag.state, flag.assigned_to) == (Flag.State.OPEN, None)
    assert of_patient(patient=Patient.objects.get(pk=anna.pk), at=NOON) == [charlie]
    assert Reevaluation.objects.open().visible_to(charlie, NOON).count() == 1
    assert not Reevaluation.objects.visible_to(alice, NOON).exists()
    assert not Flag.objects.visible_to(alice, NOON).exists()
    assert PainWatch.objects.get(patient=anna).dirty_since is not None
    assert Notification.objects.filter(kind="care", recipient=charlie).count() == 1
    client.force_login(charlie)
    inbox = client.get(reverse("inbox")).content.decode()
    assert "Anna Anders" in inbox
    record = client.get(reverse("patient", args=[anna.pk])).content.decode()
    assert "The patient agreed to go on at Hill Clinic. Before, the care was at Harbour Clinic." in record
    assert "Bob Brook" in record and "Afraid of stairs" in record


def test_a_lead_of_the_new_clinic_is_responsible_until_they_hand_over(anna, alice, hill, charlie):
    leader = make_member("Zara Chief", hill, "lead")
    transfers.accept(transfer=ask(anna, hill, alice), by=anna.user, at=NOON)
    [now] = anna.assignments.filter(valid_until=None)
    assert (now.clinician, now.kind) == (leader, "responsible")
    assert anna.assignments.get(clinician=alice).valid_until == NOON


def test_the_old_number_goes_and_stays_in_the_history(anna, zoe, alice, hill, charlie):
    Patient.objects.filter(pk=anna.pk).update(clinic_number="17")
    Patient.objects.filter(pk=zoe.pk).update(clinic_number="17")
    transfers.accept(transfer=ask(anna, hill, alice), by=anna.user, at=NOON)
    anna.refresh_from_db()
    assert (anna.clinic, anna.clinic_number) == (hill, None)
    assert PlanEvent.objects.get(verb="transfer accepted").detail["number"] == "17"


def test_the_patient_says_no_and_nothing_moves(client, anna, alice, hill, charlie):
    transfer = ask(anna, hill, alice)
    client.force_login(anna.user)
    page = reverse("my_move", args=[transfer.pk])
    assert client.post(page, {"answer": "no"}).status_code == 302
    anna.refresh_from_db()
    transfer.refresh_from_db()
    assert (anna.clinic.slug, transfer.state, transfer.answered_by) == ("harbour", "declined", anna.user)
    answer = confirm(client).post(page, {"answer": "yes"})
    assert answer.status_code == 422 and "answered, or taken back" in answer.content.decode()
    assert ask(anna, hill, alice).state == "asked"  # they may be asked once more


def test_a_question_is_taken_back(client, anna, alice, hill, charlie):
    transfer = ask(anna, hill, alice)
    client.force_login(alice)
    assert client.post(reverse("patient_move_take_back", args=[anna.pk, transfer.pk])).status_code == 302
    with pytest.raises(Refused, match="answered, or taken back"):
        transfers.accept(transfer=transfer, by=anna.user, at=NOON)
    anna.refresh_from_db()
    assert anna.clinic.slug == "harbour"


def test_another_patient_answers_nothing(client, anna, ben, zoe, alice, hill):
    transfer = ask(anna, hill, alice)
    for other in (ben, zoe):
        client.force_login(other.user)
        confirm(client)
        page = reverse("my_move", args=[transfer.pk])
        assert [client.get(page).status_code, client.post(page, {"answer": "yes"}).status_code] == [404, 404]
    transfer.refresh_from_db()
    assert transfer.state == "asked"


def test_exercises_of_the_old_clinic_alone_are_changed_first(annas_plan, anna, alice, bob, harbour, hill, charlie):
    own = Exercise.objects.create(clinic=harbour, slug="own")
    own.current_version = make_version(own, alice, 1, state="published", publisher=bob)
    own.save()
    transfer = ask(anna, hill, alice)
    draft = plans.revise(plan=annas_plan.plan, by=alice, at=NOON)
    lock = PlanVersion.objects.get(pk=draft.pk).lock
    plans.add_exercise(
        version=draft, exercise_version=own.current_version, section="main", lock=lock, by=alice, at=NOON
    )  # fmt: skip
    with pytest.raises(Refused, match="exercises of this clinic alone"):
        transfers.accept(transfer=transfer, by=anna.user, at=NOON)
    anna.refresh_from_db()
    assert anna.clinic == harbour


def test_who_cannot_be_asked_or_taken(anna, alice, harbour, hill, charlie):
    with pytest.raises(Refused, match="in this clinic already"):
        transfers.ask(patient=anna, to_clinic=harbour, why="x", by=alice, at=NOON)
    ask(anna, hill, alice)
    with pytest.raises(Refused, match="asked already"):
        ask(anna, hill, alice)


def test_a_patient_without_a_login_cannot_agree(anna, alice, hill, charlie):
    Patient.objects.filter(pk=anna.pk).update(user=None)
    with pytest.raises(Refused, match="Invite them first"):
        ask(anna, hill, alice)


def test_a_clinic_without_staff_takes_nobody(anna, alice, hill):
    with pytest.raises(Refused, match="Nobody works in Hill Clinic"):
        ask(anna, hill, alice)


def test_the_database_moves_nobody_without_their_own_yes(anna, zoe, alice, hill, charlie):
    def moved() -> None:
        Patient.objects.filter(pk=anna.pk).update(clinic=hill)

    refused("patient_moves_by_consent", moved)
    transfer = ask(anna, hill, alice)
    refused("patient_moves_by_consent", moved)
    by_another = Transfer.objects.filter(pk=transfer.pk)
    refused(
        "transfer_answered_by_the_patient",
        lambda: by_another.update(state="accepted", answered_at=NOON, answered_by=alice),
    )
    refused("transfer_stays", lambda: by_another.update(why="Another reason"))
    refused(
        "transfer_from_own_clinic",
        lambda: Transfer.objects.create(
            patient=zoe, from_clinic=anna.clinic, to_clinic=hill, why="x", asked_at=NOON, asked_by=alice
        ),
    )
    transfers.take_back(transfer=transfer, by=alice, at=NOON)
    later = {"state": "accepted", "answered_at": NOON + timedelta(days=1), "answered_by": anna.user}
    refused("transfer_stays", lambda: by_another.update(**later))
