"""No torn file, no clock put back and no broker that is away for a moment keeps a job from being rung for."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from kombu.exceptions import OperationalError

from painplan.beat import RING_AGAIN, Beat
from painplan.celery import app


def started(path) -> Beat:
    return Beat(app=app, schedule_filename=str(path))


@pytest.fixture
def kept(tmp_path):
    """A schedule that ran and was closed as it should be; its path."""
    beat = started(tmp_path / "schedule")
    beat.close()
    assert list(tmp_path.iterdir()), "the file is kept"
    return tmp_path / "schedule"


def test_the_settings_name_it():
    assert app.conf.beat_scheduler == "painplan.beat:Beat"


def test_last_runs_are_kept(kept):
    before = started(kept)
    name = sorted(app.conf.beat_schedule)[0]
    before.schedule[name].total_run_count = 41
    before.close()
    again = started(kept)
    assert again.schedule[name].total_run_count == 41
    again.close()


@pytest.mark.parametrize("bytes_left", [0, 1, 40])
def test_a_torn_file_is_begun_anew(kept, bytes_left, caplog):
    for file in kept.parent.iterdir():
        if file.suffix not in (".dir", ".bak"):  # rows, not the list of where they stand
            file.write_bytes(file.read_bytes()[:bytes_left])
    beat = started(kept)
    assert set(app.conf.beat_schedule) <= set(beat.schedule)
    beat.close()
    again = started(kept)
    assert set(app.conf.beat_schedule) <= set(again.schedule)
    again.close()


def test_a_file_that_is_something_else_is_begun_anew(kept):
    for file in kept.parent.iterdir():
        file.write_bytes(b"\x00\xff not a schedule\n" * 40)
    beat = started(kept)
    assert set(app.conf.beat_schedule) <= set(beat.schedule)
    beat.close()


def test_a_clock_that_was_put_back_stops_no_job(kept):
    beat = started(kept)
    beat.apply_entry = lambda entry, producer=None: None
    now = app.now()
    for entry in beat.schedule.values():
        entry.last_run_at = now + timedelta(days=1)
    assert beat.tick() <= 60, "the job of every minute is due within one"
    assert all(entry.last_run_at <= app.now() for entry in beat.schedule.values())
    beat.close()


def test_a_job_that_has_just_run_is_left_alone(kept):
    beat = started(kept)
    last = app.now()
    for entry in beat.schedule.values():
        entry.last_run_at = last
    beat.heed_the_clock()
    assert {entry.last_run_at for entry in beat.schedule.values()} == {last}
    beat.close()


def turn(beat: Beat) -> None:
    """All that is due, rung for."""
    while beat.tick() == 0:
        pass


@pytest.fixture
def broker(monkeypatch):
    """Takes down the names of the tasks that are sent; with `away` set it takes none."""
    broker = SimpleNamespace(away=True, sent=[])

    def send(task, *_args, **_kwargs):
        if broker.away:
            raise OperationalError("nobody there")
        broker.sent.append(task.name)

    monkeypatch.setattr("celery.app.task.Task.apply_async", send)
    monkeypatch.setattr(app, "send_task", lambda name, *_args, **_kwargs: send(SimpleNamespace(name=name)))
    return broker


def test_what_a_broker_did_not_take_is_rung_for_again(kept, broker, monkeypatch):
    beat = started(kept)
    beat.producer = None  # without a broker there is none
    now = app.now()
    for entry in beat.schedule.values():
        entry.last_run_at = now - timedelta(days=2)
    turn(beat)
    assert beat.unsent.keys() == beat.schedule.keys()
    broker.away = False
    turn(beat)
    assert broker.sent == [], "it is given a moment"
    assert beat.tick() <= RING_AGAIN.total_seconds()
    monkeypatch.setattr(app, "now", lambda: now + RING_AGAIN * 2)
    turn(beat)
    assert sorted(broker.sent) == sorted(entry.task for entry in beat.schedule.values())
    turn(beat)
    assert len(broker.sent) == len(beat.schedule), "once"
    assert not beat.unsent
    beat.close()


def test_a_job_that_is_no_more_is_not_rung_for_again(kept, broker):
    beat = started(kept)
    beat.unsent["of an older version"] = app.now()
    beat.ring_again_at = app.now()
    beat.ring_again()
    assert not beat.unsent
    beat.close()
