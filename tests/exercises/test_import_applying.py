"""Applying a long import: as a task, with its progress, all or nothing, whoever dies meanwhile."""

import os
import signal
import subprocess
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from exercises.actions import import_applying, import_writing, imports, lifecycle
from exercises.actions.refusals import Refused
from exercises.import_tasks import apply_import
from exercises.models import CurationEvent, Exercise, ExerciseVersion, ImportBatch
from tests.cast import NOON
from tests.exercises.curation_cast import make_curator
from tests.exercises.test_import_actions import begin, row

ROWS = 120
LATER = NOON + timedelta(minutes=5)
ROOT = Path(__file__).resolve().parents[2]


def asked(by, *, rows: int = ROWS) -> ImportBatch:
    """A checked import that waits for a worker to apply it."""
    batch = begin(by, [row(f"Lamp reach {place} {place * 7919}") for place in range(rows)])
    imports.check(batch_id=batch.pk, at=NOON)
    imports.decide_rest(batch=batch, kind="duplicate", decision="new", by=by, at=NOON)
    assert import_applying.ask(batch=batch, by=by, at=NOON) is None
    batch.refresh_from_db()
    return batch


def drafts() -> int:
    return ExerciseVersion.objects.filter(name__startswith="Lamp reach").count()


def test_many_rows_wait_for_a_worker(cleo, monkeypatch):
    rung = []
    monkeypatch.setattr(import_applying, "ring_after_commit", lambda task, row_id: rung.append((task, row_id)))
    batch = asked(cleo)
    assert (batch.state, batch.to_write, batch.written, batch.asked_by) == ("applying", ROWS, 0, cleo)
    assert rung == [("exercises.apply_import", batch.pk)]
    assert drafts() == 0
    apply_import(str(batch.pk))
    batch.refresh_from_db()
    assert (batch.state, batch.written, bytes(batch.content)) == ("applied", ROWS, b"")
    assert drafts() == ROWS
    apply_import(str(batch.pk))
    assert drafts() == ROWS, "a second ring does nothing"


def test_few_rows_are_applied_at_once(cleo):
    batch = begin(cleo, [row("Lamp reach"), row("Moon walk")])
    assert import_applying.ask(batch=batch, by=cleo, at=NOON) == {"new": 2, "alias": 0, "replace": 0}
    batch.refresh_from_db()
    assert (batch.state, batch.asked_by, batch.written) == ("applied", cleo, 2)


def test_the_sweep_applies_what_nobody_heard(cleo):
    batch = asked(cleo)
    assert import_applying.apply_waiting(at=NOON) == 0, "the worker comes first"
    call_command("library_sweep", "--once")
    batch.refresh_from_db()
    assert batch.state == "applied" and drafts() == ROWS


def test_it_cannot_be_changed_or_asked_for_twice_meanwhile(cleo):
    batch = asked(cleo)
    for act in (import_applying.ask, import_applying.apply, imports.check_again):
        with pytest.raises(Refused, match="not open for changes"):
            act(batch=batch, by=cleo, at=LATER)
    with pytest.raises(Refused, match="not open for changes"):
        imports.decide(batch=batch, decisions={1: "out"}, by=cleo, at=LATER)


def test_a_library_that_changed_opens_the_import_again_and_says_why(cleo):
    batch = asked(cleo)
    lifecycle.create(name="Lamp reach 0 0", clinic=None, by=cleo, at=NOON)
    apply_import(str(batch.pk))
    batch.refresh_from_db()
    assert (batch.state, batch.asked_by, drafts()) == ("checked", None, 1)
    assert "has changed since this file was checked: Lamp reach 0 0" in batch.error
    imports.check_again(batch=batch, by=cleo, at=LATER)
    batch.refresh_from_db()
    assert batch.error == ""


def test_who_no_longer_curates_the_library_applies_nothing(cora, harbour):
    rows = [row(f"Lamp reach {place} {place * 7919}") for place in range(ROWS)]
    batch = begin(cora, rows, clinic=harbour)
    imports.check(batch_id=batch.pk, at=NOON)
    imports.decide_rest(batch=batch, kind="duplicate", decision="new", by=cora, at=NOON)
    import_applying.ask(batch=batch, by=cora, at=NOON)
    cora.memberships.update(valid_until=NOON)
    import_applying.apply_asked(batch_id=batch.pk, at=LATER)
    batch.refresh_from_db()
    assert batch.state == "checked" and "do not look after" in batch.error and drafts() == 0


@pytest.mark.parametrize(("fault", "said"), [(KeyError, "fault of ours"), (IntegrityError, "at the same moment")])
def test_a_fault_of_ours_leaves_nothing_and_the_import_can_be_applied_again(cleo, monkeypatch, fault, said):
    def fail(*_args):
        raise fault

    batch, events = asked(cleo), CurationEvent.objects.count()
    with monkeypatch.context() as patch:
        patch.setattr(import_writing, "_link", fail)
        apply_import(str(batch.pk))
    batch.refresh_from_db()
    assert batch.state == "checked" and said in batch.error
    assert (drafts(), CurationEvent.objects.count()) == (0, events)
    import_applying.ask(batch=batch, by=cleo, at=LATER)
    apply_import(str(batch.pk))
    assert drafts() == ROWS


