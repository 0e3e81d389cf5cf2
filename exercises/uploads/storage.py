"""Private files under random names: MEDIA_ROOT/library/<32 hexadecimal digits>.<webp, mp4 or webm>.

A file is written in `incoming/` and moved to its place only when its row is committed. What a crash leaves behind in
between is either moved later (its row waits) or found by `manage.py clean_media` (no row names it).
"""

import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from exercises.uploads.faults import Fault
from exercises.uploads.kinds import BY_EXTENSION, HEAD_BYTES

NAME = re.compile(rf"[0-9a-f]{{32}}\.({'|'.join(BY_EXTENSION)})")
INCOMING = "incoming"


def folder() -> Path:
    """Where the files are; made when it is not there, for this user alone."""
    place = Path(settings.MEDIA_ROOT) / "library"
    (place / INCOMING).mkdir(parents=True, exist_ok=True)
    for each in (place, place / INCOMING):
        if each.stat().st_mode & 0o777 != 0o700:
            each.chmod(0o700)
    return place


def new_name(extension: str) -> str:
    """A name that nobody can guess and that says nothing."""
    return f"{secrets.token_hex(16)}.{extension}"


def incoming(name: str) -> Path:
    """Where a file waits for its row."""
    return folder() / INCOMING / _checked(name)


def place(name: str) -> Path:
    """Where a file stays."""
    return folder() / _checked(name)


def _checked(name: str) -> str:
    if not NAME.fullmatch(name):
        raise ValueError("not the name of a stored file")
    return name


@contextmanager
def received(upload: UploadedFile, most_bytes: int) -> Iterator[tuple[Path, bytes]]:
    """The upload as a file of our own, and its first bytes; gone afterwards. Raises Fault when it is too large."""
    path = folder() / INCOMING / f"{secrets.token_hex(16)}.upload"
    try:
        size = 0
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            for chunk in upload.chunks():
                size += len(chunk)
                if size > most_bytes:
                    raise Fault("video_bytes")
                out.write(chunk)
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
        yield path, head
    finally:
        path.unlink(missing_ok=True)


def settle(name: str) -> bool:
    """Move a file to its place, if it is not there yet; whether it is there now."""
    there = place(name)
    if there.exists():
        return True
    try:
        incoming(name).rename(there)
    except FileNotFoundError:
        return there.exists()
    handle = os.open(there.parent, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
    return True


def discard(name: str) -> None:
    """Remove a file wherever it is. For files that no row names."""
    if name:
        incoming(name).unlink(missing_ok=True)
        place(name).unlink(missing_ok=True)


def opened(name: str) -> BinaryIO | None:
    """The file for reading; None when it is not there."""
    try:
        return place(name).open("rb")
    except FileNotFoundError:
        return incoming(name).open("rb") if incoming(name).exists() else None


def older_than(moment: float) -> list[Path]:
    """Every file, waiting ones too, last changed before `moment` (seconds since 1970)."""
    found = []
    for path in (*folder().iterdir(), *(folder() / INCOMING).iterdir()):
        try:
            if path.is_file() and path.stat().st_mtime < moment:
                found.append(path)
        except FileNotFoundError:
            continue  # moved or removed while we looked
    return found
