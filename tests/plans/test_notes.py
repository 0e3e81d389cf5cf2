"""Notes: private to the staff or shared with the patient, taken back by their author, never changed."""

from datetime import timedelta

import pytest
import time_machine

from accounts.models import Membership, new_id
from plans.actions import notes
from plans.actions.refusals import Refused
from plans.models import Note, PlanEvent
from tests.cast import LONG_AGO, NOON


@pytest.fixture(autouse=True)
def _at_noon():
    with time_machine.travel(NOON, tick=False):
        yield


def write(patient, by, text, *, shared=False, at=NOON):
    return notes.write(patient=patient, note_id=new_id(), text=text, is_shared=shared, by=by, at=at)


def test_a_note_leaves_an_event_without_its_words(anna, alice):
    note = write(anna, alice, "Worried about her job")
    event = PlanEvent.objects.get(patient=anna, verb="note written")
    assert (event.by, event.detail) == (alice, {"note": str(note.pk), "shared": False})


def test_saved_twice_is_stored_once(anna, alice, bob):
    key = new_id()
    given = {"patient": anna, "note_id": key, "text": "Once", "is_shared": False, "at": NOON}
    assert notes.write(by=alice, **given) == notes.write(by=alice, **given)
    for other in ({"by": bob}, {"by": alice, "text": "Other"}, {"by": alice, "is_shared": True}):
        with pytest.raises(Refused, match="already"):
            notes.write(**given | other)
    assert Note.objects.count() == 1


def test_only_the_author_takes_a_note_back(anna, alice, bob):
    note = write(anna, alice, "Wrong patient")
    with pytest.raises(Refused, match="Only the person who wrote"):
        notes.take_back(note=note, by=bob, at=NOON)
    notes.take_back(note=note, by=alice, at=NOON)
    notes.take_back(note=note, by=alice, at=NOON + timedelta(hours=1))
    note.refresh_from_db()
    assert (note.withdrawn_at, note.withdrawn_by) == (NOON, alice)
    assert PlanEvent.objects.filter(verb="note taken back").count() == 1


def test_the_patient_reads_what_is_shared_alone(client, anna, alice, annas_plan):
    write(anna, alice, "She looks sad")
    write(anna, alice, "Well done on the stairs", shared=True)
    gone = write(anna, alice, "Shared by mistake", shared=True)
    notes.take_back(note=gone, by=alice, at=NOON)
    client.force_login(anna.user)
    for url in ("/plan/", "/progress/"):
        html = client.get(url).content.decode()
        assert "Well done on the stairs" in html, url
        assert "She looks sad" not in html, url
        assert "Shared by mistake" not in html, url
    assert [note.text for note in Note.objects.visible_to(anna.user, NOON)] == ["Well done on the stairs"]


def test_a_clinician_reads_no_private_note_about_themself(anna, alice, harbour):
    write(anna, alice, "Private")
    Membership.objects.create(user=anna.user, clinic=harbour, role="clinician", valid_from=LONG_AGO)
    assert not Note.objects.visible_to(anna.user, NOON).exists()
    with pytest.raises(Refused, match="own record"):
        write(anna, anna.user, "I am fine", shared=True)


def test_the_page_writes_and_takes_back(client, anna, alice, bob):
    client.force_login(alice)
    url = f"/patients/{anna.pk}/notes/"
    client.post(url, {"entry": str(new_id()), "text": "Agreed goal: <stairs>", "who": "shared"})
    note = Note.objects.get()
    assert note.is_shared
    html = client.get(url).content.decode()
    assert "Agreed goal: &lt;stairs&gt;" in html
    assert "Anna reads it" in html
    assert f"/notes/{note.pk}/take-back/" in html
    client.force_login(bob)
    assert f"/notes/{note.pk}/take-back/" not in client.get(url).content.decode()
    refused = client.post(f"/notes/{note.pk}/take-back/", follow=True).content.decode()
    assert "Only the person who wrote" in refused
    client.force_login(alice)
    client.post(f"/notes/{note.pk}/take-back/")
    html = client.get(url).content.decode()
    assert "Taken back on 19 Nov 2026 by Alice Archer." in html
    assert "<del>Agreed goal" in html


@pytest.mark.parametrize(
    ("change", "said"),
    [({"text": ""}, "Write the note first."), ({"who": ""}, "Say who may read it."), ({"who": "all"}, "valid choice")],
)
def test_an_error_keeps_the_words(client, anna, alice, change, said):
    client.force_login(alice)
    given = {"entry": str(new_id()), "text": "Slept badly", "who": "staff"} | change
    html = client.post(f"/patients/{anna.pk}/notes/", given).content.decode()
    assert said in html
    assert given["text"] in html
    assert not Note.objects.exists()


def test_a_stranger_takes_nothing_back(client, anna, alice, charlie):
    note = write(anna, alice, "Ours")
    client.force_login(charlie)
    assert client.post(f"/notes/{note.pk}/take-back/").status_code == 404
    client.force_login(anna.user)
    assert client.post(f"/notes/{note.pk}/take-back/").status_code == 404
    note.refresh_from_db()
    assert note.withdrawn_at is None


def test_many_notes_have_pages(client, anna, alice):
    for n in range(21):
        write(anna, alice, f"Number {n}.", at=NOON - timedelta(hours=n))
    client.force_login(alice)
    assert "Number 20." not in client.get(f"/patients/{anna.pk}/notes/").content.decode()
    assert "Number 20." in client.get(f"/patients/{anna.pk}/notes/?page=2").content.decode()
