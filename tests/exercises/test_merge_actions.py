"""Merging two exercises: nothing that refers to one is lost, everything can be undone, and only curators do it."""

from datetime import timedelta

import pytest

from exercises.actions import lifecycle, merges
from exercises.actions.refusals import Refused
from exercises.models import Exercise, ExerciseLink, LibraryChange, Merge, NotDuplicate
from exercises.suggestions import suggest
from plans.models import Prescription
from tests.cast import NOON, make_active_plan
from tests.exercises.curation_cast import in_review, make_curator, published, write

LATER = NOON + timedelta(days=1)


@pytest.fixture
def dana(db):
    return make_curator("Dana Curator")


@pytest.fixture
def kept(cleo, dana) -> Exercise:
    return published(cleo, dana, name="Lamp reach", also_known_as=["Light reach"])


@pytest.fixture
def twin(cleo, dana) -> Exercise:
    return published(cleo, dana, name="Lamp reaches", also_known_as=["light reach", "Bulb reach"])


def chain() -> set[tuple[str, str]]:
    return set(ExerciseLink.objects.values_list("easier__slug", "harder__slug"))


def fresh(exercise: Exercise) -> Exercise:
    return Exercise.objects.get(pk=exercise.pk)


def test_the_merged_one_is_retired_and_its_names_wait_in_a_draft(kept, twin, cleo):
    done = merges.merge(kept=kept, merged=twin, by=cleo, at=NOON)
    merged = fresh(twin)
    assert (merged.retired_at, merged.retired_by) == (NOON, cleo)
    assert "Lamp reach" in merged.retired_reason
    draft = kept.versions.get(state="draft")
    assert done.names == ["Lamp reaches", "Bulb reach"]
    assert (draft.number, draft.also_known_as) == (2, ["Light reach", "Lamp reaches", "Bulb reach"])
    assert fresh(kept).current_version.also_known_as == ["Light reach"], "nothing published changes by itself"
    assert LibraryChange.objects.get(exercise=twin).kind == "retired"
    assert {event.verb for event in twin.events.filter(at=NOON)} >= {"merged", "retired"}
    assert kept.events.filter(verb="took another in", note="Lamp reaches").count() == 1


def test_plans_keep_the_version_they_were_made_with(anna, alice, kept, twin, cleo):
    active = make_active_plan(anna, alice, exercises=(twin.slug,))
    before = list(Prescription.objects.filter(version=active).values_list("exercise_version", flat=True))
    merges.merge(kept=kept, merged=twin, by=cleo, at=NOON)
    assert list(Prescription.objects.filter(version=active).values_list("exercise_version", flat=True)) == before
    assert fresh(twin).current_version_id in before


def test_neighbours_move_over_and_come_back(kept, twin, cleo, dana):
    easy, hard = (published(cleo, dana, name=name) for name in ("Lamp look", "Lamp jump"))
    for low, high in [(easy, twin), (twin, hard), (easy, kept)]:
        ExerciseLink.objects.create(easier=low, harder=high)
    before = chain()
    row = merges.merge(kept=kept, merged=twin, by=cleo, at=NOON).merge
    moved = {pair for pair in chain() if "lamp-reach" in pair or "lamp-reaches" in pair}
    assert moved == {("lamp-look", "lamp-reach"), ("lamp-reach", "lamp-jump")}
    merges.undo(merge=row, by=cleo, at=LATER)
    assert chain() == before


def test_neighbours_that_would_close_a_loop_are_left_out(kept, twin, cleo, dana):
    middle = published(cleo, dana, name="Lamp look")
    for low, high in [(kept, middle), (middle, twin)]:
        ExerciseLink.objects.create(easier=low, harder=high)
    before = chain()
    row = merges.merge(kept=kept, merged=twin, by=cleo, at=NOON).merge
    assert {pair for pair in chain() if "lamp-look" in pair} == {("lamp-reach", "lamp-look")}
    merges.undo(merge=row, by=cleo, at=LATER)
    assert chain() == before


def test_undo_brings_everything_back(kept, twin, cleo):
    row = merges.merge(kept=kept, merged=twin, by=cleo, at=NOON).merge
    assert merges.undo(merge=row, by=cleo, at=LATER) is True
    row.refresh_from_db()
    assert (row.undone_at, row.undone_by) == (LATER, cleo)
    assert fresh(twin).retired_at is None
    assert not kept.versions.exclude(state="published").exists(), "the draft made for the names is gone"
    assert [change.kind for change in LibraryChange.objects.filter(exercise=twin).order_by("at")] == [
        "retired",
        "restored",
    ]
    with pytest.raises(Refused, match="already"):
        merges.undo(merge=row, by=cleo, at=LATER)
    assert merges.merge(kept=kept, merged=twin, by=cleo, at=LATER).names == ["Lamp reaches", "Bulb reach"]


def test_undo_keeps_what_was_written_into_the_draft_since(kept, twin, cleo):
    row = merges.merge(kept=kept, merged=twin, by=cleo, at=NOON).merge
    draft = kept.versions.get(state="draft")
    lifecycle.save_draft(version=draft, content={"should_feel": "Light."}, lock=draft.lock, by=cleo, at=NOON)
    assert merges.undo(merge=row, by=cleo, at=LATER) is True
    draft = kept.versions.get(state="draft")
    assert (draft.also_known_as, draft.should_feel) == (["Light reach"], "Light.")


def test_undo_says_when_the_names_are_published_by_now(kept, twin, cleo, dana):
    row = merges.merge(kept=kept, merged=twin, by=cleo, at=NOON).merge
    draft = kept.versions.get(state="draft")
    lifecycle.submit(version=draft, lock=draft.lock, by=cleo, at=NOON)
    lifecycle.publish(version=draft, by=dana, at=NOON)
    assert merges.undo(merge=row, by=cleo, at=LATER) is False
    assert fresh(twin).retired_at is None


