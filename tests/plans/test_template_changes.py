"""A clinic's template in the builder: every change, its undo, two people at once, and who has no business there."""

from concurrent.futures import ThreadPoolExecutor
from itertools import product
from threading import Barrier

import pytest
import time_machine
from django.db import connection, connections
from django.test import Client
from django.urls import reverse

from accounts.models import Clinic, User
from exercises.models import Exercise
from plans.actions import plans, template_changes, template_items, templates
from plans.actions.refusals import DraftChanged, Refused
from plans.models import PlanTemplate, TemplateItem
from plans.views.builder.template_draft import items_of
from tests.cast import NOON, make_member

HTMX = {"HTTP_HX_REQUEST": "true"}


def library(slug: str) -> Exercise:
    return Exercise.objects.get(clinic=None, slug=slug)


def make_template(clinic: Clinic, by: User, name: str = "Back") -> PlanTemplate:
    template = PlanTemplate.objects.create(clinic=clinic, slug=name.lower(), name=name, made_at=NOON, made_by=by)
    for position, slug in enumerate(["bridge", "sit-to-stand", "wall-push-up"]):
        TemplateItem.objects.create(
            template=template, exercise=library(slug), section="main", position=position, weekdays=[1, 3],
            sets=1, repetitions=6, note="Slowly.",
        )  # fmt: skip
    return template


@pytest.fixture(autouse=True)
def _at_noon(request):
    if "committed_db" in request.fixturenames:
        yield
    else:
        with time_machine.travel(NOON, tick=False):
            yield


@pytest.fixture
def back(harbour, alice) -> PlanTemplate:
    return make_template(harbour, alice)


class Hands:
    """Somebody at the page of a template; each post carries the newest lock unless it says another."""

    def __init__(self, template: PlanTemplate, who: User) -> None:
        self.template, self.client = template, Client()
        self.client.force_login(who)

    def row(self, slug: str) -> TemplateItem:
        return self.template.items.get(exercise__slug=slug)

    def order(self) -> list[str]:
        return [f"{i.section} {i.exercise.slug}" for i in items_of(self.template)]

    def post(self, route: str, /, *ids, extra=None, **data):
        lock = PlanTemplate.objects.get(pk=self.template.pk).lock
        address = reverse(route, args=[self.template.pk, *ids])
        return self.client.post(address, {"lock": lock} | data, **extra or {})

    def page(self, **query) -> str:
        return self.client.get(reverse("template_builder", args=[self.template.pk]), query).content.decode()


@pytest.fixture
def hands(back, alice) -> Hands:
    return Hands(back, alice)


CHANGES = {
    "add": lambda h: h.post("template_add", exercise=library("bird-dog").pk, section="main", position=1),
    "dose": lambda h: h.post("template_dose", h.row("bridge").pk, sets=3, note="Easy."),
    "section": lambda h: h.post("template_dose", h.row("bridge").pk, section="cool-down"),
    "times a week": lambda h: h.post("template_dose", h.row("bridge").pk, times_a_week=4),
    "move": lambda h: h.post("template_move", h.row("bridge").pk, steps=1),
    "out of its section": lambda h: h.post("template_move", h.row("bridge").pk, steps=-1),
    "place": lambda h: h.post("template_place", h.row("bridge").pk, section="warm-up", position=0),
    "out": lambda h: h.post("template_out", h.row("bridge").pk),
    "days": lambda h: h.post("template_days", weekdays=[2, 4]),
    "words": lambda h: h.post("template_edit", name="Other", meant_for="All", note=""),
}


@pytest.mark.parametrize("name", CHANGES)
def test_each_change_is_kept_and_can_be_undone_to_the_last_byte(hands, back, alice, name):
    before = template_changes.snapshot(back)
    assert CHANGES[name](hands).status_code == 302
    assert template_changes.snapshot(back) != before
    step = back.steps.get()
    assert step.by == alice
    assert step.what in hands.page().replace("&quot;", '"')
    hands.post("template_undo")
    assert template_changes.snapshot(back) == before
    assert not back.steps.exists()


def test_what_the_changes_did(hands):
    CHANGES["add"](hands)
    assert hands.order() == ["main bridge", "main bird-dog", "main sit-to-stand", "main wall-push-up"]
    assert hands.row("bird-dog").weekdays == [1, 3]
    CHANGES["out of its section"](hands)
    hands.post("template_move", hands.row("wall-push-up").pk, steps=1)
    assert hands.order() == [
        "warm-up bridge",
        "main bird-dog",
        "main sit-to-stand",
        "cool-down wall-push-up",
    ]
    CHANGES["dose"](hands)
    CHANGES["days"](hands)
    row = hands.row("bridge")
    assert (row.sets, row.repetitions, row.note, row.weekdays) == (3, 6, "Easy.", [2, 4])


