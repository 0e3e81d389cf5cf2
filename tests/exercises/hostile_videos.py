"""Videos made byte by byte: small good ones that a browser plays, and hostile ones (see hostile_files.py)."""

import io
import struct
from functools import cache

from PIL import Image

from tests.exercises.hostile_files import CAMERA, PLACE, SCRIPT, Hostile, encoded, zipped

WIDTH, HEIGHT, FRAMES = 320, 240, 10


def _frame(n: int) -> Image.Image:
    picture = Image.new("RGB", (WIDTH, HEIGHT), (240, 240, 230))
    picture.paste((15, 122, 115), (n * 20, 80, n * 20 + 60, 160))
    return picture


@cache
def vp8_frames() -> list[bytes]:
    """Key frames of VP8: what a lossy WebP holds."""
    return [encoded(_frame(n), "WEBP", quality=70)[20:] for n in range(FRAMES)]


@cache
def av1_frames() -> tuple[list[bytes], bytes]:
    """Key frames of AV1 and their av1C box: what an AVIF holds."""
    files = [encoded(_frame(n), "AVIF", subsampling="4:2:0") for n in range(FRAMES)]
    at = files[0].index(b"av1C") - 4
    config = files[0][at : at + int.from_bytes(files[0][at : at + 4])]
    return [data[data.index(b"mdat") + 4 :] for data in files], config


# MP4.


