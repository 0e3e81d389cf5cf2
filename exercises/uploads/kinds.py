"""What a file is, by its first bytes. Its name and what the browser says about it are never asked."""

from dataclasses import dataclass

from exercises.uploads.faults import Fault

HEAD_BYTES = 4096


@dataclass(frozen=True)
class Kind:
    """`media` is picture or video; `job` names the worker's job; `extension` and `content_type` are what is kept."""

    media: str
    job: str
    extension: str
    content_type: str


PICTURE = Kind("picture", "picture", "webp", "image/webp")
MP4 = Kind("video", "mp4", "mp4", "video/mp4")
WEBM = Kind("video", "webm", "webm", "video/webm")
BY_EXTENSION = {kind.extension: kind for kind in (PICTURE, MP4, WEBM)}

HEIC_BRANDS = {b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"avif", b"avis"}
DOCUMENTS = (b"%pdf", b"pk\x03\x04", b"pk\x05\x06", b"\xd0\xcf\x11\xe0", b"{\\rtf", b"<!doctype html", b"<html")


def recognise(head: bytes) -> Kind:
    """The kind of a file from its first HEAD_BYTES bytes. Raises Fault for everything that is not taken."""
    if not head.strip(b"\x00"):
        raise Fault("empty")
    if head.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")) or (head[:4] == b"RIFF" and head[8:12] == b"WEBP"):
        return PICTURE
    if head[4:8] == b"ftyp":
        brand = head[8:12]
        if brand in HEIC_BRANDS:
            raise Fault("heic")
        if brand == b"qt  ":
            raise Fault("mov")
        return MP4
    if head.startswith(b"\x1a\x45\xdf\xa3"):
        return WEBM
    raise Fault(_other(head))


def _other(head: bytes) -> str:
    text = head.replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").lower()
    if b"<svg" in text and text.startswith(b"<"):
        return "svg"
    if text.startswith(DOCUMENTS):
        return "document"
    if head.startswith((b"GIF87a", b"GIF89a")):
        return "gif"
    if head[4:8] in (b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"):
        return "mov"
    return "other"
