"""A plan starts from nothing, a template, an earlier version or another plan. Nothing private comes along."""

import json
from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine

from accounts.models import AccessLog
from exercises.models import Caution
from plans.actions import drafts, plans, templates
from plans.actions.refusals import Refused
from plans.actions.template_shipping import ship_templates
from plans.management.commands.load_templates import FILE
from plans.models import Plan, PlanEvent, PlanTemplate, PlanVersion, Quota
from tests.cast import NOON, make_active_plan


@pytest.fixture(autouse=True)
def _at_noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def low_back(db) -> PlanTemplate:
    ship_templates(rows=json.loads(FILE.read_text("utf-8")), at=NOON)
    return PlanTemplate.objects.get(slug="low-back-beginner")


def names(version: PlanVersion) -> list[str]:
    return [p.exercise_version.name for p in version.prescriptions.in_order().select_related("exercise_version")]


def draft_of(patient) -> PlanVersion:
    return PlanVersion.objects.get(plan__patient=patient, state="draft")


def forbid(patient, template: PlanTemplate, at: int) -> str:
    """Make one exercise of the template unsafe for this patient; returns its name."""
    caution = Caution.objects.filter(kind="contraindicated").select_related("condition", "version__exercise").first()
    item = list(template.items.order_by("-section", "position"))[at]
    item.exercise = caution.version.exercise
    item.save()
    patient.profile.conditions.add(caution.condition)
    return caution.version.name


def post(client, patient, **data):
    return client.post(f"/patients/{patient.pk}/plan/start/", data)


def test_from_nothing_is_an_empty_draft_even_beside_an_active_plan(client, alice, anna, annas_plan):
    client.force_login(alice)
    assert post(client, anna, kind="nothing").status_code == 302
    draft = draft_of(anna)
    assert names(draft) == []
    assert draft.based_on == annas_plan


def test_a_template_brings_its_exercises_doses_and_days(client, alice, anna, low_back):
    client.force_login(alice)
    response = post(client, anna, kind="template", source=low_back.pk)
    draft = draft_of(anna)
    assert response.headers["Location"] == f"/plans/{draft.pk}/"
    want = list(low_back.items.order_by("-section", "position"))
    got = list(draft.prescriptions.in_order())
    assert [p.exercise_version_id for p in got] == [item.exercise.current_version_id for item in want]
    assert [(p.section, p.weekdays, p.amounts()) for p in got] == [(i.section, i.weekdays, i.amounts()) for i in want]
    assert PlanEvent.objects.get(verb="draft filled from template").detail["name"] == low_back.name


def test_filling_is_one_change_that_can_be_undone(alice, anna, low_back):
    draft = templates.begin_empty(patient=anna, title="Plan", by=alice, at=NOON)
    templates.fill_from_template(version=draft, template=low_back, by=alice, at=NOON)
    draft.refresh_from_db()
    assert low_back.name in drafts.undo(version=draft, lock=draft.lock, by=alice, at=NOON)
    assert names(draft) == []


def test_what_is_unsafe_is_said_before_choosing_and_can_be_left_out(client, alice, anna, low_back):
    unsafe = forbid(anna, low_back, 1)
    client.force_login(alice)
    page = client.get(f"/patients/{anna.pk}/plan/start/", {"q": low_back.name}).content.decode()
    assert "Not for Anna" in page and unsafe in page
    post(client, anna, kind="template", source=low_back.pk, without_unsafe="1")
    taken = names(draft_of(anna))
    assert unsafe not in taken and 0 < len(taken) < 4
    assert not any("is not for" in line for line in plans.missing_for_activation(draft_of(anna), NOON))


def test_what_is_unsafe_and_kept_stops_the_activation(alice, anna, low_back):
    unsafe = forbid(anna, low_back, 1)
    draft = templates.begin_empty(patient=anna, title="Plan", by=alice, at=NOON)
    filled = templates.fill_from_template(version=draft, template=low_back, by=alice, at=NOON)
    assert filled.left_out == []
    assert any(unsafe in line for line in plans.missing_for_activation(filled.draft, NOON))


