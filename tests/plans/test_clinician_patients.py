"""A patient comes, changes, goes and comes back; and nobody is written down twice by mistake."""

from datetime import date, timedelta

import pytest
import time_machine
from django.db import IntegrityError

from accounts.models import CareAssignment, Clinic, Patient
from exercises.models import Condition
from plans.actions import patients, plans
from plans.models import PainWatch, Plan, PlanEvent, PlanVersion, Reevaluation
from tests.cast import NOON, TODAY, log_days, make_patient

FILLED = {
    "full_name": "  Nora   Nagel ",
    "birth_on": "1970-02-03",
    "clinic_number": "H-77",
    "email": "nora@example.org",
    "time_zone": "Europe/Berlin",
    "site_1": "Neck",
    "site_2": "Left shoulder",
    "site_3": "",
    "usual_pain_at_intake": "4.5",
    "goal": "Swim again",
    "what_helps": "Warmth",
    "limits": "No jumping",
    "flare_plan": "Halve it.",
}


@pytest.fixture(autouse=True)
def _at_noon():
    with time_machine.travel(NOON, tick=False):
        yield


def test_adding_a_patient(client, alice):
    conditions = list(Condition.objects.all()[:2])
    client.force_login(alice)
    given = FILLED | {"conditions": [condition.pk for condition in conditions]}
    response = client.post("/patients/add/", given, follow=True)
    nora = Patient.objects.get(name_key="nora nagel")
    assert response.redirect_chain == [(f"/patients/{nora.pk}/", 302)]
    assert "Nora Nagel was added." in response.content.decode()
    assert (nora.full_name, nora.birth_on, nora.clinic_number) == ("Nora Nagel", date(1970, 2, 3), "H-77")
    assert (nora.clinic.slug, nora.time_zone, nora.email) == ("harbour", "Europe/Berlin", "nora@example.org")
    assert [(site.name, site.is_main) for site in nora.sites.all()] == [("Neck", True), ("Left shoulder", False)]
    assert set(nora.profile.conditions.all()) == set(conditions)
    assert (str(nora.profile.usual_pain_at_intake), nora.profile.goal) == ("4.5", "Swim again")
    assert PainWatch.objects.filter(pk=nora.pk).exists()
    assert CareAssignment.objects.get(patient=nora).clinician == alice


def test_only_three_things_are_needed(client, alice):
    client.force_login(alice)
    client.post(
        "/patients/add/",
        {"full_name": "Nora Nagel", "birth_on": "3/2/1970", "site_1": "Neck", "time_zone": "Europe/London"},
    )
    nora = Patient.objects.get(name_key="nora nagel")
    assert (nora.clinic_number, nora.profile.usual_pain_at_intake) == (None, None)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"full_name": ""}, "This field is required."),
        ({"birth_on": "yesterday"}, "Give the date as day, month and year"),
        ({"birth_on": "2026-11-20"}, "between 1900 and today"),
        ({"birth_on": "1899-12-31"}, "between 1900 and today"),
        ({"email": "no address"}, "Enter a valid email address."),
        ({"time_zone": "Mars/Base"}, "Select a valid choice."),
        ({"site_1": ""}, "This field is required."),
        ({"site_2": "neck"}, "This place is named twice."),
        ({"site_2": "", "site_3": "Head"}, "Name the second place before the third."),
        ({"usual_pain_at_intake": "11"}, "less than or equal to 10"),
        ({"usual_pain_at_intake": "NaN"}, "Enter a number."),
        ({"full_name": "a\x00b"}, "Null characters are not allowed."),
        ({"conditions": ["no-such-thing"]}, "is not one of the available choices."),
    ],
)
def test_what_is_wrong_is_said_and_everything_is_kept(client, alice, change, said):
    client.force_login(alice)
    response = client.post("/patients/add/", FILLED | change)
    html = response.content.decode()
    assert response.status_code == 200
    assert said in html
    for kept in ("Swim again", "Halve it.", 'value="nora@example.org"' if "email" not in change else "no address"):
        assert kept in html
    assert not Patient.objects.exists()


def test_a_number_is_given_once_in_a_clinic(client, alice, anna, hill, charlie):
    Patient.objects.filter(pk=anna.pk).update(clinic_number="H-77")
    client.force_login(alice)
    assert "Another patient of this clinic has this number." in client.post("/patients/add/", FILLED).content.decode()
    assert Patient.objects.count() == 1
    client.force_login(charlie)
    assert client.post("/patients/add/", FILLED).status_code == 302


def test_a_number_taken_at_the_same_moment_is_no_crash(client, alice, monkeypatch):
    def too_late(**_given):
        raise IntegrityError('violates unique constraint "patient_number_unique_in_clinic"')

    monkeypatch.setattr(patients, "register", too_late)
    client.force_login(alice)
    response = client.post("/patients/add/", FILLED)
    assert response.status_code == 200
    assert "Another patient of this clinic has this number." in response.content.decode()


@pytest.mark.parametrize("name", ["Anna Anders", "ANDERS ANNA", "Ána Anders"])
def test_look_alikes_are_shown_before_anything_is_saved(client, alice, anna, name):
    client.force_login(alice)
    given = FILLED | {"full_name": name}
    response = client.post("/patients/add/", given)
    html = response.content.decode()
    assert "Is it one of these people?" in html
    assert f"/patients/{anna.pk}/" in html
    assert "Swim again" in html
    assert Patient.objects.count() == 1
    # Saying "another person" about somebody else does not count.
    assert client.post("/patients/add/", given | {"another_person": "x"}).status_code == 200
    assert client.post("/patients/add/", given | {"another_person": str(anna.pk)}).status_code == 302
    assert Patient.objects.count() == 2


