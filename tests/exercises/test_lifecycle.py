"""The life of an exercise: written by one, published by another, never changed again, retired and brought back."""

import pytest
from django.db import IntegrityError, transaction

from exercises.actions import lifecycle
from exercises.actions.refusals import DraftChanged, NotReady, Refused
from exercises.models import CurationEvent, Exercise, ExerciseVersion, LibraryChange
from exercises.review import missing_for_review
from tests.cast import NOON
from tests.exercises.curation_cast import WHOLE, fresh, in_review, publish_next, published, write


def verbs(exercise: Exercise) -> list[str]:
    return list(exercise.events.order_by("id").values_list("verb", flat=True))


def test_from_the_first_word_to_the_library(maren, ravi):
    exercise = published(maren, ravi)
    version = exercise.current_version
    assert (version.state, version.author, version.publisher, version.number) == ("published", maren, ravi, 1)
    assert exercise in Exercise.objects.prescribable()
    assert verbs(exercise) == ["created", "sent to review", "published"]
    assert not LibraryChange.objects.exists()  # nobody can have the first version in a plan


def test_a_draft_may_be_incomplete_but_is_not_reviewed(maren):
    draft = lifecycle.create(name="Heel slide", clinic=None, by=maren, at=NOON)
    saved = lifecycle.save_draft(version=draft, content={"steps": ["Lie down."]}, lock=0, by=maren, at=NOON)
    with pytest.raises(NotReady) as refused:
        lifecycle.submit(version=saved, lock=saved.lock, by=maren, at=NOON)
    assert len(refused.value.missing) > 5
    assert fresh(saved).state == "draft"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": ""}, "name"),
        ({"goal": ""}, "goal"),
        ({"body_regions": []}, "body_regions"),
        ({"position": ""}, "position"),
        ({"impact": ""}, "impact"),
        ({"steps": ["One step."] }, "steps"),
        ({"steps": ["Lie down.", "Slide.", "no capital"]}, "steps"),
        ({"steps": [f"Step {n}." for n in range(8)]}, "steps"),
        ({"cues": []}, "cues"),
        ({"common_mistakes": ["Only one."]}, "common_mistakes"),
        ({"should_feel": ""}, "should_feel"),
        ({"stop_if": []}, "stop_if"),
        ({"cautions": []}, "cautions"),
        ({"evidence": [{"authors": "A", "year": 2020, "title": "T", "doi": None, "pmid": None}]}, "evidence"),
        ({"family": "dancing"}, "family"),
        ({"starting_dose": {"sets": 1, "repetitions": 50, "per_side": False}}, "dose_range"),
        ({"starting_dose": {"sets": None, "repetitions": 5, "per_side": False}}, "dose_range"),
        ({"starting_dose": {}, "dose_range": {}}, "starting_dose"),
        ({"met_value": "2.2", "met_edition": "2024", "met_code": "99999"}, "met"),
    ],
)  # fmt: skip
def test_the_library_s_own_rules_decide_what_is_missing(maren, change, field):
    draft = write(maren, **({"name": "Heel slide"} | {k: v for k, v in change.items() if k != "name"}))
    if "name" in change:
        draft = lifecycle.save_draft(version=draft, content=change, lock=draft.lock, by=maren, at=NOON)
    named = [each.field for each in missing_for_review(fresh(draft))]
    assert named in ([field], ["starting_dose"]) if field == "dose_range" else named == [field]
    assert all(each.sentence and each.label for each in missing_for_review(fresh(draft)))


def test_what_the_starter_library_may_not_say_a_curator_may(maren):
    draft = write(maren, impact="high", family="")
    assert missing_for_review(draft) == []


def test_every_shipped_exercise_passes_the_same_rules(db):
    rows = ExerciseVersion.objects.select_related("exercise").prefetch_related("cautions")
    assert {row.name: missing_for_review(row) for row in rows[:40] if missing_for_review(row)} == {}


def test_the_author_does_not_publish(maren, ravi):
    version = in_review(maren)
    with pytest.raises(Refused, match="somebody else"):
        lifecycle.publish(version=version, by=maren, at=NOON)
    assert fresh(version).state == "review"
    lifecycle.publish(version=version, by=ravi, at=NOON)


def test_the_database_refuses_it_too(maren):
    version = in_review(maren)
    with pytest.raises(IntegrityError, match="second_person"), transaction.atomic():
        ExerciseVersion.objects.filter(pk=version.pk).update(state="published", publisher=maren, published_at=NOON)
    with pytest.raises(IntegrityError, match="second_person"), transaction.atomic():
        ExerciseVersion.objects.filter(pk=version.pk).update(state="published", published_at=NOON)


