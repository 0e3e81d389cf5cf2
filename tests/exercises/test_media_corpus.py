"""Every hostile file is refused with a sentence, or harmless in what is kept. Nothing stays behind or runs away."""

import json
import re
import resource
import time

import pytest

from exercises.actions.media import FileRefused
from exercises.models import CurationEvent, Media
from exercises.uploads import limits, sandbox
from exercises.uploads.faults import CODES, Fault
from exercises.uploads.wording import SENTENCES
from tests.exercises.hostile_files import PICTURES, SECRETS, encoded, jpeg, photo, png_bomb
from tests.exercises.hostile_videos import VIDEOS
from tests.exercises.media_rows import add, files, make_draft

CORPUS = PICTURES | VIDEOS


def test_the_corpus_is_large():
    assert len(CORPUS) == len(PICTURES) + len(VIDEOS) >= 40
    assert set(SENTENCES) == CODES


@pytest.mark.parametrize("name", CORPUS)
def test_a_hostile_file(name, harbour, cora, media_folder, django_capture_on_commit_callbacks):
    hostile = CORPUS[name]
    data = hostile.make()
    draft = make_draft(harbour, cora)
    if hostile.harmless:
        with django_capture_on_commit_callbacks(execute=True):
            media = add(draft, data, cora)
        kept = (media_folder / media.file).read_bytes()
        assert [secret for secret in SECRETS if secret in kept] == []
        assert re.fullmatch(r"[0-9a-f]{32}\.(webp|mp4|webm)", media.file)
        assert files(media_folder) == {media.file}
    else:
        with pytest.raises(FileRefused) as refused:
            add(draft, data, cora)
        assert refused.value.code in hostile.codes
        assert str(refused.value) == str(SENTENCES[refused.value.code])
        assert not Media.objects.exists()
        assert not CurationEvent.objects.filter(exercise=draft.exercise).exists()
        assert files(media_folder) == set()


def test_a_bomb_is_refused_before_it_is_decoded(tmp_path):
    """The header says how large it is: the worker holds no more than its own modules while it refuses."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    source = tmp_path / "bomb"
    for name in ("png bomb", "png bomb, one bit a pixel", "jpeg that claims 65500 squared"):
        source.write_bytes(CORPUS[name].make())
        with pytest.raises(Fault, match="pixels"):
            sandbox.run("picture", source, tmp_path / "out")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert after.ru_utime - before.ru_utime < 6


def test_the_largest_picture_that_is_taken_stays_within_its_memory(tmp_path):
    source = tmp_path / "large"
    source.write_bytes(encoded(photo((8000, 5000), "RGBA"), "WEBP", lossless=True, method=0))
    made = sandbox.run("picture", source, tmp_path / "out")
    assert (made.width, made.height) == (1600, 1000)
    assert made.peak_kb * 1024 < limits.SANDBOX_MEMORY_BYTES


@pytest.mark.parametrize(
    ("limit", "value", "code"),
    [
        ("SANDBOX_MEMORY_BYTES", 150_000_000, "damaged"),
        ("SANDBOX_OUT_BYTES", 200, "damaged"),
        ("SANDBOX_SECONDS", 0.01, "slow"),
    ],
)
def test_a_file_that_wants_more_than_it_may_ends_its_worker_only(tmp_path, monkeypatch, limit, value, code):
    source = tmp_path / "large"
    source.write_bytes(png_bomb(6_000, 6_000))
    sandbox.run("picture", source, tmp_path / "fine")
    monkeypatch.setattr(limits, limit, value)
    with pytest.raises(Fault, match=code):
        sandbox.run("picture", source, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_file_that_computes_for_ever_is_stopped(tmp_path, monkeypatch):
    """The processor's limit, tried with a worker that does nothing else."""
    worker = tmp_path / "worker.py"
    worker.write_text(
        sandbox.WORKER.read_text().replace("    answer = main(", "    while True: pass\n    answer = main(")
    )
    assert "while True" in worker.read_text()
    monkeypatch.setattr(sandbox, "WORKER", worker)
    monkeypatch.setattr(limits, "SANDBOX_CPU_SECONDS", 1)
    source = tmp_path / "photo"
    source.write_bytes(jpeg())
    started = time.monotonic()
    with pytest.raises(Fault, match="damaged"):
        sandbox.run("picture", source, tmp_path / "out")
    assert time.monotonic() - started < limits.SANDBOX_SECONDS, "the limit on work ends it, not the one on waiting"


def test_no_more_workers_at_once_than_there_are_places(tmp_path, monkeypatch):
    monkeypatch.setattr(limits, "SANDBOX_WAIT_SECONDS", 0.01)
    taken = [sandbox._places.acquire(blocking=False) for _ in range(limits.SANDBOXES_AT_ONCE)]
    assert all(taken)
    try:
        with pytest.raises(Fault, match="busy"):
            sandbox.run("picture", tmp_path / "photo", tmp_path / "out")
    finally:
        for _ in taken:
            sandbox._places.release()


def test_the_worker_is_alone(tmp_path, monkeypatch):
    """No Django and none of our secrets where files are opened."""
    monkeypatch.setenv("SECRET_KEY", "seen-by-the-worker")
    worker = tmp_path / "worker.py"
    told = (
        "import json, os, sys\n"
        f"sys.path.insert(0, {str(sandbox.WORKER.parents[2])!r})\n"
        "from exercises.uploads import pictures, videos\n"
        "found = sorted(name for name in sys.modules if name.split('.')[0] in ('django', 'celery', 'plans'))\n"
        "open(sys.argv[3], 'w').write(json.dumps([found, sorted(os.environ)]))\n"
        "print(json.dumps({'width': 1, 'height': 1, 'peak_kb': 1}))\n"
    )
    worker.write_text(told)
    monkeypatch.setattr(sandbox, "WORKER", worker)
    sandbox.run("picture", tmp_path / "photo", tmp_path / "out")
    modules, environment = json.loads((tmp_path / "out").read_text())
    assert modules == []
    assert "SECRET_KEY" not in environment and "DATABASE_URL" not in environment
