"""MP4 (ISO 14496-12 and -14): a tree of boxes, each with a size and a four-letter name.

Known boxes stay; all others (metadata, free space, whatever somebody hid) become `free` boxes of zeros of the same
length, so that nothing moves. Of the film's data only the bytes stay that a kept picture or sound track points to.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from exercises.uploads.faults import Fault
from exercises.uploads.mp4_samples import ranges

BRANDS = {b"isom", b"mp41", b"mp42", b"avc1", b"M4V ", b"M4VH", b"M4VP", b"dash", b"MSNV", b"av01", b"f4v "}
BRANDS |= {b"iso%d" % n for n in range(2, 10)}
FRAGMENTS = {b"moof", b"mvex", b"styp", b"sidx", b"mfra", b"ssix"}
TRACKS = {b"vide", b"soun"}
PICTURE_CODECS = {b"avc1", b"avc3", b"av01", b"vp09"}
SOUND_CODECS = {b"mp4a", b"Opus"}
# Baseline, Main and High of H.264 (ISO 14496-10, annex A): the others have deeper or finer colour, and few players.
PROFILES = {66, 77, 100}
# What stays inside each container; everything else is blanked.
INSIDE: dict[bytes, set[bytes]] = {
    b"moov": {b"mvhd", b"trak"},
    b"trak": {b"tkhd", b"mdia", b"edts"},
    b"edts": {b"elst"},
    b"mdia": {b"mdhd", b"hdlr", b"minf"},
    b"minf": {b"vmhd", b"smhd", b"dinf", b"stbl"},
    b"dinf": {b"dref"},
    b"stbl": set(b"stsd stts ctts cslg stss stsc stsz stco co64 sdtp sgpd sbgp".split()),
}
IN_SAMPLE_ENTRY = {b"avcC", b"av1C", b"vpcC", b"esds", b"dOps", b"pasp", b"btrt", b"fiel", b"clap", b"colr"}
NAMED_COLOURS = (b"nclx", b"nclc")
LARGEST_MOOV = 4_000_000
LARGEST_FTYP = 256
MOST_BOXES = 4_000


@dataclass(frozen=True)
class Box:
    name: bytes
    start: int
    body: int
    end: int


def clean(data: bytearray) -> tuple[int, int]:
    """Blank in place what is no part of the film; (width, height) as shown. Raises Fault."""
    top = list(_boxes(data, 0, len(data)))
    names = [box.name for box in top]
    if FRAGMENTS & set(names):
        raise Fault("fragments")
    if names[:1] != [b"ftyp"] or names.count(b"ftyp") > 1 or names.count(b"moov") > 1:
        raise Fault("damaged")
    if b"moov" not in names or b"mdat" not in names:
        raise Fault("incomplete")
    _clean_brands(data, top[0])
    for box in top:
        if box.name not in (b"ftyp", b"moov", b"mdat"):
            _blank(data, box)
    moov = top[names.index(b"moov")]
    if moov.end - moov.start > LARGEST_MOOV:
        raise Fault("damaged")
    size, used = _clean_movie(data, moov)
    _keep_only(data, [box for box in top if box.name == b"mdat"], used)
    return size


def _boxes(data: bytearray, start: int, end: int) -> Iterator[Box]:
    at = start
    found = 0
    while at < end:
        found += 1
        if end - at < 8 or found > MOST_BOXES:
            raise Fault("extra")
        size, body = int.from_bytes(data[at : at + 4]), at + 8
        name = bytes(data[at + 4 : at + 8])
        if size == 1 and end - at >= 16:
            size, body = int.from_bytes(data[at + 8 : at + 16]), at + 16
        if size < body - at or not all(32 <= letter < 127 or letter == 0xA9 for letter in name):
            raise Fault("extra")
        if size > end - at:
            raise Fault("incomplete")
        yield Box(name, at, body, at + size)
        at += size


def _blank(data: bytearray, box: Box) -> None:
    data[box.start + 4 : box.start + 8] = b"free"
    data[box.body : box.end] = bytes(box.end - box.body)


def _clean_brands(data: bytearray, box: Box) -> None:
    if box.end - box.start > LARGEST_FTYP or (box.end - box.body) % 4 or box.end - box.body < 8:
        raise Fault("damaged")
    data[box.body + 4 : box.body + 8] = bytes(4)
    for at in (box.body, *range(box.body + 8, box.end, 4)):
        if bytes(data[at : at + 4]) not in BRANDS:
            data[at : at + 4] = b"isom"


def _clean_movie(data: bytearray, moov: Box) -> tuple[tuple[int, int], list[tuple[int, int]]]:
    """The size of the first picture track, and the byte ranges that the kept tracks use."""
    size = None
    used: list[tuple[int, int]] = []
    for box in _kept(data, moov):
        if box.name == b"mvhd":
            _blank_dates(data, box)
            continue
        if _handler(data, box) not in TRACKS:
            _blank(data, box)  # places, time codes, chapters: no part of what is seen and heard
            continue
        found, samples = _clean_track(data, box)
        size = size or found
        used += samples
    if size is None:
        raise Fault("no_picture_track")
    return size, used


def _kept(data: bytearray, parent: Box) -> list[Box]:
    """The known boxes inside; the others are blanked."""
    kept = []
    for box in _boxes(data, parent.body, parent.end):
        if box.name in FRAGMENTS:
            raise Fault("fragments")
        if box.name in INSIDE[parent.name]:
            kept.append(box)
        else:
            _blank(data, box)
    return kept


def _handler(data: bytearray, track: Box) -> bytes:
    for media in _boxes(data, track.body, track.end):
        if media.name == b"mdia":
            for box in _boxes(data, media.body, media.end):
                if box.name == b"hdlr":
                    return bytes(data[box.body + 8 : box.body + 12])
    raise Fault("damaged")


def _clean_track(data: bytearray, track: Box) -> tuple[tuple[int, int] | None, list[tuple[int, int]]]:
    leaves: dict[bytes, Box] = {}

    def walk(parent: Box) -> None:
        for box in _kept(data, parent):
            if box.name in INSIDE:
                walk(box)
            elif box.name in leaves:
                raise Fault("damaged")
            else:
                leaves[box.name] = box

    walk(track)
    try:
        handler, entry, header = leaves[b"hdlr"], leaves[b"stsd"], leaves[b"tkhd"]
        for box in (header, leaves[b"mdhd"]):
            _blank_dates(data, box)
        _keep_inside_only(data, leaves[b"dref"])
        offsets = leaves.get(b"stco") or leaves[b"co64"]
        tables = [bytes(data[box.body : box.end]) for box in (leaves[b"stsc"], leaves[b"stsz"], offsets)]
    except KeyError:
        raise Fault("damaged") from None
    is_picture = bytes(data[handler.body + 8 : handler.body + 12]) == b"vide"
    data[handler.body + 24 : handler.end] = bytes(max(0, handler.end - handler.body - 24))
    size = _clean_sample_entries(data, entry, is_picture)
    used = ranges(*tables, wide=offsets.name == b"co64")
    if size and _turned(data, header):
        size = size[1], size[0]
    return size, used


def _blank_dates(data: bytearray, header: Box) -> None:
    """When it was filmed and changed: nobody's business."""
    if header.end - header.body < 24:
        raise Fault("damaged")
    dates = 16 if data[header.body] == 1 else 8
    data[header.body + 4 : header.body + 4 + dates] = bytes(dates)