def test_who_saves_another_s_draft_becomes_its_author(maren, ravi):
    draft = write(maren)
    saved = lifecycle.save_draft(version=draft, content={"name": "Heel slides"}, lock=draft.lock, by=ravi, at=NOON)
    lifecycle.submit(version=saved, lock=saved.lock, by=ravi, at=NOON)
    with pytest.raises(Refused):
        lifecycle.publish(version=fresh(saved), by=ravi, at=NOON)
    lifecycle.publish(version=fresh(saved), by=maren, at=NOON)
    assert verbs(draft.exercise) == ["created", "taken over", "sent to review", "published"]


def test_two_who_save_at_once(maren, ravi):
    draft = write(maren)
    lifecycle.save_draft(version=draft, content={"should_feel": "Mine."}, lock=draft.lock, by=ravi, at=NOON)
    with pytest.raises(DraftChanged):
        lifecycle.save_draft(version=draft, content={"should_feel": "Yours."}, lock=draft.lock, by=maren, at=NOON)
    assert fresh(draft).should_feel == "Mine."


def test_a_version_in_review_is_not_written_on(maren):
    version = in_review(maren)
    with pytest.raises(DraftChanged):
        lifecycle.save_draft(version=version, content={"name": "Other"}, lock=version.lock, by=maren, at=NOON)
    with pytest.raises(Refused, match="being reviewed"):
        lifecycle.edit(exercise=version.exercise, by=maren, at=NOON)


def test_sent_back_with_a_note_and_taken_back_by_its_author(maren, ravi):
    version = in_review(maren)
    with pytest.raises(Refused, match="Say what"):
        lifecycle.send_back(version=version, note="  ", by=ravi, at=NOON)
    lifecycle.send_back(version=version, note="Shorter steps.", by=ravi, at=NOON)
    assert fresh(version).state == "draft"
    assert version.exercise.events.first().note == "Shorter steps."
    draft = fresh(version)
    lifecycle.submit(version=draft, lock=draft.lock, by=maren, at=NOON)
    with pytest.raises(Refused, match="author"):
        lifecycle.take_back(version=version, by=ravi, at=NOON)
    lifecycle.take_back(version=version, by=maren, at=NOON)
    assert fresh(version).state == "draft"
    with pytest.raises(Refused, match="not in review"):
        lifecycle.publish(version=version, by=ravi, at=NOON)


def test_an_edit_is_the_next_version_and_a_copy(maren, ravi):
    exercise = published(maren, ravi)
    first = exercise.current_version
    draft = lifecycle.edit(exercise=exercise, by=ravi, at=NOON)
    assert (draft.number, draft.state, draft.author, draft.publisher) == (2, "draft", ravi, None)
    assert {name: getattr(draft, name) for name in lifecycle.CONTENT} == {
        name: getattr(first, name) for name in lifecycle.CONTENT
    }
    assert [(c.condition_id, c.reason) for c in draft.cautions.all()] == [
        (c.condition_id, c.reason) for c in first.cautions.all()
    ]
    assert lifecycle.edit(exercise=exercise, by=maren, at=NOON) == draft


def test_an_edit_of_a_shipped_exercise_needs_a_second_person_like_any_other(maren):
    shipped = Exercise.objects.get(clinic=None, slug="sit-to-stand")
    draft = lifecycle.edit(exercise=shipped, by=maren, at=NOON)
    assert draft.shipped_release == ""
    lifecycle.submit(version=draft, lock=draft.lock, by=maren, at=NOON)
    with pytest.raises(Refused, match="somebody else"):
        lifecycle.publish(version=fresh(draft), by=maren, at=NOON)


def test_a_shipped_exercise_says_so_until_somebody_here_has_read_it(maren, ravi):
    version = Exercise.objects.get(clinic=None, slug="sit-to-stand").current_version
    assert version.needs_local_review
    lifecycle.review_shipped(version=version, by=maren, at=NOON)
    assert (fresh(version).reviewed_by, fresh(version).reviewed_at) == (maren, NOON)
    with pytest.raises(Refused, match="already"):
        lifecycle.review_shipped(version=version, by=ravi, at=NOON)


