"""WebM (a profile of Matroska, RFC 9559, on EBML, RFC 8794): a tree of elements, each with an id and a size.

Only elements of the tables below stay. All others (tags, attachments, chapters, titles, subtitles) become `Void`
elements of zeros of the same length, so that nothing moves.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from exercises.uploads.faults import Fault

NUMBER: Final = 8
SMALL: Final = 1_000
PRIVATE: Final = 64_000
BLOCK: Final = 8_000_000
MOST_ELEMENTS = 400_000

EBML, SEGMENT, CLUSTER, VOID = 0x1A45DFA3, 0x18538067, 0x1F43B675, 0xEC
DOC_TYPE, TRACK_ENTRY, TRACK_NUMBER, TRACK_TYPE, CODEC_ID = 0x4282, 0xAE, 0xD7, 0x83, 0x86
VIDEO, WIDTH, HEIGHT, SHOWN_WIDTH, SHOWN_HEIGHT = 0xE0, 0xB0, 0xBA, 0x54B0, 0x54BA
SIMPLE_BLOCK, BLOCK_GROUP, IN_GROUP = 0xA3, 0xA0, 0xA1
MUXER, WRITER, ENCODINGS = 0x4D80, 0x5741, 0x6D80
CODECS = {1: {b"V_VP8", b"V_VP9", b"V_AV1"}, 2: {b"A_OPUS", b"A_VORBIS"}}

# A number is the most bytes that a plain element may have; a table is what may stand inside.
Table = Mapping[int, Any]
Data = bytes | bytearray
HEADER: Table = dict.fromkeys([0x4286, 0x42F7, 0x42F2, 0x42F3, 0x4287, 0x4285, DOC_TYPE], NUMBER)
_video_numbers = [WIDTH, HEIGHT, SHOWN_WIDTH, SHOWN_HEIGHT, 0x54AA, 0x54BB, 0x54CC, 0x54DD, 0x54B2, 0x54B3, 0x9A, 0x9D]
_colour_numbers = [
    0x55B1,
    0x55B2,
    0x55B3,
    0x55B4,
    0x55B5,
    0x55B6,
    0x55B7,
    0x55B8,
    0x55B9,
    0x55BA,
    0x55BB,
    0x55BC,
    0x55BD,
]
ENTRY: Table = {
    **dict.fromkeys([TRACK_NUMBER, TRACK_TYPE, 0x73C5, 0xB9, 0x88, 0x55AA, 0x9C, 0x6DE7, 0x6DF8, 0x23E383], NUMBER),
    **dict.fromkeys([0x234E7A, 0x23314F, 0x55EE, 0x22B59C, 0x56AA, 0x56BB], NUMBER),
    CODEC_ID: SMALL,
    0x63A2: PRIVATE,
    VIDEO: {**dict.fromkeys(_video_numbers, NUMBER), 0x55B0: dict.fromkeys(_colour_numbers, NUMBER)},
    0xE1: dict.fromkeys([0xB5, 0x78B5, 0x9F, 0x6264], NUMBER),
    ENCODINGS: SMALL,
}
FILM: Table = {
    0x114D9B74: {0x4DBB: {0x53AB: NUMBER, 0x53AC: NUMBER}},
    0x1549A966: {0x2AD7B1: NUMBER, 0x4489: NUMBER, MUXER: SMALL, WRITER: SMALL},
    0x1654AE6B: {TRACK_ENTRY: ENTRY},
    CLUSTER: {
        **dict.fromkeys([0xE7, 0xA7, 0xAB], NUMBER),
        SIMPLE_BLOCK: BLOCK,
        BLOCK_GROUP: {IN_GROUP: BLOCK, 0x9B: NUMBER, 0xFB: NUMBER, 0x75A2: NUMBER},
    },
    0x1C53BB6B: {0xBB: {0xB3: NUMBER, 0xB7: dict.fromkeys([0xF7, 0xF1, 0xF0, 0xB2, 0x5378], NUMBER)}},
}
# Their size may be left open: then they last until the next element of the film, or the end of the file.
OPEN_ENDED = {SEGMENT, CLUSTER}


@dataclass
class Found:
    """What the walk has met: elements, kept tracks (number to type), the size of the picture, blocks of a picture."""

    elements: int = 0
    tracks: dict[int, int] = field(default_factory=dict)
    size: tuple[int, int] | None = None
    pictures: int = 0


def clean(data: bytearray) -> tuple[int, int]:
    """Blank in place what is no part of the film; (width, height) in pixels. Raises Fault."""
    found = Found()
    name, body, end = _element(data, 0, len(data), found)
    if name != EBML:
        raise Fault("damaged")
    _walk(data, body, end, HEADER, found)
    kind = _value(data, body, end, DOC_TYPE).rstrip(b"\x00")
    if kind != b"webm":
        raise Fault("matroska" if kind == b"matroska" else "damaged")
    at = end
    if at >= len(data):
        raise Fault("incomplete")
    name, body, end = _element(data, at, len(data), found)
    if name == VOID:
        _blank(data, at, end)
        name, body, end = _element(data, end, len(data), found)
    if name != SEGMENT:
        raise Fault("damaged")
    if end != len(data):
        raise Fault("extra")
    _walk(data, body, end, FILM, found)
    if found.size is None:
        raise Fault("no_picture_track")
    if not found.pictures:
        raise Fault("incomplete")
    return found.size


def _vint(data: Data, at: int, end: int, longest: int) -> tuple[int, int]:
    """(value with its length marker, number of bytes) of a variable-length integer."""
    first = data[at] if at < end else 0
    length = 9 - first.bit_length()
    if first == 0 or length > longest or at + length > end:
        raise Fault("extra")
    return int.from_bytes(data[at : at + length]), length


def _element(data: Data, at: int, end: int, found: Found) -> tuple[int, int, int]:
    """(id, start of the content, end) of the element at `at`."""
    found.elements += 1
    if found.elements > MOST_ELEMENTS:
        raise Fault("damaged")
    name, name_bytes = _vint(data, at, end, 4)
    raw, size_bytes = _vint(data, at + name_bytes, end, 8)
    body = at + name_bytes + size_bytes
    size = raw - (1 << 7 * size_bytes)
    if size == (1 << 7 * size_bytes) - 1:
        if name not in OPEN_ENDED:
            raise Fault("damaged")
        return name, body, end if name == SEGMENT else _open_end(data, body, end, found)
    if size > end - body:
        raise Fault("incomplete")
    return name, body, body + size


def _open_end(data: Data, at: int, end: int, found: Found) -> int:
    while at < end:
        name, _length = _vint(data, at, end, 4)
        if name in FILM or name > 0xFFFFFF:  # elements of the first level have ids of four bytes
            return at
        at = _element(data, at, end, found)[2]
    return end


def _walk(data: bytearray, at: int, end: int, table: Table, found: Found) -> None:
    while at < end:
        name, body, stop = _element(data, at, end, found)
        allowed = table.get(name)
        if allowed is None:
            _blank(data, at, stop)
        elif not isinstance(allowed, int):
            if (name == TRACK_ENTRY and not _take_track(data, body, stop, found)) or (
                name == BLOCK_GROUP and not _belongs(_value(data, body, stop, IN_GROUP), found)
            ):
                _blank(data, at, stop)
            else:
                _walk(data, body, stop, allowed, found)
        elif stop - body > allowed or name == ENCODINGS:
            raise Fault("damaged" if name != ENCODINGS else "codec")
        elif name in (MUXER, WRITER):
            data[body:stop] = bytes(stop - body)
        elif name == SIMPLE_BLOCK and not _belongs(data[body : body + 8], found):
            _blank(data, at, stop)
        at = stop


def _take_track(data: bytearray, body: int, end: int, found: Found) -> bool:
    """Note a track of pictures or sound; others are no part of what is seen and heard."""
    kind = int.from_bytes(_value(data, body, end, TRACK_TYPE))
    if kind not in CODECS:
        return False
    if _value(data, body, end, CODEC_ID).rstrip(b"\x00") not in CODECS[kind]:
        raise Fault("codec")
    found.tracks[int.from_bytes(_value(data, body, end, TRACK_NUMBER))] = kind
    if kind == 1 and found.size is None:
        video = _value(data, body, end, VIDEO)
        width, height = (int.from_bytes(_value(video, 0, len(video), side)) for side in (WIDTH, HEIGHT))
        found.size = width, height
    return True


def _belongs(block: Data, found: Found) -> bool:
    """Whether a block is of a kept track: its number stands first."""
    raw, length = _vint(block, 0, len(block), 2)
    kind = found.tracks.get(raw - (1 << 7 * length))
    found.pictures += kind == 1
    return kind is not None


def _value(data: Data, at: int, end: int, wanted: int) -> bytes:
    """The content of the first child with this id; empty when there is none."""
    counted = Found()
    while at < end:
        name, body, stop = _element(data, at, end, counted)
        if name == wanted:
            return bytes(data[body:stop])
        at = stop
    return b""


def _blank(data: bytearray, at: int, end: int) -> None:
    """A Void element over the whole of another one."""
    length = end - at
    if length < 2:
        raise Fault("damaged")
    size = bytes([0x80 | length - 2]) if length - 2 < 0x7F else (1 << 56 | length - 9).to_bytes(8)
    data[at:end] = bytes([VOID]) + size + bytes(length - 1 - len(size))