def test_a_plan_filled_from_it_brings_what_was_changed_and_older_plans_stay(hands, back, alice, anna, ben):
    older = templates.begin_empty(patient=ben, title="x", by=alice, at=NOON)
    templates.fill_from_template(version=older, template=back, by=alice, at=NOON)
    CHANGES["out"](hands)
    CHANGES["days"](hands)
    newer = templates.begin_empty(patient=anna, title="x", by=alice, at=NOON)
    templates.fill_from_template(version=newer, template=back, by=alice, at=NOON)
    assert [(p.exercise_version.exercise.slug, p.weekdays) for p in newer.prescriptions.in_order()] == [
        ("sit-to-stand", [2, 4]),
        ("wall-push-up", [2, 4]),
    ]
    assert [p.weekdays for p in older.prescriptions.in_order()] == [[1, 3]] * 3


def test_a_dose_that_cannot_be_keeps_what_was_typed(hands, back):
    before = template_changes.snapshot(back)
    answer = hands.post("template_dose", hands.row("bridge").pk, extra=HTMX, sets="40")
    assert answer.status_code == 422
    assert 'value="40"' in answer.content.decode()
    assert "Write a whole number from 1 to 10." in answer.content.decode()
    assert hands.post("template_days", weekdays=[]).status_code == 422
    assert template_changes.snapshot(back) == before


def test_the_second_of_two_sees_both_sides_and_can_do_it_again(hands, back, bob):
    bobs = Hands(back, bob)
    stale = back.lock
    CHANGES["out"](hands)
    late = bobs.post("template_dose", bobs.row("sit-to-stand").pk, lock=stale, sets=4)
    assert late.status_code == 409
    page = late.content.decode()
    assert "Sets: 4" in page
    assert "Bridge taken out" in page
    assert bobs.row("sit-to-stand").sets == 1
    assert bobs.post("template_dose", bobs.row("sit-to-stand").pk, sets=4).status_code == 302
    assert bobs.row("sit-to-stand").sets == 4


def test_an_exercise_taken_out_meanwhile_is_a_conflict_not_a_dead_end(hands, back, bob):
    gone, stale = hands.row("bridge").pk, back.lock
    CHANGES["out"](hands)
    for name in ("template_dose", "template_move", "template_place", "template_out"):
        answer = Hands(back, bob).post(name, gone, lock=stale, steps=1, section="main", position=0)
        assert answer.status_code == 409
        assert "no longer in the template" in answer.content.decode()


def test_htmx_gets_the_part_it_needs(hands):
    dosed = hands.post("template_dose", hands.row("bridge").pk, extra=HTMX | {"HTTP_HX_TARGET": "side"}, sets=2)
    assert 'id="side"' in dosed.content.decode()
    assert 'id="main"' not in dosed.content.decode()
    moved = hands.post("template_move", hands.row("bridge").pk, extra=HTMX | {"HTTP_HX_TARGET": "builder"}, steps=1)
    assert 'id="main"' in moved.content.decode()
    assert "<html" not in moved.content.decode()


def test_the_library_beside_it_finds_and_knows_what_is_there(hands):
    assert 'aria-label="In the template"' in hands.page(q="bridge")
    name = library("bird-dog").current_version.name
    assert f'aria-label="Add {name}"' in hands.page(q=name)


def test_the_last_exercise_stays(hands):
    for slug in ("bridge", "sit-to-stand"):
        hands.post("template_out", hands.row(slug).pk)
    hands.post("template_out", hands.row("wall-push-up").pk)
    assert hands.order() == ["main wall-push-up"]


def test_ten_changes_back_and_no_further(hands, back):
    for times in range(12):
        hands.post("template_dose", hands.row("bridge").pk, repetitions=times + 10)
    for _again in range(11):
        hands.post("template_undo")
    assert hands.row("bridge").repetitions == 11


def test_what_is_shared_or_put_away_is_not_changed(hands, back, alice):
    shared = PlanTemplate.objects.create(slug="all", name="All", made_at=NOON)
    TemplateItem.objects.create(
        template=shared, exercise=library("bridge"), position=0, section="main", repetitions=5, weekdays=[1]
    )
    everyones = Hands(shared, alice)
    assert everyones.client.get(reverse("template_builder", args=[shared.pk])).status_code == 302
    everyones.post("template_days", weekdays=[5])
    assert everyones.row("bridge").weekdays == [1]
    templates.put_away(template=back, by=alice, at=NOON)
    before = template_changes.snapshot(back)
    for change in CHANGES.values():
        change(hands)
    assert template_changes.snapshot(back) == before