def test_a_draft_with_exercises_is_not_filled_over(client, alice, anna, low_back):
    client.force_login(alice)
    post(client, anna, kind="template", source=low_back.pk)
    before = names(draft_of(anna))
    response = post(client, anna, kind="nothing")
    assert response.headers["Location"].endswith("/plan/start/")
    assert names(draft_of(anna)) == before
    with pytest.raises(Refused):
        templates.fill_from_template(version=draft_of(anna), template=low_back, by=alice, at=NOON)


def test_an_earlier_version_comes_back_without_its_reasons(client, alice, anna, annas_plan):
    draft = plans.revise(plan=annas_plan.plan, by=alice, at=NOON)
    first = draft.prescriptions.first()
    plans.change_dose(
        prescription=first, changes={"override_reason": "Agreed then"}, lock=draft.lock, by=alice, at=NOON
    )
    second = plans.activate(version=draft, lock=draft.lock, why="More", by=alice, at=NOON)
    third = plans.revise(plan=second.plan, by=alice, at=NOON)
    plans.activate(version=third, lock=third.lock, why="Again", by=alice, at=NOON)
    client.force_login(alice)
    post(client, anna, kind="version", source=second.pk)
    copied = draft_of(anna)
    assert names(copied) == names(annas_plan)
    assert not copied.prescriptions.exclude(override_reason="").exists()
    assert copied.number == 4


def test_the_structure_of_another_plan_comes_without_a_word_about_that_person(client, alice, bob, anna, ben):
    source = make_active_plan(ben, bob)
    draft = plans.revise(plan=source.plan, by=bob, at=NOON)
    one = draft.prescriptions.filter(repetitions__isnull=False).first()
    changes = {"note": "Ben, mind your hip", "pain_guidance": "Ben's limit", "override_reason": "Ben insists"}
    plans.change_dose(prescription=one, changes=changes, lock=draft.lock, by=bob, at=NOON)
    Quota.objects.create(
        prescription=one, measure="repetitions", start=Decimal(one.repetitions), ceiling=Decimal(one.repetitions)
    )
    source = plans.activate(version=draft, lock=draft.lock, why="Ben", by=bob, at=NOON)
    client.force_login(alice)
    page = client.get(f"/patients/{anna.pk}/plan/start/", {"patient": ben.pk}).content.decode()
    assert names(source)[0] in page and "mind your hip" not in page
    assert AccessLog.objects.filter(patient=ben, user=alice, route="plan_begin").exists()
    post(client, anna, kind="structure", source=source.pk)
    copied = draft_of(anna)
    assert names(copied) == names(source)
    for p in copied.prescriptions.all():
        assert (p.note, p.pain_guidance, p.override_reason) == ("", "", "")
    assert not Quota.objects.filter(prescription__version=copied).exists()
    assert copied.based_on is None


def test_a_stranger_s_plan_and_template_are_not_there(client, alice, charlie, anna, zoe, hill):
    theirs = make_active_plan(zoe, charlie)
    private = PlanTemplate.objects.create(clinic=hill, slug="x", name="Hill only", made_at=NOON, made_by=charlie)
    client.force_login(alice)
    assert client.get(f"/patients/{anna.pk}/plan/start/", {"patient": zoe.pk}).status_code == 404
    assert post(client, anna, kind="structure", source=theirs.pk).status_code == 404
    assert post(client, anna, kind="template", source=private.pk).status_code == 404
    assert post(client, anna, kind="version", source="no-id").status_code == 404
    assert not Plan.objects.of(anna).exists()
    assert "Hill only" not in client.get(f"/patients/{anna.pk}/plan/start/").content.decode()


def test_a_position_the_patient_cannot_be_in_is_said_with_the_template(client, alice, anna, low_back):
    version = low_back.items.first().exercise.current_version
    anna.profile.avoided_positions = [version.position]
    anna.profile.save()
    client.force_login(alice)
    page = client.get(f"/patients/{anna.pk}/plan/start/", {"q": low_back.name}).content.decode()
    assert "Anna cannot be in this position" in page


def test_the_page_asks_the_database_the_same_few_times(client, alice, anna, low_back, django_assert_max_num_queries):
    make_active_plan(anna, alice, at=NOON - timedelta(days=2))
    client.force_login(alice)
    client.get("/")  # the first page notes when the session began
    with django_assert_max_num_queries(19):
        client.get(f"/patients/{anna.pk}/plan/start/")
