"""An import from file to drafts: checked in slices, decided by a curator, applied all or nothing."""

import json
import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection

from exercises.actions import import_applying, import_writing, imports, lifecycle
from exercises.actions.refusals import Refused
from exercises.import_tasks import check_import
from exercises.models import CurationEvent, Exercise, ExerciseLink, ExerciseVersion, ImportBatch
from exercises.transfer import own_json
from exercises.transfer.values import FileRefused
from tests.cast import NOON
from tests.exercises.curation_cast import WHOLE, make_curator, published

LATER = NOON + timedelta(minutes=5)


def row(name: str, **changes: Any) -> dict[str, Any]:
    return WHOLE | {"name": name} | changes


def begin(by, rows: list[Any], *, clinic=None, at=NOON, **changes: Any) -> ImportBatch:
    given = {"file_name": "pool.json", "data": json.dumps(rows).encode(), "format": "own-json"}
    given |= {"source": "The pool group", "licence": "written by us"} | changes
    return imports.start(clinic=clinic, by=by, at=at, **given)


def kinds(batch: ImportBatch) -> list[str]:
    return [each["kind"] for each in batch.report]


def names_here() -> set[str]:
    return set(ExerciseVersion.objects.values_list("name", flat=True))


def test_a_small_file_is_checked_at_once_and_nothing_is_written(cleo):
    before = names_here()
    batch = begin(cleo, [row("Lamp reach"), row("Moon walk", goal="strong"), 3])
    assert (batch.state, batch.total, batch.checked, batch.format) == ("checked", 3, 3, "own-json")
    assert kinds(batch) == ["new", "refused", "refused"]
    assert names_here() == before


def test_what_is_taken_becomes_drafts_with_origin_author_and_history(cleo):
    own_licence = row("Moon walk", source="A book", licence="CC BY 4.0", harder=["lamp-reach"])
    batch = begin(cleo, [row("Lamp reach"), own_licence])
    assert import_applying.apply(batch=batch, by=cleo, at=LATER) == {"new": 2, "alias": 0, "replace": 0}
    lamp, moon = (ExerciseVersion.objects.get(name=name) for name in ("Lamp reach", "Moon walk"))
    assert (lamp.state, lamp.number, lamp.author, lamp.saved_at) == ("draft", 1, cleo, LATER)
    assert (lamp.source, lamp.licence) == ("The pool group", "written by us")
    assert (moon.source, moon.licence) == ("A book", "CC BY 4.0")
    assert lamp.exercise.current_version is None and lamp.exercise.clinic is None
    assert [(c.condition_id, c.kind) for c in lamp.cautions.all()] == [("knee-osteoarthritis", "caution")]
    assert ExerciseLink.objects.filter(easier=moon.exercise, harder=lamp.exercise).exists()
    (event,) = CurationEvent.objects.filter(exercise=lamp.exercise)
    assert (event.verb, event.by, event.at, event.note) == ("imported", cleo, LATER, "Row 1 of pool.json")
    batch.refresh_from_db()
    assert (batch.state, batch.applied_at, bytes(batch.content)) == ("applied", LATER, b"")


def test_a_draft_that_came_in_can_be_reviewed_and_published_by_a_second_person(cleo):
    import_applying.apply(batch=begin(cleo, [row("Lamp reach")]), by=cleo, at=NOON)
    draft = ExerciseVersion.objects.get(name="Lamp reach")
    lifecycle.submit(version=draft, lock=draft.lock, by=cleo, at=NOON)
    with pytest.raises(Refused, match="somebody else"):
        lifecycle.publish(version=draft, by=cleo, at=NOON)
    lifecycle.publish(version=draft, by=make_curator("Dana Curator"), at=NOON)
    assert Exercise.objects.prescribable().filter(slug="lamp-reach").exists()


