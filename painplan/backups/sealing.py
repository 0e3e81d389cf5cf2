"""The file of a backup: one header line, then chunks that are sealed with a key or carry a checksum. No Django here.

Each chunk is bound to the header, its number and whether it is the last, so that a chunk that is missing, moved,
changed or cut off is noticed. Sealed: AES-256-GCM with a key of this file's own (HKDF-SHA256 from the given key and a
salt).
"""

import hashlib
import hmac
import json
import os
import struct
from collections.abc import Iterator
from typing import Any, BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from painplan.backups import FORMAT, BackupError

MAGIC = b"painplan backup\n"
CHUNK_BYTES = 1 << 20
SHORTEST_KEY = 32
LAST = 1 << 31
LONGEST_HEADER = 10_000
DAMAGED = "This backup is damaged or cut off: take another one."


def _derived(key: str, salt: bytes, what: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=salt, info=b"painplan " + what).derive(key.encode())


def check_key(key: str) -> None:
    """Raises BackupError for a key that could be guessed."""
    if key and len(key) < SHORTEST_KEY:
        raise BackupError(
            f"PAINPLAN_BACKUP_KEY is shorter than {SHORTEST_KEY} characters; .env.example says how to make one."
        )


class _Chunks:
    """How one chunk is closed and opened."""

    def __init__(self, header: bytes, key: bytes | None) -> None:
        self.bound = hashlib.sha256(header).digest()
        self.cipher = AESGCM(key) if key else None
        self.number = 0

    def _about(self, last: bool) -> tuple[bytes, bytes]:
        number = self.number.to_bytes(12, "big")
        self.number += 1
        return number, self.bound + number + (b"\1" if last else b"\0")

    def close(self, data: bytes, last: bool) -> bytes:
        number, about = self._about(last)
        if self.cipher:
            return self.cipher.encrypt(number, data, about)
        return data + hashlib.sha256(about + data).digest()

    def open(self, body: bytes, last: bool) -> bytes:
        number, about = self._about(last)
        if self.cipher:
            try:
                return self.cipher.decrypt(number, body, about)
            except InvalidTag as problem:
                raise BackupError(DAMAGED) from problem
        data, digest = body[:-32], body[-32:]
        if not hmac.compare_digest(hashlib.sha256(about + data).digest(), digest):
            raise BackupError(DAMAGED)
        return data


class Writer:
    """Writes a backup file; a stream to write into, without seeking. `close()` ends the file."""

    def __init__(self, file: BinaryIO, *, key: str, about: dict[str, Any]) -> None:
        check_key(key)
        salt = os.urandom(16)
        header: dict[str, Any] = {"format": FORMAT, **about, "sealed": bool(key), "salt": salt.hex()}
        if key:
            header["check"] = _derived(key, salt, b"check").hex()
        line = json.dumps(header).encode() + b"\n"
        file.write(MAGIC + line)
        self.file, self.waiting = file, bytearray()
        self.chunks = _Chunks(line, _derived(key, salt, b"chunks") if key else None)

    def write(self, data: Any) -> int:
        self.waiting += data
        while len(self.waiting) > CHUNK_BYTES:
            self._put(bytes(self.waiting[:CHUNK_BYTES]), last=False)
            del self.waiting[:CHUNK_BYTES]
        return len(data)

    def flush(self) -> None:
        self.file.flush()

    def close(self) -> None:
        self._put(bytes(self.waiting), last=True)
        self.waiting.clear()

    def _put(self, data: bytes, *, last: bool) -> None:
        body = self.chunks.close(data, last)
        self.file.write(struct.pack(">I", len(body) | (LAST if last else 0)) + body)


def read_header(file: BinaryIO) -> tuple[dict[str, Any], bytes]:
    """The header and its line; leaves the file at the first chunk. Raises BackupError."""
    if file.read(len(MAGIC)) != MAGIC:
        raise BackupError("This is not a backup of Painplan.")
    line = file.readline(LONGEST_HEADER)
    try:
        header = json.loads(line)
        newer = header["format"] > FORMAT
    except (ValueError, KeyError, TypeError) as problem:
        raise BackupError(DAMAGED) from problem
    if newer:
        raise BackupError(
            f"This backup was made by a newer Painplan ({header.get('painplan')}): restore it with that one."
        )
    return header, line


def read(file: BinaryIO, *, key: str) -> Iterator[bytes]:
    """What was written, chunk by chunk, each checked before it is given. Raises BackupError."""
    header, line = read_header(file)
    secret = None
    try:
        salt = bytes.fromhex(header["salt"])
        if header["sealed"]:
            secret = _secret(header, salt, key)
        elif key:
            raise BackupError(
                "This backup is not sealed although PAINPLAN_BACKUP_KEY is set: unset that to restore it on purpose."
            )
    except (KeyError, TypeError, ValueError) as problem:
        raise BackupError(DAMAGED) from problem
    chunks = _Chunks(line, secret)
    last = False
    while not last:
        size = file.read(4)
        if len(size) < 4:
            raise BackupError(DAMAGED)
        (number,) = struct.unpack(">I", size)
        last, length = bool(number & LAST), number & ~LAST
        body = file.read(length) if length <= CHUNK_BYTES + 32 else b""
        if len(body) < length or length == 0:
            raise BackupError(DAMAGED)
        yield chunks.open(body, last)
    if file.read(1):
        raise BackupError(DAMAGED)


def _secret(header: dict[str, Any], salt: bytes, key: str) -> bytes:
    if not key:
        raise BackupError("This backup is sealed: set PAINPLAN_BACKUP_KEY to its key.")
    if not hmac.compare_digest(_derived(key, salt, b"check"), bytes.fromhex(header["check"])):
        raise BackupError("This backup was sealed with another key than PAINPLAN_BACKUP_KEY.")
    return _derived(key, salt, b"chunks")
