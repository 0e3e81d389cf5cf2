"""Sample patients: in a place of their own, complete, and gone without a trace in the real clinic."""

import pytest
import time_machine

from accounts.models import Clinic, Membership, Patient
from plans.actions.refusals import Refused
from plans.actions.still_owed import still_owed
from plans.demo import sample
from plans.forms.care import TransferForm
from plans.models import Flag, Notification, PainScore, Plan, Reevaluation
from tests.cast import NOON, log_days
from tests.plans.constraint_rows import refused

pytestmark = pytest.mark.usefixtures("at_noon")


@pytest.fixture
def at_noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def loaded(harbour, lena, alice, cora) -> Clinic:
    return sample.load(clinic=harbour, by=lena, at=NOON)


def test_five_people_with_plans_diaries_and_a_flag(loaded, lena):
    people = Patient.objects.visible_to(lena, NOON).filter(clinic=loaded)
    assert sorted(person.full_name for person in people) == sorted(sample.PEOPLE)
    assert Plan.objects.current().filter(patient__in=people).count() == 5
    assert Reevaluation.objects.open().filter(plan__patient__in=people).count() == 5
    assert PainScore.objects.filter(patient__in=people).count() > 100
    assert Flag.objects.open().filter(patient__in=people, rule="R3", patient__full_name="Marcus Bell").exists()
    assert not Flag.objects.filter(patient__in=people, severity="urgent").exists()


def test_the_same_people_work_there_and_curators_do_not(loaded, harbour, lena, alice, cora):
    roles = Membership.objects.open(NOON).filter(clinic=loaded).values_list("user__full_name", "role")
    assert set(roles) == {("Lena Lead", "lead"), ("Alice Archer", "clinician")}
    assert (loaded.name, loaded.sample_of, loaded.emergency_text) == (
        "Sample patients",
        harbour,
        harbour.emergency_text,
    )


def test_it_is_said_on_every_page_and_the_way_back_is_there(client, loaded, harbour, lena, anna):
    client.force_login(lena)
    real = client.get("/inbox/").content.decode()
    assert "nobody here is real" not in real
    assert "Go to Sample patients" in real
    assert client.post("/clinic/choose/", {"clinic": loaded.slug}).status_code == 302
    for address in ("/inbox/", "/patients/", "/library/", "/clinic/sample/"):
        page = client.get(address).content.decode()
        assert "Sample patients: nobody here is real." in page
        assert "Back to Harbour" in page
        assert "Anna Anders" not in page
    client.post("/clinic/choose/", {"clinic": harbour.slug})
    assert "Marcus Bell" not in client.get("/patients/").content.decode()


def test_a_lead_fetches_them_looks_and_takes_them_away(client, lena, harbour):
    client.force_login(lena)
    assert "Fetch the sample patients" in client.get("/clinic/sample/").content.decode()
    page = client.post("/clinic/sample/load/", follow=True)
    assert page.redirect_chain == [("/inbox/", 302)]
    assert page.context["clinic"].sample_of == harbour
    page = client.post("/clinic/sample/load/", follow=True)
    assert [str(m) for m in page.context["messages"]] == ["These are the sample patients already."]
    page = client.post("/clinic/sample/remove/", follow=True)
    assert page.context["clinic"] == harbour
    assert [str(m) for m in page.context["messages"]] == ["The sample patients are gone. Nothing of yours has changed."]
    assert "Fetch the sample patients" in page.content.decode()
    assert client.post("/clinic/sample/remove/").status_code == 404


def test_a_clinician_cannot(client, alice, harbour):
    client.force_login(alice)
    assert client.get("/clinic/sample/").status_code == 404
    assert client.post("/clinic/sample/load/").status_code == 404


def test_removing_touches_nothing_real(loaded, harbour, lena, alice, anna, annas_plan):
    log_days(anna, [4, 5])
    before = [list(model.objects.filter(**{path: harbour.pk}).order_by("pk").values()) for model, path in REAL]
    sample.remove(sample=loaded, by=lena, at=NOON)
    assert [list(model.objects.filter(**{path: harbour.pk}).order_by("pk").values()) for model, path in REAL] == before
    assert not Patient.objects.visible_to(lena, NOON).filter(clinic=loaded).exists()
    assert not Flag.objects.open().filter(patient__clinic=loaded).exists()
    assert not Plan.objects.filter(patient__clinic=loaded).exclude(status="ended").exists()
    again = sample.load(clinic=harbour, by=lena, at=NOON)
    assert again != loaded
    assert list(sample.samples_of(harbour, NOON)) == [again]


REAL = [(Clinic, "pk"), (Membership, "clinic"), (Patient, "clinic"), (Plan, "patient__clinic"),
        (PainScore, "patient__clinic"), (Reevaluation, "plan__patient__clinic")]  # fmt: skip


def test_a_real_clinic_cannot_be_taken_away_nor_a_second_sample_made(loaded, harbour, lena):
    with pytest.raises(Refused, match="patients are real"):
        sample.remove(sample=harbour, by=lena, at=NOON)
    with pytest.raises(Refused, match="there already"):
        sample.load(clinic=harbour, by=lena, at=NOON)


def test_nobody_moves_between_a_sample_and_a_clinic(loaded, harbour, hill):
    assert list(TransferForm(clinic=loaded).fields["to_clinic"].queryset) == []
    assert list(TransferForm(clinic=harbour).fields["to_clinic"].queryset) == [hill]


def test_nobody_is_mailed_about_them(loaded, lena, anna):
    about = Patient.objects.filter(clinic=loaded).first()
    owed = {"recipient": lena, "kind": "plan", "created_at": NOON, "send_after": NOON}
    assert not still_owed(Notification(key="a", message_id="a", patient=about, **owed), at=NOON)
    assert still_owed(Notification(key="b", message_id="b", patient=anna, **owed), at=NOON)


def test_a_clinic_is_no_sample_of_itself(harbour):
    harbour.sample_of = harbour
    refused("clinic_sample_of_another", harbour.save)


def test_an_empty_clinic_offers_them(client, lena, alice):
    client.force_login(lena)
    assert 'href="/clinic/sample/"' in client.get("/inbox/").content.decode()
    client.force_login(alice)
    assert 'href="/clinic/sample/"' not in client.get("/inbox/").content.decode()
