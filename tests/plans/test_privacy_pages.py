"""The lead's pages about being forgotten: what goes is said in words, and nothing goes by a slip of the hand."""

import pytest
from django.urls import reverse

from accounts.models import AccessLog, Clinic, Erasure, LegalHold
from tests.cast import confirm


@pytest.fixture(autouse=True)
def outside(tmp_path, settings):
    settings.OUTSIDE_DIR = tmp_path / "outside"


@pytest.fixture
def lead(client, lena):
    client.force_login(lena)
    return confirm(client)


def test_the_empty_page_says_what_it_is_for(lead):
    page = lead.get(reverse("clinic_privacy")).content.decode()
    assert "Nobody has asked" in page
    assert "10 years after the care ended" in page


def test_a_patient_is_found_and_forgotten(lead, anna):
    page = lead.get(reverse("clinic_privacy"), {"q": "anders"}).content.decode()
    url = reverse("patient_erase", args=[anna.pk])
    assert url in page
    page = lead.get(url).content.decode()
    assert "Forget Anna Anders" in page
    assert "until" in page
    answer = lead.post(url, {"name": "anna  anders"}, follow=True)
    page = answer.content.decode()
    assert "Contact data erased" in page
    assert "Kept until" in page
    assert Erasure.objects.get().patient == anna
    assert AccessLog.objects.filter(patient=anna, route="patient_erase").exists()
    assert lead.get(url).status_code == 302
    assert lead.get(reverse("clinic_privacy"), {"q": "anders"}).context["found"] == []


@pytest.mark.parametrize("name", ["", "Anna", "Ben Bauer"])
def test_without_the_name_nothing_is_erased(lead, anna, name):
    answer = lead.post(reverse("patient_erase", args=[anna.pk]), {"name": name})
    assert answer.status_code == 422
    assert not Erasure.objects.exists()
    assert name in answer.content.decode()


def test_a_hold_is_set_and_released(lead, anna, lena):
    url = reverse("patient_hold", args=[anna.pk])
    assert lead.post(url, {"reason": ""}).status_code == 422
    page = lead.post(url, {"reason": "Case 12/2026"}, follow=True).content.decode()
    assert "Case 12/2026" in page
    assert lead.post(url, {"reason": "Again"}).status_code == 422
    held = LegalHold.objects.get()
    assert "The hold is released." in lead.post(reverse("hold_release", args=[held.pk]), follow=True).content.decode()
    held.refresh_from_db()
    assert held.released_by == lena
    page = lead.post(reverse("hold_release", args=[held.pk]), follow=True).content.decode()
    assert "released already" in page


def test_the_lead_says_how_long_records_are_kept(lead, harbour):
    url = reverse("clinic_care")
    given = {"first_reevaluation_days": 14, "reevaluation_days": 28, "urgent_hours": 4, "important_days": 2}
    lead.post(url, given)
    assert Clinic.objects.get(pk=harbour.pk).retention_years == 10
    lead.post(url, given | {"retention_years": 8})
    assert Clinic.objects.get(pk=harbour.pk).retention_years == 8
    assert b"records kept for years" in lead.get(reverse("clinic_history")).content.lower()
    assert lead.post(url, given | {"retention_years": 0}).status_code == 422
