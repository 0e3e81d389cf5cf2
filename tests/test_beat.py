"""A schedule whose file was torn by a kill does not keep beat from starting."""

from datetime import timedelta

import pytest

from painplan.beat import Beat
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