def test_one_that_ends_its_worker_each_time_is_handed_back(cleo, monkeypatch):
    """The attempts are counted before the work, so what kills the process is not begun for ever."""
    batch = asked(cleo)

    def killed(**_given):
        raise SystemExit

    monkeypatch.setattr(import_applying, "write", killed)
    for _time in range(import_applying.MOST_ATTEMPTS):
        with pytest.raises(SystemExit):
            import_applying.apply_waiting(at=LATER)
    assert import_applying.apply_waiting(at=LATER) == 0
    batch.refresh_from_db()
    assert batch.state == "checked" and "fault of ours" in batch.error and bytes(batch.content)


def test_applying_without_somebody_who_asked_is_never_stored(cleo):
    batch = begin(cleo, [row("Lamp reach")])
    for wrong in ({"state": "applying"}, {"asked_by": cleo}, {"asked_at": NOON}):
        with pytest.raises(IntegrityError), transaction.atomic():
            ImportBatch.objects.filter(pk=batch.pk).update(**wrong)


class TestCommitted:
    """Really committed rows, other connections, and a process that is killed."""

    @pytest.fixture
    def batch(self, committed_db) -> ImportBatch:
        return asked(make_curator("Cleo Curator"), rows=600)

    @staticmethod
    def seen_elsewhere(batch: ImportBatch) -> tuple[str, int, int]:
        """State, rows written and drafts, as another connection sees them."""
        with connection.copy().cursor() as cursor:
            cursor.execute("SELECT state, written FROM exercises_importbatch WHERE id = %s", [batch.pk])
            state, written = cursor.fetchone()
            cursor.execute("SELECT count(*) FROM exercises_exerciseversion WHERE name LIKE 'Lamp reach%%'", [])
            found = cursor.fetchone()[0]
            cursor.db.close()
        return state, written, found

    def test_its_progress_is_seen_before_its_rows(self, batch, monkeypatch):
        link, seen = import_writing._link, []

        def look(*given):
            seen.append(self.seen_elsewhere(batch))
            link(*given)

        monkeypatch.setattr(import_writing, "_link", look)
        assert import_applying.apply_asked(batch_id=batch.pk, at=LATER)
        assert seen == [("applying", 600, 0)]
        assert self.seen_elsewhere(batch) == ("applied", 600, 600)

    def test_cancelled_in_the_middle_nothing_is_written(self, batch, monkeypatch):
        create, by = import_writing._create, batch.by

        def and_cancel(*given):
            def cancel() -> None:
                imports.cancel(batch=batch, by=by, at=LATER)
                connection.close()

            thread = threading.Thread(target=cancel)
            thread.start()
            thread.join()
            return create(*given)

        monkeypatch.setattr(import_writing, "_create", and_cancel)
        assert not import_applying.apply_asked(batch_id=batch.pk, at=LATER)
        assert self.seen_elsewhere(batch) == ("cancelled", 0, 0)

    def test_two_workers_write_it_once(self, batch):
        done: list[bool] = []

        def work() -> None:
            done.append(import_applying.apply_asked(batch_id=batch.pk, at=LATER))
            connection.close()

        threads = [threading.Thread(target=work) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(done) == [False, True]
        assert self.seen_elsewhere(batch) == ("applied", 600, 600)

    def test_a_killed_worker_leaves_nothing_and_the_sweep_takes_it_over(self, batch, committed_db):
        """SIGKILL while the rows are written: none is there, the lock is free, and the next sweep applies all."""
        slow = (
            "import django; django.setup()\n"
            "import time; from uuid import UUID; from django.utils import timezone\n"
            "from exercises.actions import import_applying, import_writing\n"
            "import_writing._link = lambda *given: time.sleep(600)\n"
            f"import_applying.apply_asked(batch_id=UUID('{batch.pk}'), at=timezone.now())\n"
        )
        worker = subprocess.Popen(
            [sys.executable, "-c", slow],
            cwd=ROOT,
            env={**os.environ, "DATABASE_URL": committed_db, "DJANGO_SETTINGS_MODULE": "painplan.settings"},
        )
        try:
            until = time.monotonic() + 300
            while self.seen_elsewhere(batch)[1] < 600:
                assert time.monotonic() < until and worker.poll() is None
                time.sleep(0.05)
            assert import_applying.apply_waiting(at=LATER) == 0, "the worker is at it"
        finally:
            worker.send_signal(signal.SIGKILL)
            worker.wait()
        state, _written, found = self.seen_elsewhere(batch)
        assert (state, found) == ("applying", 0)
        while not import_applying.apply_waiting(at=LATER):
            assert time.monotonic() < until, "the lock of the killed worker is still held"
        assert self.seen_elsewhere(batch) == ("applied", 600, 600)
        assert Exercise.objects.filter(slug__startswith="lamp-reach").count() == 600
