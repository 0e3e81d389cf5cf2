"""A backup brings everything back, or says why not and touches nothing; no mail goes out twice."""

import io
import json
import os
import time
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import psycopg
import pytest
from django.core import mail
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import timezone

from painplan import embedded
from painplan.backups import BackupError, database, sealing
from plans.actions import after_restore, notification_kinds, notifications, scheduled
from plans.models import Flag, JobRun, Notification, PainScore, Session
from tests.cast import NOON
from tests.conftest import close_connections, point_at

pytestmark = pytest.mark.xdist_group("backup")
KEY = "a-key-for-tests-of-forty-characters-long"
# The full drill (PAINPLAN_FULL=1) holds more than 200,000 sessions.
PATIENTS, DAYS = (900, 540) if os.environ.get("PAINPLAN_FULL") else (3, 60)


@pytest.fixture(scope="module")
def house(engine, template_database, django_db_setup, django_db_blocker, tmp_path_factory):
    """A clinic with its diaries and a picture, and a sealed backup of both. Its database is `house.url`."""
    name, folder = f"painplan_kept_{os.getpid()}", tmp_path_factory.mktemp("backup")
    embedded.clone_database(engine, template_database, name)
    (folder / "media" / "ab").mkdir(parents=True)
    (folder / "media" / "ab" / "chair.webp").write_bytes(b"a chair")
    found = SimpleNamespace(name=name, folder=folder, file=folder / "one.backup", url=engine.url(name))
    with django_db_blocker.unblock():
        point_at(found.url)
        call_command("seed_demo", patients=PATIENTS, days=DAYS, stdout=io.StringIO(), stderr=io.StringIO())
        with settings_for(engine, name, folder / "media"):
            began = time.monotonic()
            found.said = call("backup", found.file)
            found.seconds = time.monotonic() - began
        close_connections()
        point_at(engine.url("painplan_test"))
    yield found
    embedded.drop_database(engine, name)


@pytest.fixture
def empty(engine, house, django_db_blocker, tmp_path):
    """An empty database that Django is connected to, and an empty place for media."""
    name = f"painplan_empty_{os.getpid()}"
    embedded.prepare_roles(engine, name)
    with django_db_blocker.unblock():
        point_at(engine.url(name))
        try:
            with settings_for(engine, name, tmp_path / "media"):
                yield SimpleNamespace(name=name, media=tmp_path / "media")
        finally:
            close_connections()
            point_at(engine.url("painplan_test"))
    embedded.drop_database(engine, name)


def settings_for(engine, name: str, media: Path, key: str = KEY):
    from django.test import override_settings

    owner = engine.url(name, embedded.OWNER_ROLE)
    return override_settings(DATABASE_OWNER_URL=owner, MEDIA_ROOT=media, BACKUP_KEY=key)


def call(*command: object) -> str:
    out = io.StringIO()
    call_command(command[0], *(str(word) for word in command[1:]), stdout=out, stderr=io.StringIO())
    return out.getvalue()


def tables_in(engine, name: str) -> int:
    with psycopg.connect(engine.superuser_url(name)) as connection:
        query = "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace"
        return connection.execute(query).fetchone()[0]


def rights_in(engine, name: str) -> list[tuple]:
    """What the application may do with each table; nobody may change what is only ever added to."""
    with psycopg.connect(engine.superuser_url(name)) as connection:
        found = database.rights(connection)
    assert ("accounts_accesslog", embedded.APP_ROLE, "INSERT") in found
    assert ("accounts_accesslog", embedded.APP_ROLE, "DELETE") not in found
    return found


def flags_now() -> list[tuple]:
    return list(Flag.objects.order_by("pk").values_list("pk", "state", "severity", "rule", "since_on", "last_alert_on"))


def test_what_was_backed_up_comes_back_whole(engine, house, empty, capsys):
    point_at(house.url)
    counts = (Session.objects.count(), PainScore.objects.count())
    flags = flags_now()
    assert counts[0] > 50 and counts[1] > 100 and flags
    point_at(engine.url(empty.name))
    began = time.monotonic()
    said = call("restore", house.file)
    took = time.monotonic() - began
    assert "all counts and hashes equal" in said
    assert (Session.objects.count(), PainScore.objects.count()) == counts
    assert flags_now() == flags
    assert (empty.media / "ab" / "chair.webp").read_bytes() == b"a chair"
    with pytest.raises(psycopg.errors.CheckViolation), psycopg.connect(engine.url(empty.name)) as connection:
        connection.execute("UPDATE plans_painscore SET value = 0")  # the triggers are there
    assert rights_in(engine, empty.name) == rights_in(engine, house.name)
    scheduled.run(scheduled.RECONCILE, clock=timezone.now)
    assert JobRun.objects.filter(name=scheduled.RECONCILE).latest("started_at").counts["differences"] == 0
    assert flags_now() == flags, "the flags are what the scores say"
    with capsys.disabled():
        size = house.file.stat().st_size / 1e6
        print(f"\n{counts[0]} sessions: backed up in {house.seconds:.1f} s ({size:.1f} MB), restored in {took:.1f} s")


