"""A new clinic's way to its first plan: each step knows when it is done, and the list leaves with the last."""

import re
from datetime import timedelta

import pytest
import time_machine

from exercises.models import Exercise
from plans.actions import invitations, patients, plans
from plans.models import PlanVersion
from tests.cast import NOON, make_active_plan, make_patient


@pytest.fixture(autouse=True)
def _at_noon():
    with time_machine.travel(NOON, tick=False):
        yield


def steps(client, page="/patients/") -> list[str]:
    """ "done", "now" or "" for each step, with the address that the step to do now leads to, which opens."""
    html = client.get(page).content.decode()
    found = re.search(r'class="[^"]*pp-firststeps".*?</section>', html, re.DOTALL)
    if not found:
        return []
    lines = re.findall(r"<li(.*?)</li>", found.group(), re.DOTALL)
    marks = [re.match(r' class="is-(done|now)"', line) for line in lines]
    leads = re.search(r'<a [^>]*href="([^"]+)"', found.group())
    address = leads.group(1) if leads else ""
    assert not address or client.get(address).status_code == 200
    return [mark.group(1) if mark else "" for mark in marks] + [address]


def test_from_an_empty_clinic_to_a_plan_in_use(client, alice, harbour):
    client.force_login(alice)
    assert steps(client) == ["now", "", "", "", "", "/patients/add/"]
    assert steps(client, "/inbox/") == steps(client)
    patient = make_patient("Nora Newby", harbour, alice)
    patient.user, patient.email = None, "nora@example.org"
    patient.save()
    assert steps(client) == ["done", "now", "", "", "", f"/patients/{patient.pk}/#screening"]
    patients.record_screening(
        patient=patient, tool="Form", done_on=NOON.date(), expires_on=NOON.date() + timedelta(days=9), by=alice, at=NOON
    )
    assert steps(client) == ["done", "done", "now", "", "", f"/patients/{patient.pk}/plan/start/"]
    draft = plans.start(patient=patient, title="First", by=alice, at=NOON)
    assert steps(client) == ["done", "done", "done", "now", "", f"/plans/{draft.pk}/"]
    exercise = Exercise.objects.prescribable().filter(clinic=None).order_by("slug").first()
    plans.add_exercise(
        version=draft, exercise_version=exercise.current_version, section="main", lock=draft.lock, by=alice, at=NOON
    )
    lock = PlanVersion.objects.get(pk=draft.pk).lock
    plans.set_weekdays(version=draft, weekdays=[1], lock=lock, by=alice, at=NOON)
    plans.activate(version=draft, lock=lock + 1, why="A start", by=alice, at=NOON)
    assert steps(client) == ["done", "done", "done", "done", "now", f"/patients/{patient.pk}/#invitation"]
    invitations.invite(patient=patient, by=alice, at=NOON)
    assert steps(client) == []


def test_the_panel_leads_to_a_first_plan(client, alice, anna):
    client.force_login(alice)
    panel = client.get(f"/patients/?patient={anna.pk}").content.decode()
    found = re.search(r'href="([^"]+)">Start a plan</a>', panel)
    assert found and client.get(found.group(1)).status_code == 200


def test_a_clinic_that_works_sees_no_steps(client, alice, anna, annas_plan):
    client.force_login(alice)
    assert steps(client) == [] == steps(client, "/inbox/")


def test_the_steps_of_one_clinic_know_nothing_of_another(client, alice, charlie, zoe):
    make_active_plan(zoe, charlie)
    client.force_login(alice)
    assert steps(client)[0] == "now"
