"""The clinic's own templates: kept from a plan, copied, renamed, put away; shared ones are only copied."""

import pytest
import time_machine

from exercises.models import Exercise
from plans.actions import plans, templates
from plans.actions.refusals import DraftChanged, Refused
from plans.models import PlanTemplate, TemplateItem
from tests.cast import NOON


@pytest.fixture(autouse=True)
def _at_noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def own(alice, annas_plan) -> PlanTemplate:
    return templates.save_as_template(
        version=annas_plan, name="Back and walk", meant_for="Beginners", note="", by=alice, at=NOON
    )


@pytest.fixture
def shared(db) -> PlanTemplate:
    template = PlanTemplate.objects.create(slug="for-all", name="For all", made_at=NOON)
    exercise = Exercise.objects.prescribable().filter(clinic=None).first()
    TemplateItem.objects.create(template=template, exercise=exercise, position=0, repetitions=5, weekdays=[1])
    return template


def test_a_plan_kept_as_a_template_holds_no_word_about_the_patient(alice, anna, annas_plan):
    draft = plans.revise(plan=annas_plan.plan, by=alice, at=NOON)
    one = draft.prescriptions.first()
    plans.change_dose(
        prescription=one, changes={"note": "Dear Anna", "pain_guidance": "Up to 4"}, lock=draft.lock, by=alice, at=NOON
    )
    made = templates.save_as_template(version=draft, name="A", meant_for="", note="", by=alice, at=NOON)
    items = list(made.items.all())
    assert {i.exercise_id for i in items} == {
        p.exercise_version.exercise_id for p in draft.prescriptions.select_related("exercise_version")
    }
    assert {(i.note, i.pain_guidance) for i in items} == {("", "")}
    assert made.clinic == anna.clinic


def test_keeping_one_through_the_page(client, alice, annas_plan):
    client.force_login(alice)
    url = f"/plans/{annas_plan.pk}/template/"
    assert client.post(url, {"name": ""}).status_code == 422
    response = client.post(url, {"name": "Mine", "meant_for": "Tests"})
    made = PlanTemplate.objects.get(name="Mine")
    assert response.headers["Location"] == f"/templates/{made.pk}/"
    assert "Mine" in client.get("/templates/").content.decode()


def test_two_templates_in_use_never_share_a_name(alice, annas_plan, own):
    with pytest.raises(Refused):
        templates.save_as_template(version=annas_plan, name="back AND walk", meant_for="", note="", by=alice, at=NOON)
    templates.put_away(template=own, by=alice, at=NOON)
    again = templates.save_as_template(
        version=annas_plan, name="Back and walk", meant_for="", note="", by=alice, at=NOON
    )
    assert again.slug != own.slug
    with pytest.raises(Refused):
        templates.bring_back(template=own, by=alice, at=NOON)


def test_the_second_of_two_editors_is_told(alice, bob, own):
    words = {"name": "New name", "meant_for": "", "note": ""}
    templates.rename_template(template=own, lock=own.lock, by=alice, at=NOON, **words)
    with pytest.raises(DraftChanged):
        templates.rename_template(template=own, lock=0, by=bob, at=NOON, **words | {"name": "Other"})
    own.refresh_from_db()
    assert own.name == "New name"


def test_a_shared_template_is_copied_not_changed(client, alice, harbour, shared):
    for action in (templates.put_away, templates.bring_back):
        with pytest.raises(Refused):
            action(template=shared, by=alice, at=NOON)
    client.force_login(alice)
    assert client.post(f"/templates/{shared.pk}/edit/", {"name": "Hm", "lock": 0}).status_code == 302
    client.post(f"/templates/{shared.pk}/copy/")
    copied = PlanTemplate.objects.get(clinic=harbour)
    assert [i.repetitions for i in copied.items.all()] == [5]
    client.post(f"/templates/{copied.pk}/edit/", {"name": "Ours", "lock": copied.lock})
    copied.refresh_from_db()
    shared.refresh_from_db()
    assert (copied.name, shared.name) == ("Ours", "For all")


def test_what_was_put_away_is_offered_to_nobody_but_found_again(client, alice, anna, own):
    client.force_login(alice)
    client.post(f"/templates/{own.pk}/put-away/")
    assert own.name not in client.get("/templates/").content.decode()
    assert own.name in client.get("/templates/?away=1").content.decode()
    assert own.name not in client.get(f"/patients/{anna.pk}/plan/start/").content.decode()
    draft = templates.begin_empty(patient=anna, title="x", by=alice, at=NOON)
    own.refresh_from_db()
    with pytest.raises(Refused):
        templates.fill_from_template(version=draft, template=own, by=alice, at=NOON)


def test_another_clinic_s_template_is_not_there(client, charlie, own):
    client.force_login(charlie)
    for what in ("", "edit/"):
        assert client.get(f"/templates/{own.pk}/{what}").status_code == 404
    assert client.post(f"/templates/{own.pk}/copy/").status_code == 404


def test_search_finds_by_exercise_and_forgives_accents(client, alice, own, shared):
    client.force_login(alice)
    name = shared.items.get().exercise.current_version.name.upper()
    page = client.get("/templates/", {"q": name}).content.decode()
    assert "For all" in page
    assert "For all" not in client.get("/templates/", {"q": "zzzz"}).content.decode()