def test_a_change_becomes_the_next_version_and_the_published_one_stays(cleo):
    exercise = published(cleo, make_curator("Dana Curator"), name="Lamp reach")
    batch = begin(cleo, [row("Lamp reach", slug=exercise.slug, steps=["Reach.", "Wait.", "Let go."], source="A book")])
    assert kinds(batch) == ["changed"]
    import_applying.apply(batch=batch, by=cleo, at=LATER)
    old, new = exercise.versions.order_by("number")
    assert (old.steps, old.state) == (WHOLE["steps"], "published")
    assert (new.steps, new.state, new.number, new.source) == (["Reach.", "Wait.", "Let go."], "draft", 2, "A book")
    assert new.cautions.count() == 1
    assert exercise.events.filter(verb="imported as a new version", by=cleo).count() == 1


def test_the_same_as_one_of_ours_adds_its_name_in_a_draft(cleo):
    exercise = published(cleo, make_curator("Dana Curator"), name="Lamp reach", also_known_as=["Light reach"])
    batch = begin(cleo, [row("Lamp reaches", also_known_as=["light reach", "Bulb reach"]), row("Reach lamp", steps=[])])
    assert kinds(batch) == ["duplicate", "duplicate"]
    imports.decide(batch=batch, decisions={1: "alias", 2: "alias"}, by=cleo, at=NOON)
    assert import_applying.apply(batch=batch, by=cleo, at=NOON)["alias"] == 2
    draft = exercise.versions.get(state="draft")
    assert draft.also_known_as == ["Light reach", "Lamp reaches", "Bulb reach", "Reach lamp"]
    assert draft.steps == WHOLE["steps"]


def test_undecided_and_left_out_rows_stay_out(cleo):
    before = names_here()
    batch = begin(cleo, [row("Lamp reach"), row("Moon walk"), row("Star jump", impact="high"), row("Bare", steps=[])])
    imports.decide(batch=batch, decisions={1: "out", 4: "new"}, by=cleo, at=NOON)
    batch.refresh_from_db()
    totals = imports.totals(batch)
    assert (totals["ready"], totals["nothing"], totals["held"]) == (2, 1, 1)
    import_applying.apply(batch=batch, by=cleo, at=NOON)
    assert names_here() - before == {"Moon walk", "Bare"}


def test_one_choice_for_all_that_are_undecided(cleo):
    batch = begin(cleo, [row("Lamp reach"), row("Moon walk", steps=[]), row("Star turn", steps=[])])
    imports.decide(batch=batch, decisions={2: "out"}, by=cleo, at=NOON)
    assert imports.decide_rest(batch=batch, kind="doubtful", decision="new", by=cleo, at=NOON) == 1
    assert imports.decide_rest(batch=batch, kind="doubtful", decision="alias", by=cleo, at=NOON) == 0
    batch.refresh_from_db()
    assert batch.decisions == {"2": "out", "3": "new"}


@pytest.mark.parametrize("decision", [{1: "alias"}, {9: "new"}, {1: "nonsense"}])
def test_a_choice_that_a_row_does_not_have_is_refused(cleo, decision):
    batch = begin(cleo, [row("Lamp reach")])
    with pytest.raises(Refused, match="cannot be chosen"):
        imports.decide(batch=batch, decisions=decision, by=cleo, at=NOON)


def test_nothing_to_apply_is_said(cleo):
    batch = begin(cleo, [row("Lamp reach")])
    imports.decide(batch=batch, decisions={1: "out"}, by=cleo, at=NOON)
    with pytest.raises(Refused, match="nothing to apply"):
        import_applying.apply(batch=batch, by=cleo, at=NOON)


def test_two_rows_cannot_both_replace_the_same(cleo):
    published(cleo, make_curator("Dana Curator"), name="Lamp reach")
    batch = begin(cleo, [row("Lamp reaches", steps=["A."]), row("Reach lamp", steps=["B."])])
    imports.decide(batch=batch, decisions={1: "replace", 2: "replace"}, by=cleo, at=NOON)
    with pytest.raises(Refused, match="Rows 1 and 2"):
        import_applying.apply(batch=batch, by=cleo, at=NOON)