def test_a_look_alike_of_another_clinic_is_nobodys_business(client, alice, zoe):
    client.force_login(alice)
    assert client.post("/patients/add/", FILLED | {"full_name": "Zoe Zimmer"}).status_code == 302


def test_a_look_alike_one_may_not_open_is_counted_but_not_named(client, alice, bob, ben):
    Clinic.objects.filter(pk=ben.clinic_id).update(record_access="assigned")
    client.force_login(alice)
    html = client.post("/patients/add/", FILLED | {"full_name": "Ben Bauer"}).content.decode()
    assert "1 more record looks alike that only other clinicians can open." in html
    assert str(ben.pk) not in html.replace(f'value="{ben.pk}"', "")


def test_editing_changes_and_writes_history(client, alice, anna):
    client.force_login(alice)
    page = client.get(f"/patients/{anna.pk}/edit/").content.decode()
    assert 'value="Anna Anders"' in page
    assert 'value="1965-05-17"' in page
    assert 'value="Right knee"' in page
    response = client.post(f"/patients/{anna.pk}/edit/", FILLED)
    assert response["Location"] == f"/patients/{anna.pk}/"
    anna.refresh_from_db()
    assert (anna.full_name, [site.name for site in anna.sites.all()]) == ("Nora Nagel", ["Neck", "Left shoulder"])
    assert PlanEvent.objects.filter(patient=anna, verb="patient changed", by=alice).exists()


def test_a_place_with_scores_stays(client, alice, anna):
    log_days(anna, [4], site=1)
    client.force_login(alice)
    response = client.post(f"/patients/{anna.pk}/edit/", FILLED | {"site_2": ""})
    html = response.content.decode()
    assert response.status_code == 200
    assert "A place with scores cannot be taken away." in html
    assert "Swim again" in html
    anna.refresh_from_db()
    assert anna.full_name == "Anna Anders"


def test_discharge_says_what_follows_and_does_it(client, alice, anna, annas_plan):
    plans.revise(plan=annas_plan.plan, by=alice, at=NOON)
    client.force_login(alice)
    page = client.get(f"/patients/{anna.pk}/discharge/").content.decode()
    assert "The plan ends and its re-evaluation is cancelled." in page
    assert client.post(f"/patients/{anna.pk}/discharge/", {"note": " "}).status_code == 200
    anna.refresh_from_db()
    assert anna.status == "active"
    response = client.post(f"/patients/{anna.pk}/discharge/", {"note": "Back to swimming"}, follow=True)
    html = response.content.decode()
    anna.refresh_from_db()
    assert (anna.status, anna.discharged_by) == ("discharged", alice)
    assert Plan.objects.get(patient=anna).status == "ended"
    assert set(Reevaluation.objects.filter(plan__patient=anna).values_list("state", flat=True)) == {"cancelled"}
    assert not PlanVersion.objects.filter(plan__patient=anna, state="draft").exists()
    assert not CareAssignment.objects.open(NOON + timedelta(seconds=1)).filter(patient=anna).exists()
    assert "Discharged. Back to swimming" in html
    assert "Take back into care" in html
    assert "Revise plan" not in html


def test_coming_back(client, alice, bob, anna):
    patients.discharge(patient=anna, note="Well", by=alice, at=NOON)
    client.force_login(bob)
    response = client.post(f"/patients/{anna.pk}/readmit/", follow=True)
    assert "is in your care again" in response.content.decode()
    anna.refresh_from_db()
    assert anna.status == "active"
    assert CareAssignment.objects.open(NOON).get(patient=anna, valid_until=None).clinician == bob
    again = client.post(f"/patients/{anna.pk}/readmit/", follow=True)
    assert "This patient is not discharged." in again.content.decode()


@pytest.mark.parametrize("path", ["", "edit/", "discharge/", "readmit/", "screening/"])
def test_strangers_find_nothing(client, charlie, cora, anna, ben, path):
    for stranger in (charlie, cora, ben.user, anna.user):
        client.force_login(stranger)
        assert client.get(f"/patients/{anna.pk}/{path}").status_code in (404, 405)
        assert client.post(f"/patients/{anna.pk}/{path}", {"note": "x"}).status_code in (404, 405)
    anna.refresh_from_db()
    assert anna.status == "active"


def test_a_curator_cannot_add_patients(client, cora):
    client.force_login(cora)
    assert client.post("/patients/add/", FILLED).status_code == 404
    assert not Patient.objects.exists()


def test_the_clinic_comes_from_the_sign_in_and_not_from_the_form(client, alice, hill):
    client.force_login(alice)
    client.post("/patients/add/", FILLED | {"clinic": str(hill.pk)})
    assert Patient.objects.get().clinic.slug == "harbour"


def test_a_time_zone_that_is_not_in_the_list_is_kept(client, alice, harbour):
    patient = make_patient("Nora Nagel", harbour, alice)
    Patient.objects.filter(pk=patient.pk).update(time_zone="Etc/GMT+5")
    client.force_login(alice)
    assert '<option value="Etc/GMT+5" selected>' in client.get(f"/patients/{patient.pk}/edit/").content.decode()


def test_today_is_the_clinics(client, alice):
    client.force_login(alice)
    given = FILLED | {"birth_on": TODAY.isoformat()}
    assert client.post("/patients/add/", given).status_code == 302