def test_the_draft_of_somebody_else_is_not_touched(kept, twin, cleo, dana):
    draft = lifecycle.edit(exercise=kept, by=dana, at=NOON)
    assert merges.merge(kept=kept, merged=twin, by=cleo, at=NOON).names == []
    draft.refresh_from_db()
    assert (draft.also_known_as, draft.author) == (["Light reach"], dana)


def test_two_drafts_can_be_merged(cleo):
    kept, twin = (write(cleo, name=name).exercise for name in ("Lamp reach", "Lamp reaches"))
    row = merges.merge(kept=kept, merged=twin, by=cleo, at=NOON).merge
    assert kept.versions.get().also_known_as == ["Lamp reaches"]
    assert not LibraryChange.objects.filter(exercise=twin).exists(), "no plan can have it"
    merges.undo(merge=row, by=cleo, at=LATER)
    assert kept.versions.get().also_known_as == []
    assert fresh(twin).retired_at is None


def test_what_cannot_be_merged_is_refused(kept, twin, cleo, dana, harbour, cora):
    unpublished = write(cleo, name="Lamp draft").exercise
    with pytest.raises(Refused, match="never been published"):
        merges.merge(kept=unpublished, merged=twin, by=cleo, at=NOON)
    with pytest.raises(Refused, match="two different"):
        merges.merge(kept=kept, merged=kept, by=cleo, at=NOON)
    reviewed = in_review(cleo, name="Lamp in review").exercise
    with pytest.raises(Refused, match="being reviewed"):
        merges.merge(kept=kept, merged=reviewed, by=cleo, at=NOON)
    own = write(cora, clinic=harbour, name="Harbour lamp").exercise
    for by in (cleo, cora):
        with pytest.raises(Refused):
            merges.merge(kept=own, merged=kept, by=by, at=NOON)
    lifecycle.retire(exercise=twin, reason="Old", by=cleo, at=NOON)
    with pytest.raises(Refused, match="retired already"):
        merges.merge(kept=kept, merged=twin, by=cleo, at=NOON)
    assert not Merge.objects.exists()


def test_a_refused_merge_leaves_nothing_behind(kept, cleo, dana):
    """Retiring is the last step and is refused here; links and names are as before."""
    reviewed = in_review(cleo, name="Lamp in review").exercise
    ExerciseLink.objects.create(easier=reviewed, harder=kept)
    with pytest.raises(Refused):
        merges.merge(kept=kept, merged=reviewed, by=cleo, at=NOON)
    assert ("lamp-in-review", "lamp-reach") in chain()
    assert not kept.versions.exclude(state="published").exists()


def test_only_curators_of_the_library_merge(kept, twin, alice, cora, harbour):
    for by in (alice, cora):
        with pytest.raises(Refused, match="do not look after"):
            merges.merge(kept=kept, merged=twin, by=by, at=NOON)
    own = write(cora, clinic=harbour, name="Lamp reach").exercise
    done = merges.merge(kept=kept, merged=own, by=cora, at=NOON)
    assert done.names == [], "a clinic's curator does not write the shared library"
    assert fresh(own).retired_at == NOON
    cleo = make_curator("Other Curator")
    with pytest.raises(Refused, match="do not look after"):
        merges.undo(merge=done.merge, by=cleo, at=LATER)


def test_a_merged_exercise_comes_back_by_undoing_only(kept, twin, cleo):
    merges.merge(kept=kept, merged=twin, by=cleo, at=NOON)
    with pytest.raises(Refused, match="Undo the merge"):
        lifecycle.restore(exercise=twin, by=cleo, at=LATER)


def test_pairs_are_suggested_until_somebody_tells_them_apart(kept, twin, cleo):
    def pairs() -> set[frozenset[str]]:
        return {frozenset([pair.one.slug, pair.other.slug]) for pair in suggest(None).pairs}

    wanted = frozenset([kept.slug, twin.slug])
    assert wanted in pairs()
    merges.mark_different(one=twin, other=kept, by=cleo, at=NOON)
    merges.mark_different(one=kept, other=twin, by=cleo, at=LATER)
    assert NotDuplicate.objects.get().at == NOON
    assert wanted not in pairs()


def test_neighbours_and_retired_ones_are_not_suggested(kept, twin, cleo):
    ExerciseLink.objects.create(easier=kept, harder=twin)
    assert kept.slug not in {pair.one.slug for pair in suggest(None).pairs}
    ExerciseLink.objects.filter(easier=kept).delete()
    merges.merge(kept=kept, merged=twin, by=cleo, at=NOON)
    assert twin.slug not in {slug for pair in suggest(None).pairs for slug in (pair.one.slug, pair.other.slug)}


def test_a_clinic_sees_pairs_of_its_own_and_shared_exercises_only(cora, harbour, cleo, kept):
    own = write(cora, clinic=harbour, name="Lamp reach").exercise
    write(cleo, name="Lamp reaching")
    (pair,) = [pair for pair in suggest(harbour).pairs if pair.one.slug.startswith("lamp")]
    assert (pair.one.id, pair.other.id) == (str(own.pk), str(kept.pk))
    assert all(pair.one.ours for pair in suggest(harbour).pairs)


def test_a_library_too_large_for_one_go_is_compared_goal_by_goal(kept, twin, monkeypatch):
    monkeypatch.setattr("exercises.suggestions.MOST_COMPARED", 10)
    found = suggest(None)
    assert found.narrowed and found.goal
    assert {pair.one.content["goal"] for pair in found.pairs} <= {found.goal}
    assert not suggest(None, "mobility").narrowed