def box(name: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return struct.pack(">I", 8 + len(body)) + name + body


def full(name: bytes, *parts: bytes, flags: int = 0) -> bytes:
    return box(name, struct.pack(">I", flags), *parts)


def u32(*numbers: int) -> bytes:
    return struct.pack(f">{len(numbers)}I", *numbers)


MATRIX = u32(0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
TURNED = u32(0, 0x10000, 0, 0xFFFF0000, 0, 0, HEIGHT << 16, 0, 0x40000000)
FTYP = box(b"ftyp", b"isom", u32(0x200), b"isomav01mp41")


def track(
    samples: list[bytes], offset: int, *, handler: bytes = b"vide", codec: bytes = b"av01", matrix: bytes = MATRIX,
    name: bytes = b"VideoHandler", encoder: bytes = b"", size: tuple[int, int] = (WIDTH, HEIGHT), number: int = 1,
    in_entry: bytes | None = None, in_track: bytes = b"", stco: bytes | None = None, stsz: bytes | None = None,
    stsc: bytes | None = None, url: bytes | None = None,
) -> bytes:  # fmt: skip
    """A track of one chunk at `offset`, ten samples a second."""
    count = len(samples)
    if in_entry is None:
        in_entry = av1_frames()[1] if codec == b"av01" else b""
    if handler == b"vide":
        words = bytes([len(encoder)]) + encoder.ljust(31, b"\x00")
        look = (
            bytes(16)
            + struct.pack(">HH", *size)
            + u32(0x480000, 0x480000, 0)
            + b"\x00\x01"
            + words
            + b"\x00\x18\xff\xff"
        )
        entry = box(codec, bytes(6), b"\x00\x01", look, in_entry)
        head = full(b"vmhd", bytes(8), flags=1)
    else:
        entry = box(codec, bytes(6), b"\x00\x01", bytes(8), b"\x00\x02\x00\x10", bytes(4), u32(48000 << 16), in_entry)
        head = full(b"smhd", bytes(4))
    place = full(b"url ", flags=1) if url is None else full(b"url ", url + b"\x00")
    stbl = box(
        b"stbl",
        full(b"stsd", u32(1), entry),
        full(b"stts", u32(1, count, 100)),
        full(b"stsc", u32(1, 1, count, 1)) if stsc is None else full(b"stsc", stsc),
        full(b"stsz", u32(0, count), u32(*map(len, samples))) if stsz is None else full(b"stsz", stsz),
        full(b"stco", u32(1, offset)) if stco is None else full(b"stco", stco),
    )
    media = box(
        b"mdia",
        full(b"mdhd", u32(0x11223344, 0x11223344, 1000, 100 * count), b"\x55\xc4\x00\x00"),
        full(b"hdlr", bytes(4), handler, bytes(12), name + b"\x00"),
        box(b"minf", head, box(b"dinf", full(b"dref", u32(1), place)), stbl),
    )
    shown = struct.pack(">II", size[0] << 16, size[1] << 16)
    header = full(b"tkhd", u32(0x11223344, 0x11223344, number, 0, 100 * count), bytes(16), matrix, shown, flags=3)
    return box(b"trak", header, media, in_track)


def mp4(
    *, ftyp: bytes = FTYP, tail: bytes = b"", before: bytes = b"", in_moov: bytes = b"", in_mdat: bytes = b"",
    more_tracks: bytes = b"", **options: object,
) -> bytes:  # fmt: skip
    frames = av1_frames()[0]
    mdat = box(b"mdat", *frames, in_mdat)
    start = len(ftyp) + len(before) + 8
    header = full(
        b"mvhd", u32(0x11223344, 0x11223344, 1000, 1000, 0x10000, 0x1000000), bytes(8), MATRIX, bytes(24), u32(9)
    )
    moov = box(b"moov", header, track(frames, start, **options), more_tracks, in_moov)
    return ftyp + before + mdat + moov + tail


def udta() -> bytes:
    return box(b"udta", box(b"\xa9xyz", b"\x00\x12\x15\xc7", PLACE), box(b"\xa9nam", SCRIPT), box(b"meta", CAMERA))


def place_track() -> bytes:
    """A track of where the camera was, as action cameras write it; its data lies in the film's."""
    places = [PLACE * 4] * 5
    start = len(FTYP) + 8 + sum(map(len, av1_frames()[0]))
    return track(places, start, handler=b"meta", codec=b"gpmd", number=2)


def h264(profile: int) -> bytes:
    """The box in which H.264 says how it is coded."""
    return box(b"avcC", bytes([1, profile, 0, 31, 0xFF, 0xE0, 0]))


def sound_only() -> bytes:
    return mp4(handler=b"soun", codec=b"mp4a")


# WebM.


def element(name: int, *parts: bytes, size_bytes: int = 8) -> bytes:
    body = b"".join(parts)
    size = (len(body) | 1 << 7 * size_bytes).to_bytes(size_bytes)
    return name.to_bytes((name.bit_length() + 7) // 8) + size + body


def open_element(name: int, *parts: bytes) -> bytes:
    return name.to_bytes(4) + b"\x01" + b"\xff" * 7 + b"".join(parts)


def number(name: int, value: int) -> bytes:
    return element(name, value.to_bytes(max(1, (value.bit_length() + 7) // 8)), size_bytes=1)


EBML = 0x1A45DFA3
SEGMENT, CLUSTER = 0x18538067, 0x1F43B675


def head(doc_type: bytes = b"webm") -> bytes:
    return element(EBML, number(0x4286, 1), number(0x42F7, 1), number(0x42F2, 4), number(0x42F3, 8),
                   element(0x4282, doc_type), number(0x4287, 2), number(0x4285, 2))  # fmt: skip


def entry(
    n: int = 1, kind: int = 1, codec: bytes = b"V_VP8", *extra: bytes, size: tuple[int, int] = (WIDTH, HEIGHT)
) -> bytes:
    video = element(0xE0, number(0xB0, size[0]), number(0xBA, size[1])) if kind == 1 else b""
    return element(0xAE, number(0xD7, n), number(0x73C5, n), number(0x83, kind), element(0x86, codec), video, *extra)


def block(n: int, at_ms: int, frame: bytes) -> bytes:
    return element(0xA3, bytes([0x80 | n]), struct.pack(">h", at_ms), b"\x80", frame)


def cluster(*extra: bytes, opened: bool = False) -> bytes:
    blocks = [block(1, n * 100, frame) for n, frame in enumerate(vp8_frames())]
    make = open_element if opened else element
    return make(CLUSTER, number(0xE7, 0), *blocks, *extra)


def info(*extra: bytes) -> bytes:
    length = element(0x4489, struct.pack(">d", 100.0 * FRAMES))
    return element(
        0x1549A966, number(0x2AD7B1, 1_000_000), length, element(0x4D80, CAMERA), element(0x5741, SCRIPT), *extra
    )


def webm(
    *, tracks: bytes | None = None, film: bytes | None = None, extra: bytes = b"", tail: bytes = b"",
    doc_type: bytes = b"webm", opened: bool = False, titles: bytes = b"",
) -> bytes:  # fmt: skip
    tracks = element(0x1654AE6B, entry()) if tracks is None else tracks
    film = cluster(opened=opened) if film is None else film
    make = open_element if opened else element
    return head(doc_type) + make(SEGMENT, info(titles), tracks, extra, film) + tail


def attachment() -> bytes:
    return element(0x1941A469, element(0x61A7, element(0x466E, b"a.html"), element(0x465C, SCRIPT + zipped())))


def tags() -> bytes:
    return element(0x1254C367, element(0x7373, element(0x67C8, element(0x45A3, b"LOCATION"), element(0x4487, PLACE))))


def subtitles() -> bytes:
    return element(0x1654AE6B, entry(), entry(2, 17, b"S_TEXT/UTF8"))


VIDEOS: dict[str, Hostile] = {
    "mp4, signature only": Hostile(lambda: FTYP, ("incomplete",)),
    "mp4 without a film": Hostile(lambda: FTYP + mp4()[mp4().index(b"moov") - 4 :], ("incomplete",)),
    "mp4 without its tables": Hostile(lambda: FTYP + box(b"mdat", bytes(3000)), ("incomplete",)),
    "mp4, cut off": Hostile(lambda: mp4()[:-200], ("incomplete",)),
    "mp4, cut off in the film": Hostile(lambda: mp4()[:900], ("incomplete",)),
    "mp4 and html": Hostile(lambda: mp4(tail=b"<html>" + SCRIPT), ("extra", "incomplete")),
    "mp4 and archive": Hostile(lambda: mp4(tail=zipped()), ("extra", "incomplete")),
    "mp4 and three bytes": Hostile(lambda: mp4(tail=b"abc"), ("extra",)),
    "mp4 that is quicktime": Hostile(lambda: mp4(ftyp=box(b"ftyp", b"qt  ", u32(0), b"qt  ")), ("mov",)),
    "mp4 in pieces": Hostile(lambda: mp4(tail=box(b"moof", bytes(16))), ("fragments",)),
    "mp4 made for pieces": Hostile(lambda: mp4(in_moov=box(b"mvex", bytes(16))), ("fragments",)),
    "mp4 of an unusual codec": Hostile(lambda: mp4(codec=b"hvc1"), ("codec",)),
    "mp4 of H.264 for studios": Hostile(lambda: mp4(codec=b"avc1", in_entry=h264(244)), ("codec",)),
    "mp4 of H.264 without its profile": Hostile(lambda: mp4(codec=b"avc1", in_entry=box(b"avcC")), ("codec",)),
    "mp4 of H.264 as telephones film": Hostile(lambda: mp4(codec=b"avc1", in_entry=h264(100), matrix=TURNED)),
    "mp4 that is encrypted": Hostile(lambda: mp4(codec=b"encv"), ("codec",)),
    "mp4 of sound only": Hostile(sound_only, ("no_picture_track",)),
    "mp4 whose film is elsewhere": Hostile(lambda: mp4(url=b"http://evil.example/film"), ("damaged",)),
    "mp4 that points behind its end": Hostile(lambda: mp4(stco=u32(1, 2**31)), ("incomplete",)),
    "mp4 that points at its tables": Hostile(lambda: mp4(stco=u32(1, 4)), ("incomplete",)),
    "mp4 of four billion samples": Hostile(lambda: mp4(stsz=u32(0, 2**32 - 1)), ("damaged",)),
    "mp4 of four billion equal samples": Hostile(
        lambda: mp4(stsz=u32(2**32 - 1, 2**32 - 1), stsc=u32(1, 1, 2**32 - 1, 1)), ("incomplete",)
    ),
    "mp4 of four billion chunks": Hostile(lambda: mp4(stco=u32(2**32 - 1, 0)), ("damaged",)),
    "mp4 whose tables disagree": Hostile(lambda: mp4(stsc=u32(1, 1, 3, 1)), ("damaged",)),
    "mp4 whose runs go backwards": Hostile(lambda: mp4(stsc=u32(2, 1, 5, 1, 1, 5, 1)), ("damaged",)),
    "mp4 with an endless box": Hostile(lambda: FTYP + u32(0) + b"mdat" + bytes(500), ("extra",)),
    "mp4 with a box of 2^63 bytes": Hostile(
        lambda: FTYP + u32(1) + b"mdat" + b"\x7f" + b"\xff" * 7 + bytes(99), ("incomplete",)
    ),
    "mp4 with a box larger than its parent": Hostile(lambda: mp4(in_moov=u32(5000) + b"trak"), ("incomplete",)),
    "mp4 with two sets of tables": Hostile(lambda: mp4(tail=box(b"moov", bytes(16))), ("damaged",)),
    "mp4 of 65535 pixels": Hostile(lambda: mp4(size=(65_535, 65_535)), ("video_side",)),
    "mp4 of no pixels": Hostile(lambda: mp4(size=(0, 0)), ("video_side",)),
    "mp4 with tables of 9 MB": Hostile(lambda: mp4(in_moov=box(b"free", bytes(9_000_000))), ("damaged",)),
    "mp4 of a million boxes": Hostile(lambda: FTYP + box(b"free") * 1_000_000, ("extra",)),
    "mp4 with place and names": Hostile(lambda: mp4(in_moov=udta(), in_track=udta(), tail=udta())),
    "mp4 with xmp": Hostile(lambda: mp4(before=box(b"uuid", bytes(16), SCRIPT, PLACE))),
    "mp4 with an archive in free space": Hostile(lambda: mp4(tail=box(b"free", zipped()), before=box(b"skip", SCRIPT))),
    "mp4 with an archive in the film": Hostile(lambda: mp4(in_mdat=zipped() + SCRIPT)),
    "mp4 with a script for brand": Hostile(
        lambda: mp4(ftyp=box(b"ftyp", b"isom", b"<scr", b"mp41", b"<scr", b"ipt>", b"aler", b"t(1)", b"</sc", b"ript"))
    ),
    "mp4 with a script for handler": Hostile(lambda: mp4(name=SCRIPT, encoder=CAMERA)),
    "mp4 with a script in the codec": Hostile(lambda: mp4(in_entry=av1_frames()[1] + box(b"evil", SCRIPT))),
    "mp4 with a track of places": Hostile(lambda: mp4(in_mdat=PLACE * 20, more_tracks=place_track())),
    "webm, signature only": Hostile(lambda: b"\x1a\x45\xdf\xa3", ("extra", "damaged", "incomplete")),
    "webm, head only": Hostile(head, ("incomplete",)),
    "matroska": Hostile(lambda: webm(doc_type=b"matroska"), ("matroska",)),
    "webm of no kind": Hostile(lambda: webm(doc_type=b""), ("damaged",)),
    "webm, cut off": Hostile(lambda: webm()[:-100], ("incomplete",)),
    "webm of open end, cut off": Hostile(lambda: webm(opened=True)[:-100], ("incomplete",)),
    "webm and html": Hostile(lambda: webm(tail=SCRIPT), ("extra",)),
    "webm and archive": Hostile(lambda: webm(tail=zipped()), ("extra",)),
    "webm of open end and archive": Hostile(
        lambda: webm(opened=True, tail=zipped()), ("extra", "incomplete", "damaged")
    ),
    "webm of an unusual codec": Hostile(
        lambda: webm(tracks=element(0x1654AE6B, entry(1, 1, b"V_MPEG4/ISO/AVC"))), ("codec",)
    ),
    "webm that is encrypted": Hostile(
        lambda: webm(tracks=element(0x1654AE6B, entry(1, 1, b"V_VP8", element(0x6D80, bytes(9))))), ("codec",)
    ),
    "webm of sound only": Hostile(
        lambda: webm(tracks=element(0x1654AE6B, entry(1, 2, b"A_OPUS"))), ("no_picture_track",)
    ),
    "webm without a film": Hostile(lambda: webm(film=b""), ("incomplete",)),
    "webm of 65535 pixels": Hostile(
        lambda: webm(tracks=element(0x1654AE6B, entry(size=(65_535, 65_535)))), ("video_side",)
    ),
    "webm with an element of 2^56 bytes": Hostile(
        lambda: head() + SEGMENT.to_bytes(4) + b"\x01\xff" + b"\xfe" * 6, ("incomplete",)
    ),
    "webm with an endless tag": Hostile(lambda: webm(extra=open_element(0x1254C367, SCRIPT)), ("damaged",)),
    "webm of a million elements": Hostile(lambda: webm(extra=b"\xec\x80" * 1_000_000), ("damaged",)),
    "webm with a number of 9 MB": Hostile(lambda: webm(titles=element(0x2AD7B1, bytes(9_000_000))), ("damaged",)),
    "webm with an attachment": Hostile(lambda: webm(extra=attachment())),
    "webm with tags": Hostile(lambda: webm(extra=tags(), titles=element(0x7BA9, SCRIPT))),
    "webm with empty space": Hostile(lambda: webm(extra=element(0xEC, zipped()) + element(0xEC, SCRIPT, size_bytes=1))),
    "webm with subtitles": Hostile(lambda: webm(tracks=subtitles(), film=cluster(block(2, 0, SCRIPT)))),
    "webm with unknown elements": Hostile(
        lambda: webm(extra=element(0x4FFE, SCRIPT), film=cluster(element(0x4FFD, zipped())))
    ),
    "webm of open end with an attachment": Hostile(lambda: webm(opened=True, extra=attachment())),
    "more than 60 MB": Hostile(lambda: mp4(in_mdat=bytes(61_000_000)), ("video_bytes",)),
}


def read_boxes(data: bytes) -> list[tuple[bytes, bytes]]:
    """Name and body of each box of the first level."""
    file, found = io.BytesIO(data), []
    while header := file.read(8):
        size, name = struct.unpack(">I4s", header)
        found.append((name, file.read(size - 8)))
    return found