def _keep_inside_only(data: bytearray, dref: Box) -> None:
    """The film must be in this file: no address of another one."""
    entries = list(_boxes(data, dref.body + 8, dref.end))
    if not entries or any(entry.name != b"url " or not data[entry.body + 3] & 1 for entry in entries):
        raise Fault("damaged")
    for entry in entries:
        data[entry.body + 4 : entry.end] = bytes(max(0, entry.end - entry.body - 4))


def _clean_sample_entries(data: bytearray, stsd: Box, is_picture: bool) -> tuple[int, int] | None:
    size = None
    fixed = 78 if is_picture else 28
    for entry in _boxes(data, stsd.body + 8, stsd.end):
        if entry.name not in (PICTURE_CODECS if is_picture else SOUND_CODECS):
            raise Fault("codec")
        at = entry.body
        if entry.end - at < fixed:
            raise Fault("damaged")
        if is_picture:
            size = size or (int.from_bytes(data[at + 24 : at + 26]), int.from_bytes(data[at + 26 : at + 28]))
            data[at + 42 : at + 74] = bytes(32)  # the name of the encoder
        for box in _boxes(data, at + fixed, entry.end):
            if box.name == b"avcC" and (box.end - box.body < 7 or data[box.body + 1] not in PROFILES):
                raise Fault("codec")
            colours = box.name == b"colr" and bytes(data[box.body : box.body + 4]) not in NAMED_COLOURS
            if box.name not in IN_SAMPLE_ENTRY or colours:
                _blank(data, box)
    if is_picture and size is None:
        raise Fault("damaged")
    return size


def _turned(data: bytearray, tkhd: Box) -> bool:
    """Whether the film is shown turned by a quarter, as telephones held upright record it."""
    matrix = tkhd.body + (52 if data[tkhd.body] == 1 else 40)
    if tkhd.end - matrix < 36:
        raise Fault("damaged")
    a, b = data[matrix : matrix + 4], data[matrix + 4 : matrix + 8]
    return not any(a) and any(b)


def _keep_only(data: bytearray, films: list[Box], used: list[tuple[int, int]]) -> None:
    """Every used range must lie in the film's data; what lies there unused is blanked."""
    waiting = sorted(used, reverse=True)
    for film in films:
        at = film.body
        while waiting and waiting[-1][0] < film.end:
            start, end = waiting.pop()
            if start < film.body or end > film.end:
                raise Fault("incomplete")
            if start > at:
                data[at:start] = bytes(start - at)
            at = max(at, end)
        data[at : film.end] = bytes(film.end - at)
    if waiting:
        raise Fault("incomplete")
