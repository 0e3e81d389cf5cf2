"""Two clinicians at one draft: one wins, the other sees both sides, nothing is lost. And who may not come in."""

import pytest
from django.urls import reverse

from plans.actions import plans
from plans.models import PlanVersion, Prescription
from tests.cast import NOON, make_active_plan
from tests.plans.test_builder import Builder, builder, built, dose_of, exercise, fresh, order, screened

__all__ = ["builder", "built"]  # the fixtures


@pytest.fixture
def stale(built, bob) -> int:
    """The state that Bob's page shows; Alice has moved on since."""
    lock = fresh(built.version).lock
    built.dose("bridge", sets=2, note="From Alice")
    return lock


@pytest.fixture
def bobs(built, bob) -> Builder:
    return Builder(built.client, bob, built.version)


def snapshot(version: PlanVersion) -> tuple:
    return (fresh(version).lock, list(version.prescriptions.order_by("pk").values()))


def test_the_second_dose_gets_409_with_both_sides(built, bobs, stale):
    before = snapshot(built.version)
    row = bobs.row("bridge")
    page = bobs.post("builder_dose", row.pk, lock=stale, **dose_of(row, sets=5, note="From Bob"))
    text = page.content.decode()
    assert page.status_code == 409
    assert "Nothing was overwritten." in text
    assert "Sets: 5" in text and "Note to the patient: From Bob" in text
    assert "From Alice" in text and "2 sets of" in text
    assert snapshot(built.version) == before


def test_what_was_tried_can_be_done_on_the_plan_as_it_is_now(built, bobs, stale):
    row = bobs.row("bridge")
    page = bobs.post("builder_dose", row.pk, lock=stale, **dose_of(row, sets=5))
    again = {"lock": page.context["version"].lock}
    for name, value in page.context["sent"]:
        again.setdefault(name, []).append(value) if name != "lock" else None
    bobs.client.post(page.context["action"], again)
    assert (bobs.row("bridge").sets, bobs.row("bridge").note) == (5, "From Alice")


@pytest.mark.parametrize(
    "change", ["add", "move", "remove", "days", "place", "swap", "test", "grow", "activate", "discard"]
)
def test_every_change_takes_the_lock(built, bobs, stale, anna, alice, change):
    screened(anna, alice)
    before = snapshot(built.version)
    row = bobs.row("bridge")
    sent = {
        "add": ("builder_add", [], {"exercise": exercise("cat-cow").pk, "section": "main"}, "Add Cat-cow to Main"),
        "move": ("builder_move", [row.pk], {"steps": "1"}, "Move Bridge down"),
        "remove": ("builder_remove", [row.pk], {}, "Take out Bridge"),
        "days": ("builder_days", [], {"weekdays": [2]}, "Days of the plan: Tuesday"),
        "place": ("builder_place", [row.pk], {"section": "cool-down", "position": 0}, "Move Bridge to Cool-down"),
        "swap": ("builder_swap", [row.pk], {"to": exercise("hip-hinge").pk}, "Change Bridge for "),
        "test": (
            "builder_test",
            [row.pk],
            {"value": 5, "measure": "duration_minutes", "on": "2026-01-01"},
            "Start Bridge 20 % below a test",
        ),
        "grow": ("builder_grow", [row.pk], {"step_percent": 10, "ceiling": 50}, "Growth of Bridge"),
        "activate": ("plan_activate", [], {"why": "Bob's reason"}, "Activate v1"),
        "discard": ("plan_discard", [], {}, "Throw away the draft v1"),
    }
    name, args, data, title = sent[change]
    page = bobs.post(name, *args, lock=stale, **data)
    assert page.status_code == 409
    assert title in page.content.decode()
    if change == "activate":
        assert "Bob&#x27;s reason" in page.content.decode()
    assert snapshot(built.version) == before


@pytest.mark.parametrize("lock", ["", "x", "-1", "9" * 30, "١"])
def test_a_form_without_a_good_lock_changes_nothing(built, lock):
    before = snapshot(built.version)
    page = built.post("builder_days", lock=lock, weekdays=[2])
    assert page.status_code == 409
    assert snapshot(built.version) == before


def test_changing_what_somebody_took_out_is_a_conflict_not_a_dead_end(built, bobs):
    lock, row = fresh(built.version).lock, built.row("bridge")
    built.post("builder_remove", row.pk)
    page = bobs.post("builder_dose", row.pk, lock=lock, **dose_of(row, note="Bob's careful words"))
    assert page.status_code == 409
    assert "no longer in the plan" in page.content.decode()
    assert "Bob&#x27;s careful words" in page.content.decode()
    for name, data in [("builder_move", {"steps": 1}), ("builder_remove", {})]:
        assert bobs.post(name, row.pk, lock=lock, **data).status_code == 409


def test_a_draft_activated_meanwhile_cannot_change(built, bobs, anna, alice):
    screened(anna, alice)
    lock, row = fresh(built.version).lock, built.row("bridge")
    built.post("plan_activate", why="Alice was first.")
    page = bobs.post("builder_dose", row.pk, lock=lock, **dose_of(row, sets=5))
    assert page.status_code == 409
    assert "has been activated since you opened it" in page.content.decode()
    assert "Do it on the plan as it is now" not in page.content.decode()
    assert bobs.post("builder_days", weekdays=[2]).status_code == 409
    assert built.row("bridge").sets == row.sets