def test_all_or_nothing(cleo, monkeypatch):
    """The last step fails: no exercise, no version, no event, and the import can be applied again."""
    batch = begin(cleo, [row("Lamp reach"), row("Moon walk")])
    before = (Exercise.objects.count(), CurationEvent.objects.count())
    with monkeypatch.context() as patch:
        patch.setattr(import_writing, "_link", lambda *_args: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            import_applying.apply(batch=batch, by=cleo, at=NOON)
    assert (Exercise.objects.count(), CurationEvent.objects.count()) == before
    batch.refresh_from_db()
    assert batch.state == "checked" and bytes(batch.content)
    assert import_applying.apply(batch=batch, by=cleo, at=NOON)["new"] == 2


def test_the_same_file_twice_is_the_same_the_second_time(cleo):
    rows = [row("Lamp reach"), row("Moon walk", harder=["lamp-reach"])]
    first, second = begin(cleo, rows), begin(cleo, rows)
    import_applying.apply(batch=first, by=cleo, at=NOON)
    with pytest.raises(Refused, match="has changed since this file was checked: Lamp reach, Moon walk"):
        import_applying.apply(batch=second, by=cleo, at=NOON)
    imports.check_again(batch=second, by=cleo, at=LATER)
    second.refresh_from_db()
    assert kinds(second) == ["same", "same"]


@pytest.mark.parametrize("meanwhile", ["edit", "retire"])
def test_what_was_checked_must_still_be_so(cleo, meanwhile):
    exercise = published(cleo, make_curator("Dana Curator"), name="Lamp reach")
    batch = begin(cleo, [row("Lamp reach", slug=exercise.slug, cues=["Softly.", "Slowly."])])
    if meanwhile == "edit":
        lifecycle.edit(exercise=exercise, by=cleo, at=NOON)
    else:
        lifecycle.retire(exercise=exercise, reason="Old", by=cleo, at=NOON)
    with pytest.raises(Refused, match="has changed since this file was checked: Lamp reach"):
        import_applying.apply(batch=batch, by=cleo, at=NOON)


def test_links_that_would_close_a_loop_by_now_are_refused(cleo):
    dana = make_curator("Dana Curator")
    low, high = (published(cleo, dana, name=name) for name in ("Lamp reach", "Moon walk"))
    batch = begin(cleo, [row("Moon walk", slug=high.slug, easier=["lamp-reach"])])
    ExerciseLink.objects.create(easier=high, harder=low)
    with pytest.raises(Refused, match="harder than itself"):
        import_applying.apply(batch=batch, by=cleo, at=NOON)
    assert not high.versions.filter(state="draft").exists()


def test_a_clinic_gets_its_own_exercises(cora, harbour, hill, cleo):
    batch = begin(cora, [row("Lamp reach")], clinic=harbour)
    import_applying.apply(batch=batch, by=cora, at=NOON)
    assert Exercise.objects.get(slug="lamp-reach").clinic == harbour
    assert kinds(begin(cora, [row("Lamp reach")], clinic=harbour)) == ["same"]
    assert kinds(begin(cleo, [row("Lamp reach")])) == ["new"], "the shared library does not see a clinic's"


def test_a_shared_exercise_cannot_be_changed_by_a_clinic(cora, harbour):
    shared = Exercise.objects.get(clinic=None, slug="sit-to-stand")
    batch = begin(cora, [row("Sit to stand", slug="sit-to-stand")], clinic=harbour)
    assert (kinds(batch), batch.report[0]["choices"]) == (["duplicate"], ["keep", "new", "out"])
    assert batch.report[0]["match"]["id"] == str(shared.pk)


def test_only_curators_of_the_library_import_into_it(alice, cora, cleo, harbour, hill):
    for by, clinic in [(alice, harbour), (alice, None), (cora, None), (cora, hill), (cleo, harbour)]:
        with pytest.raises(Refused, match="do not look after"):
            begin(by, [row("Lamp reach")], clinic=clinic)
    batch = begin(cora, [row("Lamp reach")], clinic=harbour)
    cora.memberships.update(valid_until=NOON)
    for act in (
        lambda: import_applying.apply(batch=batch, by=cora, at=LATER),
        lambda: imports.cancel(batch=batch, by=cora, at=LATER),
        lambda: imports.decide(batch=batch, decisions={1: "out"}, by=cleo, at=LATER),
        lambda: imports.check_again(batch=batch, by=cleo, at=LATER),
    ):
        with pytest.raises(Refused, match="do not look after"):
            act()
    assert not ImportBatch.objects.writable_by(cleo, NOON).exists()
    assert ImportBatch.objects.writable_by(cora, NOON - timedelta(seconds=1)).exists()


@pytest.mark.parametrize("missing", ["source", "licence"])
def test_source_and_licence_must_be_said(cleo, missing):
    with pytest.raises(Refused, match="Say"):
        begin(cleo, [row("Lamp reach")], **{missing: "  "})


def test_a_file_that_cannot_be_read_leaves_nothing(cleo):
    with pytest.raises(FileRefused):
        begin(cleo, [], data=b"[")
    assert not ImportBatch.objects.exists()


def test_a_cancelled_import_is_forgotten(cleo):
    batch = begin(cleo, [row("Lamp reach")])
    imports.cancel(batch=batch, by=cleo, at=NOON)
    batch.refresh_from_db()
    assert (batch.state, bytes(batch.content), len(batch.report)) == ("cancelled", b"", 1)
    for act in (import_applying.apply, imports.cancel, imports.check_again):
        with pytest.raises(Refused):
            act(batch=batch, by=cleo, at=NOON)


class TestLongFiles:
    """More rows than a request checks: the worker that is rung, or the sweep when nobody heard."""

    ROWS = 250

    @pytest.fixture
    def rung(self, monkeypatch) -> list[tuple[str, Any]]:
        calls: list[tuple[str, Any]] = []
        monkeypatch.setattr(imports, "ring_after_commit", lambda task, row_id: calls.append((task, row_id)))
        return calls

    @pytest.fixture
    def batch(self, cleo, rung) -> ImportBatch:
        return begin(cleo, [row(f"Lamp reach {place} {place * 7919}") for place in range(self.ROWS)])

    def test_it_waits_and_rings(self, batch, rung):
        assert (batch.state, batch.checked, batch.total, batch.report) == ("waiting", 0, self.ROWS, [])
        assert rung == [("exercises.check_import", batch.pk)]

    def test_the_task_checks_all_of_it(self, batch):
        check_import(str(batch.pk))
        batch.refresh_from_db()
        assert (batch.state, batch.checked, len(batch.report)) == ("checked", self.ROWS, self.ROWS)
        assert [each["line"] for each in batch.report] == list(range(1, self.ROWS + 1))

    def test_the_sweep_takes_over_what_nobody_heard_in_steps(self, batch):
        assert imports.check_waiting(at=NOON) == 0, "the worker comes first"
        assert imports.check_waiting(at=LATER) == 200
        batch.refresh_from_db()
        assert (batch.state, batch.checked) == ("waiting", 200)
        assert imports.check_waiting(at=LATER) == 50
        assert imports.check_waiting(at=LATER) == 0
        batch.refresh_from_db()
        assert (batch.state, len(batch.report)) == ("checked", self.ROWS)

    def test_a_check_whose_worker_died_is_taken_up_where_it_was(self, batch):
        imports.check(batch_id=batch.pk, at=NOON, most=100)
        ImportBatch.objects.update(state="checking", touched_at=NOON)
        assert imports.check(batch_id=batch.pk, at=NOON + timedelta(seconds=119)) is False
        assert imports.check(batch_id=batch.pk, at=NOON + timedelta(seconds=121)) is True
        batch.refresh_from_db()
        assert [each["line"] for each in batch.report] == list(range(1, self.ROWS + 1))

    def test_two_that_check_at_once_write_each_row_once(self, batch, monkeypatch):
        """A second worker goes on from the same place in the middle of a slice; one of them stops."""
        judge, stolen = imports.judge, []

        def and_another(each, shelf):
            if each.line == 50 and not stolen:
                stolen.append(True)
                ImportBatch.objects.update(touched_at=NOON - timedelta(hours=1))
                imports.check(batch_id=batch.pk, at=NOON)
            return judge(each, shelf)

        monkeypatch.setattr(imports, "judge", and_another)
        imports.check(batch_id=batch.pk, at=NOON)
        batch.refresh_from_db()
        assert (batch.state, [each["line"] for each in batch.report]) == ("checked", list(range(1, self.ROWS + 1)))

    def test_cancelling_stops_the_check(self, batch, cleo, monkeypatch):
        judge = imports.judge

        def and_cancel(each, shelf):
            if each.line == 120:
                imports.cancel(batch=batch, by=cleo, at=NOON)
            return judge(each, shelf)

        monkeypatch.setattr(imports, "judge", and_cancel)
        assert imports.check(batch_id=batch.pk, at=NOON) is False
        batch.refresh_from_db()
        assert (batch.state, batch.checked) == ("cancelled", 100)

    def test_a_fault_of_ours_is_written_down_and_not_tried_for_ever(self, batch, monkeypatch):
        monkeypatch.setattr(imports, "judge", lambda *_args: {}["nothing"])
        check_import(str(batch.pk))
        batch.refresh_from_db()
        assert (batch.state, batch.error) == ("failed", "KeyError")
        assert imports.check_waiting(at=LATER) == 0

    def test_a_thousand_rows_are_applied_with_a_handful_of_statements(self, batch, cleo, django_assert_max_num_queries):
        imports.check(batch_id=batch.pk, at=NOON)
        imports.decide_rest(batch=batch, kind="duplicate", decision="new", by=cleo, at=NOON)
        with django_assert_max_num_queries(40):
            assert import_applying.apply(batch=batch, by=cleo, at=NOON)["new"] == self.ROWS


def test_the_broker_is_down_and_nobody_notices(cleo, django_capture_on_commit_callbacks):
    """Nothing answers at the broker's address in the tests: the file waits for the sweep, the request is quick."""
    with django_capture_on_commit_callbacks(execute=True):
        batch = begin(cleo, [row(f"Lamp {place}") for place in range(imports.SMALL)])
    assert batch.state == "waiting"
    while imports.check_waiting(at=LATER):
        pass
    batch.refresh_from_db()
    assert batch.state == "checked"


def test_two_curators_who_apply_at_once_apply_once(committed_db):
    """Really committed: the second waits for the first, then finds the import finished."""
    cleo = make_curator("Cleo Curator")
    batch = begin(cleo, [row("Lamp reach")])
    outcomes: list[str] = []

    def act() -> None:
        try:
            import_applying.apply(batch=batch, by=cleo, at=NOON)
            outcomes.append("applied")
        except (Refused, IntegrityError) as error:
            outcomes.append(type(error).__name__)
        finally:
            connection.close()

    threads = [threading.Thread(target=act) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["Refused", "applied"]
    assert Exercise.objects.filter(slug="lamp-reach").count() == 1


def test_an_export_of_a_clinic_is_its_own_library_alone(cora, harbour):
    from exercises.transfer import stored

    import_applying.apply(batch=begin(cora, [row("Lamp reach")], clinic=harbour), by=cora, at=NOON)
    (only,) = stored.to_export(harbour)
    assert only["name"] == "Lamp reach"
    assert "Lamp reach" not in own_json.write(stored.to_export(None)).decode()
