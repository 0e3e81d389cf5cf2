"""What fails while pictures and videos are prepared, and what is left then."""

import os
from datetime import timedelta
from unittest.mock import patch
from uuid import uuid4

import pytest
from django.core.management import call_command

from exercises.actions import media_preparing as preparing
from exercises.models import Media
from exercises.uploads.faults import Fault
from tests.cast import NOON
from tests.exercises.hostile_files import jpeg
from tests.exercises.hostile_videos import mp4, webm
from tests.exercises.media_rows import add, files, opened


def test_a_failure_before_the_commit_leaves_nothing(draft, cora, media_folder):
    with patch("exercises.actions.media.ring_after_commit", side_effect=RuntimeError), pytest.raises(RuntimeError):
        add(draft, jpeg(), cora)
    assert not Media.objects.exists() and files(media_folder) == set()


def test_a_crash_after_the_commit_is_mended_by_the_sweep(draft, cora, media_folder):
    """The row is there, the file not yet in its place: nothing ran after the commit."""
    media = add(draft, jpeg(), cora)
    assert files(media_folder) == {f"incoming/{media.file}"}
    assert preparing.prepare_waiting(at=NOON + timedelta(seconds=29)) == {"ready": 0, "failed": 0}
    assert preparing.prepare_waiting(at=NOON + timedelta(seconds=30)) == {"ready": 1, "failed": 0}
    media.refresh_from_db()
    assert files(media_folder) == {media.file, media.thumbnail}


def test_a_thumbnail_is_made_once(ready, media_folder):
    with opened(media_folder, ready.thumbnail) as small:
        assert (small.format, small.size) == ("WEBP", (480, 360))
    assert ready.state == "ready"
    assert preparing.prepare(media_id=ready.pk, at=NOON) == "ready"
    assert files(media_folder) == {ready.file, ready.thumbnail}


def test_two_workers_at_once_leave_one_thumbnail(draft, cora, media_folder, committing):
    """The second one begins while the first is still at work, and finishes before it."""
    with committing():
        media = add(draft, jpeg(), cora)
    finished = preparing._finished
    names = []

    def overtaken(row):
        name = finished(row)
        names.append(name)
        if len(names) == 1:
            preparing.prepare(media_id=media.pk, at=NOON)
        return name

    with patch.object(preparing, "_finished", side_effect=overtaken):
        preparing.prepare(media_id=media.pk, at=NOON)
    media.refresh_from_db()
    assert media.state == "ready"
    assert media.thumbnail == names[1] != names[0]
    assert files(media_folder) == {media.file, media.thumbnail}


def test_a_video_waits_until_it_is_in_its_place(draft, cora, committing):
    with committing():
        media = add(draft, mp4(), cora)
    assert preparing.prepare(media_id=media.pk, at=NOON) == "ready"
    media.refresh_from_db()
    assert (media.state, media.thumbnail) == ("ready", "")


def test_a_lost_file_is_said_and_can_be_tried_again(draft, cora, media_folder, committing):
    with committing():
        media = add(draft, jpeg(), cora)
    (media_folder / media.file).rename(media_folder / "away")
    assert preparing.prepare(media_id=media.pk, at=NOON) == "failed"
    media.refresh_from_db()
    assert (media.state, media.error) == ("failed", "missing")
    (media_folder / "away").rename(media_folder / media.file)
    with committing():
        preparing.try_again(media=media, by=cora, at=NOON)
    assert preparing.prepare_waiting(at=NOON + timedelta(minutes=1)) == {"ready": 1, "failed": 0}


def test_a_damaged_file_is_found(draft, cora, media_folder, committing):
    with committing():
        media = add(draft, webm(), cora)
    (media_folder / media.file).write_bytes(b"half")
    assert preparing.prepare(media_id=media.pk, at=NOON) == "failed"


def test_a_busy_machine_is_no_failure(draft, cora, committing):
    with committing():
        media = add(draft, jpeg(), cora)
    with patch("exercises.uploads.sandbox.run", side_effect=Fault("busy")):
        assert preparing.prepare(media_id=media.pk, at=NOON) == "waiting"


def test_nothing_is_prepared_that_is_not_there(db):
    assert preparing.prepare(media_id=uuid4(), at=NOON) == ""


def test_the_bell_rings_with_the_row_only(draft, cora, django_capture_on_commit_callbacks):
    with patch("exercises.actions.bell.ring") as ring, django_capture_on_commit_callbacks(execute=True):
        media = add(draft, webm(), cora)
        assert not ring.called
    ring.assert_called_once_with("exercises.prepare_media", str(media.pk))


def test_the_task_is_known_by_that_name():
    from painplan.celery import app

    app.loader.import_default_modules()
    assert {"exercises.prepare_media", "exercises.prepare_waiting_media"} <= set(app.tasks)


def test_orphans_go_after_a_day_and_nothing_else(ready, media_folder, capsys):
    old = (NOON - timedelta(days=2)).timestamp()
    for name in ("f" * 32 + ".webp", "incoming/" + "e" * 32 + ".mp4", "incoming/" + "d" * 32 + ".upload"):
        (media_folder / name).write_bytes(b"lost")
        os.utime(media_folder / name, (old, old))
    young = media_folder / ("c" * 32 + ".webp")
    young.write_bytes(b"just now")
    os.utime(media_folder / ready.file, (old, old))
    assert preparing.clean(at=NOON, pretend=True) == {"removed": 3, "kept": 1}
    assert len(files(media_folder)) == 6
    call_command("clean_media")
    assert "3 removed" in capsys.readouterr().out
    assert files(media_folder) == {ready.file, ready.thumbnail, young.name}
