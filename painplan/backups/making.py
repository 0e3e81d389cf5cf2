"""Makes a backup: one snapshot of the database, the media, and a manifest that says what has to be in it."""

import hashlib
import json
import os
import subprocess
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from django.conf import settings

from painplan import __version__
from painplan.backups import BackupError, database, sealing

DUMP = "database.dump"
MEDIA = "media/"
MANIFEST = "manifest.json"
PIECE_BYTES = 1 << 20
Tell = Callable[[str, int, int], None]
"""(what is being done, how much of it, of how much; 0 of 0: nobody knows)."""


def make(path: Path, *, key: str, at: datetime, tell: Tell) -> dict[str, int]:
    """Write the backup to `path`, whole or not at all, and read it once again. Returns counts. Raises BackupError."""
    sealing.check_key(key)
    part = path.with_name(path.name + ".part")
    try:
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as problem:
        raise BackupError(f"{part} cannot be written: {problem.strerror}.") from problem
    try:
        with os.fdopen(descriptor, "wb") as file:
            manifest = _write(file, key=key, at=at, tell=tell)
            file.flush()
            os.fsync(file.fileno())
        size = part.stat().st_size
        done = 0
        with part.open("rb") as file:
            for chunk in sealing.read(file, key=key):
                done += len(chunk)
                tell("reading it back", done, size)
        part.rename(path)
    except OSError as problem:
        raise BackupError(f"{path} cannot be written: {problem.strerror}.") from problem
    finally:
        part.unlink(missing_ok=True)
    rows = sum(count for count, _digest in manifest["tables"].values())
    return {"rows": rows, "tables": len(manifest["tables"]), "files": len(manifest["media"]), "bytes": size}


def _write(file: IO[bytes], *, key: str, at: datetime, tell: Tell) -> dict[str, Any]:
    where = database.parameters(settings.DATABASE_OWNER_URL)
    about = {"painplan": __version__, "made_at": at.isoformat()}
    writer = sealing.Writer(file, key=key, about=about)  # type: ignore[arg-type]
    with database.connect(where) as connection:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        snapshot = str((connection.execute("SELECT pg_export_snapshot()").fetchone() or [""])[0])
        manifest: dict[str, Any] = {**about, "postgres": connection.info.server_version // 10000}
        manifest["migrations"] = database.migrations(connection)
        manifest["guards"] = database.guards(connection)
        total, done = len(database.tables(connection)), 0

        def counted(_table: str) -> None:
            nonlocal done
            done += 1
            tell("counting rows", done, total)

        manifest["tables"] = database.contents(connection, counted)
        with zipfile.ZipFile(writer, "w", zipfile.ZIP_STORED) as archive:  # type: ignore[arg-type]
            with archive.open(DUMP, "w", force_zip64=True) as entry:
                manifest["dump"] = _dump(entry, where, snapshot, manifest["postgres"], tell)
            manifest["media"] = _add_media(archive, tell)
            archive.writestr(MANIFEST, json.dumps(manifest))
    writer.close()
    return manifest


def _dump(entry: IO[bytes], where: dict[str, str], snapshot: str, server: int, tell: Tell) -> str:
    """pg_dump's output into `entry`; returns its SHA-256."""
    command = [str(database.program("pg_dump", server=server)), "--format=custom", f"--snapshot={snapshot}"]
    command += ["--no-password"]
    command += [f"--exclude-table-data=public.{name}" for name in sorted(database.LEFT_BEHIND)]
    digest, done = hashlib.sha256(), 0
    with subprocess.Popen(
        command, env=database.environ(where), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout and process.stderr
        while piece := process.stdout.read(PIECE_BYTES):
            entry.write(piece)
            digest.update(piece)
            done += len(piece)
            tell("copying the database", done, 0)
        said = process.stderr.read().decode(errors="replace").strip()
    if process.returncode:
        raise BackupError(f"pg_dump failed: {said.splitlines()[-1] if said else process.returncode}")
    return digest.hexdigest()


def _add_media(archive: zipfile.ZipFile, tell: Tell) -> dict[str, str]:
    """Every file below MEDIA_ROOT; returns name -> SHA-256."""
    root = Path(settings.MEDIA_ROOT)
    files = sorted(path for path in root.rglob("*") if path.is_file() and not path.is_symlink())
    found = {}
    for number, path in enumerate(files, 1):
        name, digest = path.relative_to(root).as_posix(), hashlib.sha256()
        with path.open("rb") as source, archive.open(MEDIA + name, "w", force_zip64=True) as entry:
            while piece := source.read(PIECE_BYTES):
                entry.write(piece)
                digest.update(piece)
        found[name] = digest.hexdigest()
        tell("copying media", number, len(files))
    return found