def test_the_file_tells_nobody_anything_and_is_the_owners_alone(house):
    content = house.file.read_bytes()
    assert b"Whitfield" not in content
    assert b"PGDMP" not in content
    assert house.file.stat().st_mode & 0o077 == 0
    assert "sealed" in house.said and "NOT sealed" not in house.said


def damaged(content: bytes, kind: str) -> bytes:
    """The file with something wrong in it."""
    if kind == "cut off":
        return content[:-1]
    if kind == "half":
        return content[: len(content) // 2]
    if kind == "one bit":
        middle = len(content) // 2
        return content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]
    if kind == "more":
        return content + b"x"
    if kind == "newer":
        return content.replace(b'"format": 1', b'"format": 9', 1)
    if kind == "another time":
        return content.replace(b'"made_at": "2', b'"made_at": "1', 1)
    return b"something else entirely"


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("cut off", "damaged or cut off"),
        ("half", "damaged or cut off"),
        ("one bit", "damaged or cut off"),
        ("more", "damaged or cut off"),
        ("another time", "damaged or cut off"),
        ("newer", "newer Painplan"),
        ("other", "not a backup of Painplan"),
    ],
)
def test_a_damaged_file_touches_nothing(engine, house, empty, tmp_path, kind, words):
    file = tmp_path / "damaged.backup"
    file.write_bytes(damaged(house.file.read_bytes(), kind))
    with pytest.raises(CommandError, match=words):
        call("restore", file)
    assert tables_in(engine, empty.name) == 0
    assert not empty.media.exists()


def test_a_restore_refuses_and_touches_nothing(engine, house, empty, settings, tmp_path):
    settings.BACKUP_KEY = "another-key-of-more-than-thirty-two-characters"
    with pytest.raises(CommandError, match="another key"):
        call("restore", house.file)
    settings.BACKUP_KEY = ""
    with pytest.raises(CommandError, match="set PAINPLAN_BACKUP_KEY"):
        call("restore", house.file)
    settings.BACKUP_KEY = KEY
    with pytest.raises(CommandError, match="No such file"):
        call("restore", tmp_path / "nothing")
    with pytest.raises(CommandError, match="--finish"):
        call("restore")
    (empty.media / "x").mkdir(parents=True)
    (empty.media / "x" / "old.webp").write_bytes(b"old")
    with pytest.raises(CommandError, match="not empty"):
        call("restore", house.file)
    assert tables_in(engine, empty.name) == 0
    with psycopg.connect(engine.url(empty.name, embedded.OWNER_ROLE)) as connection:
        connection.execute("CREATE TABLE something (n int)")
    (empty.media / "x" / "old.webp").unlink()
    with pytest.raises(CommandError, match="is not empty"):
        call("restore", house.file)
    assert tables_in(engine, empty.name) == 1


def test_a_backup_of_a_newer_release_is_refused(engine, house, empty, monkeypatch):
    """The code lacks a migration that the backup has been through."""
    from django.db.migrations.loader import MigrationLoader

    load = MigrationLoader.load_disk

    def without_the_last(self):
        load(self)
        del self.disk_migrations[max(key for key in self.disk_migrations if key[0] == "plans")]

    monkeypatch.setattr(MigrationLoader, "load_disk", without_the_last)
    with pytest.raises(CommandError, match="newer Painplan"):
        call("restore", house.file)
    assert tables_in(engine, empty.name) == 0


def test_a_drill_is_written_down_and_leaves_this_database_alone(engine, house, empty):
    point_at(house.url)
    before = Session.objects.count()
    said = call("restore", house.file, "--drill", engine.url(empty.name, embedded.OWNER_ROLE))
    assert "The drill restored" in said
    run = JobRun.objects.get(name=scheduled.DRILL)
    assert run.error == "" and run.counts["rows"] > 1000
    assert Session.objects.count() == before
    assert JobRun.objects.get(name=scheduled.BACK_UP, error="").counts["bytes"] == house.file.stat().st_size


