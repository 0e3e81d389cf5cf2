"""Files as nobody should upload them, made here byte by byte; and the parts to make good ones from.

CORPUS names each: `refused` with one of these codes (exercises/uploads/faults.py), or `harmless`: taken, but nothing
of what was hidden (SECRETS) may be in what is kept.
"""

import gzip
import io
import random
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field

from PIL import Image, PngImagePlugin

SCRIPT = b"<script>alert('painplan')</script>"
PLACE = b"+51.5014-000.1419/"
CAMERA = b"Hidden Camera 3000"
SECRETS = (
    SCRIPT,
    b"<script",
    b"alert(",
    PLACE,
    CAMERA,
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"%PDF",
    b"<?php",
    b"<svg",
    b"MZ\x90",
)


@dataclass(frozen=True)
class Hostile:
    make: Callable[[], bytes]
    codes: tuple[str, ...] = field(default=())

    @property
    def harmless(self) -> bool:
        return not self.codes


def zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("Evil.class", b"\xca\xfe\xba\xbe" + SCRIPT)
    return out.getvalue()


# Pictures.


def photo(size: tuple[int, int] = (640, 480), mode: str = "RGB") -> Image.Image:
    """A picture with an edge to recognise: the left half red, the top left corner blue."""
    picture = Image.new("RGB", size, (240, 240, 230))
    picture.paste((200, 30, 30), (0, 0, size[0] // 2, size[1]))
    picture.paste((30, 30, 200), (0, 0, size[0] // 4, size[1] // 4))
    return picture.convert(mode)


def encoded(picture: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def jpeg(**options: object) -> bytes:
    return encoded(photo(), "JPEG", **options)


def png(**options: object) -> bytes:
    return encoded(photo(), "PNG", **options)


def webp(**options: object) -> bytes:
    return encoded(photo(), "WEBP", **options)


def exif(orientation: int = 1) -> bytes:
    """Camera, place and a script, as a telephone would write them."""
    data = Image.Exif()
    data[0x0112] = orientation
    data[0x010F] = CAMERA.decode()
    data[0x010E] = SCRIPT.decode()
    gps = data.get_ifd(0x8825)
    gps[1], gps[2], gps[29] = "N", (51.0, 30.0, 5.0), PLACE.decode()
    return data.tobytes()


def chunk(name: bytes, body: bytes, crc: int | None = None) -> bytes:
    check = zlib.crc32(name + body) if crc is None else crc
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", check)


def png_of(width: int, height: int, *chunks: bytes, interlace: int = 0) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, interlace)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + b"".join(chunks)


def png_bomb(width: int, height: int, interlace: int = 0) -> bytes:
    """All black and fully there: a few kilobytes that become width x height x 3 bytes."""
    packer = zlib.compressobj(9)
    row = bytes(1 + 3 * width)
    packed = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    return png_of(width, height, chunk(b"IDAT", packed), chunk(b"IEND", b""), interlace=interlace)


def png_bit_bomb() -> bytes:
    """One bit a pixel: 17 kB that would be 144 megapixels."""
    side = 12_000
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(bytes(1 + side // 8)) for _ in range(side)) + packer.flush()
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    parts = [chunk(b"IHDR", header), chunk(b"IDAT", packed), chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def png_with(*extra: bytes) -> bytes:
    """A good PNG with chunks between its header and its pixels."""
    good = png()
    return good[:33] + b"".join(extra) + good[33:]


def jpeg_claiming(width: int, height: int) -> bytes:
    data = bytearray(jpeg())
    at = data.index(b"\xff\xc0")
    data[at + 5 : at + 9] = struct.pack(">HH", height, width)
    return bytes(data)


def jpeg_with_segment(marker: int, body: bytes) -> bytes:
    data = jpeg()
    return data[:2] + bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body + data[2:]


def jpeg_of_many_scans() -> bytes:
    """A progressive picture whose last scan comes again, thousands of times."""
    data = encoded(photo((2000, 2000)), "JPEG", progressive=True)
    last = data.rindex(b"\xff\xda")
    return data[:last] + data[last:-2] * 3000 + b"\xff\xd9"


def riff(*chunks: tuple[bytes, bytes]) -> bytes:
    body = b"WEBP" + b"".join(n + struct.pack("<I", len(b)) + b + bytes(len(b) % 2) for n, b in chunks)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def webp_claiming(width: int, height: int) -> bytes:
    size = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return riff((b"VP8X", bytes(4) + size), (b"VP8 ", webp()[20:]))


def webp_frames() -> bytes:
    frames = [Image.new("RGB", (200, 200), (n, 0, 0)) for n in range(60)]
    return encoded(frames[0], "WEBP", save_all=True, append_images=frames[1:], duration=20)


def apng() -> bytes:
    frames = [Image.new("RGB", (200, 200), (n * 9, 0, 0)) for n in range(20)]
    return encoded(frames[0], "PNG", save_all=True, append_images=frames[1:])


def gif() -> bytes:
    return encoded(photo((200, 200)), "GIF")


def big_png() -> bytes:
    noise = random.Random(7).randbytes(2000 * 1800 * 3)
    return encoded(Image.frombytes("RGB", (2000, 1800), noise), "PNG", compress_level=0)


def png_text() -> bytes:
    info = PngImagePlugin.PngInfo()
    info.add_text("Comment", SCRIPT.decode(), zip=False)
    info.add_itxt("XML:com.adobe.xmp", f"<x>{PLACE.decode()}</x>")
    return png(pnginfo=info, exif=exif())


def deflated(size: int) -> bytes:
    packer = zlib.compressobj(9)
    return b"".join(packer.compress(bytes(1_000_000)) for _ in range(size // 1_000_000)) + packer.flush()


def utf16(text: str) -> bytes:
    return b"\xff\xfe" + text.encode("utf-16-le")


SVG = f'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)">{SCRIPT.decode()}</svg>'

PICTURES: dict[str, Hostile] = {
    "zero bytes": Hostile(lambda: b"", ("empty",)),
    "nothing but zeros": Hostile(lambda: bytes(5000), ("empty",)),
    "svg": Hostile(lambda: SVG.encode(), ("svg",)),
    "svg with prolog": Hostile(
        lambda: b'\xef\xbb\xbf<?xml version="1.0"?>\n<!-- ' + b"x" * 500 + b" -->" + SVG.encode(), ("svg",)
    ),
    "svg in utf-16": Hostile(lambda: utf16(SVG), ("svg",)),
    "svg, packed": Hostile(lambda: gzip.compress(SVG.encode()), ("other",)),
    "gif": Hostile(gif, ("gif",)),
    "gif and java archive": Hostile(lambda: gif() + zipped(), ("gif",)),
    "bmp": Hostile(lambda: encoded(photo(), "BMP"), ("other",)),
    "tiff": Hostile(lambda: encoded(photo(), "TIFF"), ("other",)),
    "ico": Hostile(lambda: encoded(photo((64, 64)), "ICO"), ("other",)),
    "ppm": Hostile(lambda: encoded(photo(), "PPM"), ("other",)),
    "postscript": Hostile(
        lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 100 100\n(%pipe%id) (r) file\n", ("other",)
    ),
    "pdf": Hostile(lambda: b"%PDF-1.7\n" + SCRIPT, ("document",)),
    "zip": Hostile(zipped, ("document",)),
    "html": Hostile(lambda: b"<!DOCTYPE html><html>" + SCRIPT, ("document",)),
    "html that ends as a png": Hostile(lambda: b"<html>" + SCRIPT + png(), ("document",)),
    "php": Hostile(lambda: b"<?php system($_GET['c']); ?>", ("other",)),
    "text": Hostile(lambda: b"hello\n", ("other",)),
    "windows program": Hostile(lambda: b"MZ\x90\x00" + bytes(500), ("other",)),
    "linux program": Hostile(lambda: b"\x7fELF\x02\x01\x01" + bytes(500), ("other",)),
    "heic": Hostile(lambda: b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + bytes(400), ("heic",)),
    "avif": Hostile(lambda: encoded(photo((200, 200)), "AVIF"), ("heic",)),
    "wave sound": Hostile(lambda: b"RIFF\x24\x00\x00\x00WAVEfmt " + bytes(100), ("other",)),
    "png bomb": Hostile(lambda: png_bomb(13_000, 13_000), ("pixels",)),
    "png bomb, one bit a pixel": Hostile(png_bit_bomb, ("pixels",)),
    "png bomb, interlaced": Hostile(lambda: png_bomb(7_000, 7_000, interlace=1), ("pixels",)),
    "png of two billion squared": Hostile(
        lambda: png_of(2**31 - 1, 2**31 - 1, chunk(b"IDAT", b"x"), chunk(b"IEND", b"")), ("pixels",)
    ),
    "png of no width": Hostile(lambda: png_of(0, 100, chunk(b"IDAT", b"x"), chunk(b"IEND", b"")), ("damaged", "small")),
    "png just over the limit": Hostile(lambda: png_of(40_001, 1_000, chunk(b"IDAT", b"x")), ("pixels",)),
    "jpeg that claims 65500 squared": Hostile(lambda: jpeg_claiming(65_500, 65_500), ("pixels",)),
    "jpeg that claims more than it has": Hostile(lambda: jpeg_claiming(6_000, 6_000)),
    "webp that claims 16383 squared": Hostile(lambda: webp_claiming(16_383, 16_383), ("pixels",)),
    "png, cut off": Hostile(lambda: png()[:-400], ("damaged",)),
    "png, header only": Hostile(lambda: png()[:33], ("damaged",)),
    "png, signature only": Hostile(lambda: png()[:8], ("damaged",)),
    "png with a wrong checksum": Hostile(
        lambda: png_of(640, 480, chunk(b"IDAT", zlib.compress(bytes(1921 * 480)), 1)), ("damaged",)
    ),
    "png with too few rows": Hostile(
        lambda: png_of(4000, 4000, chunk(b"IDAT", zlib.compress(bytes(12_001))), chunk(b"IEND", b""))
    ),
    "png with a text bomb": Hostile(
        lambda: png_with(chunk(b"zTXt", b"Comment\x00\x00" + deflated(400_000_000))), ("damaged",)
    ),
    "png with a profile bomb": Hostile(
        lambda: png_with(chunk(b"iCCP", b"sRGB\x00\x00" + deflated(400_000_000))), ("damaged",)
    ),
    "png with half a million chunks": Hostile(lambda: png_with(chunk(b"teSt", b"") * 500_000), ()),
    "jpeg, cut off": Hostile(lambda: jpeg()[: len(jpeg()) // 2], ("damaged",)),
    "jpeg, three bytes": Hostile(lambda: b"\xff\xd8\xff", ("damaged",)),
    "jpeg of many scans": Hostile(jpeg_of_many_scans),
    "webp, cut off": Hostile(lambda: webp()[:-200], ("damaged",)),
    "webp of garbage": Hostile(lambda: riff((b"VP8 ", random.Random(1).randbytes(3000))), ("pixels", "damaged")),
    "png that moves": Hostile(apng, ("animated",)),
    "webp that moves": Hostile(webp_frames, ("animated",)),
    "one pixel": Hostile(lambda: encoded(photo((1, 1)), "PNG"), ("small",)),
    "thread": Hostile(lambda: encoded(photo((30_000, 120)), "PNG"), ("small",)),
    "more than 10 MB": Hostile(big_png, ("picture_bytes",)),
    "jpeg and html": Hostile(lambda: jpeg() + b"<html>" + SCRIPT),
    "jpeg and archive": Hostile(lambda: jpeg() + zipped()),
    "jpeg with a script for comment": Hostile(lambda: jpeg_with_segment(0xFE, SCRIPT)),
    "jpeg that is javascript too": Hostile(lambda: jpeg_with_segment(0xE0, b"=1;/*" + b"x" * 9000 + b"*/" + SCRIPT)),
    "jpeg with camera and place": Hostile(lambda: jpeg(exif=exif())),
    "jpeg with broken exif": Hostile(
        lambda: jpeg_with_segment(0xE1, b"Exif\x00\x00MM\x00\x2a\xff\xff\xff\xff" + SCRIPT)
    ),
    "jpeg with a broken profile": Hostile(lambda: jpeg(icc_profile=b"ICC" + SCRIPT * 9)),
    "png and archive": Hostile(lambda: png() + zipped()),
    "png with text": Hostile(png_text),
    "png with unknown chunks": Hostile(lambda: png_with(chunk(b"evIl", SCRIPT), chunk(b"caBX", PLACE))),
    "webp with metadata": Hostile(lambda: webp(exif=exif(), xmp=SCRIPT + PLACE)),
    "webp and html": Hostile(lambda: webp() + SCRIPT),
    "webp with unknown chunks": Hostile(lambda: riff((b"VP8 ", webp()[20:]), (b"EVIL", SCRIPT + zipped()))),
}
