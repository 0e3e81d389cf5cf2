"""Brings a backup back into an empty database. Everything that can be checked is checked before anything is touched."""

import hashlib
import json
import shutil
import subprocess
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from django.conf import settings
from django.db.migrations.loader import MigrationLoader

from painplan.backups import BackupError, database, sealing
from painplan.backups.making import DUMP, MANIFEST, MEDIA, PIECE_BYTES, Tell


@dataclass(frozen=True)
class Target:
    """Where to restore to: libpq's parameters of an empty database, and a folder for media that is empty or missing."""

    at: dict[str, str]
    media: Path


def restore(path: Path, target: Target, *, key: str, tell: Tell) -> dict[str, Any]:
    """Check the backup, restore it, compare what is there with the manifest. Returns the manifest.

    The database is filled in one transaction. Raises BackupError: before the first change for a backup or a target
    that will not do; afterwards when what was restored is not what was backed up.
    """
    # Not in /tmp, which may be memory: it holds the whole backup, open, for as long as this takes.
    place = settings.VAR_DIR if settings.VAR_DIR.is_dir() else None
    with tempfile.TemporaryDirectory(prefix="painplan-restore-", dir=place) as folder:
        plain = Path(folder) / "plain.zip"
        _open_up(path, plain, key=key, tell=tell)
        try:
            with zipfile.ZipFile(plain) as archive:
                manifest = _checked(archive, tell)
                _check_target(target, manifest)
                aside = _media_aside(archive, manifest, target.media)
                try:
                    _restore_database(archive, target, manifest, tell)
                    if aside:
                        aside.rename(target.media)
                finally:
                    if aside:
                        shutil.rmtree(aside, ignore_errors=True)
        except (zipfile.BadZipFile, KeyError, ValueError) as problem:
            raise BackupError(sealing.DAMAGED) from problem
        except OSError as problem:
            raise BackupError(f"{problem.filename or target.media}: {problem.strerror}.") from problem
    _compare(target, manifest, tell)
    return manifest


def unknown_migrations(manifest: dict[str, Any]) -> tuple[list[str], list[str]]:
    """(those of the backup that this code does not have, those of this code that the backup has not been through)."""
    loader = MigrationLoader(None)
    ours = {f"{app}.{name}" for app, name in loader.disk_migrations}
    theirs = set(manifest["migrations"])
    return sorted(theirs - ours), sorted(ours - theirs)


def _open_up(path: Path, plain: Path, *, key: str, tell: Tell) -> None:
    try:
        size, done = path.stat().st_size, 0
        with path.open("rb") as source, plain.open("xb") as file:
            for chunk in sealing.read(source, key=key):
                file.write(chunk)
                done += len(chunk)
                tell("checking the file", done, size)
    except OSError as problem:
        raise BackupError(f"{problem.filename or path}: {problem.strerror}.") from problem


def _checked(archive: zipfile.ZipFile, tell: Tell) -> dict[str, Any]:
    """The manifest, when every entry is what it says."""
    manifest: dict[str, Any] = json.loads(archive.read(MANIFEST))
    wanted = {DUMP: manifest["dump"], **{MEDIA + name: digest for name, digest in manifest["media"].items()}}
    if set(archive.namelist()) != {*wanted, MANIFEST}:
        raise BackupError(sealing.DAMAGED)
    for number, (name, digest) in enumerate(wanted.items(), 1):
        found = hashlib.sha256()
        with archive.open(name) as entry:
            while piece := entry.read(PIECE_BYTES):
                found.update(piece)
        if found.hexdigest() != digest:
            raise BackupError(sealing.DAMAGED)
        tell("comparing with the manifest", number, len(wanted))
    if unknown_migrations(manifest)[0]:
        raise BackupError(
            f"This backup was made by a newer Painplan ({manifest['painplan']}): restore it with that one."
        )
    return manifest


def _check_target(target: Target, manifest: dict[str, Any]) -> None:
    with database.connect(target.at) as connection:
        if not database.is_empty(connection):
            raise BackupError(
                f"The database {target.at.get('dbname')} is not empty. Restore into a new one: nothing was changed."
            )
        database.program("pg_restore", server=max(manifest["postgres"], connection.info.server_version // 10000))
    if target.media.exists() and any(target.media.rglob("*")):
        raise BackupError(f"The folder {target.media} is not empty. Move it away first: nothing was changed.")


def _media_aside(archive: zipfile.ZipFile, manifest: dict[str, Any], media: Path) -> Path | None:
    """The media in a folder beside their place, to be renamed once the database is there."""
    if not manifest["media"]:
        return None
    media.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=f"{media.name}-", dir=media.parent))
    aside.chmod(0o750)
    for name in manifest["media"]:
        if PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts:
            raise BackupError(sealing.DAMAGED)
        place = aside / name
        place.parent.mkdir(parents=True, exist_ok=True)
        with archive.open(MEDIA + name) as entry, place.open("xb") as file:
            shutil.copyfileobj(entry, file, PIECE_BYTES)
    if media.exists():
        shutil.rmtree(media)  # empty folders, as was checked
    return aside


def _restore_database(archive: zipfile.ZipFile, target: Target, manifest: dict[str, Any], tell: Tell) -> None:
    command = [str(database.program("pg_restore", server=manifest["postgres"])), "--single-transaction"]
    command += ["--exit-on-error", "--no-owner", "--no-password", f"--dbname={target.at['dbname']}"]
    size, done = archive.getinfo(DUMP).file_size, 0
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(command, env=database.environ(target.at), stdin=subprocess.PIPE, stderr=said)
        assert process.stdin
        try:
            with archive.open(DUMP) as entry:
                while piece := entry.read(PIECE_BYTES):
                    process.stdin.write(piece)
                    done += len(piece)
                    tell("restoring the database", done, size)
            process.stdin.close()
        except BrokenPipeError:
            pass  # it ended early, and says why
        finally:
            process.wait()
        if process.returncode:
            said.seek(0)
            lines = said.read().decode(errors="replace").strip().splitlines()
            why = next((line for line in lines if "error:" in line), str(process.returncode))
            raise BackupError(f"pg_restore failed and the database is as empty as before: {why}")
    with database.connect(target.at) as connection:
        database.close_insert_only(connection)


def _compare(target: Target, manifest: dict[str, Any], tell: Tell) -> None:
    total, done = len(manifest["tables"]), 0

    def counted(_table: str) -> None:
        nonlocal done
        done += 1
        tell("comparing rows", done, total)

    with database.connect(target.at) as connection:
        found, guards = database.contents(connection, counted), database.guards(connection)
    differ = sorted(name for name in {*found, *manifest["tables"]} if found.get(name) != manifest["tables"].get(name))
    differ += sorted(name for name, count in manifest["guards"].items() if guards.get(name) != count)
    if differ:
        raise BackupError(f"What was restored differs from what was backed up ({', '.join(differ)}): do not use it.")