def test_htmx_gets_parts_and_the_conflict_in_place(built, stale):
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/plans/x/?q=bridge"}
    row = built.row("bridge")
    address = reverse("builder_dose", args=[built.version.pk, row.pk])
    lock = fresh(built.version).lock
    good = built.client.post(address, dose_of(row, sets=3) | {"lock": lock}, headers=headers)
    text = good.content.decode()
    assert good.status_code == 200 and "<html" not in text
    assert 'id="side"' in text and f'data-lock="{lock + 1}"' in text and f'id="notes-{row.pk}"' in text
    assert '<input type="number"' not in text, "the inputs that somebody may be typing in stay"
    bad = built.client.post(address, dose_of(row, sets=99) | {"lock": lock + 1}, headers=headers)
    assert (bad.status_code, bad["HX-Retarget"]) == (422, f"#ex-{row.pk}")
    assert 'value="99"' in bad.content.decode()
    late = built.client.post(address, dose_of(row, sets=4) | {"lock": stale}, headers=headers)
    assert (late.status_code, late["HX-Retarget"]) == (409, "#builder")
    assert "<html" not in late.content.decode()
    moved = built.client.post(
        reverse("builder_move", args=[built.version.pk, row.pk]), {"steps": 1, "lock": lock + 1}, headers=headers
    )
    assert moved["HX-Retarget"] == "#builder"
    assert 'value="bridge"' in moved.content.decode(), "the search of the page that asked is kept"


def test_a_search_while_typing_leaves_the_search_box_alone(built):
    headers = {"HX-Request": "true", "HX-Target": "shelf-list"}
    address = reverse("plan_builder", args=[built.version.pk])
    found = built.client.get(address, {"q": "tilt", "goal": "", "impact": "low"}, headers=headers)
    text = found.content.decode()
    assert "Pelvic tilt" in text and 'id="shelf-count"' in text
    assert 'type="search"' not in text
    assert found["HX-Push-Url"] == f"{address}?q=tilt&impact=low"


def routes(version: PlanVersion, row: Prescription) -> list[tuple[str, str, dict]]:
    """Every address of the builder: method, address, and what would be a good POST."""
    lock = {"lock": version.lock}
    of_plan = [
        ("plan_builder", "get", {}),
        ("plan_preview", "get", {}),
        ("plan_activate", "get", {}),
        ("plan_activate", "post", lock | {"why": "x"}),
        ("plan_discard", "get", {}),
        ("plan_discard", "post", lock),
        ("builder_add", "post", lock | {"exercise": exercise("cat-cow").pk, "section": "main"}),
        ("builder_days", "post", lock | {"weekdays": [1]}),
        ("builder_undo", "post", lock),
    ]
    of_row = [
        ("builder_dose", dose_of(row)),
        ("builder_move", {"steps": 1}),
        ("builder_remove", {}),
        ("builder_place", {"section": "cool-down", "position": 0}),
        ("builder_swap", {"to": exercise("hip-hinge").pk}),
        ("builder_test", {"value": 5, "measure": "duration_minutes", "on": "2026-01-01"}),
        ("builder_grow", {"step_percent": 10, "ceiling": 50}),
    ]
    start = reverse("plan_start", args=[version.plan.patient_id])
    return [
        ("post", start, {}),
        *((method, reverse(name, args=[version.pk]), data) for name, method, data in of_plan),
        *(("post", reverse(name, args=[version.pk, row.pk]), lock | data) for name, data in of_row),
    ]


@pytest.mark.parametrize("stranger", ["charlie", "cora", "ben", "anna", "nobody"])
def test_strangers_find_nothing_and_change_nothing(built, request, stranger):
    version, client = fresh(built.version), built.client
    before = snapshot(version)
    client.logout()
    if stranger != "nobody":
        person = request.getfixturevalue(stranger)
        client.force_login(getattr(person, "user", person))
    for method, address, data in routes(version, built.row("bridge")):
        answer = getattr(client, method)(address, data)
        assert answer.status_code == (302 if stranger == "nobody" else 404), address
        assert b"Anna Anders" not in answer.content
    assert snapshot(version) == before
    assert PlanVersion.objects.count() == 1


def test_an_exercise_of_another_plan_is_not_reached_through_ones_own(built, client, ben, bob, zoe, charlie):
    for patient, by in [(ben, bob), (zoe, charlie)]:
        other = plans.revise(plan=make_active_plan(patient, by).plan, by=by, at=NOON).prescriptions.first()
        before = Prescription.objects.filter(pk=other.pk).values().get()
        for name, data in [
            ("builder_dose", dose_of(other, sets=9)),
            ("builder_move", {"steps": 1}),
            ("builder_remove", {}),
        ]:
            assert built.post(name, other.pk, **data).status_code == 404
        assert Prescription.objects.filter(pk=other.pk).values().get() == before
    assert len(order(built.version)) == 3


@pytest.mark.parametrize("wrong", ["00000000-0000-0000-0000-000000000000"])
def test_missing_ids_look_like_strangers_ids(client, alice, anna, wrong):
    client.force_login(alice)
    for name in ["plan_builder", "plan_preview", "plan_activate", "plan_discard"]:
        assert client.get(reverse(name, args=[wrong])).status_code == 404