@pytest.mark.parametrize("stranger", ["charlie", "cora"])
def test_strangers_find_nothing_and_change_nothing(back, request, stranger):
    before = template_changes.snapshot(back)
    them = Hands(back, request.getfixturevalue(stranger))
    assert them.client.get(reverse("template_builder", args=[back.pk])).status_code in (403, 404)
    for change in CHANGES.values():
        assert change(them).status_code in (403, 404)
    assert template_changes.snapshot(back) == before


def test_another_template_s_exercise_is_not_reached_through_this_one(hands, harbour, alice):
    other = make_template(harbour, alice, "Other")
    row = other.items.first()
    assert hands.post("template_out", row.pk).status_code == 404
    assert other.items.filter(pk=row.pk).exists()


def test_a_template_is_brought_up_to_date_from_a_plan(client, alice, anna, annas_plan, back):
    draft = plans.revise(plan=annas_plan.plan, by=alice, at=NOON)
    plans.change_dose(
        prescription=draft.prescriptions.first(), changes={"note": "Dear Anna"}, lock=draft.lock, by=alice, at=NOON
    )
    before = template_changes.snapshot(back)
    client.force_login(alice)
    address = reverse("plan_save_template", args=[draft.pk])
    assert f'value="{back.pk}"' in client.get(address).content.decode()
    client.post(address, {"into": back.pk, "lock": back.lock})
    assert [i.exercise_id for i in items_of(back)] == [
        p.exercise_version.exercise_id for p in draft.prescriptions.in_order().select_related("exercise_version")
    ]
    assert "Dear Anna" not in {i.note for i in back.items.all()}
    assert "Exercises taken from a plan" in client.get(reverse("template", args=[back.pk])).content.decode()
    back.refresh_from_db()
    template_changes.undo(template=back, lock=back.lock, by=alice, at=NOON)
    assert template_changes.snapshot(back) == before


def test_an_old_name_that_is_taken_meanwhile_stays_taken(hands, back, harbour, alice):
    CHANGES["words"](hands)
    make_template(harbour, alice, "Back2")
    PlanTemplate.objects.filter(name="Back2").update(name="Back")
    back.refresh_from_db()
    with pytest.raises(Refused):
        template_changes.undo(template=back, lock=back.lock, by=alice, at=NOON)
    back.refresh_from_db()
    assert back.name == "Other"


def test_of_two_at_the_same_instant_exactly_one_wins(committed_db):
    clinic = Clinic.objects.create(name="Race", slug="race", emergency_text="Call.")
    people = [make_member("Rita Race", clinic), make_member("Rob Race", clinic)]
    template = make_template(clinic, people[0])
    ready = Barrier(2)
    deeds = {
        "add": lambda row, who: template_items.add_item(
            template=row.template, exercise=library("bird-dog"), section="main", **who
        ),
        "dose": lambda row, who: template_items.change_item(item=row, changes={"sets": 3}, **who),
        "out": lambda row, who: template_items.remove_item(item=row, **who),
        "days": lambda row, who: template_items.set_weekdays(template=row.template, weekdays=[2], **who),
        "words": lambda row, who: templates.rename_template(
            template=row.template, name="Other", meant_for="", note="", **who
        ),
    }

    def attempt(name: str, lock: int, by: User) -> str:
        row = TemplateItem.objects.select_related("template", "exercise__current_version").get(
            template=template, exercise__slug="bridge"
        )
        ready.wait(timeout=120)
        try:
            deeds[name](row, {"lock": lock, "by": by, "at": NOON})
        except DraftChanged:
            return "lost"
        return "won"

    wrong = {}
    with ThreadPoolExecutor(2) as pool:
        for pair in product(deeds, deeds):
            template.refresh_from_db()
            lock, before = template.lock, template_changes.snapshot(template)
            said = sorted(
                t.result(20) for t in [pool.submit(attempt, n, lock, w) for n, w in zip(pair, people, strict=True)]
            )
            template.refresh_from_db()
            if said != ["lost", "won"] or template.lock != lock + 1:
                wrong[pair] = said
            template_changes.undo(template=template, lock=template.lock, by=people[0], at=NOON)
            assert template_changes.snapshot(template) == before, f"{pair}: more than one change was made"
        list(pool.map(lambda _: (ready.wait(timeout=120), connections.close_all()), range(2)))
    connection.close()
    assert not wrong