def test_a_failed_backup_leaves_nothing_and_is_written_down(engine, house, empty, tmp_path, settings):
    point_at(house.url)
    settings.DATABASE_OWNER_URL = engine.url("no_such_database", embedded.OWNER_ROLE)
    with pytest.raises(CommandError, match="cannot be reached"):
        call("backup", tmp_path / "a.backup")
    assert list(tmp_path.glob("*.backup*")) == []
    assert JobRun.objects.filter(name=scheduled.BACK_UP, error="BackupError").exists()
    settings.BACKUP_KEY = "short"
    with pytest.raises(CommandError, match="shorter than 32"):
        call("backup", tmp_path / "a.backup")
    with pytest.raises(CommandError, match="exists already"):
        call("backup", house.file)


def test_only_the_newest_are_kept(engine, house, empty, tmp_path, settings):
    point_at(house.url)
    settings.DATABASE_OWNER_URL = engine.url(house.name, embedded.OWNER_ROLE)
    for day in (1, 2, 3):
        (tmp_path / f"painplan-2026010{day}-000000.backup").touch()
    (tmp_path / "painplan-notes.txt").touch()
    assert "2 older removed" in call("backup", tmp_path, "--keep", 2)
    left = sorted(path.name for path in tmp_path.iterdir())
    assert len(left) == 3
    assert left[0] == "painplan-20260103-000000.backup"
    assert "painplan-notes.txt" in left


@pytest.mark.django_db
def test_no_mail_goes_out_twice_after_a_restore(alice, anna, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    at = NOON
    kinds = [notification_kinds.REMINDER, "something else", notification_kinds.FLAG_URGENT]
    for kind in kinds:
        flag = {"flag": "00000000-0000-4000-8000-000000000000", "severity": "urgent", "on": "2026-11-19"}
        notifications.owe(key=kind, recipient=alice, kind=kind, at=at, about=flag, send_after=at)
    JobRun.objects.create(name="send mail", started_at=at)
    counts = after_restore.settle(at=at + timedelta(minutes=1))
    assert counts == {"held_back": 2, "urgent": 1, "jobs_closed": 1}
    assert Notification.objects.get(key="something else").last_error == after_restore.HELD_BACK
    sent = notifications.send_due(at=at + timedelta(minutes=2))
    assert sent["sent"] == 0, "and the urgent one is about a flag that is no longer there"
    assert len(mail.outbox) == 0
    assert after_restore.settle(at=at + timedelta(minutes=3))["held_back"] == 0


def sealed(data: bytes, key: str) -> bytes:
    file = io.BytesIO()
    writer = sealing.Writer(file, key=key, about={"painplan": "0"})
    writer.write(data)
    writer.close()
    return file.getvalue()


@pytest.mark.parametrize("key", [KEY, ""])
@pytest.mark.parametrize("size", [0, 1, sealing.CHUNK_BYTES, 2 * sealing.CHUNK_BYTES + 5])
def test_what_is_sealed_is_read_back(size, key):
    data = os.urandom(size)
    assert b"".join(sealing.read(io.BytesIO(sealed(data, key)), key=key)) == data


@pytest.mark.parametrize("key", [KEY, ""])
def test_chunks_can_be_neither_swapped_nor_left_out(key):
    chunk = sealing.CHUNK_BYTES
    whole = sealed(os.urandom(3 * chunk), key)
    head = whole.index(b"\n", len(sealing.MAGIC)) + 1
    framed = (len(whole) - head) // 3
    one, two, three = (whole[head + n * framed : head + (n + 1) * framed] for n in range(3))
    assert b"".join((one, two, three)) == whole[head:]
    for wrong in ((two, one, three), (one, three), (one, two), (one, two, two, three), (one, two, three, three)):
        with pytest.raises(BackupError):
            list(sealing.read(io.BytesIO(whole[:head] + b"".join(wrong)), key=key))


def test_a_file_that_is_not_sealed_is_not_taken_for_a_sealed_one():
    with pytest.raises(BackupError, match="not sealed"):
        list(sealing.read(io.BytesIO(sealed(b"x", "")), key=KEY))


def test_two_files_of_one_key_have_nothing_in_common():
    one, two = sealed(b"the same", KEY), sealed(b"the same", KEY)
    assert one[-24:] != two[-24:]
    header = json.loads(one[len(sealing.MAGIC) :].split(b"\n", 1)[0])
    assert set(header) == {"format", "painplan", "sealed", "salt", "check"}
