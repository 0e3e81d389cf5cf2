"""When Painplan speaks up: the numbers of a rule for a clinic and for one patient, dated, with a reason, in history."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from accounts.models import ClinicEvent
from plans.actions import tuning
from plans.actions.refusals import Refused
from plans.models import PainWatch, PlanEvent, Threshold
from plans.thresholds import Thresholds
from plans.wording_clinic import event_in_words
from tests.cast import NOON, TODAY, make_member

NUMBERS = {
    "on": "on", "limit_lowest": "4", "limit_spreads": "4.5", "allowance_highest": "1", "day_step_highest": "1.5",
    "least_rise": "1.5", "important_rise": "2",
}  # fmt: skip
WHY = {"effective_on": TODAY.isoformat(), "reason": "Two relapses were seen late."}
R3 = reverse("clinic_thresholds") + "?rule=R3"


@pytest.fixture(autouse=True)
def _at_noon():
    with time_machine.travel(NOON, tick=False):
        yield


def value(settings, name="least_rise", on=TODAY) -> float:
    return Thresholds(settings).value("R3", name, on)


def test_only_what_differs_is_stored_with_one_event(client, lena, harbour, anna):
    PainWatch.objects.update(dirty_since=None)
    client.force_login(lena)
    page = client.post(R3, NUMBERS | WHY | {"least_rise": "1.2", "limit_lowest": "3"}, follow=True).content.decode()
    assert "Saved. It holds from the day you chose." in page and "smallest mean rise that counts 1.2 points" in page
    assert {(row.name, float(row.value), row.by, row.reason) for row in Threshold.objects.all()} == {
        ("least_rise", 1.2, lena, WHY["reason"]), ("limit_lowest", 3, lena, WHY["reason"]),
    }  # fmt: skip
    event = ClinicEvent.objects.get()
    assert event.before == {"rule": "R3", "values": {"least_rise": 1.5, "limit_lowest": 4}}
    assert event_in_words(event) == [
        "Sustained increase, Least evidence needed: 4 points, from 19 Nov 2026 3 points",
        "Sustained increase, Smallest mean rise that counts: 1.5 points, from 19 Nov 2026 1.2 points",
        "“Two relapses were seen late.”",
    ]
    assert PainWatch.objects.get(patient=anna).dirty_since == NOON  # everybody is judged again


def test_a_date_ahead_changes_nothing_before_it_and_is_announced(client, lena, harbour):
    client.force_login(lena)
    later = TODAY + timedelta(days=10)
    client.post(R3, NUMBERS | WHY | {"least_rise": "2", "effective_on": later.isoformat()})
    settings = tuning.clinic_settings(harbour)
    assert [value(settings, on=day) for day in (TODAY, later - timedelta(days=1), later)] == [1.5, 1.5, 2]
    page = client.get(R3).content.decode()
    assert "From 29 Nov 2026: Smallest mean rise that counts 2 points" in page


def test_back_to_the_default(client, lena, harbour):
    client.force_login(lena)
    client.post(R3, NUMBERS | WHY | {"least_rise": "1.2"})
    assert "Back to the default" in client.get(R3).content.decode()
    client.post(R3, NUMBERS | WHY | {"least_rise": "99", "back": "yes", "reason": "It was not needed."})
    assert value(tuning.clinic_settings(harbour)) == 1.5
    rows = list(Threshold.objects.order_by("id").values_list("name", "value"))
    assert [name for name, _ in rows] == ["least_rise"] * 2 and rows[1][1] is None
    last = event_in_words(ClinicEvent.objects.order_by("at", "id").last())
    assert last[0].endswith("1.2 points, back to the default from 19 Nov 2026")
    page = client.get(R3).content.decode()
    assert "Back to the default" not in page and "“It was not needed.” Lena Lead" in page


@pytest.mark.parametrize(
    "changes",
    [
        {"least_rise": "0.4"},
        {"least_rise": "4.1"},
        {"least_rise": "nan"},
        {"least_rise": "inf"},
        {"least_rise": "1,5x"},
        {"least_rise": ""},
        {"least_rise": "1.2", "reason": ""},
        {"least_rise": "1.2", "reason": "   "},
        {"least_rise": "1.2", "effective_on": "2026-11-18"},
        {"least_rise": "1.2", "effective_on": "2028-01-01"},
        {"least_rise": "1.2", "effective_on": "soon"},
        {},
    ],
)
def test_what_cannot_be_is_refused_and_the_input_kept(client, lena, changes):
    client.force_login(lena)
    response = client.post(R3, NUMBERS | WHY | changes)
    assert response.status_code == 422
    assert all(f"{text}" in response.content.decode() for text in changes.values())
    assert not Threshold.objects.exists() and not ClinicEvent.objects.exists()


def test_watch_never_comes_after_important(client, lena):
    client.force_login(lena)
    given = {"on": "on", "watch_days": "20", "important_days": "10"} | WHY
    assert client.post(reverse("clinic_thresholds") + "?rule=R5", given).status_code == 422


def test_a_rule_can_be_switched_off_but_not_the_red_flag(client, lena, harbour):
    client.force_login(lena)
    without = {name: text for name, text in NUMBERS.items() if name != "on"}
    client.post(R3, without | WHY)
    assert not Thresholds(tuning.clinic_settings(harbour)).is_on("R3", TODAY)
    page = client.get(R3).content.decode()
    assert "switched off" in page and "cannot be changed" in page
    fixed = client.get(reverse("clinic_thresholds") + "?rule=R0").content.decode()
    assert "<form" not in fixed.split("<main")[1].split("</main>")[0]


def test_one_patient_is_set_apart_with_a_reason(client, alice, lena, harbour, anna, ben):
    tuning.tune_clinic(
        clinic=harbour, rule="R3", values={"least_rise": 1.2}, effective_on=TODAY, reason="x", by=lena, at=NOON
    )
    client.force_login(alice)
    url = reverse("patient_thresholds", args=[anna.pk]) + "?rule=R3"
    assert 'value="1.2"' in client.get(url).content.decode()
    client.post(url, NUMBERS | WHY | {"least_rise": "2.5"})
    from plans.actions.facts import settings_of

    assert (value(settings_of(anna)), value(settings_of(ben))) == (2.5, 1.2)
    event = PlanEvent.objects.get(verb="threshold set")
    assert (event.patient, event.by, event.detail["reason"]) == (anna, alice, WHY["reason"])
    record = client.get(reverse("patient", args=[anna.pk])).content.decode()
    assert "Set apart for this patient: Sustained increase, smallest mean rise that counts 2.5 points" in record
    assert reverse("patient_thresholds", args=[anna.pk]) in record
    client.post(url, NUMBERS | WHY | {"back": "yes", "reason": "Better now."})
    assert value(settings_of(anna)) == 1.2
    assert ClinicEvent.objects.count() == 1


def test_only_leads_of_the_clinic_and_only_clinicians_of_the_patient(client, harbour, hill, alice, charlie, anna):
    given = {"rule": "R3", "values": {"least_rise": 1.2}, "effective_on": TODAY, "reason": "x", "at": NOON}
    for stranger in (alice, make_member("Hanna Hill", hill, "lead")):
        with pytest.raises(Refused):
            tuning.tune_clinic(clinic=harbour, by=stranger, **given)
    client.force_login(charlie)
    assert client.post(reverse("patient_thresholds", args=[anna.pk]) + "?rule=R3", NUMBERS | WHY).status_code == 404
    assert not Threshold.objects.exists()


def test_an_address_made_up_by_hand_is_no_error(client, lena, harbour):
    client.force_login(lena)
    for query in ("rule=R99", "rule=R3&day=2026-13-45", "rule=R3&day=x", "rule=R3&trial=x", "rule=%00"):
        assert client.get(f"{reverse('clinic_thresholds')}?{query}").status_code == 200
    assert client.get(R3 + "&trial=0190a5b0-0000-7000-8000-000000000000").status_code == 404