def test_publishing_writes_the_ledger_for_plans(maren, ravi):
    exercise = published(maren, ravi)
    publish_next(exercise, maren, ravi, should_feel="Almost nothing.")
    more = [*WHOLE["cautions"], {"condition": "pregnancy", "kind": "contraindicated", "reason": "Ask first."}]
    publish_next(exercise, maren, ravi, cautions=more)
    other_words = [WHOLE["cautions"][0] | {"reason": "Stay where it is easy."}, more[1]]
    publish_next(exercise, maren, ravi, cautions=other_words)
    publish_next(exercise, maren, ravi, cautions=other_words[:1])
    kinds = [change.kind for change in LibraryChange.objects.order_by("version__number")]
    assert kinds == ["published", "cautions", "cautions", "published"]


def test_retiring_and_bringing_back(maren, ravi):
    exercise = published(maren, ravi)
    with pytest.raises(Refused, match="Say why"):
        lifecycle.retire(exercise=exercise, reason=" ", by=ravi, at=NOON)
    lifecycle.retire(exercise=exercise, reason="Too hard for most.", by=ravi, at=NOON)
    assert exercise not in Exercise.objects.prescribable()
    for again in (
        lambda: lifecycle.retire(exercise=exercise, reason="Twice.", by=ravi, at=NOON),
        lambda: lifecycle.edit(exercise=exercise, by=ravi, at=NOON),
    ):
        with pytest.raises(Refused, match="retired"):
            again()
    lifecycle.restore(exercise=exercise, by=maren, at=NOON)
    assert exercise in Exercise.objects.prescribable()
    assert list(LibraryChange.objects.order_by("id").values_list("kind", flat=True)) == ["retired", "restored"]
    with pytest.raises(Refused, match="already"):
        lifecycle.restore(exercise=exercise, by=maren, at=NOON)


def test_a_draft_thrown_away_leaves_the_published_version(maren, ravi):
    exercise = published(maren, ravi)
    draft = lifecycle.edit(exercise=exercise, by=maren, at=NOON)
    with pytest.raises(DraftChanged):
        lifecycle.discard_draft(version=draft, lock=draft.lock + 1, by=maren, at=NOON)
    lifecycle.discard_draft(version=draft, lock=draft.lock, by=maren, at=NOON)
    assert list(exercise.versions.values_list("number", flat=True)) == [1]
    assert exercise in Exercise.objects.prescribable()


def test_a_new_exercise_thrown_away_is_out_of_the_lists(maren):
    draft = write(maren)
    lifecycle.discard_draft(version=draft, lock=draft.lock, by=maren, at=NOON)
    exercise = Exercise.objects.get(pk=draft.exercise_id)
    assert exercise.retired_at == NOON
    assert not exercise.versions.exists()
    again = lifecycle.create(name="Heel slide", clinic=None, by=maren, at=NOON)
    assert again.exercise.slug == "heel-slide-2"


def test_what_was_reviewed_is_history_and_is_not_thrown_away(maren, ravi):
    version = in_review(maren)
    lifecycle.send_back(version=version, note="Shorter.", by=ravi, at=NOON)
    draft = fresh(version)
    with pytest.raises(Refused, match="history"):
        lifecycle.discard_draft(version=draft, lock=draft.lock, by=maren, at=NOON)
    assert fresh(version).state == "draft"


def test_one_name_stands_once_in_a_library(maren, harbour):
    write(maren)
    with pytest.raises(Refused, match="already"):
        lifecycle.create(name="heel SLIDE", clinic=None, by=maren, at=NOON)
    lifecycle.create(name="Heel slide", clinic=harbour, by=maren, at=NOON)


def test_a_step_that_fails_leaves_nothing_behind(maren, ravi, monkeypatch):
    version = in_review(maren)

    def fail(**_kwargs):
        raise RuntimeError

    monkeypatch.setattr(lifecycle, "note_event", fail)
    with pytest.raises(RuntimeError):
        lifecycle.publish(version=version, by=ravi, at=NOON)
    assert fresh(version).state == "review"
    assert Exercise.objects.get(pk=version.exercise_id).current_version is None


def test_unknown_fields_are_a_mistake_of_the_caller(maren):
    draft = write(maren)
    with pytest.raises(ValueError, match="publisher"):
        lifecycle.save_draft(version=draft, content={"publisher": maren}, lock=draft.lock, by=maren, at=NOON)


def test_events_are_never_changed(maren):
    write(maren)
    with pytest.raises(Exception, match="permission denied"), transaction.atomic():
        CurationEvent.objects.update(verb="published")
