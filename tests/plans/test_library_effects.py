"""What a change of the library means for plans: who is told, once, and that nothing leaves a plan."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import ListLook, Membership
from exercises.actions import lifecycle
from exercises.actions.refusals import Refused
from exercises.models import Exercise, LibraryChange
from plans.actions import library, plans
from plans.models import LibraryNotice, PlanEvent, Prescription, Reevaluation
from tests.cast import NOON, TODAY, make_active_plan, make_patient
from tests.exercises.curation_cast import WHOLE, publish_next, published
from tests.plans.inbox_rows import flag_of

KNEE = "knee-osteoarthritis"
PREGNANT = {"condition": "pregnancy", "kind": "contraindicated", "reason": "Ask the midwife first."}


@pytest.fixture(autouse=True)
def at_noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def heel_slide(maren, ravi) -> Exercise:
    return published(maren, ravi)


@pytest.fixture
def two_plans(heel_slide, anna, ben, alice, bob):
    """Anna (pregnant) and Ben have the exercise in their plans."""
    anna.profile.conditions.add("pregnancy")
    return [make_active_plan(who, by, exercises=("heel-slide", "bridge")) for who, by in ((anna, alice), (ben, bob))]


def add_caution(exercise, maren, ravi, *cautions):
    return publish_next(exercise, maren, ravi, cautions=[*WHOLE["cautions"], *cautions])


def test_a_new_hard_stop_is_told_to_every_plan_and_grave_where_it_applies(two_plans, heel_slide, maren, ravi, anna):
    version = add_caution(heel_slide, maren, ravi, PREGNANT)
    assert library.effect_of(version) == library.Effect(plans=2, unsafe=1)
    assert library.handle_changes(at=NOON) == 2
    notices = {notice.plan.patient: notice for notice in LibraryNotice.objects.select_related("plan__patient")}
    assert {who.full_name: notice.grave for who, notice in notices.items()} == {"Anna Anders": True, "Ben Bauer": False}
    assert notices[anna].detail == {"exercise": "Heel slide", "held": 1, "conditions": ["pregnancy"]}
    assert LibraryChange.objects.get().handled_at == NOON


def test_nobody_is_told_twice(two_plans, heel_slide, maren, ravi):
    add_caution(heel_slide, maren, ravi, PREGNANT)
    library.handle_changes(at=NOON)
    assert library.handle_changes(at=NOON) == 0
    LibraryChange.objects.update(handled_at=None)  # as after a crash between the notices and their mark
    library.handle_changes(at=NOON)
    assert LibraryNotice.objects.count() == 2


def test_a_newer_version_without_another_caution_tells_nobody_but_the_builder(two_plans, heel_slide, maren, ravi):
    first = heel_slide.current_version
    newer = publish_next(heel_slide, maren, ravi, should_feel="Almost nothing.")
    assert library.handle_changes(at=NOON) == 0
    assert not LibraryNotice.objects.exists()
    held = two_plans[0].prescriptions.get(exercise_version=first)
    other = two_plans[0].prescriptions.exclude(exercise_version=first).get()
    assert library.newer_version(held) == newer
    assert library.newer_version(other) is None
    assert library.newer_versions([held, other]) == {held.pk: newer}


def test_what_was_ruled_out_already_is_not_grave_again(two_plans, heel_slide, maren, ravi, anna, alice):
    version = add_caution(heel_slide, maren, ravi, PREGNANT)
    library.handle_changes(at=NOON)
    draft = plans.revise(plan=two_plans[0].plan, by=alice, at=NOON)
    for row in draft.prescriptions.filter(exercise_version__exercise=heel_slide):
        row.exercise_version, row.override_reason = version, "Her midwife agrees."
        row.save()
    draft.refresh_from_db()
    plans.activate(version=draft, lock=draft.lock, why="Agreed.", by=alice, at=NOON)
    another = {"condition": KNEE, "kind": "contraindicated", "reason": "Too much."}
    publish_next(heel_slide, maren, ravi, cautions=[another, PREGNANT])
    library.handle_changes(at=NOON)
    last = LibraryNotice.objects.filter(plan__patient=anna).order_by("-change__at", "-id").first()
    assert last.detail["held"] == 2
    assert not last.grave


def test_paused_plans_are_told_and_ended_ones_are_not(two_plans, heel_slide, maren, ravi):
    paused, ended = (version.plan for version in two_plans)
    paused.status = "paused"
    paused.save()
    ended.status = "ended"
    ended.save()
    add_caution(heel_slide, maren, ravi, PREGNANT)
    library.handle_changes(at=NOON)
    assert [notice.plan for notice in LibraryNotice.objects.all()] == [paused]


def test_a_change_that_fails_waits_and_does_not_hold_up_the_next(two_plans, heel_slide, maren, ravi, monkeypatch):
    add_caution(heel_slide, maren, ravi, PREGNANT)
    lifecycle.retire(exercise=heel_slide, reason="Too hard.", by=maren, at=NOON + timedelta(seconds=1))
    tell = library._tell

    def fail_for_cautions(change, at):
        if change.kind == "cautions":
            raise ValueError("odd")
        return tell(change, at)

    monkeypatch.setattr(library, "_tell", fail_for_cautions)
    assert library.handle_changes(at=NOON) == 2
    assert LibraryChange.objects.get(handled_at__isnull=True).kind == "cautions"
    monkeypatch.undo()
    assert library.handle_changes(at=NOON) == 2


def test_nothing_waiting_costs_one_query(two_plans):
    with CaptureQueriesContext(connection) as asked:
        library.handle_changes(at=NOON)
    assert len(asked) == 1


def test_retiring_changes_not_one_byte_of_a_plan(two_plans, heel_slide, maren, client, anna, alice):
    def rows():
        return list(Prescription.objects.order_by("pk").values())

    def pages():
        found = []
        client.force_login(anna.user)
        held = two_plans[0].prescriptions.get(exercise_version__exercise=heel_slide)
        for url in (reverse("plan"), reverse("plan_exercise", args=[held.pk]), reverse("log_session")):
            found.append((url, client.get(url).content))
        client.force_login(alice)
        found.append(("version", client.get(reverse("plan_builder", args=[two_plans[0].pk])).content))
        return [(url, strip_tokens(body)) for url, body in found]

    before = rows(), pages()
    lifecycle.retire(exercise=heel_slide, reason="Too hard.", by=maren, at=NOON)
    assert library.handle_changes(at=NOON) == 2
    assert (rows(), pages()) == before
    assert b"Heel slide" in before[1][0][1]


def strip_tokens(body: bytes) -> bytes:
    """Without what differs on every answer: form tokens and ids made for the form."""
    body = re.sub(rb'name="csrfmiddlewaretoken" value="[^"]*"', b"", body)
    body = re.sub(rb'"X-CSRFToken": "[^"]*"', b"", body)
    return re.sub(rb'name="entry" value="[0-9a-f-]{36}"', b"", body)


def test_the_shelf_no_longer_offers_what_is_retired(two_plans, heel_slide, maren, client, alice):
    draft = plans.revise(plan=two_plans[0].plan, by=alice, at=NOON)
    client.force_login(alice)
    url = reverse("plan_builder", args=[draft.pk])
    offered = [row.exercise for row in client.get(url, {"q": "heel slide"}).context["shelf"].rows]
    assert heel_slide in offered
    lifecycle.retire(exercise=heel_slide, reason="Too hard.", by=maren, at=NOON)
    offered = [row.exercise for row in client.get(url, {"q": "heel slide"}).context["shelf"].rows]
    assert heel_slide not in offered


# --- the clinician's inbox ---


def test_the_inbox_says_it_high_for_whom_it_is_unsafe_and_by_change_for_the_others(
    two_plans, heel_slide, maren, ravi, client, alice, bob
):
    add_caution(heel_slide, maren, ravi, PREGNANT)
    library.handle_changes(at=NOON)
    client.force_login(alice)
    mine = client.get(reverse("inbox"))
    assert [(group.level, row.patient.full_name) for group in mine.context["groups"] for row in group.rows] == [
        ("important", "Anna Anders")
    ]
    assert mine.context["library"].changes == []
    text = mine.content.decode()
    assert "Heel slide is now marked as not for people with pregnancy. Ask the midwife first." in text
    assert "Nothing needs you right now" not in text
    client.force_login(bob)
    others = client.get(reverse("inbox")).context["library"].changes
    assert [(said.title, [p.full_name for p in said.patients]) for said in others] == [
        ("Heel slide has a new or changed caution", ["Ben Bauer"])
    ]


def test_a_retired_exercise_names_the_plans_and_the_reason(two_plans, heel_slide, maren, client, lena):
    lifecycle.retire(exercise=heel_slide, reason="Too hard", by=maren, at=NOON)
    library.handle_changes(at=NOON)
    client.force_login(lena)
    text = client.get(reverse("inbox"), {"tab": "clinic"}).content.decode()
    assert "Heel slide is retired" in text
    assert "No longer offered: Too hard. Nothing has left a plan." in text
    assert "Anna Anders" in text and "Ben Bauer" in text
    lifecycle.restore(exercise=heel_slide, by=maren, at=NOON + timedelta(minutes=1))
    assert "Heel slide is retired" not in client.get(reverse("inbox"), {"tab": "clinic"}).content.decode()


def test_who_is_named_beside_the_list_stands_in_the_same_line(
    two_plans, heel_slide, harbour, maren, client, anna, ben, lena
):
    """Carl has a flag and none of the exercise; of the others the inbox knows only when it has asked for them."""
    carl = make_patient("Carl Carter", harbour, lena)
    flag_of(carl)
    Reevaluation.objects.update(due_on=TODAY + timedelta(days=60))  # so that nothing waits about them
    client.force_login(lena)
    client.get(reverse("inbox"), {"tab": "clinic"})
    assert [set(look.patients) for look in ListLook.objects.all()] == [{carl.pk}]
    lifecycle.retire(exercise=heel_slide, reason="Too hard", by=maren, at=NOON)
    library.handle_changes(at=NOON)
    client.get(reverse("inbox"), {"tab": "clinic"})
    assert [look.patients for look in ListLook.objects.order_by("id")] == [[carl.pk], [carl.pk, anna.pk, ben.pk]]


def test_seen_is_written_down_and_leaves_the_inbox(two_plans, heel_slide, maren, ravi, client, alice, anna):
    add_caution(heel_slide, maren, ravi, PREGNANT)
    library.handle_changes(at=NOON)
    client.force_login(alice)
    notice = LibraryNotice.objects.get(plan__patient=anna)
    answer = client.post(reverse("library_notices_seen"), {"notice": notice.pk, "next": "/inbox/?tab=mine"})
    assert answer.headers["Location"] == "/inbox/?tab=mine"
    notice.refresh_from_db()
    assert (notice.seen_by, notice.seen_at) == (alice, NOON)
    event = PlanEvent.objects.get(patient=anna, verb="library notice seen")
    assert (event.by, event.detail["grave"]) == (alice, True)
    assert "important" not in [group.level for group in client.get(reverse("inbox")).context["groups"]]
    assert client.post(reverse("library_notices_seen"), {"notice": notice.pk}).status_code == 404


def test_seen_for_a_change_stays_in_its_scope(two_plans, heel_slide, maren, client, alice):
    lifecycle.retire(exercise=heel_slide, reason="Too hard.", by=maren, at=NOON)
    library.handle_changes(at=NOON)
    change = LibraryChange.objects.get()
    client.force_login(alice)
    client.post(reverse("library_notices_seen"), {"change": change.pk, "scope": "mine"})
    open_now = LibraryNotice.objects.open().values_list("plan__patient__full_name", flat=True)
    assert list(open_now) == ["Ben Bauer"]


def test_a_stranger_marks_nothing(two_plans, heel_slide, maren, client, charlie, cora):
    lifecycle.retire(exercise=heel_slide, reason="Too hard.", by=maren, at=NOON)
    library.handle_changes(at=NOON)
    bodies = [{"change": LibraryChange.objects.get().pk}, {"notice": LibraryNotice.objects.first().pk}, {}]
    for person in (charlie, cora, maren):
        client.force_login(person)
        assert [client.post(reverse("library_notices_seen"), body).status_code for body in bodies] == [404, 404, 404]
    assert LibraryNotice.objects.open().count() == 2


def test_the_inbox_asks_the_same_number_of_questions_however_many_notices(
    two_plans, heel_slide, maren, ravi, client, alice, harbour
):
    add_caution(heel_slide, maren, ravi, PREGNANT)
    library.handle_changes(at=NOON)
    client.force_login(alice)

    def asked() -> int:
        with CaptureQueriesContext(connection) as seen:
            client.get(reverse("inbox"), {"tab": "clinic"})
        return len(seen)

    asked()  # the first page notes when the session began
    few = asked()
    for n in range(3):
        patient = make_patient(f"Person {n}", harbour, alice)
        make_active_plan(patient, alice, exercises=("heel-slide", "bridge"), at=NOON)
        patient.profile.conditions.add("gout" if n else "pregnancy")
    publish_next(heel_slide, maren, ravi, cautions=[PREGNANT, PREGNANT | {"condition": "gout"}])
    lifecycle.retire(exercise=heel_slide, reason="Enough.", by=maren, at=NOON)
    library.handle_changes(at=NOON)
    assert asked() == few


# --- the curator's pages: numbers and clinicians, no patient ---


def test_where_used_names_clinicians_and_no_patient(two_plans, heel_slide, maren, client):
    client.force_login(maren)
    for name in ("exercise_used", "exercise_retire"):
        response = client.get(reverse(name, args=[heel_slide.pk]))
        text = response.content.decode()
        used = response.context["used"]
        assert used.plans == 2
        assert [(c.name, c.clinic, c.plans) for c in used.clinicians] == [
            ("Alice Archer", "Harbour Clinic", 1), ("Bob Brook", "Harbour Clinic", 1)
        ]  # fmt: skip
        assert "Alice Archer" in text and "Anna Anders" not in text and "Ben Bauer" not in text


def test_retiring_from_the_page(two_plans, heel_slide, maren, client):
    client.force_login(maren)
    url = reverse("exercise_retire", args=[heel_slide.pk])
    assert client.post(url, {"reason": " "}).status_code == 422
    assert client.post(url, {"reason": "Too hard."}).status_code == 302
    assert Exercise.objects.get(pk=heel_slide.pk).retired_reason == "Too hard."
    client.post(reverse("exercise_restore", args=[heel_slide.pk]))
    assert Exercise.objects.get(pk=heel_slide.pk).retired_at is None


def test_the_review_page_says_what_publishing_would_mean(two_plans, heel_slide, maren, ravi, client):
    draft = lifecycle.edit(exercise=heel_slide, by=maren, at=NOON)
    draft = lifecycle.save_draft(
        version=draft, content={"cautions": [*WHOLE["cautions"], PREGNANT]}, lock=draft.lock, by=maren, at=NOON
    )
    lifecycle.submit(version=draft, lock=draft.lock, by=maren, at=NOON)
    client.force_login(ravi)
    url = reverse("version_review", args=[draft.pk])
    text = client.get(url).content.decode()
    assert "2 plans use the exercise." in text
    assert "1 patient has a condition that this version is not for" in text
    assert "You did not write it, so you can publish it." in text
    publish = reverse("version_publish", args=[draft.pk])
    ticks = {"steps_are_safe": "on", "pictures_match": "on"}
    assert client.post(publish, ticks).status_code == 422
    assert client.post(publish, ticks | {"cautions_agree": "on"}).status_code == 302
    assert Exercise.objects.get(pk=heel_slide.pk).current_version_id == draft.pk
    assert not Membership.objects.filter(user=ravi).exists()  # a curator of the shared library needs no clinic


def test_a_plan_activated_later_with_the_older_version_is_told_too(heel_slide, maren, ravi, anna, alice):
    draft = plans.revise(plan=make_active_plan(anna, alice, exercises=("bridge",)).plan, by=alice, at=NOON)
    plans.add_exercise(
        version=draft, exercise_version=heel_slide.current_version, section="main", lock=0, by=alice, at=NOON
    )
    add_caution(heel_slide, maren, ravi, PREGNANT)
    assert library.handle_changes(at=NOON) == 0
    plans.activate(version=draft, lock=1, why="Now.", by=alice, at=NOON + timedelta(hours=1))
    anna.profile.conditions.add("pregnancy")
    later = NOON + timedelta(hours=2)
    assert library.tell_plans_activated_since(at=later) == 1
    assert library.tell_plans_activated_since(at=later) == 0
    assert LibraryNotice.objects.get().grave


# --- the builder: a newer version is offered, never pushed ---


def test_the_builder_offers_the_newer_version_and_a_clinician_takes_it(
    two_plans, heel_slide, maren, ravi, client, alice
):
    newer = publish_next(heel_slide, maren, ravi, should_feel="Almost nothing.")
    draft = plans.revise(plan=two_plans[0].plan, by=alice, at=NOON)
    held = draft.prescriptions.get(exercise_version__exercise=heel_slide)
    client.force_login(alice)
    text = client.get(reverse("plan_builder", args=[draft.pk])).content.decode()
    assert text.count("A newer version exists:") == 1
    assert f"{reverse('exercise_changes', args=[heel_slide.pk])}?from=1&amp;to=2" in text
    url = reverse("builder_newer", args=[draft.pk, held.pk])
    assert client.post(url, {"lock": draft.lock + 1}).status_code == 409
    assert client.post(url, {"lock": draft.lock}).status_code == 302
    taken = Prescription.objects.get(pk=held.pk)
    assert taken.exercise_version == newer
    assert taken.amounts() == held.amounts()
    assert "A newer version exists:" not in client.get(reverse("plan_builder", args=[draft.pk])).content.decode()
    assert two_plans[0].prescriptions.filter(exercise_version=heel_slide.current_version).exists()


def test_a_reason_against_a_hard_stop_does_not_lift_the_newer_version_s(
    two_plans, heel_slide, maren, ravi, anna, alice
):
    draft = plans.revise(plan=two_plans[0].plan, by=alice, at=NOON)
    held = draft.prescriptions.get(exercise_version__exercise=heel_slide)
    plans.change_dose(prescription=held, changes={"override_reason": "Old."}, lock=0, by=alice, at=NOON)
    add_caution(heel_slide, maren, ravi, PREGNANT)
    held.refresh_from_db()
    plans.take_newer_version(prescription=held, lock=1, by=alice, at=NOON)
    assert plans.missing_for_activation(draft, NOON) == [
        "Heel slide is not for people with Pregnancy. Take it out, or write the reason."
    ]
    with pytest.raises(Refused, match="no newer version"):
        plans.take_newer_version(prescription=Prescription.objects.get(pk=held.pk), lock=2, by=alice, at=NOON)
